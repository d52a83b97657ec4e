"""Texts of which nobody can be sure what they want: asked once what is meant, and kept in a drawer until that is clear.
What the sender says next settles it: a figure that we offered, or any clear text (channels/chats.py); if nothing comes,
the sweeper does (channels/doubts.py).
"""

from functools import partial

from sqlalchemy.orm import Session

from ivr.conversations.written import reports
from ivr.talk import Talk
from ticketing.messages import drawer, texts
from ticketing.models import Contact

CHOICES = {"1": "report", "2": "status", "3": "want_person"}  # as SMS39 offers them
MEANT = "meant"  # the question that is open


def doubt(talk: Talk) -> None:
    talk.once("ask", partial(_ask, talk))
    chosen = CHOICES[talk.next_text(MEANT)]
    talk.go(chosen, **reports.of_drawer(talk, chosen))


def was_asked(session: Session, contact: Contact) -> bool:
    """Whether this number was asked what it means a short while ago."""
    return texts.told_within(session, contact, drawer.ASKED_AGAIN, "SMS39")


def _ask(talk: Talk) -> None:
    """At most once an hour: who goes on unclearly is not asked for each text."""
    if talk.contact is not None and not was_asked(talk.session, talk.contact):
        texts.tell(talk.session, talk.contact, "SMS39", language=talk.language, occasion=talk.occasion)
