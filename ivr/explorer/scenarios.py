"""Scenarios of a walk through the menu: the worlds and callers with which it begins, and what it tries at each
question. They know kinds of questions, and no conversation by name."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.clock import CITY_ZONE
from config.hotline import city
from ivr.channels import outbound
from ivr.prompts import Answer, Line, Take, Wants, offered
from ticketing.contacts import contacts
from ticketing.messages import announcements, texts
from ticketing.models import Contact, Message, Ticket
from ticketing.rules import numbers, places
from ticketing.tickets import intake, moves, proposals

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=CITY_ZONE)  # a Monday, with everything open
EVENING = datetime(2026, 11, 27, 19, 0, tzinfo=CITY_ZONE)  # a Friday, with most offices closed
_TITLE, _ANSWER = "Saluran RW 05", "Saluran RW 05 diperbaiki pada Maret."  # as a clerk would write them
KEYS = "1234567890*#"
SID = "CA" + "f" * 32  # of the call that is walked
MOBILE_KEYED = "081200009753"
UNKNOWN_NUMBER, MISTYPED_NUMBER = "123456786", "123456780"
SILENCE, HANG_UP = "say nothing", "hang up"
_KEYED = ("key", "digits", "words")
NONSENSE, _OFFICER = "xyzzy", "petugas"
SAY, DANGER = "say", "tolong rumah saya kebakaran"
_PLACES = {
    "match": "a kelurahan",
    "ambiguous": "a name that fits two",
    "outside": "a place outside the city",
    "none": "something else",
}
_sids = itertools.count(1)


@dataclass(frozen=True)
class World:
    """What there is before the call: `fill` writes it into an empty database and gives the caller's number.

    `private` are words of it that no caller may ever hear; the caller's number is one of them without being named.
    `machine` are settings that differ. Every key is pressed up to `depth` answers from the greeting.
    """

    name: str
    fill: Callable[[Session], str]
    at: datetime = MORNING
    private: tuple[str, ...] = ()
    machine: Mapping[str, str] = field(default_factory=dict)
    depth: int = 6


def _mobile(_session: Session) -> str:
    return "+6281200001357"


def _landline(_session: Session) -> str:
    return "+622188951357"


def _withheld(_session: Session) -> str:
    return "anonymous"


def _known(session: Session) -> str:
    """A caller with two reports and a proposal of their own, on a flood night with a declared incident."""
    own, other = (contacts.known(session, numbers.read(number)) for number in ("+6281200001357", "+6281200002468"))

    def opened(number: str, category: str, whose: Contact | None, *states: str) -> Ticket:
        report = intake.Report(f"world:{number}", "voice", category, "id", area="kranji")
        ticket = intake.open_ticket(session, report, contact=whose, call=None, by="caller")
        for state in states:
            moves.move(session, ticket, state, by="Rina")
        return ticket

    opened("1", "lampu-jalan", own, "in_progress")
    opened("2", "sampah", own, "in_progress", "resolved")
    proposals.answer(session, opened("3", "usulan", own), _ANSWER, by="Rina")
    proposals.entitle(session, opened("4", "usulan", other), _TITLE, by="Rina")
    flooded = opened("5", "banjir", other)
    until, place = clock.now() + announcements.LONGEST, {"id": "Kranji", "en": "Kranji"}
    river = {"id": "Kali Bekasi Siaga 2", "en": "Kali Bekasi level 2"}
    announcements.announce(session, kind="incident", words=place, until=until, by="Rina", ticket=flooded)
    announcements.announce(session, kind="flood", words=river, details=river, until=until, by="Rina")
    return "+6281200001357"


def _called(*states: str) -> Callable[[Session], str]:
    """Somebody at a landline whom we call, because their report became something."""

    def fill(session: Session) -> str:
        contact = contacts.known(session, numbers.read(_landline(session)))
        report = intake.Report("world:told", "voice", "sampah", "id", area="kranji")
        ticket = intake.open_ticket(session, report, contact=contact, call=None, by="caller")
        for state in states:
            moves.move(session, ticket, state, by="Rina")
        newest = select(Message).where(Message.channel == texts.VOICE, Message.status == "promised")
        outbound.begun(session, SID, session.scalars(newest).one(), ticket)
        return _landline(session)

    return fill


WORLDS = (
    World("new mobile caller", _mobile),
    World("landline", _landline),
    World("withheld number", _withheld),
    World("emergency desk with a line", _mobile, machine={"emergency_phone": "+622150010112"}, depth=4),
    World("no officer on duty", _mobile, machine={"duty_phone": ""}, depth=4),
    World("flood night, own reports", _known, at=EVENING),
)
# Calls that we make; no menu of a caller leads there.
CALLED = (
    World("told that it is done", _called("resolved"), depth=4),
    World("told that something is asked", _called("waiting"), depth=4),
    World("told when it is done", _called("scheduled"), depth=4),
)


@dataclass(frozen=True)
class Action:
    """One thing a caller does: in words, as the answer it brings (None: the carrier only says that the call is over),
    how many keys it takes, and whether it answers the question at all."""

    name: str
    answer: Answer | None
    presses: int = 0
    answers: bool = True

    @property
    def hangs_up(self) -> bool:
        return self.answer is None or self.answer.hung_up


def every_action(wants: Wants, lines: Sequence[Line], session: Session) -> list[Action]:
    """All that may happen at a question: every key, all that can be said, silence, hanging up, and what its kind takes
    besides."""
    keys = [_press(key, wants) for key in KEYS] if wants.kind in _KEYED else []
    said = [*_said_options(wants, lines), *_said_anywhere(wants)]
    return [*keys, *said, *_silence(wants), *_others(wants, session), *hanging_up(wants)]


def meaningful_actions(wants: Wants, lines: Sequence[Line], session: Session) -> list[Action]:
    """What a caller does who listens: the keys that the question names, silence, and what its kind takes besides."""
    keys = [_press(key, wants) for key in named_keys(lines)] if wants.kind in _KEYED else []
    return [*keys, *_silence(wants), *_others(wants, session)]


def hanging_up(wants: Wants) -> list[Action]:
    """The carrier asks for the next turn where it has something to bring; else it only reports the end."""
    if wants.kind == "recording":
        return [Action("speak and hang up", _take(9, "hangup")), Action(HANG_UP, _take(1, "hangup"))]
    return [Action(HANG_UP, Answer(transfer="missed", hung_up=True) if wants.kind == "transfer" else None)]


def named_keys(lines: Sequence[Line]) -> list[str]:
    """The keys that a caller is told to press, in the order of the telephone."""
    text = " ".join(line.text for line in lines).lower()
    named: set[str] = set()
    for first, between, last in re.findall(_pressing(), text):
        named |= {_key_words().get(key, key) for key in (first, last) if key}
        if between in _words("to"):
            named |= set(map(str, range(int(first), int(last))))
    return [key for key in KEYS if key in named]


def _press(key: str, wants: Wants) -> Action:
    """A number is ended by #, so # alone says nothing there; * goes back or skips."""
    ends = key == "#" and wants.kind == "digits"
    return Action(f"press {key}", Answer() if ends else Answer(keys=key), presses=1, answers=key != "*" and not ends)


