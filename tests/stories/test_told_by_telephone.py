"""Whom no text reaches is telephoned: the news is told once a person presses 1, an answering machine learns nothing,
and nobody is rung at night, twice at once or without end."""

import logging
from collections.abc import Iterator
from pathlib import Path

import depth
import pytest
import time_machine
from factories import change, changing, moved, opened, rows, seen, text_row, texts, wib
from people import House, Resident, use
from sqlalchemy import func, select

from config import logs, stores
from ivr.explorer import scenarios, walker
from ivr.explorer.scenarios import World
from ticketing.calls import outbound
from ticketing.contacts import callers, contacts
from ticketing.models import Call, Contact, Event, Message
from ticketing.outgoing import links, spending
from ticketing.rules import numbers
from ticketing.tickets import history, register
from workers import outbox, transactions

LANDLINE = "+622188950001"
NOTHING_ELSE = ("Laporan tentang", "sampah", "Dinas")


@pytest.fixture(autouse=True)
def by_day() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(wib("2026-03-02 10:00"), tick=False) as now:
        yield now


def resolved(house: House, phone: str = LANDLINE) -> str:
    number = opened(phone)
    house.work()
    moved(number, "resolved")
    house.work()
    return number


def rung(house: House, phone: str = LANDLINE) -> Resident:
    """Whose telephone rings now."""
    (call,) = house.carrier.ringing(phone)
    somebody = Resident(house, phone)
    somebody.call = call
    return somebody


def answers(house: House, phone: str = LANDLINE) -> Resident:
    somebody = rung(house, phone)
    somebody.call.answer()
    return somebody


def does_not_answer(house: House, how: str = "no-answer") -> None:
    rung(house).call.leave_unanswered(how)
    house.carrier.settle()


def rings(house: House) -> int:
    return sum(one.direction == "outbound-api" for one in house.carrier.ledger.listed("calls"))


def voice_row(number: str, template: str = "SMS05") -> tuple[str, str | None]:
    row = text_row(number, template)
    return row.state, row.last_error


def test_a_landline_is_told_and_objects_by_key(house: House) -> None:
    number = resolved(house)
    budi = answers(house).hears("Layanan Warga Kota Bekasi. Ada kabar laporan.", "Untuk mendengar, tekan 1")
    for words in NOTHING_ELSE:
        budi.never_hears(words)
    budi.presses("1").hears("Laporan tentang sampah", "selesai ditangani", "Belum beres, tekan 3")
    assert voice_row(number)[0] == "delivered"
    budi.presses("3").hears("Laporan kami buka kembali", "ceritakan yang belum beres").talks()
    budi.hears("Keterangan sudah tersimpan").hangs_up()
    house.work()
    assert [event.after for event in history_of(number) if event.action == "moved"] == ["resolved", "reopened"]
    assert len(house.mails("dlh")) >= 2, "the report, and the reopened one"
    assert budi.call.errors == []
    assert rings(house) == 1


def history_of(number: str) -> list[Event]:
    with stores.reading() as session:
        return list(history.of(session, register.find(session, number)))


def test_it_is_done_says_the_reporter(sqlite_house: House) -> None:
    number = resolved(sqlite_house)
    budi = answers(sqlite_house).presses("1", "1").hears("Laporan tentang sampah")
    budi.presses("2").hears("laporan ini selesai", "Seberapa puas Bapak Ibu dengan hasilnya")
    budi.presses("4").hears("Nilai Bapak Ibu sudah tercatat", "Terima kasih")
    assert seen(number).state == "confirmed"
    assert budi.call.errors == []


def test_a_question_is_put_and_its_answer_recorded(sqlite_house: House) -> None:
    number = opened(LANDLINE)
    sqlite_house.work()
    moved(number, "accepted", "waiting", note_text="Nomor tiang berapa?")
    sqlite_house.work()
    budi = answers(sqlite_house).presses("1").hears("Petugas bertanya", "Nomor tiang berapa?", "Setelah nada")
    budi.talks().hears("Keterangan sudah tersimpan").hangs_up()
    sqlite_house.work()
    ticket = seen(number)
    assert (ticket.state, ticket.paused_at) == ("accepted", None)
    assert voice_row(number, "SMS04")[0] == "delivered"


def test_an_answer_that_only_the_callback_brings(sqlite_house: House) -> None:
    number = opened(LANDLINE)
    sqlite_house.work()
    moved(number, "accepted", "waiting")
    sqlite_house.work()
    answers(sqlite_house).presses("1").talks(9, then="hangup")
    sqlite_house.work()
    assert seen(number).state == "accepted"


def test_another_state_is_told_and_an_officer_can_be_had(sqlite_house: House) -> None:
    number = opened(LANDLINE)
    sqlite_house.work()
    moved(number, "scheduled")
    sqlite_house.work()
    budi = answers(sqlite_house).presses("1").hears("sudah dijadwalkan", "Berbicara dengan petugas")
    budi.presses("1").hears("sudah dijadwalkan").presses("0").hears("kami sambungkan dengan petugas")
    assert seen(number).state == "scheduled"


