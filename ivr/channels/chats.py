"""One text read and answered: what it means where this number stands, and the conversation that follows from it.

The order of reading is intents.py's; here is what it needs to know first: whether the number is being asked something,
by a conversation, by an officer, or by a survey. A text that asks for something else ends a conversation that waits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import CITY_LANGUAGE
from config.logs import log
from ivr import talk
from ivr.conversations.written import WRITTEN, danger, doubt, pieces
from ivr.prompts import Answer
from ivr.understanding import intents
from ivr.understanding.intents import Understood
from ticketing.calls.memory import Memory, remembered
from ticketing.contacts import contacts, disclosure
from ticketing.messages import drawer, texts
from ticketing.models import Chat, Contact, Message, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import additions, ratings, register

ASKED_FOR = timedelta(hours=24)  # so long a conversation waits for its answer
ADVICE_FOR = timedelta(hours=24)  # as SMS24 promises
SHORT = 3  # words; so short an answer may be one to the survey whatever else is asked
ADDED_TO_WITHIN = timedelta(days=7)
# What a survey that is open makes of a short text.
SURVEY_ANSWERS = {"rating", "fixed", "not_fixed"}
PLAIN = {"report", "noise", "add_detail"}  # no command: a text that just says something
REPORTS = {"report", "other_city", "proposal", "emergency"}  # what was written unclearly before belongs to it


@dataclass(frozen=True)
class _Where:
    """What this number is being asked, and the report that is about."""

    context: str = "none"
    ticket: str | None = None


def read(session: Session, message: Message) -> None:
    """Understand a stored text, do what it asks for, promise the answer, and note what it was."""
    texts.answering(session, message)
    chat = _chat(session, message.contact)
    memory = _memory(chat)
    where = _where(session, message)
    drawn = drawer.of(session, message.contact)
    if memory is not None and memory.open == doubt.MEANT and _chooses(session, message):
        _run(session, message, chat, memory, Answer(words=(message.body or "").strip()))
        _note(message, memory.name, where)
        drawer.take_out(drawn, ticket_id=message.ticket_id)
        return
    if danger.is_yes(session, message):
        language = contacts.language(message.contact, CITY_LANGUAGE)
        _run(session, message, chat, Memory(name="danger", language=language), None)
        _note(message, "emergency", where)
        drawer.take_out(drawn, ticket_id=message.ticket_id)
        return
    understood = _understood(session, message, where)
    if understood.danger == "perhaps":
        danger.ask(
            session, message.contact, message.body or "", language=understood.language, occasion=f"text:{message.id}"
        )
    if understood.asks and message.contact is not None and understood.intent != "stop":
        if memory is None or memory.open != doubt.MEANT or not doubt.was_asked(session, message.contact):
            memory = Memory(name="doubt", args={}, language=understood.language)
        _run(session, message, chat, memory, None)
        _note(message, understood.intent, where)
        drawer.put(message)
        return
    answer = None
    if memory is not None and memory.open == "which" and understood.number:
        answer = Answer(words=understood.number)
    else:
        told = _together(understood, drawn) if understood.intent in REPORTS else understood
        memory = Memory(name=told.intent, args=_args(told, where), language=told.language)
    _run(session, message, chat, memory, answer)
    _note(message, understood.intent, where)
    drawer.take_out(drawn, ticket_id=message.ticket_id if understood.intent in REPORTS else None)


def _run(session: Session, message: Message, chat: Chat, memory: Memory, answer: Answer | None) -> None:
    prompt, _ = talk.run(memory, answer, session=session, call=chat, conversations=WRITTEN, message=message)
    if chat.contact is not None:
        chat.memory = memory.written() if prompt.wants is not None else None
        chat.changed_at = clock.now()


def _note(message: Message, intent: str, where: _Where) -> None:
    message.status, message.intent = "understood", intent
    log("text understood", message=message.sid, intent=intent, context=where.context)


def _chooses(session: Session, message: Message) -> bool:
    """Whether this is one of the figures we offered; a bare figure belongs to whatever was asked last."""
    return (message.body or "").strip() in doubt.CHOICES and texts.asked_last(session, message.contact) == "SMS39"


def _together(understood: Understood, drawn: Sequence[Message]) -> Understood:
    """A clear report with what its sender wrote before, unclearly: it is one matter."""
    if not drawn:
        return understood
    before = "\n".join(one.body for one in drawn if one.body)
    found = intents.read_as("report", before)
    return replace(
        understood,
        words=f"{before}\n{understood.words}".strip(),
        area=understood.area or found.area,
        outside=understood.outside or (None if understood.area else found.outside),
        category=understood.category if understood.category != "lainnya" else found.category,
    )


def _chat(session: Session, contact: Contact | None) -> Chat:
    """The locked row of the conversation with this number, so that two texts at once are read one after the other; one
    that is kept nowhere for a sender who is nobody."""
    if contact is None:
        return Chat()
    locked = select(Chat).where(Chat.contact_id == contact.id).with_for_update()
    found = session.scalar(locked)
    if found is None:
        stores.insert_new(session, Chat(contact_id=contact.id))
        found = session.scalars(locked).one()
    return found


def _memory(chat: Chat) -> Memory | None:
    """What the conversation is waiting for; None when it has waited too long."""
    if chat.contact is None or chat.memory is None or chat.changed_at < clock.now() - ASKED_FOR:
        return None
    return remembered(chat)


def _where(session: Session, message: Message) -> _Where:
    """The last thing this number was asked: where its report is, or what an officer wants to know, else by a survey."""
    contact = message.contact
    if contact is None:
        return _Where()
    asked = session.scalar(
        select(Ticket)
        .where(Ticket.contact_id == contact.id, Ticket.state == lifecycle.WAITING)
        .order_by(Ticket.changed_at.desc())
        .limit(1)
    )
    placeless = pieces.asked_for_place(session, contact)
    if placeless is not None and (asked is None or asked.changed_at < placeless.created_at):
        return _Where("asked_place", placeless.number)
    if asked is not None:
        return _Where("asked_question", asked.number)
    if ratings.open_for(session, contact) is not None:
        return _Where("survey_open")
    rated = _just_rated(session, contact)
    if rated is not None:
        return _Where("asked_advice", rated)
    return _Where()


def _just_rated(session: Session, contact: Contact) -> str | None:
    """The report whose rating was thanked for a while ago; "" for that of a call."""
    thanked = session.execute(
        select(Message.template, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .where(
            Message.contact_id == contact.id,
            Message.template.in_(("SMS24", "SMS24c")),
            Message.created_at > clock.now() - ADVICE_FOR,
        )
        .order_by(Message.created_at.desc())
        .limit(1)
    ).first()
    return None if thanked is None else thanked.number or ""


def _understood(session: Session, message: Message, where: _Where) -> Understood:
    body, button = message.body or "", str(texts.details_of(message).get("button", ""))
    language = contacts.language(message.contact, CITY_LANGUAGE)
    found = intents.read(body, where.context, language=language, button=button)
    brought = pieces.brings(session, message)
    if found.intent in PLAIN and where.context not in ("none", "survey_open"):
        found = _rather(session, message, where, found)
    if pieces.is_bare(message):
        found = replace(found, intent="noise", asks=False)
    if where.context == "asked_place" and found.intent == "other_city":
        found = replace(found, intent="add_detail")
    if found.intent in PLAIN or found.asks:
        found = _piece(session, message, where, found, brought=brought)
    if message.contact is not None and message.contact.language is None and found.language != CITY_LANGUAGE:
        contacts.choose_language(message.contact, found.language)
    return found


def _rather(session: Session, message: Message, where: _Where, found: Understood) -> Understood:
    """What looks like an answer to a question and is more likely something else: a bare "4" while a survey is open, a
    whole new report after a rating."""
    body = message.body or ""
    contact = message.contact
    if contact is not None and len(body.split()) <= SHORT and ratings.open_for(session, contact) is not None:
        short = intents.read(body, "survey_open", language=found.language)
        if short.intent in SURVEY_ANSWERS:
            return short
    if where.context == "asked_advice":
        plain = intents.read(body, "none", language=found.language)
        if plain.intent == "report" and (plain.area or plain.category not in (None, "lainnya")):
            return plain
    return found


def _piece(session: Session, message: Message, where: _Where, found: Understood, *, brought: bool) -> Understood:
    """What is more about the report that this number is making, as that; a picture or a place without words is for what
    is being asked or the one report there is, else a new one."""
    made = pieces.at_hand(session, message)
    if made is None and where.context == "asked_place":
        made = register.find(session, str(where.ticket))
    if made is not None and pieces.is_piece(session, found, made, message, brought=brought):
        return replace(found, intent="add_detail", asks=False)
    if found.intent == "add_detail" and where.ticket is None and not pieces.has_report(session, message.contact):
        return replace(found, asks=True)  # more about what? The next text says it
    if not brought or not (found.asks or found.intent == "noise"):
        return found
    if where.context == "asked_question" or _only_report(session, message.contact) is not None:
        return replace(found, intent="add_detail", asks=False)
    if _has_photos(session, message):
        return replace(found, intent="report", asks=False)
    return replace(found, asks=True)  # a place of what? The next text says it


def _only_report(session: Session, contact: Contact | None) -> str | None:
    listed = disclosure.listed_for(session, contact)
    if len(listed) != 1 or contact is None:
        return None
    query = select(Ticket.number).where(
        Ticket.number == listed[0],
        Ticket.contact_id == contact.id,
        Ticket.created_at > clock.now() - ADDED_TO_WITHIN,
    )
    found: str | None = session.scalar(query)
    return found


def _has_photos(session: Session, message: Message) -> bool:
    return bool(additions.photos_of(session, message))


def _args(understood: Understood, where: _Where) -> dict[str, Any]:
    """What the conversation begins with: what was understood, and which report is asked about."""
    return {**asdict(understood), "context": where.context, "about": where.ticket}
