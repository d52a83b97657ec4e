"""The keys that do the same everywhere, and the ways that silence and wrong keys take."""

import pytest
from people import House, Resident
from sqlalchemy import select

from config import stores
from ticketing.models import Call, Turn

pytestmark = pytest.mark.usefixtures("unlimited")


def the_call() -> Call:
    with stores.reading() as session:
        return session.scalars(select(Call)).one()


def results() -> list[str]:
    with stores.reading() as session:
        return list(session.scalars(select(Turn.result).order_by(Turn.number)))


def test_a_ghost_is_let_go_kindly_and_counted(house: House) -> None:
    nobody = Resident(house).dials().is_silent().hears("Silakan tekan 1 sampai 5").is_silent()
    nobody.hears("Kami ulangi lebih pelan", "Melapor").is_silent()
    nobody.hears("Kami tidak mendengar suara", "Darurat, hubungi 1 1 2")
    assert not nobody.is_connected
    assert nobody.call.errors == []
    assert the_call().ghost
    house.work()
    assert house.tickets() == []


def test_who_pressed_anything_is_no_ghost(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("7").is_silent(2).hears("kami sambungkan dengan petugas")
    assert ani.call.state == "dialing"
    assert not the_call().ghost


def test_wrong_keys_three_times_lead_to_an_officer(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("7").hears("Silakan tekan 1 sampai 5", "Untuk petugas, tekan nol")
    ani.presses("7").hears("Kami ulangi lebih pelan", "Keadaan darurat, tekan 1")
    ani.presses("7").hears("kami sambungkan dengan petugas")
    assert ani.call.state == "dialing"
    assert results() == ["asked", "missed", "missed", "missed"]


def test_an_answer_sets_the_count_of_misses_back(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("7", "7", "2", "7", "7").hears("Kami ulangi lebih pelan")
    ani.presses("1").hears("Jalan rusak, tekan 1")


def test_each_miss_waits_longer(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials()
    waits = [ani.call.waiting["timeout"]]
    for _ in range(2):
        ani.presses("7")
        waits.append(ani.call.waiting["timeout"])
    assert waits == [5.0, 7.0, 9.0]


def test_saying_nothing_at_the_topic_means_anything_else(house: House) -> None:
    ani = Resident(house).dials().presses("2").is_silent().hears("Di kelurahan mana?").presses("*")
    ani.talks().presses("1").hangs_up()
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"]) == ("lainnya", "call-centre")


@pytest.mark.parametrize("keys", [["2", "1"], ["2", "3"], ["2", "4"], ["4"], ["4", "5"], ["5"]], ids="-".join)
def test_silence_means_nothing_at_the_other_menus(sqlite_house: House, keys: list[str]) -> None:
    ani = Resident(sqlite_house).dials().presses(*keys)
    question = [line.text for line in ani.call.latest]
    ani.is_silent().hears("Silakan tekan 1").is_silent().hears("Kami ulangi lebih pelan", *question)
    assert "Di kelurahan mana?" not in ani.told


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([], "Silakan tekan 1 sampai 5"),
        (["2", "1"], "Silakan tekan 1 atau 2"),
        (["2", "3"], "Silakan tekan 1 sampai 3"),
        (["2", "5"], "Silakan tekan 1 sampai 3"),
        (["4"], "Silakan tekan 1 sampai 5"),
        (["5"], "Silakan tekan 1 sampai 3"),
        (["8"], "Please press 1 to 5"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_miss_names_the_keys_there_are(sqlite_house: House, keys: list[str], told: str) -> None:
    Resident(sqlite_house).dials().presses(*keys, "7").hears(told)


@pytest.mark.parametrize("keys", ["8", "*", "0", "7", "2*", "42*", "42**"])
def test_nobody_is_greeted_twice(sqlite_house: House, keys: str) -> None:
    ani = Resident(sqlite_house).dials().hears("Layanan Warga Kota Bekasi").presses(*keys)
    assert "Layanan Warga" not in ani.told
    assert "Resident Services" not in ani.told


def test_hash_is_a_key_in_a_menu_and_not_silence(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("#").hears("Silakan tekan 1 sampai 5")
    ani.presses("2", "#").hears("Silakan tekan 1 sampai 5").never_hears("Di kelurahan mana?")
    ani.is_silent().hears("Di kelurahan mana?")
    assert results() == ["asked", "missed", "answered", "missed", "answered"]


def test_star_at_the_root_repeats_slowly(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("*").hears("Keadaan darurat, tekan 1", "Melapor")
    assert "80%" in ani.house.post("/voice/turn/1", answer(ani, Digits="*")).text


def answer(ani: Resident, **fields: str) -> dict[str, str]:
    return {**ani.call.fields(), **fields}


def test_star_goes_back_one_question_at_a_time(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "1").hears("Jalan rusak, tekan 1")
    ani.presses("*").hears("Laporan tentang apa?").presses("3", "1").says("kranji").hears("Benar, tekan 1")
    ani.presses("*").hears("Di kelurahan mana?").says("bintara").presses("1").talks().presses("1").hangs_up()
    ticket = sqlite_house.ticket()
    assert (ticket["category"], ticket["area"]) == ("banjir", "Bintara")


def test_star_at_the_first_question_goes_back_to_the_root_without_another_greeting(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "*").hears("Keadaan darurat, tekan 1", "Melapor")
    assert not ani.call.hears("Layanan Warga")
    ani.presses("2", "2", "*").talks().presses("1").hears("Nomor laporan").hangs_up()
    assert len(sqlite_house.tickets()) == 1


def test_star_never_goes_past_the_kept_recording(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "2", "*").talks().hears("Laporan sudah tersimpan")
    ani.presses("*").hears("Kirim sekarang, tekan 1").presses("2", "*").hears("Kirim sekarang, tekan 1")
    ani.presses("1").hears("Nomor laporan").presses("*").hears("Laporan lain, tekan 1").hangs_up()
    assert len(sqlite_house.tickets()) == 1


@pytest.mark.parametrize("keys", ["2", "22", "222"])
def test_nine_ends_nothing_before_the_goal_is_met(sqlite_house: House, keys: str) -> None:
    ani = Resident(sqlite_house).dials().presses(*keys).presses("9")
    assert ani.is_connected


@pytest.mark.parametrize("keys", [["4", "2"], ["4", "5", "1"]], ids="-".join)
def test_nine_ends_politely_once_the_question_is_answered(sqlite_house: House, keys: list[str]) -> None:
    ani = Resident(sqlite_house).dials().presses(*keys, "9").hears("Terima kasih, Bapak Ibu")
    assert not ani.is_connected


def test_nine_ends_politely_once_the_report_is_in(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "2", "*").talks().presses("1", "9").hears("Terima kasih")
    assert not ani.is_connected


@pytest.mark.parametrize(
    ("typed", "next_question"),
    [
        ("21", "Jalan rusak, tekan 1"),
        ("212", "Di kelurahan mana?"),
        ("2123456", "Di kelurahan mana?"),
        ("25", "Perilaku petugas, tekan 1"),
        ("251", "Laporan ini rahasia"),
        ("253", "Di kelurahan mana?"),
        ("22*", "Di kelurahan mana?"),
        ("452", "Izin usaha diurus secara daring"),
        ("51", "Di kelurahan mana?"),
        ("20", "kami sambungkan dengan petugas"),
        ("28", "What is it about?"),
        ("27", "Silakan tekan 1 sampai 5"),
    ],
)
def test_keys_typed_ahead_answer_the_next_questions(sqlite_house: House, typed: str, next_question: str) -> None:
    """A carrier that sends all the keys it got at once; none of them reaches a question that confirms or listens."""
    ani = Resident(sqlite_house).dials()
    told = sqlite_house.post("/voice/turn/1", answer(ani, Digits=typed))
    assert next_question in told.text


def test_keys_typed_ahead_never_send_or_confirm(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "2").says("kranji").hears("Benar, tekan 1")
    told = sqlite_house.post("/voice/turn/4", answer(ani, Digits="1111"))
    assert "Setelah nada" in told.text
    assert "<Record" in told.text


def test_keys_typed_ahead_never_allow_a_text(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "5", "2").talks()
    told = sqlite_house.post("/voice/turn/5", answer(ani, Digits="11"))
    assert "Kirim nomor laporan lewat SMS" in told.text
    ani.hangs_up()
    sqlite_house.work()
    assert ani.inbox == []


def test_zero_reaches_an_officer_from_every_question(sqlite_house: House) -> None:
    ways = (
        ["0"], ["2", "0"], ["2", "1", "0"], ["2", "2", "0"], ["2", "5", "0"], ["2", "5", "1", "0"], ["4", "0"],
        ["4", "2", "0"], ["4", "5", "0"], ["5", "0"], ["5", "1", "0"],
    )  # fmt: skip
    for way in ways:
        assert Resident(sqlite_house).dials().presses(*way).call.state == "dialing", way
    confirming = Resident(sqlite_house).dials().presses("2", "2").says("kranji").presses("0")
    reviewing = Resident(sqlite_house).dials().presses("2", "2", "*").talks().presses("0")
    after = Resident(sqlite_house).dials().presses("2", "2", "2").says("kranji").presses("1").talks().presses("1", "0")
    assert {one.call.state for one in (confirming, reviewing, after)} == {"dialing"}


def test_a_call_of_two_hundred_turns_comes_to_its_end(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials()
    for _ in range(199):
        ani.presses("8")
    ani.presses("8").hears("Please call again")
    assert not ani.is_connected
    assert ani.call.errors == []
