"""The list of kinds of outbox rows, each with the module that keeps its promise. A kind is that module, its line here
and its line in ticketing/outgoing/kinds.py."""

from typing import Any, Protocol

from sqlalchemy.orm import Session

from workers.fanout import dropped_call, flood_alert, follower_news
from workers.fetchers import photo, recording
from workers.outcomes import Outcome, Work
from workers.senders import alarm, call, email, notice, sms, webhook

# A row that breaks our own code this often is put aside with its reason.
MAX_FAULTS = 5


class Sender(Protocol):
    """What each of these modules offers. A parcel is whatever it needs outside the database."""

    def prepare(self, session: Session, work: Work) -> Any:
        """Read what is needed: a parcel, or at once an Outcome when there is nothing to send."""

    def send(self, parcel: Any) -> Outcome:
        """Call the outside, with a time limit and no database connection held."""

    def ask(self, parcel: Any) -> Outcome | None:
        """Did an earlier attempt arrive? An Outcome if that is known, None if it surely has not been seen."""


SENDERS: dict[str, Sender] = {
    "sms": sms,
    "call": call,
    "email": email,
    "webhook": webhook,
    "recording": recording,
    "photo": photo,
    "news": follower_news,
    "alert": flood_alert,
    "notice": notice,
    "alarm": alarm,
    "rescue": dropped_call,
}
