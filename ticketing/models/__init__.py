"""The list of tables: importing it makes all of them known, and every name may be imported from here."""

from ticketing.models.base import Moment, Sealed
from ticketing.models.calls import Call, Callback, Survey, Turn
from ticketing.models.contacts import Contact, FailedLookup, Follower, WrongTry
from ticketing.models.media import Photo, Recording
from ticketing.models.messages import Announcement, Chat, Message
from ticketing.models.outbox import Beat, Breaker, Outbox, Switch, Tally
from ticketing.models.privacy import PrivacyEntry
from ticketing.models.tickets import Event, Note, Rating, Ticket

__all__ = [
    "Announcement",
    "Beat",
    "Breaker",
    "Call",
    "Callback",
    "Chat",
    "Contact",
    "Event",
    "FailedLookup",
    "Follower",
    "Message",
    "Moment",
    "Note",
    "Outbox",
    "Photo",
    "PrivacyEntry",
    "Rating",
    "Recording",
    "Sealed",
    "Survey",
    "Switch",
    "Tally",
    "Ticket",
    "Turn",
    "WrongTry",
]
