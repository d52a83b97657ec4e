"""Mistakes of telephones, recognisers and callers: speech that is no speech, numbers that are none, keys at the wrong
time, hanging up anywhere, and callers without a number. The phone always goes on.
"""

import xml.etree.ElementTree as ET

import pytest
import time_machine
from factories import ANI, opened, wib
from people import House, Resident, use
from sqlalchemy import select
from webhooks import document, of_call, verbs

from config import stores
from ivr.simulator.network.ledger import new_sid
from ticketing.models import Outbox, Recording

pytestmark = pytest.mark.usefixtures("unlimited")

BUDI, LANDLINE = "+6281299990000", "+622188950001"
EVENING = wib("2026-11-23 19:00")


class Line:
    """A call as the carrier's requests, one after the other."""

    def __init__(self, house: House, caller: str = ANI) -> None:
        self.house, self.caller, self.sid, self.turn = house, caller, new_sid("CA"), 0
        self.root = document(house.post("/voice/incoming", of_call(self.sid, From=caller)))

    def brings(self, **fields: str) -> "Line":
        self.turn += 1
        told = self.house.post(f"/voice/turn/{self.turn}", of_call(self.sid, From=self.caller, **fields))
        self.root = document(told)
        assert "sistem sedang terganggu" not in self.told, fields
        return self

    def presses(self, *keys: str) -> "Line":
        for key in keys:
            self.brings(Digits=key)
        return self

    @property
    def told(self) -> str:
        return " ".join(" ".join(" ".join(say.itertext()).split()) for say in self.root.iter("Say"))

    @property
    def verbs(self) -> list[str]:
        return verbs(self.root)


# -- speech ------------------------------------------------------------------------------------------------------------

UNDERSTOOD = [
    {"SpeechResult": "kranji"},
    {"SpeechResult": "kranji", "Confidence": ""},
    {"SpeechResult": "kranji", "Confidence": "0.0"},
    {"SpeechResult": "kranji", "Confidence": "NaN", "Language": "en-US"},
    {"SpeechResult": "KRANJI!!! \U0001f6a8", "Confidence": "0.91"},
    {"SpeechResult": "<b>kranji</b>"},
    {"SpeechResult": "saya tinggal di kranji pak", "Digits": ""},
]
NOT_UNDERSTOOD = [
    {"SpeechResult": "a" * 10_000},
    {"SpeechResult": "dekat warung kopi " * 800},
    {"SpeechResult": "\U0001f30a\U0001f30a\U0001f30a"},
    {"SpeechResult": "I live behind the big mosque"},
    {"SpeechResult": "\u043f\u0440\u0438\u0432\u0435\u0442"},
    {"SpeechResult": "<speak><break time='99s'/></speak>"},
    {"SpeechResult": "</Say></Gather><Dial>112</Dial>"},
    {"SpeechResult": "<prosody rate='x-slow'>", "Confidence": "-1"},
    {"SpeechResult": "   ", "Confidence": "0.99"},
]


def at_the_place(house: House) -> Line:
    return Line(house).presses("2", "2")


def test_a_name_is_confirmed_by_key_however_sure_the_recogniser_is(sqlite_house: House) -> None:
    for fields in UNDERSTOOD:
        line = at_the_place(sqlite_house).brings(**fields)
        assert "Kranji. Benar, tekan 1. Bukan, tekan 2." in line.told, fields


def test_what_is_no_place_is_asked_once_more_and_then_left_to_the_recording(sqlite_house: House) -> None:
    for fields in NOT_UNDERSTOOD:
        line = at_the_place(sqlite_house).brings(**fields)
        assert "Sebutkan sekali lagi" in line.told, fields
        assert line.verbs == ["Response", "Gather", "Say", "Redirect"], fields
        line.brings(**fields)
        assert "Setelah nada" in line.told, fields
        assert "Dial" not in line.verbs
        for piece in ("mosque", "112", "\U0001f30a"):
            assert piece not in line.told, "what was said is not said back"


def test_speech_that_nobody_asked_for_is_like_a_wrong_key_at_most(sqlite_house: House) -> None:
    for way in ((), ("3",), ("4",), ("5",), ("2", "5"), ("0",)):
        line = Line(sqlite_house, BUDI).presses(*way)
        line.brings(SpeechResult="lapor jalan rusak", Confidence="0.99")
        assert line.told, way


