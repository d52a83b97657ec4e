"""Reconciliation with the carrier's own log: fetches calls that we never answered, recordings that nobody told us of,
texts that found us closed, delivery receipts that were lost. So nothing that reached the carrier is lost while we were
down.

Everything goes in under the carrier's ids, so doing it again, or beside a webhook that comes late, changes nothing.
What is still under way is left to its webhooks.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from requests.exceptions import RequestException
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.base.exceptions import TwilioException, TwilioRestException

from config import stores
from config.logs import log, warn
from config.settings import settings
from ticketing.calls import call_log
from ticketing.contacts import erased
from ticketing.media import recordings
from ticketing.messages import inbound, receipts
from ticketing.messages import texts as messages
from ticketing.models import Beat, Call, Message, Outbox, Recording
from ticketing.rules import numbers
from ticketing.tickets import intake
from workers import carrier, transactions

NAME = "reconcile"
FIRST, OVERLAP = timedelta(hours=48), timedelta(hours=1)
SETTLED = timedelta(minutes=2)  # younger than this it may still come by webhook
USELESS_AFTER = timedelta(hours=24)
RUN_SECONDS = 25.0
PAGE = 500
MAX_BODY = 5_000
_WORD = re.compile(r"[a-z]{1,20}")


class CarrierAway(Exception):
    """The carrier's log could not be read to its end; what was read is in, and the next run begins there again."""


class _TimeIsUp(Exception):
    pass


def reconcile(*, since: datetime | None = None, seconds: float = RUN_SECONDS) -> Counter[str]:
    """Import what is missing since the last complete run (less an hour), or `since`. How many of what went in.

    Stops after `seconds`, complete or not: the next run goes on, for what is in is passed over quickly. Raises
    CarrierAway.
    """
    found: Counter[str] = Counter()
    with stores.reading() as session:
        now = stores.database_now(session)
        last = session.get(Beat, NAME)
    begin = since or (last.at - OVERLAP if last else now - FIRST)
    run = _Run(carrier.client(), begin, now, time.monotonic() + seconds, found)
    try:
        run.calls()
        run.recordings()
        run.texts()
    except _TimeIsUp:
        found["incomplete"] = 1
    except (RequestException, TwilioException, ValueError) as fault:  # ValueError: half an answer
        raise CarrierAway(f"the carrier's log cannot be read: {type(fault).__name__}") from fault
    if not found["incomplete"] and not found["not understood"]:
        with stores.transaction() as session:
            session.merge(Beat(name=NAME, at=now))
    found = +found  # what is nothing need not be said
    log("reconciled", since=begin.isoformat(timespec="seconds"), **found)
    return found