def test_in_the_language_of_the_resident(sqlite_house: House) -> None:
    number = opened(LANDLINE, language="en")
    sqlite_house.work()
    moved(number, "resolved")
    sqlite_house.work()
    answers(sqlite_house).hears("There is news about a report").presses("1").hears("If it is fixed, press 2")


def test_an_answering_machine_learns_nothing_and_it_is_tried_again(
    sqlite_house: House, by_day: time_machine.Traveller
) -> None:
    number = resolved(sqlite_house)
    machine = answers(sqlite_house).is_silent(2).hears("Silakan telepon kembali")
    assert machine.call.state == "ended"
    for words in (*NOTHING_ELSE, number[:3]):
        machine.never_hears(words)
    sqlite_house.work()
    assert voice_row(number)[0] == "pending"
    by_day.move_to(wib("2026-03-02 11:59"))
    sqlite_house.work()
    assert rings(sqlite_house) == 1
    by_day.move_to(wib("2026-03-02 12:00"))
    sqlite_house.work()
    assert rings(sqlite_house) == 2
    answers(sqlite_house).presses("1").hangs_up()
    by_day.move_to(wib("2026-03-05 12:00"))
    sqlite_house.work()
    assert rings(sqlite_house) == 2, "what was heard is not told again"
    assert texts(number)[-1].status == "delivered"


def test_after_three_tries_it_is_for_the_desk(sqlite_house: House, by_day: time_machine.Traveller) -> None:
    number = resolved(sqlite_house)
    for how, at in (("no-answer", "2026-03-02 12:00"), ("busy", "2026-03-03 10:00"), ("failed", "2026-03-03 10:15")):
        does_not_answer(sqlite_house, how)
        by_day.move_to(wib(at))
        sqlite_house.work()
    assert rings(sqlite_house) == 3
    assert voice_row(number) == ("dead", "nobody took the call: for the desk")
    by_day.move_to(wib("2026-03-06 10:15"))
    sqlite_house.work()
    assert rings(sqlite_house) == 3


@pytest.mark.parametrize(
    ("done", "first"),
    [
        ("2026-03-02 06:59", "2026-03-02 07:00"),
        ("2026-03-02 07:00", "2026-03-02 07:00"),
        ("2026-03-02 20:59", "2026-03-02 20:59"),
        ("2026-03-02 21:00", "2026-03-03 07:00"),
        ("2026-03-02 23:30", "2026-03-03 07:00"),
    ],
)
def test_nobody_is_rung_at_night(sqlite_house: House, by_day: time_machine.Traveller, done: str, first: str) -> None:
    by_day.move_to(wib(done))
    resolved(sqlite_house)
    assert rings(sqlite_house) == (done == first)
    by_day.move_to(wib(first))
    sqlite_house.work()
    assert rings(sqlite_house) == 1


def test_an_evening_call_that_nobody_took_is_tried_the_next_morning(
    sqlite_house: House, by_day: time_machine.Traveller
) -> None:
    by_day.move_to(wib("2026-03-02 19:30"))
    resolved(sqlite_house)
    does_not_answer(sqlite_house)
    for at, made in (("2026-03-02 21:30", 1), ("2026-03-03 07:00", 1), ("2026-03-03 10:00", 2)):
        by_day.move_to(wib(at))
        sqlite_house.work()
        assert rings(sqlite_house) == made, at


def test_two_reports_of_one_landline_are_told_one_after_the_other(
    sqlite_house: House, by_day: time_machine.Traveller
) -> None:
    first, second = resolved(sqlite_house), resolved(sqlite_house)
    budi = answers(sqlite_house)
    assert rings(sqlite_house) == 1, "one telephone does not ring for two calls at once"
    budi.presses("1").hangs_up()
    sqlite_house.carrier.settle()
    by_day.move_to(wib("2026-03-02 10:06"))
    sqlite_house.work()
    answers(sqlite_house).presses("1").hangs_up()
    assert {voice_row(first)[0], voice_row(second, "SMS05c")[0]} == {"delivered"}


def test_a_later_state_takes_the_place_of_one_that_nobody_heard(
    sqlite_house: House, by_day: time_machine.Traveller
) -> None:
    number = opened(LANDLINE)
    sqlite_house.work()
    moved(number, "scheduled")
    sqlite_house.work()
    does_not_answer(sqlite_house)
    moved(number, "resolved")
    assert voice_row(number, "SMS28") == ("dead", "replaced by a later state")
    sqlite_house.work()
    answers(sqlite_house).presses("1").hears("selesai ditangani").hangs_up()
    by_day.move_to(wib("2026-03-03 10:00"))
    sqlite_house.work()
    assert rings(sqlite_house) == 2


def test_a_mobile_that_no_text_reaches_is_telephoned(sqlite_house: House) -> None:
    mobile = "+6281200005555"
    number = opened(mobile)
    sqlite_house.carrier.faults.set({"undelivered": {mobile: 30006}})
    sqlite_house.work()
    moved(number, "resolved")
    sqlite_house.work()
    answers(sqlite_house, mobile).presses("1").hears("selesai ditangani")
    assert [(one.channel, one.status) for one in texts(number)] == [("sms", "undelivered"), ("voice", "delivered")]


