"""Contacts, the telephone numbers that talk with us: the language each chose, whether it wants texts, where it last
reported."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from ticketing.models import Contact
from ticketing.rules.numbers import Number

LANGUAGE_LASTS = timedelta(days=365)


def known(session: Session, number: Number) -> Contact | None:
    """The contact behind a resident's number, made on first sight; None for numbers that are nobody's."""
    if number.e164 is None or number.kind in ("hotline_itself", "emergency"):
        return None
    found = _find(session, number.e164)
    if found is not None:
        return found
    new = Contact(phone=number.e164, phone_hash=vault.lookup(number.e164), sms=number.sms)
    if not stores.insert_new(session, new):
        return _find(session, number.e164)
    session.info.setdefault("new contacts", set()).add(new.id)
    return new


def is_new(session: Session, contact: Contact) -> bool:
    """This very transaction saw the number for the first time: there is nothing to look up about it."""
    return contact.id in session.info.get("new contacts", ())


def language(contact: Contact | None, default: str) -> str:
    """The language this number chose in the last twelve months."""
    if contact and contact.language and contact.language_at and contact.language_at > clock.now() - LANGUAGE_LASTS:
        return contact.language
    return default


def wrote(contact: Contact, channel: str) -> None:
    """The number wrote on this channel, so it is reached there from now on."""
    contact.channel = channel
    if channel == "whatsapp":
        contact.whatsapp_at, contact.whatsapp_refused = clock.now(), None
    else:
        contact.sms_refused = None


def refuse(contact: Contact, channel: str, code: str) -> None:
    """The carrier says that this channel never reaches the number."""
    if channel == "whatsapp":
        contact.whatsapp_refused = code
    else:
        contact.sms_refused = code
    contact.refused_at = clock.now()


def refused(session: Session, most: int = 100) -> list[tuple[Contact, datetime]]:
    """Whom the carrier says some channel never reaches, newest first, with when it said so."""
    query = select(Contact).where(Contact.refused_at.is_not(None))
    query = query.where(or_(Contact.sms_refused.is_not(None), Contact.whatsapp_refused.is_not(None)))
    found = session.scalars(query.order_by(Contact.refused_at.desc()).limit(most))
    return [(contact, contact.refused_at) for contact in found if contact.refused_at]


def choose_language(contact: Contact, chosen: str) -> None:
    contact.language, contact.language_at = chosen, clock.now()


def _find(session: Session, e164: str) -> Contact | None:
    found: Contact | None = session.scalar(select(Contact).where(Contact.phone_hash.in_(vault.lookups(e164))))
    return found