def _said_options(wants: Wants, lines: Sequence[Line]) -> list[Action]:
    """The words by which each key of a question that listens is offered."""
    if not wants.hears or wants.kind != "key":
        return []
    return [Action(f"{SAY} {words}", Answer(words=words)) for words in offered(lines).values()]


def _said_anywhere(wants: Wants) -> list[Action]:
    """What may be said at every question that listens: danger, a wish for somebody, what nobody understands."""
    if not wants.hears:
        return []
    told = [Action(f"{SAY} {DANGER}", Answer(words=DANGER))]
    wishes = [Action(f"{SAY} {word}", Answer(words=word), answers=False) for word in (_OFFICER, NONSENSE)]
    return [*told, *wishes]


def _silence(wants: Wants) -> list[Action]:
    return [Action(SILENCE, Answer(), answers=False)] if wants.kind != "transfer" else []


def _others(wants: Wants, session: Session) -> Sequence[Action]:
    if wants.kind == "words":
        return _spoken_places()
    if wants.kind == "digits":
        return [Action(name, Answer(keys=keys), presses=len(keys) + 1) for name, keys in _numbers(wants, session)]
    if wants.kind == "recording":
        return [
            Action("speak and press #", _take(9, "#"), presses=1),
            Action("speak and press 0", _take(9, "0"), presses=1, answers=False),
            Action("speak and fall silent", _take(9, "silence")),
            Action("press 0 without a word", _take(1, "0"), presses=1, answers=False),
            Action(f"{SILENCE} (recorded)", _take(city().recording.silence_seconds, "silence"), answers=False),
        ]
    if wants.kind == "transfer":
        voicemail = [Action("reach nobody (the key is not pressed)", Answer(transfer="answered"))]
        return [
            Action("talk", Answer(transfer="talked")),
            Action("reach nobody (it rings to the end)", Answer(transfer="unanswered")),
            Action("reach nobody (busy)", Answer(transfer="missed")),
            *(voicemail if wants.whisper else []),
        ]
    return []


def _numbers(wants: Wants, session: Session) -> Iterator[tuple[str, str]]:
    known = session.scalars(select(Ticket.number).order_by(Ticket.created_at)).first()
    if known is not None:
        yield "key the number of a report", known
    yield "key a mobile number", MOBILE_KEYED
    yield "key another number (nobody has it)", UNKNOWN_NUMBER
    yield "key another number (one digit wrong)", MISTYPED_NUMBER
    yield "key another number (too short)", "12"
    yield "key another number (as long as can be)", "3" * wants.most


def _take(seconds: int, ended_by: str) -> Answer:
    return Answer(take=Take(f"RE{next(_sids):032x}", seconds, ended_by), hung_up=ended_by == "hangup")


@cache
def _spoken_places() -> tuple[Action, ...]:
    """One name of each kind that a place can be."""
    names = [area.spoken for area in city().areas.values()]
    single = [word for name in names for word in name.split()]
    outside = [place for referral in city().referrals.values() for place in referral.places]
    found = {places.recognise(name).result: name for name in reversed([*names, *single, *outside, NONSENSE])}
    return tuple(
        Action(f"say {what} ({found[result]})", Answer(words=found[result]), answers=result != "none")
        for result, what in _PLACES.items()
        if result in found
    )


@cache
def _pressing() -> str:
    """A key, or two, as a sentence of any language names them: "press 1", "tekan tanda bintang", "tekan 1 sampai 5"."""
    options = [city().text(code, "voice", "option") for code in city().languages]
    verbs = "|".join(re.escape(option.partition(",")[2].partition("{key}")[0].strip().lower()) for option in options)
    between = "|".join((*_words("to"), *_words("or")))
    return rf"\b(?:{verbs}) (?:[a-z]+ )?(\d|{'|'.join(_key_words())})\b(?: ({between}) (\d)\b)?"


@cache
def _key_words() -> dict[str, str]:
    """The words for the two keys that are no digits."""
    return {**dict.fromkeys(_words("star"), "*"), **dict.fromkeys(_words("hash"), "#")}


def _words(id_: str) -> list[str]:
    return [city().text(code, "words", id_).lower() for code in city().languages]