class _Run:
    """One walk through the carrier's log."""

    def __init__(self, client: Any, since: datetime, now: datetime, until: float, found: Counter[str]) -> None:
        self.client, self.since, self.now, self.until, self.found = client, since, now, until, found
        self.settled = now - SETTLED

    def calls(self) -> None:
        """Calls that ended: known from now on, and over."""
        for page in self._pages(self.client.calls, self._is_over, start_time_after=self.since):
            with stores.reading() as session:
                done = select(Call.sid).where(Call.sid.in_([one.sid for one in page]), Call.ended_at.is_not(None))
                known = set(session.scalars(done))
            for one in page:
                if one.sid not in known:
                    self._try(self._import, one)

    def recordings(self) -> None:
        """Recordings of calls that are over and that no ticket has: each becomes what it was made for."""
        since = self.since - USELESS_AFTER
        pages = self._pages(self.client.recordings, self._is_settled, date_created_after=since)
        old_ones_first = sorted((one for page in pages for one in page), key=lambda one: one.date_created)
        for page in (old_ones_first[at : at + PAGE] for at in range(0, len(old_ones_first), PAGE)):
            with stores.reading() as session:
                rows = session.scalars(select(Recording).where(Recording.sid.in_([one.sid for one in page])))
                known = {row.sid: row.ticket_id is not None for row in rows}
            for one in page:
                if known.get(one.sid):
                    continue  # its own promise fetches it and deletes it there
                if one.sid not in known and self._try(self._keep, one) is False:
                    continue  # nothing is deleted there that is not here
                if one.date_created < self.now - USELESS_AFTER:
                    self._delete(one)

    def texts(self) -> None:
        """Texts that came in, and what became of ours."""
        for page in self._pages(self.client.messages, self._is_settled, date_sent_after=self.since):
            incoming = [one for one in page if one.direction == "inbound"]
            with stores.reading() as session:
                mine = select(Message.sid).where(Message.sid.in_([one.sid for one in incoming]))
                known = set(session.scalars(mine))
                unsettled = _unsettled(session, [one.sid for one in page if one.direction == "outbound-api"])
            for one in incoming:
                if one.sid not in known:
                    self._try(self._receive, one)
            for one in page:
                if one.sid in unsettled:
                    self._settle(one, unsettled[one.sid])

    def _pages(self, what: Any, wanted: Callable[[Any], bool], **since: datetime) -> Iterator[list[Any]]:
        """Those of the carrier's list that are wanted. Raises HalfAnswer where it is no list, which ends the run."""
        page: list[Any] = []
        with carrier.whole_answers():
            for one in what.stream(**since, page_size=PAGE):
                if self._try(wanted, one):
                    page.append(one)
                if len(page) == PAGE:
                    yield page
                    page = []
        yield page

    def _try(self, act: Callable[[Any], bool | None], one: Any) -> bool | None:
        """An entry that nobody understands holds up no other: False. The run is not complete then: the next one begins
        at the same time, and an alarm says that none was complete for so long."""
        try:
            return act(one)
        except (AttributeError, TypeError, ValueError) as fault:
            self.found["not understood"] += 1
            warn("not understood", entry=str(getattr(one, "sid", None))[:40], why=type(fault).__name__)
            return False

    def _is_settled(self, one: Any) -> bool:
        return bool(one.date_created < self.settled)

    def _check_time(self) -> None:
        if time.monotonic() > self.until:
            raise _TimeIsUp

    def _is_over(self, call: Any) -> bool:
        over = call.status in call_log.ENDED and (call.end_time or call.date_created) < self.settled
        return over and call.direction == "inbound"

    def _import(self, told: Any) -> None:
        self._check_time()
        if _erased(told):
            return
        with transactions.transaction() as session:
            known = session.scalar(select(Call.id).where(Call.sid == told.sid)) is not None
            call = _call(session, told)
            call_log.ended(session, call, told.status, at=told.end_time)
        self.found["calls ended" if known else "calls"] += 1

    def _keep(self, told: Any) -> None:
        """A recording that no webhook told us of."""
        self._check_time()
        about = self.client.calls(told.call_sid).fetch()
        if about.status not in call_log.ENDED or _erased(about):
            return
        with transactions.transaction() as session:
            call = _call(session, about)
            recording = recordings.noted(
                session,
                sid=told.sid,
                call=call,
                turn=call_log.LATE_TURN,
                seconds=int(told.duration or 0),
                completed=told.status == "completed",
            )
            ticket = call_log.keep_late(session, call, recording, imported=True)
            call_log.ended(session, call, about.status, at=about.end_time)
            if ticket is not None:
                intake.release(session, ticket)
        self.found["recordings"] += ticket is not None

    def _delete(self, told: Any) -> None:
        """Nobody speaks in it, and the carrier keeps nothing of ours for longer than a day."""
        self._check_time()
        try:
            self.client.recordings(told.sid).delete()
        except TwilioRestException as fault:
            if fault.status != 404:
                raise
        self.found["useless recordings deleted"] += 1

    def _receive(self, told: Any) -> None:
        self._check_time()
        sender = numbers.read(told.from_, hotline=settings().hotline_number)
        pictures = told.media.list(limit=10) if int(told.num_media or 0) else []
        media = [inbound.Media(f"carrier:{told.sid}/{one.sid}") for one in pictures]
        with transactions.transaction() as session:
            channel = messages.WHATSAPP if str(told.from_).startswith("whatsapp:") else messages.SMS
            text = inbound.Inbound(
                told.sid, sender, (told.body or "")[:MAX_BODY], channel, at=told.date_created, media=tuple(media)
            )
            new = inbound.receive(session, text) is not None
        self.found["texts"] += new

    def _settle(self, told: Any, message_id: UUID) -> None:
        self._check_time()
        status, error = str(told.status).lower(), str(told.error_code) if told.error_code else None
        if not _WORD.fullmatch(status):
            return
        with transactions.transaction() as session:
            moved = receipts.delivered(session, message_id, sid=told.sid, status=status, error=error)
        self.found["receipts"] += moved


def _call(session: Session, told: Any) -> Call:
    started = told.start_time or told.date_created
    return call_log.find_or_begin(
        session, told.sid, from_=told._from, status=told.status, started_at=started.astimezone(UTC)
    )


def _erased(told: Any) -> bool:
    """Whoever called was erased since: nothing of it comes back."""
    e164 = numbers.read(told._from, hotline=settings().hotline_number).e164
    return erased.since(e164, told.start_time or told.date_created)


def _unsettled(session: Session, sids: list[str]) -> dict[str, UUID]:
    """Those of our texts, by the carrier's id, of whose end we know nothing."""
    rows = session.execute(
        select(Outbox.provider_ref, Message.id)
        .join(Message, Message.id == Outbox.subject_id)
        .where(Outbox.provider_ref.in_(sids), Message.status.in_(("promised", *receipts.UNDER_WAY)))
    )
    return {str(sid): message_id for sid, message_id in rows}
