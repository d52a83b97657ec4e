"""Residents ask, add, stop and start by text, and get one answer for one question."""

import pytest
import time_machine
from factories import wib
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.models import Call, Callback, Contact, Message
from ticketing.tickets import ratings


@pytest.fixture
def two_way(sqlite_house: House) -> House:
    use(SMS_DUA_ARAH="true")
    return sqlite_house


def reported(house: House, words: str = "lapor sampah menumpuk di kayuringin", who: str = "+6281200001111") -> Resident:
    ani = Resident(house, who).texts(words)
    house.work()
    return ani


def the_contact() -> Contact:
    with stores.reading() as session:
        return session.scalars(select(Contact)).one()


@pytest.mark.parametrize("words", ["cek", "gmn lap sy", "sampai mana laporan saya", "STATUS", "Cekk"])
def test_status_of_the_only_report(two_way: House, words: str) -> None:
    ani = reported(two_way)
    number = two_way.ticket()["number"]
    ani.texts(words)
    two_way.work()
    assert ani.inbox[-1].startswith(f"Laporan {number} (sampah): diteruskan, DLH.")


def test_status_by_number_of_ones_own_and_of_somebody_else_s(house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = reported(house)
    number = house.ticket()["number"]
    spaced = f"{number[:3]} {number[3:6]}.{number[6:]}"
    ani.texts(spaced)
    budi = Resident(house, "+6281200002222").texts(f"cek {number}")
    house.work()
    assert "DLH" in ani.inbox[-1] and "lacak.test" in ani.inbox[-1]
    (told,) = budi.inbox
    assert told.startswith(f"Laporan {number} (sampah): diteruskan sejak")
    assert "lacak.test" not in told and "DLH" not in told


def test_a_number_that_is_none(two_way: House) -> None:
    ani = Resident(two_way).texts("cek 123456789")
    two_way.work()
    assert ani.inbox[0].startswith("Nomor itu belum kami temukan")


def test_several_reports_and_none(two_way: House) -> None:
    ani = Resident(two_way).texts("status")
    two_way.work()
    assert ani.inbox[0].startswith("Belum ada laporan aktif")
    ani.texts("lapor sampah menumpuk di kayuringin").texts("lapor jalan rusak berlubang di margahayu")
    ani.texts("status laporan")
    two_way.work()
    assert ani.inbox[-1].startswith("Ada 2 laporan aktif.")


def test_an_english_speaker_is_answered_in_english(two_way: House) -> None:
    john = Resident(two_way).texts("report broken street light near margahayu station")
    two_way.work()
    assert john.inbox[0].startswith("Bekasi 1500-444: report")
    john.texts("english")
    two_way.work()
    assert "Send REPORT (text)" in john.inbox[1]
    john.texts("bahasa")
    two_way.work()
    assert "Kirim LAPOR (isi)" in john.inbox[2]


def test_stop_and_start_are_confirmed_once_each(house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = reported(house).texts("UNREG").texts("henti")
    house.work()
    number = house.ticket()["number"]
    house.move(number, "in_progress")
    house.work()
    assert [text[:23] for text in ani.inbox[1:]] == ["SMS kabar laporan dihen"]
    ani.texts("MULAI")
    house.work()
    assert ani.inbox[-1].startswith("SMS kabar laporan aktif kembali")
    assert the_contact().opted_out_at is None


def test_who_stopped_and_asks_is_answered(two_way: House) -> None:
    ani = reported(two_way).texts("jangan sms lagi").texts("cek")
    two_way.work()
    assert ani.inbox[-1].startswith("Laporan ")


def test_being_called_back_and_changing_one_s_mind(house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = Resident(house).texts("agen").texts("minta ditelpon dong")
    house.work()
    assert [text[:30] for text in ani.inbox] == ["1500-444: permintaan tercatat."] * 2
    with stores.reading() as session:
        assert len(session.scalars(select(Callback)).all()) == 1
    ani.texts("gak jadi")
    house.work()
    assert "dibatalkan" in ani.inbox[-1]
    with stores.reading() as session:
        assert session.scalars(select(Callback)).one().state == "cancelled"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("info ktp", "1500-444: KTP, KK"), ("INFO BANJIR", "1500-444: belum ada info banjir baru. Air masuk rumah?"),
        ("info", "1500-444: kirim INFO"),
        ("bantuan", "1500-444 Kota Bekasi. Kirim LAPOR"), ("tolong", "1500-444: apakah ini darurat?"),
    ],
)  # fmt: skip
def test_information_and_help(two_way: House, words: str, answer: str) -> None:
    ani = Resident(two_way).texts(words)
    two_way.work()
    assert ani.inbox[0].startswith(answer)


def test_what_nobody_understands_is_said_twice_a_day_at_most(house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = Resident(house)
    for words in ("hmm", "asdf", "p", "oi", "test"):
        ani.texts(words)
    house.work()
    assert sum("belum kami pahami" in text for text in ani.inbox) <= 2
    assert sum(text.startswith("Halo") for text in ani.inbox) <= 1, "who greets is greeted, once a day"
    assert len(ani.inbox) <= 3


def test_a_machine_that_answers_us_is_not_answered_for_ever(two_way: House) -> None:
    """Whoever pumps texts gets three answers an hour, and one report is one report."""
    ani = Resident(two_way)
    for _ in range(30):
        ani.texts("cek")
    for nth in range(30):
        ani.texts(f"bantuan {nth}")
    two_way.work()
    assert len(ani.inbox) == 3


def test_the_answer_to_an_officer_s_question_goes_to_the_report(house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = reported(house)
    number = house.ticket()["number"]
    house.move(number, "waiting", "--note", "tiang nomor berapa")
    ani.texts("nomor 14 yang miring ke jalan")
    house.work()
    ticket = house.ticket()
    assert ticket["status"] != "waiting"
    assert any(note["text"] == "nomor 14 yang miring ke jalan" for note in ticket["notes"])
    assert "keterangan untuk laporan" in ani.inbox[-1]


def test_a_text_is_understood_once(house: House) -> None:
    """The same delivery again, and the sweeper after it, change nothing."""
    use(SMS_DUA_ARAH="true")
    ani = reported(house)
    with stores.reading() as session:
        assert [one.status for one in session.scalars(select(Message).where(Message.inbound))] == ["understood"]
    assert len(ani.inbox) == 1


def test_a_call_is_rated_and_advice_is_kept_without_opening_a_report(two_way: House) -> None:
    ani = Resident(two_way).dials().hangs_up()
    two_way.work()
    with stores.transaction() as session:
        call = session.scalars(select(Call)).one()
        ratings.ask(session, call.contact, call=call)
    ani.texts("5").texts("petugasnya ramah sekali tapi menunggunya lama")
    two_way.work()
    assert [text.split(",")[0] for text in ani.inbox] == ["Terima kasih", "Terima kasih"]
    assert "saran Bapak/Ibu sudah kami simpan" in ani.inbox[1]
    ticket = two_way.ticket()
    assert (ticket["category"], ticket["department"]) == ("masukan", "call-centre")
    ani.texts("lapor lampu jalan mati di margahayu depan pasar")
    two_way.work()
    assert {one["category"] for one in two_way.tickets()} == {"masukan", "lampu-jalan"}


@pytest.mark.parametrize(
    ("words", "state", "answer"),
    [
        ("puas banget makasih", "confirmed", "nilai Bapak/Ibu untuk laporan"),
        ("kecewa banget sama kerjaannya", "reopened", "kami buka kembali"),
        ("biasa aja sih", "resolved", "berapa nilainya?"),
    ],
)
def test_a_rating_in_words_is_taken_or_asked_for_as_a_figure(
    sqlite_house: House, words: str, state: str, answer: str
) -> None:
    use(SMS_DUA_ARAH="true")
    with time_machine.travel(wib("2026-03-02 10:00")):
        ani = Resident(sqlite_house).texts("lampu jalan mati di margahayu")
        number = sqlite_house.ticket()["number"]
        sqlite_house.move(number, "resolved", "--note", "lampu diganti")
        sqlite_house.work()
        ani.texts(words)
        assert sqlite_house.ticket(number)["status"] == state
        sqlite_house.work()
        assert answer in ani.inbox[-1]