# -- numbers -----------------------------------------------------------------------------------------------------------

NO_NUMBERS = [
    "1",
    "12345678",
    "1234567867",
    "9" * 64,
    "9" * 500,
    "123456780",
    "000000000",
    "1" * 9,
    "*12345678",
    "12#4",
]
NOTHING = ["", "abc", "#x", "\u0661\u0662\u0663", "-", "\U0001f522"]


def test_a_number_that_cannot_be_one_is_asked_for_again(sqlite_house: House) -> None:
    for keyed in NO_NUMBERS:
        assert "Nomor belum cocok" in Line(sqlite_house, BUDI).presses("3", keyed).told, keyed
    for keyed in NOTHING:
        assert "Masukkan atau sebutkan 9 angka" in Line(sqlite_house, BUDI).presses("3", keyed).told, keyed
    for way in (("5", "2"), ("5", "3")):
        line = Line(sqlite_house, BUDI).presses(*way, "123456780", "12345678")
        assert "Nomor belum cocok" in line.told, way
        assert "kami sambungkan dengan petugas" in line.presses("9" * 64).told


def test_letters_between_the_digits_change_nothing(sqlite_house: House) -> None:
    number = opened()
    spelled = "x".join(number)
    assert "Laporan tentang sampah diterima" in Line(sqlite_house, BUDI).presses("3").presses(spelled).told


def test_only_four_digits_can_prove(sqlite_house: House) -> None:
    for digits in ("1", "111", "11111", "1111" * 16, "abcd", "****"):
        line = Line(sqlite_house, BUDI).presses("3", opened(), "2", digits)
        assert "Menambah keterangan" not in line.told, digits
        assert "4 angka terakhir" in line.told or "belum cocok" in line.told, digits


