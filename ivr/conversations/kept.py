"""What a recording becomes: the ticket of a report, of a message or of an opinion, opened by its first kept recording;
or a remark on a ticket there is.

The conversation comes here when the caller stays on the line, the channel when only the carrier's callback arrives;
both under the same key, so it does not matter who comes first or how often.
"""

from sqlalchemy.orm import Session

from ivr.prompts import Memory, Take
from ticketing import recordings, tickets
from ticketing.models import Call, Recording, Ticket


def keep(session: Session, call: Call, details: Memory, take: Take, memory: Memory) -> str:
    """Open the ticket of this take, or give the open one its new audio. Returns the ticket's number."""
    recording = recordings.noted(
        session, sid=take.sid, call=call, turn=memory["turn"], seconds=take.seconds, completed=False
    )
    return keep_recording(session, call, details, recording, str(memory["language"])).number


def keep_recording(session: Session, call: Call, details: Memory, recording: Recording, language: str) -> Ticket:
    if "remark" in details:
        ticket = tickets.find(session, details["remark"], change=True)
        tickets.add_recording(session, ticket, recording, by="caller")
        return ticket
    report = tickets.Report(
        key=f"{call.sid}:{details['nth']}",
        channel="voice",
        category=details["category"],
        language=language,
        area=details.get("area"),
        place_words=details.get("words"),
        outside=details.get("outside"),
        late=bool(details.get("late")),
        quiet=bool(details.get("quiet")),
    )
    ticket = tickets.open_ticket(session, report, contact=call.contact, call=call, by="caller")
    recordings.attach(session, ticket, recording)
    return ticket
