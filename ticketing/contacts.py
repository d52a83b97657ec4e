"""Who talked with us: a telephone number, the language it chose, whether it wants texts, where it last reported."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from ticketing.models import Contact
from ticketing.numbers import Number

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


def choose_language(contact: Contact, chosen: str) -> None:
    contact.language, contact.language_at = chosen, clock.now()


def _find(session: Session, e164: str) -> Contact | None:
    found: Contact | None = session.scalar(select(Contact).where(Contact.phone_hash.in_(vault.lookups(e164))))
    return found
