"""Letters to those who answer for a ticket, beside the report itself: its department, whoever stands above it. One row
for each occasion; workers/senders/notice.py writes them. Nothing of a resident is in them."""

from sqlalchemy.orm import Session

from ticketing.models import Ticket
from ticketing.outgoing import promises

KIND = "notice"
# Most of the time is gone. The first answer is missing. The date has passed. A resident says it is not fixed. For the
# second time, so another office looks. The recording behind the link that was sent is lost.
WARNED, UNHEARD, LATE, REOPENED, VERIFICATION = "warned", "unanswered", "late", "reopened", "verification"
LOST = "lost"


def promise(session: Session, ticket: Ticket, what: str, *, department: str, mark: object) -> bool:
    """Tell those who answer for `department`; once for each `mark`, the date or the revision that it is about."""
    key = f"{KIND}:{what}:{ticket.id}:{mark}"
    contents = {"what": what, "department": department}
    to = f"{what}:{department}"
    row = promises.promise(session, KIND, ticket.id, to=to, contents=contents, key=key, ticket=ticket)
    return row is not None


def read(contents: dict[str, str] | None, destination: str) -> tuple[str, str]:
    """What a notice is about, and the department it is about. The release before this one left `contents` empty; then
    the destination says it."""
    if contents is None or "what" not in contents:
        _, what, department = destination.split(":", 2)
        return what, department
    return contents["what"], contents["department"]
