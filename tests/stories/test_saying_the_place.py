"""The place of a report: said, confirmed by key, tried twice, skipped. Nobody gets stuck, with a voice or without."""

import pytest
from people import House, Resident


def at_the_place(house: House, number: str = "+6281200001111") -> Resident:
    return Resident(house, number).dials().presses("2", "2").hears("Di kelurahan mana?", "Untuk melewati")


def sends(ani: Resident) -> None:
    ani.hears("Setelah nada").talks().presses("1").hears("Nomor laporan").hangs_up()
    assert ani.call.errors == []


@pytest.mark.parametrize(
    ("said", "asked", "area"),
    [
        ("kayuringin", "Kayuringin Jaya. Benar, tekan 1", "Kayuringinjaya"),
        ("saya di jatibening yang baru pak", "Jatibening Baru", "Jatibening Baru"),
        ("depan stasiun bekasi", "Marga Mulya", "Margamulya"),
        ("kecamatan bekasi utara", "Kecamatan Bekasi Utara", "Bekasi Utara"),
        ("PONDOK GEDE", "Kecamatan Pondok Gede", "Pondokgede"),
    ],
)
def test_what_is_recognised_is_confirmed_by_key(sqlite_house: House, said: str, asked: str, area: str) -> None:
    ani = at_the_place(sqlite_house).says(said).hears(asked, "Bukan, tekan 2").presses("1")
    sends(ani)
    assert sqlite_house.ticket()["area"] == area


def test_what_was_understood_wrongly_is_said_again(sqlite_house: House) -> None:
    ani = at_the_place(sqlite_house).says("kranji").presses("2").hears("Sebutkan nama kelurahan yang benar")
    ani.says("bintara").hears("Bintara").presses("1")
    sends(ani)
    assert sqlite_house.ticket()["area"] == "Bintara"


def test_two_tries_and_then_the_recording(sqlite_house: House) -> None:
    ani = at_the_place(sqlite_house).says("di sana").hears("Nama kelurahan belum kami kenali")
    ani.says("dekat warung").hears("Sebutkan tempatnya nanti dalam rekaman")
    sends(ani)
    ticket = sqlite_house.ticket()
    assert ticket["area"] is None
    assert [note["text"] for note in ticket["notes"]] == ["dekat warung"], "what was said is kept for the department"


def test_two_that_were_not_meant(sqlite_house: House) -> None:
    ani = at_the_place(sqlite_house).says("kranji").presses("2").says("bintara").presses("2")
    ani.hears("Sebutkan tempatnya nanti dalam rekaman")
    sends(ani)
    assert sqlite_house.ticket()["area"] is None


@pytest.mark.parametrize("tries", [0, 1])
def test_star_skips(sqlite_house: House, tries: int) -> None:
    ani = at_the_place(sqlite_house)
    for _ in range(tries):
        ani.says("di sana")
    ani.presses("*")
    sends(ani)
    assert sqlite_house.ticket()["area"] is None


@pytest.mark.parametrize(("key", "area"), [("1", "Bojong Rawalumbu"), ("2", "Bojongmenteng")])
def test_of_two_names_one_is_chosen(sqlite_house: House, key: str, area: str) -> None:
    ani = at_the_place(sqlite_house).says("bojong")
    ani.hears("Bojong Rawalumbu, tekan 1", "Bojong Menteng, tekan 2", "Bukan keduanya, tekan 3").presses(key)
    sends(ani)
    assert sqlite_house.ticket()["area"] == area


def test_neither_of_the_two(sqlite_house: House) -> None:
    ani = at_the_place(sqlite_house).says("bojong").presses("3").hears("Sebutkan nama kelurahan yang benar")
    ani.says("cikiwul").presses("1")
    sends(ani)
    assert sqlite_house.ticket()["area"] == "Cikiwul"


@pytest.mark.parametrize(
    ("said", "named", "referred"),
    [
        ("tambun", "Kab. Bekasi di luar Kota Bekasi", "hubungi Pemerintah Kabupaten Bekasi"),
        ("saya di cakung", "DKI Jakarta di luar Kota Bekasi", "aplikasi JAKI"),
        ("cileungsi", "Kab. Bogor di luar Kota Bekasi", "Kabupaten Bogor"),
    ],
)
def test_a_place_outside_the_city_is_said(sqlite_house: House, said: str, named: str, referred: str) -> None:
    ani = at_the_place(sqlite_house).says(said).hears(named, referred, "Tetap melapor ke kami, tekan 1").presses("1")
    sends(ani)
    ticket = sqlite_house.ticket()
    assert (ticket["department"], ticket["area"]) == ("call-centre", None)


def test_another_place_after_one_outside(sqlite_house: House) -> None:
    ani = at_the_place(sqlite_house).says("tambun").presses("2").says("kranji").presses("1")
    sends(ani)
    assert (sqlite_house.ticket()["department"], sqlite_house.ticket()["area"]) == ("dlh", "Kranji")


def test_saying_nothing_about_a_place_outside_reports_all_the_same(sqlite_house: House) -> None:
    sends(at_the_place(sqlite_house).says("tambun").is_silent())
    assert sqlite_house.ticket()["department"] == "call-centre"


@pytest.mark.parametrize("keys", [(), ("1", "1"), ("#", "#"), ("5", "7")], ids=["silent", "ones", "hashes", "digits"])
def test_a_caller_without_a_voice_finishes(sqlite_house: House, keys: tuple[str, ...]) -> None:
    ani = at_the_place(sqlite_house)
    ani.presses(*keys) if keys else ani.is_silent(2)
    sends(ani.hears("Sebutkan tempatnya nanti dalam rekaman"))
    assert sqlite_house.ticket()["area"] is None


def test_the_area_of_the_last_report_is_offered(house: House) -> None:
    sends(at_the_place(house).says("teluk pucung").presses("1"))
    again = Resident(house).dials().presses("2", "1", "1").hears("Di Teluk Pucung lagi?")
    sends(again.presses("1"))
    assert {ticket["area"] for ticket in house.tickets()} == {"Teluk Pucung"}


def test_the_last_area_is_not_meant_this_time(sqlite_house: House) -> None:
    sends(at_the_place(sqlite_house).says("teluk pucung").presses("1"))
    again = Resident(sqlite_house).dials().presses("2", "2").presses("2").hears("Di kelurahan mana?")
    sends(again.says("kranji").presses("1"))
    Resident(sqlite_house).dials().presses("2", "2").hears("Kranji lagi?")


def test_a_skipped_place_does_not_forget_the_last_one(sqlite_house: House) -> None:
    sends(at_the_place(sqlite_house).says("teluk pucung").presses("1"))
    sends(Resident(sqlite_house).dials().presses("2", "2").presses("2").presses("*"))
    Resident(sqlite_house).dials().presses("2", "2").hears("Teluk Pucung lagi?")


@pytest.mark.parametrize("number", ["+6281299990000", "anonymous"])
def test_nobody_else_hears_where_we_live(sqlite_house: House, number: str) -> None:
    sends(at_the_place(sqlite_house).says("teluk pucung").presses("1"))
    at_the_place(sqlite_house, number).never_hears("Teluk Pucung")


def test_the_words_are_listened_for_in_indonesian_with_every_name_as_a_hint(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("8", "2", "2").hears("Which kelurahan?")
    assert ani.call.waiting["language"] == "id-ID"
    assert {"Kayuringin Jaya", "Bekasi Utara"} <= set(ani.call.waiting["hints"].split(","))
    assert len(ani.call.waiting["hints"].split(",")) == 68
