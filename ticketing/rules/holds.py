"""Every rule that holds back what is ready to leave, and what passes it: one table. Whoever sends asks here whether it
must wait; no other module has a rule of this kind."""

from dataclasses import dataclass
from datetime import timedelta

ANSWER = "answer"  # mark of what answers a text or a call of this minute
_MARKS = {"SMS05": "resolved", "SMS05c": "resolved", "SMS06": "reopened", "SMS17": "delayed", "SMS20": "danger"}


@dataclass(frozen=True)
class Hold:
    """What waits, for how long, and the marks that let it pass: a priority, or what a text says."""

    what: str
    passes: frozenset[str]
    period: timedelta = timedelta()  # of one that does not end with the night

    def holds(self, *, priority: str = "", template: str = "", answer: bool = False) -> bool:
        """Whether something must wait that has this priority, says this, and answers somebody or not."""
        marks = {priority, _MARKS.get(template, ""), ANSWER if answer else ""}
        return not marks & self.passes


PLACE = Hold("a written report, until its place is told", frozenset({"P1", "P2"}), timedelta(hours=1))
NIGHT = Hold("a status text, until the morning", frozenset({ANSWER, "danger", "P1"}))
GAP = Hold(
    "a status text, after the last one about its report",
    frozenset({ANSWER, "danger", "P1", "resolved", "reopened", "delayed"}),
    timedelta(hours=4),
)
HOLDS = (PLACE, NIGHT, GAP)
