"""Announcements of the city to callers, for a time: a notice or a flood notice before the menu, and declared incidents.

One is said at a time, in eleven seconds, with the time it was set; it ends by itself after at most six hours, and the
same number does not hear it again within half an hour (rule V23). An incident is a ticket that callers may follow.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import clock, spoken
from config.gsm7 import gsm7_length
from config.hotline import CITY_LANGUAGE, city
from ticketing.messages import texts
from ticketing.models import Announcement, Call, Contact, Message, Ticket
from ticketing.outgoing import promises
from ticketing.rules import lifecycle, places

KINDS = ("notice", "flood", "incident")
ALERT, WARNING = "alert", "SMS21"  # a warning by text, which no caller hears
BEFORE_THE_MENU = ("notice", "flood")
LONGEST, QUIET = timedelta(hours=6), timedelta(minutes=30)
SECONDS_MOST, INCIDENT_SECONDS_MOST, DETAILS_SECONDS_MOST = 11.0, 18.0, 25.0  # V23, and V04 for a menu and a text
DETAILS_SMS_MOST = 110  # GSM-7 characters beside what the text says anyway


class AnnouncementError(ValueError):
    """What was asked cannot be announced; the sentence says why."""


def announce(
    session: Session,
    *,
    kind: str,
    words: dict[str, str],
    until: datetime,
    by: str,
    details: dict[str, str] | None = None,
    areas: Sequence[str] = (),
    ticket: Ticket | None = None,
) -> Announcement:
    """Begin an announcement. `words` (and `details` of a flood notice) are one text for each language; `areas` limit it
    to callers whose last report was there. One before the menu ends those before it for the same callers; what holds in
    a wider area stays. Raises AnnouncementError."""
    _check(kind, words, details or {}, until, ticket)
    earlier = active(session, *BEFORE_THE_MENU) if kind in BEFORE_THE_MENU else []
    made = Announcement(
        kind=kind,
        words=words,
        details=details or {},
        areas=[_area(name) for name in areas],
        ticket_id=ticket.id if ticket else None,
        by=by[:60],
        starts_at=clock.now(),
        ends_at=until,
    )
    for one in earlier:
        if not made.areas or (one.areas and all(concerns(made, area) for area in one.areas)):
            one.ends_at = clock.now()
    session.add(made)
    session.flush()
    return made


def alert(session: Session, *, level: int, cm: int, areas: Sequence[str], by: str, second: str) -> Announcement:
    """Warn by text everybody whose last report was in these areas that the river rises. Two people decide it, for
    it goes to thousands at once and at any hour. Raises AnnouncementError."""
    if by.strip().casefold() == second.strip().casefold():
        raise AnnouncementError("two people decide on an alert: --by and --second name the same one")
    if not areas:
        raise AnnouncementError("an alert names its areas")
    made = Announcement(
        kind=ALERT,
        details={"level": str(level), "cm": str(cm)},
        areas=[_area(name) for name in areas],
        by=f"{by}, {second}"[:60],
        starts_at=clock.now(),
        ends_at=clock.now() + LONGEST,
    )
    session.add(made)
    session.flush()
    promises.promise(session, ALERT, made.id, key=f"alert:{made.id}", ticket=None)
    return made


def not_yet_warned(session: Session, found: Announcement, *, after: UUID | None, most: int) -> list[Contact]:
    """Some of those whom an alert concerns and who were not warned since it began, in the order of their ids."""
    areas = [key for key in (*city().areas, *map(city().kecamatan_key, city().areas)) if concerns(found, key)]
    warned = exists().where(
        Message.contact_id == Contact.id, Message.template == WARNING, Message.created_at >= found.starts_at
    )
    query = select(Contact).where(
        Contact.last_area.in_(set(areas)),
        Contact.opted_out_at.is_(None),
        Contact.restricted_at.is_(None),
        Contact.erased_at.is_(None),
        ~warned,
    )
    query = query.where(Contact.id > after) if after else query
    return list(session.scalars(query.order_by(Contact.id).limit(most)))


def warn(session: Session, found: Announcement, contact: Contact) -> bool:
    """One text to one number; once for each alert. True when it was promised."""
    fills: dict[str, Any] = {
        "from": city().clock_time(CITY_LANGUAGE, found.starts_at),
        "count": found.details["level"],
        "level": found.details["cm"],
        "area": city().area(contact.last_area or "").spoken,
    }
    told = texts.tell(session, contact, WARNING, occasion=str(found.id), **fills)
    return told is not None


def active(session: Session, *kinds: str) -> list[Announcement]:
    """What holds now, newest first."""
    query = select(Announcement).where(Announcement.ends_at > clock.now(), Announcement.kind.in_(kinds or KINDS))
    return list(session.scalars(query.order_by(Announcement.starts_at.desc())))


def end(session: Session, id_: UUID) -> Announcement:
    """Nothing more of this from now on. Raises AnnouncementError."""
    found = session.get(Announcement, id_)
    if found is None:
        raise AnnouncementError("there is no announcement with this id")
    found.ends_at = min(found.ends_at, clock.now())
    return found


def before_menu(session: Session, call: Call) -> tuple[Announcement | None, bool]:
    """What this caller hears first: the newest notice that concerns them and that they have not just heard; and whether
    a flood notice is out for anybody."""
    found = active(session, *BEFORE_THE_MENU)
    area = call.contact.last_area if call.contact else None
    heard = (one for one in found if concerns(one, area) and not _just_heard(session, call, one))
    return next(heard, None), any(one.kind == "flood" for one in found)


def flood(session: Session) -> Announcement | None:
    """The flood notice that holds now."""
    return next(iter(active(session, "flood")), None)


def incidents(session: Session, category: str, area: str | None) -> list[Announcement]:
    """Declared incidents of this kind of report that concern this area and are not over, newest first."""
    return [
        found
        for found in active(session, "incident")
        if found.ticket is not None
        and found.ticket.category == category
        and found.ticket.state not in lifecycle.OVER
        and concerns(found, area)
    ]


def concerns(found: Announcement, area: str | None) -> bool:
    """Whether somebody in `area` (a key of city.area, or None) is meant."""
    if not found.areas:
        return True
    return area is not None and bool({area, city().kecamatan_key(area)} & set(found.areas))


def _just_heard(session: Session, call: Call, found: Announcement) -> bool:
    if call.contact_id is None:
        return False
    heard = select(Call.id).where(
        Call.contact_id == call.contact_id,
        Call.announcement_id == found.id,
        Call.started_at > clock.now() - QUIET,
        Call.id != call.id,
    )
    return session.scalar(heard.limit(1)) is not None


def _check(kind: str, words: dict[str, str], details: dict[str, str], until: datetime, ticket: Ticket | None) -> None:
    if kind not in KINDS:
        raise AnnouncementError(f"{kind} is no kind of announcement; there are {', '.join(KINDS)}")
    if (kind == "incident") != (ticket is not None):
        raise AnnouncementError("an incident, and only an incident, names the number of its ticket")
    if not clock.now() < until <= clock.now() + LONGEST:
        raise AnnouncementError(f"it must end within {LONGEST.total_seconds() / 3600:g} hours from now")
    for code in city().languages:
        if not words.get(code, "").strip() or (details and not details.get(code, "").strip()):
            raise AnnouncementError(f"the words are missing in {code}")
        category = city().category(ticket.category).spoken[code] if ticket else ""
        _check_length(kind, code, words[code], details.get(code, ""), category)


def _check_length(kind: str, code: str, words: str, details: str, category: str) -> None:
    """By ear, and the details in one text message. An incident is no notice before the menu: it is asked later."""
    template = {"notice": "notice", "flood": "flood_notice", "incident": "incident_attended"}[kind]
    most = INCIDENT_SECONDS_MOST if kind == "incident" else SECONDS_MOST
    fills = {"time": "23.59", "words": words, "place": words, "count": "99", "category": category}
    said = spoken.figures(city(), code, city().text(code, "voice", template).format(**fills))
    taken = spoken.seconds(code, said)
    if taken > most:
        raise AnnouncementError(f"in {code} it takes {taken:.1f} s to say, {most:g} s are the limit")
    if details and spoken.seconds(code, spoken.figures(city(), code, details)) > DETAILS_SECONDS_MOST:
        raise AnnouncementError(f"in {code} the details take more than {DETAILS_SECONDS_MOST:g} s to say")
    if details and not 0 < (gsm7_length(details) or 999) <= DETAILS_SMS_MOST:
        raise AnnouncementError(f"in {code} the details need at most {DETAILS_SMS_MOST} plain characters for the text")


def _area(name: str) -> str:
    named = city().area_named(name)
    found = name if name in city().areas else named.key if named else places.recognise(name).area
    if found is None:
        raise AnnouncementError(f"{name} is no kelurahan or kecamatan of the city")
    return found
