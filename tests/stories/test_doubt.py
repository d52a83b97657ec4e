"""Texts that nobody can be sure of: the sender is asked once, the text lies in a drawer meanwhile, and what was meant
is done when it is clear. In these stories every text that no rule knows is doubtful until `sure()`.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from factories import wib
from people import House, Resident, use
from sqlalchemy import select

from config import clock, stores
from ivr.channels import doubts
from ivr.understanding import intents
from ticketing.models import Message, Rating

QUESTION = "1500-444: maaf, maksudnya apa? Balas 1"


@pytest.fixture
def two_way(house: House) -> House:
    use(SMS_DUA_ARAH="true")
    return house


@pytest.fixture
def later(sqlite_house: House) -> House:
    """Where the clock can be moved on."""
    use(SMS_DUA_ARAH="true")
    return sqlite_house


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(intents, "MIN_SURE", 1.1)
    return lambda: monkeypatch.setattr(intents, "MIN_SURE", 0.0)


def statuses() -> list[str]:
    with stores.reading() as session:
        query = select(Message.status).where(Message.inbound).order_by(Message.created_at)
        return list(session.scalars(query))


def test_a_doubtful_text_is_asked_once_an_hour_and_is_no_report(later: House, sure: Callable[[], None]) -> None:
    ani = Resident(later).texts("itu yang di depan masjid").texts("gelap terus pak lampunya")
    later.work()
    assert later.tickets() == [] and statuses() == ["doubted", "doubted"]
    assert len(ani.inbox) == 1 and ani.inbox[0].startswith(QUESTION)
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        ani.texts("masih yang itu lho pak")
        later.work()
    assert len(ani.inbox) == 2


def test_one_is_a_report_with_all_that_was_written(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("lampu jalan depan masjid padam").texts("di margahayu").texts("1")
    two_way.work()
    ticket = two_way.ticket()
    assert (ticket["category"], ticket["area"]) == ("lampu-jalan", "Margahayu")
    assert ticket["notes"][0]["text"] == "lampu jalan depan masjid padam di margahayu"
    assert statuses() == ["understood"] * 3
    assert ticket["number"] in ani.inbox[-1]


def test_two_asks_for_the_state_and_three_for_a_person(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("gimana ya itu").texts("2")
    two_way.work()
    assert ani.inbox[-1].startswith("Belum ada laporan aktif")
    budi = Resident(two_way, "+6281200002222").texts("aduh gimana ini").texts("3")
    two_way.work()
    assert "permintaan tercatat" in budi.inbox[-1]
    assert statuses() == ["understood"] * 4, "what was settled lies in no drawer, and is no report later"


def test_the_next_clear_text_settles_it(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("di margahayu dekat pasar")
    sure()
    ani.texts("sampah menumpuk sudah seminggu")
    two_way.work()
    ticket = two_way.ticket()
    assert (ticket["category"], ticket["area"]) == ("sampah", "Margahayu")
    assert "di margahayu dekat pasar sampah menumpuk" in ticket["notes"][0]["text"]
    assert statuses() == ["understood"] * 2


def test_a_clear_text_about_something_else_leaves_nothing_behind(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("hmm apa ya itu namanya").texts("CEK")
    two_way.work()
    assert two_way.tickets() == [] and statuses() == ["understood"] * 2
    assert ani.inbox[-1].startswith("Belum ada laporan aktif")


@pytest.mark.parametrize(
    ("words", "reports"), [("lampu jalan mati semua di kranji", 1), ("selamat ulang tahun ya sayang", 0)]
)
def test_after_half_an_hour_a_possible_report_is_one(
    later: House, sure: Callable[[], None], words: str, reports: int
) -> None:
    ani = Resident(later).texts(words)
    later.work()
    assert doubts.settle() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert doubts.settle() == 1
        assert doubts.settle() == 0
        later.work()
    assert [ticket["department"] for ticket in later.tickets()] == ["call-centre"] * reports
    assert len(ani.inbox) == 1 + reports
    if reports:
        assert later.ticket()["number"] in ani.inbox[-1]
        assert later.ticket()["notes"][0]["text"] == words


def test_a_bare_figure_belongs_to_what_was_asked_last(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("lapor sampah menumpuk di kayuringin")
    two_way.work()
    number = two_way.ticket()["number"]
    ani.texts("aduh gimana sih ini")
    two_way.work()
    assert ani.inbox[-1].startswith(QUESTION)
    two_way.move(number, "resolved")
    two_way.work()
    ani.texts("3")  # the survey is newer than our question
    two_way.work()
    with stores.reading() as session:
        assert session.scalars(select(Rating)).one().score == 3


def test_what_lies_in_the_drawer_is_in_the_copy_of_one_s_data(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("itu yang di depan masjid")
    assert "itu yang di depan masjid" in two_way.flask("privacy", "export", "--phone", ani.number, "--by", "Rina")


def test_danger_never_lies_in_the_drawer(two_way: House, sure: Callable[[], None]) -> None:
    ani = Resident(two_way).texts("kebakaran rumah tetangga tolong")
    two_way.work()
    assert two_way.ticket()["category"] == "darurat" and "112" in ani.inbox[0]


# -- what asks for nothing -----------------------------------------------------------------------------------------


def test_a_greeting_is_greeted_once_a_day(two_way: House) -> None:
    ani = Resident(two_way)
    for words in ("halo", "assalamualaikum", "selamat pagi min"):
        ani.texts(words)
    two_way.work()
    assert [text[:18] for text in ani.inbox] == ["Halo, ini 1500-444"]


@pytest.mark.parametrize("words", ["makasih banyak ya pak", "oke sip makasih", "terima kasih"])
def test_thanks_end_a_talk(two_way: House, words: str) -> None:
    ani = Resident(two_way).texts(words)
    two_way.work()
    assert ani.inbox == [] and two_way.tickets() == []


def test_a_machine_gets_one_text(two_way: House) -> None:
    ani = Resident(two_way)
    for minute in range(7):
        ani.texts(f"Terima kasih telah menghubungi Toko Jaya. Sekarang pukul 12.{10 + minute}. Ini pesan otomatis.")
    two_way.work()
    assert len(ani.inbox) <= 1 and two_way.tickets() == []


# -- a stop in other words -----------------------------------------------------------------------------------------


def test_a_stop_in_other_words_is_asked_for_unless_it_is_sure(two_way: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "MIN_STOP", 1.1)
    ani = Resident(two_way).texts("udah ga usah kirim kabar lagi ke nomor ini ya")
    two_way.work()
    assert "Balas STOP" in ani.inbox[0]
    monkeypatch.setattr(intents, "MIN_STOP", 0.0)
    ani.texts("udah ga usah kirim kabar lagi ke nomor ini ya")
    two_way.work()
    assert "dihentikan" in ani.inbox[1]


# -- the report that is meant --------------------------------------------------------------------------------------


def two_reports(house: House) -> tuple[Resident, str, str]:
    ani = Resident(house).texts("lapor lampu jalan mati di margahayu")
    house.work()
    lamp = house.ticket()["number"]
    ani.texts("lapor sampah menumpuk di kayuringin")
    house.work()
    (rubbish,) = {ticket["number"] for ticket in house.tickets()} - {lamp}
    return ani, lamp, rubbish


def test_withdrawing_by_text(two_way: House) -> None:
    ani = Resident(two_way).texts("lapor lampu jalan mati di margahayu")
    two_way.work()
    ani.texts("batalin aja laporannya")
    two_way.work()
    assert two_way.ticket()["status"] == "withdrawn"
    assert "sudah kami batalkan" in ani.inbox[-1]


def test_who_has_several_reports_is_asked_which(two_way: House) -> None:
    ani, lamp, rubbish = two_reports(two_way)
    ani.texts("laporannya dibatalkan saja")
    two_way.work()
    assert "laporan yang mana?" in ani.inbox[-1] and lamp in ani.inbox[-1] and rubbish in ani.inbox[-1]
    ani.texts(lamp)
    two_way.work()
    states = {ticket["number"]: ticket["status"] for ticket in two_way.tickets()}
    assert (states[lamp], states[rubbish]) == ("withdrawn", "forwarded")


def test_a_number_of_somebody_else_withdraws_nothing(two_way: House) -> None:
    strangers = Resident(two_way, "+6281200003333").texts("lapor jalan rusak di kranji")
    two_way.work()
    number = two_way.ticket()["number"]
    ani = Resident(two_way).texts("lapor lampu jalan mati di margahayu").texts("lapor sampah menumpuk di kayuringin")
    two_way.work()
    ani.texts("laporannya dibatalkan saja").texts(number)
    two_way.work()
    assert {ticket["status"] for ticket in two_way.tickets()} == {"forwarded"}
    assert len(strangers.inbox) == 1


def test_withdrawing_while_a_survey_is_open(two_way: House) -> None:
    ani, lamp, rubbish = two_reports(two_way)
    two_way.move(lamp, "resolved")
    two_way.work()
    ani.texts("batalin aja laporannya")
    two_way.work()
    states = {ticket["number"]: ticket["status"] for ticket in two_way.tickets()}
    assert (states[lamp], states[rubbish]) == ("resolved", "withdrawn")


def test_the_text_that_is_quoted_says_which_report_is_meant(later: House) -> None:
    with time_machine.travel(wib("2026-03-02 10:00")):
        ani, lamp, rubbish = two_reports(later)
        for number in (lamp, rubbish):  # the survey is about the first
            later.move(number, "resolved")
            later.work()
        with stores.reading() as session:
            quoted = session.scalars(select(Message.sid).where(Message.template == "SMS05c")).one()
        ani.quotes(str(quoted), "BELUM")
        later.work()
    states = {ticket["number"]: ticket["status"] for ticket in later.tickets()}
    assert (states[lamp], states[rubbish]) == ("resolved", "forwarded")


def test_danger_brings_along_what_was_unclear(two_way: House, sure: Callable[[], None]) -> None:
    Resident(two_way).texts("di margahayu gang mawar nomor 3").texts("kebakaran tolong")
    two_way.work()
    words = " ".join(note["text"] for note in two_way.ticket()["notes"])
    assert "gang mawar nomor 3" in words and "kebakaran tolong" in words


def test_a_report_that_is_named_by_its_matter_is_meant(later: House) -> None:
    ani, lamp, rubbish = two_reports(later)
    for number in (lamp, rubbish):
        later.move(number, "resolved")
    later.work()
    with time_machine.travel(clock.now() + timedelta(days=4)):  # the survey is over
        ani.texts("lampu jalannya masih mati, belum beres")
        later.work()
    states = {ticket["number"]: ticket["status"] for ticket in later.tickets()}
    assert (states[lamp], states[rubbish]) == ("forwarded", "resolved"), "one is open again, and on its way"


# -- urgent matters never wait -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "leaves"), [("lapor pohon tumbang nutup jalan", True), ("lapor sampah numpuk", False)]
)
def test_an_urgent_report_does_not_wait_for_its_place(two_way: House, words: str, leaves: bool) -> None:
    ani = Resident(two_way).texts(words)
    two_way.work()
    assert bool(two_way.mails()) == leaves
    assert "balas lokasinya" in ani.inbox[0]
    if leaves:
        assert "tempat belum diketahui" in two_way.mails()[-1].text
    ani.texts("di jl mawar margahayu dekat pasar")
    two_way.work()
    assert len(two_way.mails()) == 1 + leaves
    assert "Margahayu" in two_way.mails()[-1].text
