"""Texts in the drawer that nobody made clear in time: a possible report becomes a ticket of the call centre, and its
sender is told; anything else is left, and forgotten in its time like every text.
"""

from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import stores
from config.hotline import CITY_LANGUAGE
from config.logs import log, warn
from ivr.channels.inbox import KEPT_AS
from ivr.conversations.written import doubt
from ivr.understanding import intents
from ticketing.calls.memory import remembered
from ticketing.contacts import contacts
from ticketing.messages import drawer
from ticketing.models import Chat, Contact
from ticketing.tickets import additions, intake
from workers import transactions

BATCH = 50
POSSIBLE = ("report", "emergency", "other_city", "proposal", "not_fixed")  # what an officer should see
LIKELY_ENOUGH = 0.15


def settle() -> int:
    """Settle every drawer whose oldest text has lain there for its time. How many."""
    with stores.reading() as session:
        found = drawer.overdue(session, BATCH)
    for contact_id in found:
        try:
            transactions.carry_out(partial(_settle, contact_id=contact_id))
        except Exception as fault:
            warn("drawer not settled", contact=str(contact_id), why=type(fault).__name__, exc_info=fault)
    return len(found)


def _settle(session: Session, contact_id: UUID) -> None:
    chat = session.scalar(select(Chat).where(Chat.contact_id == contact_id).with_for_update())
    contact = session.get(Contact, contact_id)
    drawn = drawer.of(session, contact)
    if not drawn:
        return
    ticket_id = None
    if any(intents.likely(message.body or "", POSSIBLE) >= LIKELY_ENOUGH for message in drawn):
        language = contacts.language(contact, CITY_LANGUAGE)
        words = "\n".join(message.body for message in drawn if message.body)
        found = intents.read_as("report", words, language=language)
        report = intake.Report(
            key=f"text:{drawn[0].id}", channel=drawn[-1].channel, category=KEPT_AS, language=language, area=found.area,
            words=words, written=True, receipt="SMS01" if found.area else "SMS13",
        )  # fmt: skip
        ticket = intake.open_ticket(session, report, contact=contact, call=None, by="hotline")
        for message in drawn:
            additions.attach_photos(session, ticket, message, kind="report")
        ticket_id = ticket.id
    drawer.take_out(drawn, ticket_id=ticket_id)
    memory = remembered(chat) if chat is not None and chat.memory is not None else None
    if chat is not None and memory is not None and memory.open == doubt.MEANT:
        chat.memory = None
    log("drawer settled", texts=len(drawn), report=ticket_id is not None)
