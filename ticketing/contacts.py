"""Who talked with us: a telephone number, the language it chose, whether it wants texts, where it last reported."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import clock, vault
from ticketing.models import Contact
from ticketing.numbers import Number

LANGUAGE_LASTS = timedelta(days=365)


def known(session: Session, number: Number) -> Contact | None:
    """The contact behind a resident's number, made on first sight; None for numbers that are nobody's."""
    if number.e164 is None or number.kind in ("hotline_itself", "emergency"):
        return None
    found = _find(session, number.e164)
    if found is None:
        try:
            with session.begin_nested():
                found = Contact(phone=number.e164, phone_hash=vault.lookup(number.e164), sms=number.sms)
                session.add(found)
        except IntegrityError:  # the same number came in twice at once
            found = _find(session, number.e164)
    return found


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
