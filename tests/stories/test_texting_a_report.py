"""Residents report by text: what is missing is asked once, nothing is asked twice, and nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from people import House, Resident, use
from sqlalchemy import select

from config import clock, stores
from ticketing.models import Message, Ticket

TWO_WAY = {"SMS_DUA_ARAH": "true"}
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


@pytest.fixture
def two_way(sqlite_house: House) -> House:
    use(**TWO_WAY)
    return sqlite_house


def intents() -> list[str | None]:
    with stores.reading() as session:
        texts = select(Message).where(Message.inbound).order_by(Message.created_at)
        return [message.intent for message in session.scalars(texts)]


def notes(house: House, number: str = "") -> dict[str, str]:
    return {note["kind"]: note["text"] for note in house.ticket(number)["notes"]}


def test_a_report_without_a_place_is_saved_and_asked_for_it(house: House) -> None:
    use(**TWO_WAY)
    ani = Resident(house).texts("lapor lampu jalan mati sudah seminggu gelap banget")
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"], ticket["area"], ticket["channel"]) == (
        "lampu-jalan", "dishub", None, "sms",
    )  # fmt: skip
    (asked,) = ani.inbox
    assert asked.startswith(f"Laporan {ticket['number']} tercatat. Mohon balas lokasinya")
    assert house.mails() == []

    ani.texts("jl mawar 3 rt 02 kel margahayu dekat masjid")
    house.work()
    ticket = house.ticket()
    assert (ticket["area"], ticket["status"]) == ("Margahayu", "forwarded")
    assert notes(house)["place"] == "jl mawar 3 rt 02 kel margahayu dekat masjid"
    assert ani.inbox[1].startswith(f"Terima kasih, keterangan untuk laporan {ticket['number']}")
    (mail,) = house.mails("dishub")
    assert "lampu jalan mati sudah seminggu" in mail.text and "jl mawar 3" in mail.text
    assert intents() == ["report", "add_detail"]


def test_a_report_with_its_place_goes_at_once(two_way: House) -> None:
    ani = Resident(two_way).texts("jalan rusak berlubang besar di jalan raya jatiasih depan pasar")
    two_way.work()
    ticket = two_way.ticket()
    assert (ticket["category"], ticket["status"]) == ("jalan-rusak", "forwarded")
    assert [text.split(":")[0] for text in ani.inbox] == ["1500-444 Kota Bekasi"]
    assert ticket["number"] in ani.inbox[0]


def test_a_place_that_nobody_knows_is_a_place_all_the_same(two_way: House) -> None:
    ani = Resident(two_way).texts("sampah menumpuk bau sekali tolong diangkut")
    ani.texts("gang haji naim no 12 belakang warung bu tini")
    two_way.work()
    ticket = two_way.ticket()
    assert (ticket["area"], ticket["status"]) == (None, "forwarded")
    assert notes(two_way)["place"] == "gang haji naim no 12 belakang warung bu tini"


def test_who_never_says_where_is_not_forgotten(two_way: House) -> None:
    with time_machine.travel(NOON, tick=True) as now:
        Resident(two_way).texts("sampah menumpuk bau sekali tolong diangkut")
        two_way.work()
        assert two_way.mails() == []
        now.move_to(NOON + timedelta(minutes=61))
        with stores.transaction() as session:  # rows are due by the database's clock, which no test can move
            for row in session.scalars(select(Ticket)).one().deliveries:
                row.not_before = min(row.not_before, clock.now() - timedelta(hours=2))
        two_way.work()
        assert two_way.ticket()["status"] == "forwarded"


def test_one_way_the_text_leads_to_the_page_instead(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).texts("lapor lampu jalan mati sudah seminggu gelap banget")
    sqlite_house.work()
    (asked,) = ani.inbox
    assert "Mohon lengkapi lokasi dan foto di http://lacak.test/t/" in asked
    assert "balas" not in asked.lower()


def test_a_place_that_comes_after_another_question_still_goes_to_the_report(two_way: House) -> None:
    ani = Resident(two_way).texts("lapor lampu jalan mati sudah seminggu gelap banget")
    number = two_way.ticket()["number"]
    ani.texts(f"cek {number}")
    ani.texts("di margahayu dekat masjid")
    two_way.work()
    assert intents() == ["report", "status", "add_detail"]
    assert two_way.ticket()["area"] == "Margahayu"


def test_the_same_words_again_are_the_same_report(house: House) -> None:
    ani = Resident(house)
    for _ in range(50):
        ani.texts("lapor sampah menumpuk di kayuringin sudah tiga hari")
    house.work()
    assert len(house.tickets()) == 1
    assert len(ani.inbox) == 1
    assert intents() == ["report"] * 50


def test_two_neighbours_with_the_same_words_are_two_reports(two_way: House) -> None:
    for number in ("+6281200001111", "+6281200002222"):
        Resident(two_way, number).texts("lapor sampah menumpuk di kayuringin sudah tiga hari")
    two_way.work()
    assert len(two_way.tickets()) == 2


def test_a_place_outside_the_city_is_kept_and_named(two_way: House) -> None:
    ani = Resident(two_way).texts("lapor jalan rusak parah di tambun selatan dekat stasiun")
    two_way.work()
    ticket = two_way.ticket()
    assert ticket["department"] == "call-centre"
    assert "di luar Kota Bekasi" in ani.inbox[0] and "Kab. Bekasi" in ani.inbox[0]


def test_a_place_outside_the_city_as_the_answer(two_way: House) -> None:
    ani = Resident(two_way).texts("lapor jalan rusak parah berlubang besar").texts("di tambun selatan dekat stasiun")
    two_way.work()
    assert two_way.ticket()["department"] == "call-centre"
    assert "di luar Kota Bekasi" in ani.inbox[1]
    assert two_way.mails("dbmsda") == []


@pytest.mark.parametrize("words", ["LAPOR", "usul"])
def test_the_word_alone_opens_nothing(two_way: House, words: str) -> None:
    ani = Resident(two_way).texts(words)
    two_way.work()
    assert two_way.tickets() == []
    assert "Kirim LAPOR (isi)" in ani.inbox[0]


def test_an_emergency_is_told_to_ring_112_and_alarms_the_duty_team(house: House) -> None:
    use(**TWO_WAY)
    ani = Resident(house).texts("stop, ada kebakaran di gudang belakang pasar kranji")
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["priority"], ticket["department"]) == ("darurat", "P1", "call-centre")
    (mail,) = house.mails("petugas")
    assert "kebakaran di gudang" in mail.text
    assert "Telepon 112 SEKARANG" in ani.inbox[0]
    with stores.reading() as session:
        assert session.scalars(select(Message).where(Message.inbound)).one().contact.opted_out_at is None

    ani.texts("tolong cepat ada orang terjebak di dalam")
    house.work()
    assert house.ticket()["number"] == ticket["number"]
    assert len(ani.inbox) == 2
    assert len(house.mails("petugas")) == 2


def test_an_emergency_is_answered_after_stop(two_way: House) -> None:
    ani = Resident(two_way).texts("jangan sms lagi").texts("ada orang hanyut di kali bekasi")
    two_way.work()
    assert [text[:10] for text in ani.inbox] == ["SMS kabar ", "Telepon 11"]


def test_a_proposal_by_text(two_way: House) -> None:
    ani = Resident(two_way).texts("usul bikin taman bermain anak di jakasampurna")
    two_way.work()
    ticket = two_way.ticket()
    assert ticket["category"] == "usulan"
    assert ani.inbox[0].startswith(f"Usulan {ticket['number']} tercatat")


@time_machine.travel(NOON, tick=True)
def test_one_more_report_of_a_declared_flood_joins_it(two_way: House) -> None:
    Resident(two_way, "+6281200009999").texts("banjir di teluk pucung air mulai naik")
    first = two_way.ticket()["number"]
    until = (clock.now() + timedelta(hours=2)).isoformat()
    words = ("--id", "Teluk Pucung", "--en", "Teluk Pucung", "--area", "telukpucung")
    two_way.flask("announce", "incident", first, *words, "--until", until, "--by", "Budi")
    ani = Resident(two_way).texts("banjir di teluk pucung udah semata kaki di jalan")
    two_way.work()
    states = {ticket["number"]: ticket["status"] for ticket in two_way.tickets()}
    assert states.pop(first) == "forwarded"
    assert list(states.values()) == ["merged"]
    assert len(ani.inbox) == 1 and f"sama dengan {first} yang sedang ditangani" in ani.inbox[0]
    two_way.move(first, "in_progress")
    two_way.work()
    assert f"banjir, laporan {first}: sedang dikerjakan" in ani.inbox[1]


def test_a_stranger_s_number_is_heard_and_never_texted(sqlite_house: House) -> None:
    """Texts go to Indonesian numbers alone; what anybody reports is a report."""
    Resident(sqlite_house, "+4917012345678").texts("lapor sampah menumpuk di kayuringin sudah tiga hari")
    Resident(sqlite_house, "BEKASI").texts("lapor jalan rusak berlubang di margahayu")
    sqlite_house.work()
    assert len(sqlite_house.tickets()) == 2
    assert [one for one in sqlite_house.carrier.ledger.listed("messages") if one.direction == "outbound-api"] == []
