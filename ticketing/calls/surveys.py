"""Surveys after a handled call: asked once in seven days of a number, never after an emergency or a silent call (rule
V27). Whoever hung up on an officer before the question is asked by text."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketing.calls.memory import Memory
from ticketing.messages import texts
from ticketing.models import Call, Survey
from ticketing.outgoing import links
from ticketing.tickets import ratings


def due(session: Session, call: Call) -> bool:
    """Whether this caller is asked."""
    if call.contact_id is None or call.ghost or call.prank or call.goal == "emergency":
        return False
    return ratings.due(session, call.contact)


def ask_later(session: Session, call: Call, memory: Memory) -> bool:
    """The call is over: who talked with somebody and was not asked on the telephone is asked by text, or never. True
    when the text is promised."""
    if not memory.talked_to_person or memory.surveyed or not due(session, call):
        return False
    rating = ratings.ask(session, call.contact, call=call)
    told = texts.tell(
        session,
        call.contact,
        "SMS23",
        language=memory.language,
        occasion=str(call.id),
        link=links.tracking(str(rating.code)),
    )
    if told is None:
        session.delete(rating)
    return told is not None


def note(session: Session, call: Call, *, score: int | None = None, solved: bool | None = None) -> None:
    """Keep an answer of this call; the score comes first."""
    found = session.scalar(select(Survey).where(Survey.call_id == call.id))
    if found is None and score is not None:
        session.add(Survey(call_id=call.id, contact_id=call.contact_id, score=score, solved=solved))
        session.flush()
    elif found is not None and solved is not None:
        found.solved = solved
