"""Rate limits of a day for what costs the city money: texts handed to the carrier, calls that ring an officer, what
texts and automated calls cost in all; and the switch by which a person stops them.

A ceiling is a safety, not a plan: beyond it texts wait and callers hear that no officer is free. An emergency is never
counted out, unless a ceiling is 0: then nothing leaves. The day is the city's.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from config import clock
from config.logs import log
from config.settings import settings
from ticketing.models import Call, Message, Outbox, Switch

NEAR = 0.8  # of a ceiling: from here on somebody should look
TEXTS = "texts"
STOPPED = "texts are stopped by hand"
_KINDS = ("sms", "call")


class SwitchError(ValueError):
    """What was asked cannot be switched; the sentence says why."""


def stop(session: Session, *, by: str, reason: str) -> Switch:
    """No text and no automated call leaves until `go`. Raises SwitchError."""
    if session.get(Switch, TEXTS) is not None:
        raise SwitchError("texts are stopped already")
    made = Switch(name=TEXTS, by=by[:60], reason=reason[:200])
    session.add(made)
    log("texts stopped", by=by)
    return made


def go(session: Session, *, by: str) -> None:
    """Texts leave again, those that waited for it at once. Raises SwitchError."""
    found = session.get(Switch, TEXTS, with_for_update=True)
    if found is None:
        raise SwitchError("texts are not stopped")
    session.delete(found)
    waiting = (Outbox.kind.in_(_KINDS), Outbox.state == "pending", Outbox.last_error == STOPPED)
    session.execute(update(Outbox).where(*waiting).values(not_before=clock.now()))
    log("texts go again", by=by)


def stopped(session: Session) -> Switch | None:
    """Who stopped the texts, when and why; None when nobody did."""
    return session.get(Switch, TEXTS)


def over(session: Session, channel: str, *, urgent: bool = False) -> str | None:
    """Why nothing may leave now by this channel; None when it may."""
    here = settings()
    if stopped(session) is not None:
        return STOPPED
    if here.texts_a_day and here.money_a_day and urgent:
        return None
    if texts_are_over(session):
        return "today's ceiling of texts is reached"
    return "today's ceiling of money is reached" if money_is_over(session, channel) else None


def texts_are_over(session: Session) -> bool:
    """Today's ceiling of texts is reached. Stops counting there, so it stays cheap."""
    if not (ceiling := settings().texts_a_day):
        return True
    last = select(Outbox.id).where(*_texts_today()).offset(ceiling - 1).limit(1)
    return session.scalar(last) is not None


def money_is_over(session: Session, channel: str) -> bool:
    """What left today, and one more by this channel, would cost more than a day may. Far from that it is enough to
    count the texts, whatever brought them."""
    if not (ceiling := settings().money_a_day):
        return True
    left = ceiling - _price(channel) - calls(session) * _price("voice")
    if texts(session) * max(_price("sms"), _price("whatsapp")) <= left:
        return False
    return money(session) + _price(channel) > ceiling


def officer_calls_are_over(session: Session) -> bool:
    """Today's ceiling of calls to officers is reached."""
    return officer_calls(session) >= settings().officer_calls_a_day


def texts(session: Session) -> int:
    """How many texts the carrier took today."""
    return session.scalar(select(func.count()).select_from(Outbox).where(*_texts_today())) or 0


def calls(session: Session) -> int:
    """How often a resident was telephoned by machine today."""
    today = select(func.count()).select_from(Call).where(Call.outbound, Call.started_at >= _midnight())
    return session.scalar(today) or 0


def money(session: Session) -> int:
    """What today's texts and automated calls cost, in rupiah."""
    by_channel = select(Message.channel, func.count()).join(Outbox, Outbox.subject_id == Message.id)
    counted = session.execute(by_channel.where(*_texts_today()).group_by(Message.channel))
    return sum(_price(channel) * count for channel, count in counted) + calls(session) * _price("voice")


def officer_calls(session: Session) -> int:
    """How often somebody was rung for a caller today."""
    today = select(func.coalesce(func.sum(Call.transfers), 0)).where(Call.started_at >= _midnight())
    return int(session.scalar(today) or 0)


def used(session: Session) -> dict[str, tuple[int, int]]:
    """Today's count and its ceiling, by what is counted."""
    return {
        "texts": (texts(session), settings().texts_a_day),
        "rupiah": (money(session), settings().money_a_day),
        "officer calls": (officer_calls(session), settings().officer_calls_a_day),
    }


def _price(channel: str) -> int:
    here = settings()
    return {"sms": here.price_sms, "whatsapp": here.price_whatsapp, "voice": here.price_call}[channel]


def _texts_today() -> tuple[ColumnElement[bool], ...]:
    return Outbox.kind == "sms", Outbox.finished_at >= _midnight(), Outbox.provider_ref.is_not(None)


def _midnight() -> datetime:
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
