"""A city as the hotline knows it: its parts with the form each value must have, and what can be asked of them. Where
the values come from is hotline.py."""

import unicodedata
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config import clock
from config.keywords import Keywords

UNCONFIRMED = "unconfirmed"  # no public source was found
KECAMATAN_PREFIX = "kec-"  # five kelurahan bear the name of their kecamatan; keys must not

Spoken = dict[str, Annotated[str, StringConstraints(min_length=1)]]

_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = rf"{_CLOCK}-(?:{_CLOCK}|24:00)"
_OPEN = rf"{_DAY}(?:[-,] ?{_DAY})* {_WINDOW}(?:, ?{_WINDOW})*"
Hours = Annotated[str, StringConstraints(pattern=rf"^(?:24x7|{_OPEN}(?:; ?{_OPEN})*)$")]
Email = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$")]
Phone = Annotated[str, StringConstraints(pattern=r"^(?:\+[1-9]\d{7,14})?$")]
_HOST = r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*|http://(?:127\.0\.0\.1|localhost)"
Webhook = Annotated[str, StringConstraints(pattern=rf"^(?:(?:{_HOST})(?::[1-6]?\d{{1,4}})?(?:/[!\"$-~]*)?)?$")]
Night = Literal["receipt", "reply", "urgent", "status"]
Section = Literal["voice", "menu", "sms", "words", "page", "mail"]

# The hour until which a part of the day lasts.
_DAYPARTS = ((4, "night"), (11, "morning"), (15, "midday"), (18, "afternoon"))


def joined(text: str) -> str:
    """`text` as names are compared: lower case, letters and digits only, no spaces."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(character for character in plain if character.isalnum())


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Term(_Part):
    """A deadline as an amount of time; hours and days by the clock, working_* by a department's hours."""

    amount: Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0)]
    unit: Literal["hours", "days", "working_hours", "working_days"]


class Priority(_Part):
    key: str
    answer: Term
    due: Term


class Department(_Part):
    key: str
    name: Spoken
    short: str
    email: Email
    webhook: Webhook = ""
    hours: Hours
    phone: Phone = ""
    superior: Email | Literal[""] = (
        ""  # who hears when this department is late or a resident objects; empty: call centre
    )


class Category(_Part):
    key: str
    name: Spoken
    label: Spoken
    spoken: Spoken
    priority: str
    owner: str | None = None
    answer: Term | None = None
    due: Term | None = None
    confidential: bool = False
    readers: tuple[str, ...] = ()
    closes_by_silence: bool = True
    danger: str = ""  # the kind that a report of it may be: the number to dial comes first
    words: tuple[str, ...] = ()


class Danger(_Part):
    """A kind of danger: what to do now, and by whose word. Who sees a telephone learns nothing of a `private` one."""

    key: str
    do: Spoken
    source: str
    unconfirmed: bool = False
    private: bool = False


class Topic(_Part):
    """Something a caller can ask about: whose it is, what a report about it becomes, and how long its facts hold."""

    key: str
    department: str | None = None
    category: str | None = None
    as_of: date | None = None
    until: date | None = None
    words: tuple[str, ...] = ()


class Rule(_Part):
    """Which department owns a category, from and until a day (both inclusive), in some areas or the whole city."""

    category: str
    department: str
    valid_from: date
    valid_until: date | None = None
    kecamatan: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    source: str

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class MenuEntry(_Part):
    digit: Annotated[int, Field(ge=1, le=9)]
    text: str
    category: str | None = None
    ask: str | None = None
    talk: str | None = None
    topic: str | None = None
    in_flood: bool = False  # stands in the menu only while a flood notice is out


class Referral(_Part):
    """Who is responsible where the city is not."""

    key: str
    name: Spoken
    short: Spoken
    say: Spoken
    contact: str
    places: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()  # the same, of whole cities and regencies
    words: tuple[str, ...] = ()  # by which a text about its matter is known
    unconfirmed: bool = False  # the number has not been checked with them, and residents are told so