def test_a_mobile_that_is_none_is_asked_for_again(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        for keyed in ("0812", "112", "1500444", "02188950001", "9" * 64, "0812OOO", "+", "00000000"):
            line = Line(sqlite_house, LANDLINE).presses("4", "4", "2", keyed)
            assert "asukkan nomor HP" in line.told, keyed
            assert "Nomor HP nol" not in line.told, keyed


# -- keys and recordings -----------------------------------------------------------------------------------------------


def test_a_recording_that_another_key_ended_is_kept_all_the_same(sqlite_house: House) -> None:
    endings = ("5", "*", "99", "", "x", "hangup0", "0*")
    for ended_by in endings:
        line = Line(sqlite_house).presses("2", "2", "*")
        line.brings(RecordingSid=new_sid("RE"), RecordingDuration="9", Digits=ended_by)
        assert "sudah tersimpan" in line.told or "petugas" in line.told, ended_by
    assert len(sqlite_house.tickets()) == len(endings)


def test_keys_where_a_recording_was_asked_for_are_a_silence(sqlite_house: House) -> None:
    opened()
    for way in (("3", "2"), ("3", "3"), ("5", "1", "*"), ("2", "5", "2")):
        line = Line(sqlite_house).presses(*way)
        assert "Record" in line.verbs, way
        line.presses("5")
        assert "Suara belum terdengar" in line.told, way
        assert "Record" in line.verbs


def test_a_recording_that_nobody_asked_for_opens_nothing(sqlite_house: House) -> None:
    for way in ((), ("3",), ("4", "4"), ("5",)):
        line = Line(sqlite_house, BUDI).presses(*way)
        line.brings(RecordingSid=new_sid("RE"), RecordingDuration="9", Digits="#")
        assert line.told, way
    assert sqlite_house.tickets() == []


# -- hanging up --------------------------------------------------------------------------------------------------------

# What a caller does from the first ring to the end; "talk" records, "busy" and "taken" are the officer's doing.
STORIES = {
    "add details": ("3", "1", "2", "talk"),
    "not fixed": ("3", "3", "talk", "1"),
    "withdraw": ("3", "5", "2", "5", "1", "1"),
    "prove": ("3", "4", "1", "NUMBER*", "2", "0000", "0000", "1"),
    "information": ("4", "5", "1", "2", "*"),
    "an open department": ("4", "3", "3", "busy"),
    "a closed department": ("4", "2", "3", "2", "1"),
    "propose": ("5", "1", "*", "talk", "3", "talk", "1"),
    "support": ("5", "2", "PROPOSAL*", "1"),
    "the answer": ("5", "3", "PROPOSAL*", "1", "2"),
    "emergency": ("1", "busy", "busy", "busy"),
    "follow": ("2", "3", "1", "1"),
    "another problem": ("2", "3", "1", "2", "*", "talk", "2", "1"),
    "confidential": ("2", "5", "2", "talk", "1", "1"),
    "call me back": ("0", "busy", "1", "2", "081299990000*", "1"),
    "leave a message": ("0", "busy", "2", "talk"),
    "survey": ("0", "taken", "1", "2", "talk"),
}


def does(ani: Resident, step: str) -> None:
    match step:
        case "talk":
            ani.talks(6)
        case "busy":
            ani.call.officer_declines()
        case "taken":
            ani.call.officer_answers("1")
            ani.call.officer_hangs_up()
        case keys:
            ani.presses(keys)


def prefixes(name: str) -> list[tuple[str, ...]]:
    """Every point of this story at which no story before it was left."""
    seen: set[tuple[str, ...]] = set()
    for story, steps in STORIES.items():
        here = [steps[:length] for length in range(len(steps) + 1) if steps[:length] not in seen]
        if story == name:
            break
        seen.update(here)
    return here


def prepared(house: House) -> dict[str, str]:
    """Something to ask about behind each key; gives the numbers to key in."""
    use(EMERGENCY_PHONE="+622188995512")
    flood, proposal = opened(BUDI, "banjir"), opened(BUDI, "usulan")
    words = ("--id", "Kranji", "--en", "Kranji", "--until", "22:00", "--by", "Rina")
    house.flask("announce", "incident", flood, *words)
    return {"NUMBER*": opened(BUDI), "PROPOSAL*": proposal}


@pytest.mark.parametrize("name", STORIES)
def test_hanging_up_at_any_point_holds_nothing_and_loses_no_recording(sqlite_house: House, name: str) -> None:
    steps = STORIES[name]
    with time_machine.travel(EVENING):
        keyed = prepared(sqlite_house)
        for nth, way in enumerate(prefixes(name)):
            phone = f"+628120000{nth:04}"
            opened(phone)
            ani = Resident(sqlite_house, phone).dials()
            for step in way:
                does(ani, keyed.get(step, step))
            if ani.call.state == "recording":
                ani.talks(6, then="hangup")
            elif ani.is_connected:
                ani.hangs_up()
            assert ani.call.errors == [], way
        sqlite_house.carrier.settle()
        assert sqlite_house.carrier.errors == []
        with stores.reading() as session:
            assert session.scalars(select(Outbox.kind).where(Outbox.held, Outbox.state == "pending")).all() == []
            kept = session.scalars(select(Recording)).all()
        assert [recording.seconds for recording in kept if recording.ticket_id is None] == []
        assert bool(kept) is ("talk" in steps)


# -- callers without a number of their own -----------------------------------------------------------------------------

NOBODIES = ["anonymous", "", "+266696687", "1500444", "sip:anonymous@x.invalid"]
WAYS = [
    ("1",), ("2", "2"), ("2", "5", "1"), ("3", "123456786"), ("4", "1", "2"), ("4", "2", "3", "2"),
    ("5", "1"), ("5", "2"), ("5", "3"), ("0",),
]  # fmt: skip


def test_who_has_no_number_gets_along_in_every_conversation(sqlite_house: House) -> None:
    opened()
    with time_machine.travel(EVENING):
        for way in WAYS:
            first, *others = [Line(sqlite_house, caller).presses(*way) for caller in NOBODIES]
            assert first.told, way
            for caller, line in zip(NOBODIES[1:], others, strict=True):
                assert (line.told, line.verbs) == (first.told, first.verbs), f"{caller!r} is nobody like the others"
                assert "1111" not in ET.tostring(line.root, encoding="unicode")


def test_one_telephone_is_the_same_caller_however_the_carrier_writes_it(sqlite_house: House) -> None:
    opened()
    for caller in (
        "sip:+6281200001111@sbc.bekasi.invalid", "sip:081200001111@10.0.0.1:5060;user=phone", "0812 0000 1111",
        "6281200001111", "tel:+62-812-0000-1111", "<sip:6281200001111@x>",
    ):  # fmt: skip
        line = Line(sqlite_house, caller)
        assert "Laporan sampah diterima" in line.told, caller
        assert "Laporan tentang sampah, tanggal" in line.presses("3").told, caller