@pytest.mark.parametrize("status", [429, 401, 503])
def test_a_carrier_in_trouble(sqlite_house: House, by_day: time_machine.Traveller, status: int) -> None:
    """Where it surely did not dial it is asked again soon; where it may have dialled, when the next try is due."""
    sqlite_house.carrier.faults.set({"rest_fail": 1, "rest_status": status, "rest_code": 20000 + status})
    number = resolved(sqlite_house)
    assert (rings(sqlite_house), voice_row(number)[0]) == (0, "pending")
    by_day.move_to(wib("2026-03-02 10:10"))
    sqlite_house.work()
    assert rings(sqlite_house) == (status != 503)
    by_day.move_to(wib("2026-03-02 12:00"))
    sqlite_house.work()
    assert rings(sqlite_house) == 1


def test_a_number_that_the_carrier_refuses_is_not_dialled_again(sqlite_house: House) -> None:
    sqlite_house.carrier.faults.set({"rest_fail": 1, "rest_status": 400, "rest_code": 21211})
    number = resolved(sqlite_house)
    assert voice_row(number) == ("dead", "carrier 400, code 21211")
    assert texts(number)[-1].status == "failed"


def test_a_worker_that_died_after_dialling_does_not_ring_twice(
    sqlite_house: House, by_day: time_machine.Traveller
) -> None:
    number = resolved(sqlite_house)
    change(text_row(number, "SMS05"), state="leased", lease_until=wib("2026-03-02 10:01"))
    by_day.move_to(wib("2026-03-02 10:05"))
    outbox.sweep()
    by_day.move_to(wib("2026-03-02 10:30"))
    sqlite_house.work()
    assert rings(sqlite_house) == 1
    does_not_answer(sqlite_house)
    by_day.move_to(wib("2026-03-02 12:01"))
    sqlite_house.work()
    assert rings(sqlite_house) == 2


def test_calls_of_ours_are_none_of_the_resident_s(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(sqlite_house)
    answers(sqlite_house).is_silent(2)
    monkeypatch.setattr(callers, "MAX_AN_HOUR", 1)
    Resident(sqlite_house, LANDLINE).dials().hears("Selamat")
    with stores.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 1, "our own number is nobody's"
        mine = session.scalars(select(Call).where(Call.outbound)).one()
        assert not callers.is_nuisance(session, mine.contact)
        assert spending.calls(session) == 1
    assert "outbound" not in sqlite_house.flask("calls", "list", "--json")
    assert sqlite_house.flask("calls", "list", "--json").count('"sid"') == 1


def test_an_address_that_is_not_ours_tells_nothing(sqlite_house: House) -> None:
    number = resolved(sqlite_house)
    call = rung(sqlite_house).call
    form = {"AccountSid": sqlite_house.carrier.account_sid, "CallSid": call.sid, "CallStatus": "in-progress"}
    form |= {"From": "+622150010444", "To": LANDLINE}
    good = links.told(texts(number)[-1].id).removeprefix(sqlite_house.url)
    for path in (good[:-1], "/voice/told/x", "/voice/told/" + "a" * 3000, good.replace("told/", "told/%00")):
        answer = sqlite_house.post(path, form)
        assert (answer.status_code, "telepon kembali" in answer.text) in ((200, True), (404, False)), path
        assert sqlite_house.post(path + "/status", form).status_code in (204, 404)
    assert sqlite_house.post(good, form).text == sqlite_house.post(good, form).text


def test_an_erased_number_is_not_rung(sqlite_house: House) -> None:
    number = opened(LANDLINE)
    sqlite_house.work()
    moved(number, "resolved")
    with changing(number) as (_, ticket):
        ticket.contact.phone = None
    sqlite_house.work()
    assert rings(sqlite_house) == 0
    assert voice_row(number) == ("dead", "the number or the text was erased")


def test_a_try_is_written_down_once(sqlite_house: House) -> None:
    number = opened(LANDLINE)
    moved(number, "resolved")
    for expected in (True, False):
        with transactions.transaction() as session:
            message = session.get_one(Message, texts(number)[-1].id)
            assert outbound.note_try(session, message) == expected
    with stores.reading() as session:
        contact = contacts.known(session, numbers.read(LANDLINE))
        assert contact is not None
        assert not outbound.is_ringing(session, contact)
    assert len(rows(number, kind="call")) == 1


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("world", scenarios.CALLED, ids=lambda world: world.name)
def test_every_key_at_every_question_of_a_call_that_we_make(
    world: World, language: str, tmp_path: Path, by_day: time_machine.Traveller
) -> None:
    """The machine that walks through the menu of callers walks here too."""
    use(DATABASE_URL="sqlite:////nowhere/hotline.db", REDIS_URL="unix:///nowhere", VAR_DIR=str(tmp_path))
    by_day.move_to(world.at)
    logs.set_up(logging.ERROR)
    found = walker.walk(world, language, depth=min(world.depth, depth.WALK_DEPTH))
    logs.set_up()
    assert found.problems == []
    assert len(found.states) >= (100 if depth.FULL else 70)