class Area(_Part):
    """A kelurahan, or a whole kecamatan where no kelurahan is known. Names are the official spellings."""

    key: str
    kecamatan: str
    kelurahan: str | None = None
    spoken: str
    variants: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


class Landmark(_Part):
    """A place that everybody knows, the area in which it lies, and who says so in public."""

    name: str
    area: str
    variants: tuple[str, ...] = ()
    source: Annotated[str, StringConstraints(min_length=1)]

    @property
    def confirmed(self) -> bool:
        return self.source != UNCONFIRMED


class Loop(_Part):
    """How a report comes to its end: what silence means and after how long, and who looks when it was not fixed."""

    confirm_after_days: Annotated[int, Field(ge=1, le=90)]
    waiting_working_days: Annotated[int, Field(ge=1, le=30)]
    reopen_within_days: Annotated[int, Field(ge=1, le=365)]
    verification: str
    warn_at: Annotated[float, Field(gt=0, lt=1)]


class Emergency(_Part):
    number: str
    spoken_number: str
    desk_phone: Phone
    ring_seconds: Annotated[int, Field(ge=5, le=20)]


class Officer(_Part):
    duty_phones: tuple[Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{7,14}$")], ...] = ()
    ring_seconds: Annotated[int, Field(ge=5, le=60)]


class Callbacks(_Part):
    """When somebody is called back: within so many minutes, between two hours of the day, and how often it is tried."""

    minutes: Annotated[int, Field(ge=15, le=1440)]
    from_hour: Annotated[int, Field(ge=0, le=23)]
    until_hour: Annotated[int, Field(ge=1, le=24)]
    attempts_after: Annotated[tuple[Annotated[int, Field(ge=0, le=1440)], ...], Field(min_length=1, max_length=6)]


class Recording(_Part):
    max_seconds: Annotated[int, Field(ge=10, le=120)]
    silence_seconds: Annotated[int, Field(ge=2, le=10)]


class Speech(_Part):
    """Which questions also listen, by name with * for anything, and when the carrier's recognition is trusted."""

    listens: tuple[str, ...] = ("*",)
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5


class WhatsApp(_Part):
    """The texts that are registered at WhatsApp: for each template its content's id by language."""

    contents: dict[str, dict[str, Annotated[str, StringConstraints(pattern="^HX[0-9a-f]{32}$")]]] = {}


class Holidays(_Part):
    """Corrections to the holidays package: days that are holidays, and days that are not."""

    add: tuple[date, ...] = ()
    remove: tuple[date, ...] = ()


class Language(_Part):
    """One texts/<code>.toml."""

    code: str
    name: str
    voice: str
    days: Literal["cardinal", "ordinal"] = "cardinal"
    sentences: dict[Section, dict[str, str]]
    night: dict[str, Night]


class City(_Part):
    name: Spoken
    number: str
    spoken_number: str
    hours: Hours
    office_hours: Hours
    officer: Officer
    callbacks: Callbacks
    emergency: Emergency
    loop: Loop
    recording: Recording
    speech: Speech = Speech()
    holidays: Holidays
    whatsapp: WhatsApp = WhatsApp()
    keywords: Keywords
    priorities: dict[str, Priority]
    departments: dict[str, Department]
    categories: dict[str, Category]
    routing: tuple[Rule, ...]
    menus: dict[str, tuple[MenuEntry, ...]]
    topics: dict[str, Topic]
    dangers: dict[str, Danger]
    referrals: dict[str, Referral]
    ordinary_names: tuple[str, ...] = ()  # of areas, that are words of every day as well
    kecamatan: dict[str, Area]
    areas: dict[str, Area]
    landmarks: tuple[Landmark, ...]
    languages: dict[str, Language]
    mark: str = ""  # changes whenever a file of the city does

    def department(self, key: str) -> Department:
        """A department; what an old ticket names and the city no longer has belongs to the call centre."""
        return self.departments.get(key) or self.departments["call-centre"]

    def category(self, key: str) -> Category:
        """A category; one that the city no longer has reads as "something else"."""
        return self.categories.get(key) or self.categories["lainnya"]

    def danger(self, key: str) -> Danger:
        """A kind of danger; one that the city does not know reads as "some danger"."""
        return self.dangers.get(key) or self.dangers["other"]

    def menu(self, name: str) -> tuple[MenuEntry, ...]:
        return self.menus[name]

    def area(self, key: str) -> Area:
        """A kelurahan by its key, or a kecamatan by kec-<name>."""
        found = self.areas.get(key) or self._kecamatan_by_key.get(key)
        return found or Area(key=key, kecamatan=key, kelurahan=None, spoken=key)

    def kecamatan_key(self, key: str) -> str:
        """The key of the kecamatan around an area; a kecamatan is around itself."""
        found = self.kecamatan.get(self.area(key).kecamatan)
        return found.key if found else key

    def area_named(self, text: str) -> Area | None:
        """The kelurahan of exactly this name or variant, whatever its spacing and capitals; None if not just one."""
        keys = self._areas_by_name.get(joined(text), set())
        return self.areas[next(iter(keys))] if len(keys) == 1 else None

    def area_name(self, language: str, key: str) -> str:
        """How an area is said and written: a name that stands for both levels says both."""
        area = self.area(key)
        if area.kelurahan is None:
            return self.text(language, "words", "kecamatan").format(name=area.spoken)
        if area.kelurahan in self.kecamatan:
            words = {"kelurahan": area.spoken, "kecamatan": self.kecamatan[area.kecamatan].spoken}
            return self.text(language, "words", "both_levels").format(**words)
        return area.spoken

    def text(self, language: str, section: Section, id: str) -> str:
        """A sentence, its {placeholders} still open except those of the city itself."""
        return self.languages[language].sentences[section][id]

    def whom_to_call(self, referral: str, language: str) -> str:
        """Who is responsible, with the number to call, and whether that was checked."""
        whose = self.referrals[referral]
        return whose.short[language] + (self.text(language, "words", "unconfirmed") if whose.unconfirmed else "")

    def sms_class(self, template: str) -> Night | None:
        """How a text behaves at night; None for a template that is not ours."""
        return next(iter(self.languages.values())).night.get(template)

    def long_date(self, language: str, day: date) -> str:
        """Kamis, 26 November 2026."""
        return self._date(language, "date_long", "month", day)

    def short_date(self, language: str, day: date) -> str:
        """26 Nov, as text messages afford it."""
        return self._date(language, "date_short", "month_short", day)

    def clock_time(self, language: str, moment: datetime) -> str:
        """14.30 on the city's clock."""
        there = clock.local(moment)
        return self.text(language, "words", "time").format(hour=f"{there.hour:02}", minute=f"{there.minute:02}")

    def daypart(self, language: str, moment: datetime) -> str:
        """pagi, siang, sore or malam on the city's clock."""
        hour = clock.local(moment).hour
        part = next((name for until, name in _DAYPARTS if hour < until), "night")
        return self.text(language, "words", f"daypart_{part}")

    def other_language(self, language: str) -> str:
        """The language that key 8 changes to."""
        codes = list(self.languages)
        return codes[(codes.index(language) + 1) % len(codes)]

    def _date(self, language: str, form: str, month: str, day: date) -> str:
        return self.text(language, "words", form).format(
            weekday=self.text(language, "words", f"weekday_{day.isoweekday()}"),
            month=self.text(language, "words", f"{month}_{day.month}"),
            day=day.day,
            year=day.year,
        )

    @cached_property
    def _kecamatan_by_key(self) -> dict[str, Area]:
        return {area.key: area for area in self.kecamatan.values()}

    @cached_property
    def _areas_by_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for area in self.areas.values():
            for name in (area.kelurahan or "", area.spoken, *area.variants):
                found.setdefault(joined(name), set()).add(area.key)
        return found
