"""Complaints about staff and violence at home: said to be confidential, and kept so from the question to the mailbox. A
telephone is shared in a family, so nothing about them is told to whoever holds it."""

import re

import pytest
import requests
import time_machine
from factories import ANI, moved, opened, wib
from people import House, Resident

BUDI, HIDDEN, LANDLINE = "+6281299990000", "anonymous", "+622188950001"
MONDAY = wib("2026-11-23 10:00")
# The category, its key, who handles it, who may read it, and words that must stay away from the telephone.
KINDS = {
    "keluhan-petugas": ("1", "inspektorat", "inspektur", ("Inspektorat", "Keluhan")),
    "kekerasan-rumah": ("2", "dp3a", "konselor-dp3a", ("DP3A", "Kekerasan", "Perempuan")),
}
both = pytest.mark.parametrize("kind", KINDS)


def tells(house: House, kind: str, number: str = ANI) -> Resident:
    """Up to the moment when the number was heard."""
    return Resident(house, number).dials().presses("2", "5", KINDS[kind][0]).talks().presses("1")


@both
def test_the_caller_is_told_and_not_asked_where(sqlite_house: House, kind: str) -> None:
    ani = (
        Resident(sqlite_house)
        .dials()
        .presses("2", "5")
        .hears("Perilaku petugas, tekan 1", "Kekerasan di rumah, tekan 2")
    )
    ani.presses(KINDS[kind][0]).hears("Laporan ini rahasia. Hanya petugas khusus mendengar rekaman dan melihat nomor")
    ani.hears("Bila sedang dalam bahaya, hubungi 1 1 2, gratis", "Setelah nada").never_hears("kelurahan")
    ani.talks().presses("1").hears("Nomor laporan Bapak Ibu", "Kirim nomor laporan lewat SMS ke nomor ini?")
    assert sqlite_house.ticket(ani.ticket_number)["department"] == KINDS[kind][1]
    assert ani.call.errors == []


@pytest.mark.parametrize("after", ["2", "silence", "hangs up"])
def test_no_text_unless_the_caller_asks_for_it(sqlite_house: House, after: str) -> None:
    ani = tells(sqlite_house, "kekerasan-rumah")
    match after:
        case "2":
            ani.presses("2").hears("Laporan lain, tekan 1").never_hears("kami kirim lewat SMS")
        case "silence":
            ani.is_silent().hears("Laporan lain, tekan 1")
    number = ani.ticket_number
    ani.hangs_up()
    moved(number, "in_progress", "resolved")
    sqlite_house.work()
    assert ani.inbox == []


def test_texts_that_were_asked_for_name_neither_the_matter_nor_its_department(sqlite_house: House) -> None:
    kind = "kekerasan-rumah"
    with time_machine.travel(MONDAY) as now:
        ani = tells(sqlite_house, kind).presses("1").hears("Nomor ini kami kirim lewat SMS")
        number = ani.ticket_number
        ani.hangs_up()
        sqlite_house.work()
        for state in ("in_progress", "waiting", "scheduled", "resolved", "reopened"):
            now.shift(5 * 3600)
            moved(number, state)
            now.move_to(wib(f"2026-11-2{4 + len(ani.inbox)} 10:00"))
            sqlite_house.work()
        assert f"laporan {number} (khusus) sudah kami terima" in ani.inbox[0]
        assert len(ani.inbox) == 6
        for word in KINDS[kind][3]:
            assert [text for text in ani.inbox if word in text] == [], word


@pytest.mark.parametrize("number", [HIDDEN, LANDLINE])
def test_who_cannot_be_texted_is_not_asked(sqlite_house: House, number: str) -> None:
    siti = tells(sqlite_house, "kekerasan-rumah", number).hears("Nomor laporan", "Laporan lain, tekan 1")
    siti.never_hears("masukkan nomor HP").never_hears("lewat SMS")


@both
def test_the_telephone_itself_tells_nothing(sqlite_house: House, kind: str) -> None:
    ani = tells(sqlite_house, kind)
    number = ani.ticket_number
    ani.hangs_up()
    again = Resident(sqlite_house).dials()
    assert "Rincian, tekan 3" not in again.told
    again.presses("3").hears("Belum ada laporan aktif dari nomor ini")
    again.presses(number).hears("Laporan tentang hal khusus, tanggal", "sudah diterima")
    for word in KINDS[kind][3]:
        again.never_hears(word)
    siti = (
        Resident(sqlite_house, BUDI).dials().presses("3").presses(number).hears("Laporan tentang hal khusus diterima")
    )
    siti.presses("2").presses("1111").hears("Laporan tentang hal khusus, tanggal").never_hears("Dinas")


def test_in_english_it_is_a_confidential_matter(sqlite_house: House) -> None:
    number = opened(category="kekerasan-rumah")
    moved(number, "in_progress")
    ann = Resident(sqlite_house).dials().presses("8", "3").presses(number)
    ann.hears("Your report about a confidential matter", "is being handled by Resident Services")
    ann.never_hears("Women").never_hears("violence")


def test_it_stands_among_the_callers_other_reports_without_being_named(sqlite_house: House) -> None:
    opened()
    opened(category="kekerasan-rumah")
    Resident(sqlite_house).dials().hears("Laporan sampah").presses("3").hears("tentang sampah").presses("4").hears(
        "Itu laporan terakhir dari nomor ini"
    )


def test_no_incident_and_no_place_of_an_earlier_report_is_offered(sqlite_house: House) -> None:
    opened(area="kranji")
    Resident(sqlite_house).dials().presses("2", "5", "2").hears("rahasia").never_hears("Kranji")


# -- the mailbox -------------------------------------------------------------------------------------------------------


@both
def test_the_department_learns_that_it_exists_and_whom_to_ask(sqlite_house: House, kind: str) -> None:
    ani = tells(sqlite_house, kind)
    number = ani.ticket_number
    ani.hangs_up()
    sqlite_house.work()
    (mail,) = sqlite_house.mails()
    assert mail.to.startswith(KINDS[kind][1])
    whole = f"{mail.subject} {mail.text} {mail.html}"
    assert "Laporan rahasia" in whole
    assert "/recordings/" not in whole
    for hidden in (ANI, ANI[1:], "0812", "1111", "Kranji"):
        assert hidden not in whole, hidden
    again = Resident(sqlite_house).dials().presses("3").presses(number).presses("2").talks().hangs_up()
    sqlite_house.work()
    assert "/recordings/" not in sqlite_house.mails()[-1].text, "what is added later is no less confidential"
    assert again.call.errors == []


# -- the command line --------------------------------------------------------------------------------------------------


def test_lists_mask_it(sqlite_house: House) -> None:
    number = opened(category="kekerasan-rumah", area="kranji", words="dekat masjid")
    (row,) = sqlite_house.tickets()
    assert (row["category"], row["reporter"], row["area"]) == ("confidential", "-", None)
    shown = sqlite_house.ticket(number)
    assert (shown["category"], shown["reporter"], shown["area"], shown["notes"]) == ("confidential", "-", None, [])
    for told in (sqlite_house.flask("tickets", "list"), sqlite_house.flask("tickets", "show", number)):
        assert "kekerasan" not in told and "masjid" not in told and "1111" not in told


def test_its_reader_opens_it_and_that_is_written_down(sqlite_house: House) -> None:
    number = opened(category="kekerasan-rumah", area="kranji", words="dekat masjid")
    told = sqlite_house.flask("tickets", "show", number, "--by", "konselor-dp3a")
    assert "kekerasan-rumah" in told and "dekat masjid" in told
    last = sqlite_house.ticket(number)["history"][-1]
    assert (last["action"], last["by"]) == ("read", "konselor-dp3a")


@pytest.mark.parametrize("who", ["Rina", "inspektur", "Konselor-DP3A", ""])
def test_nobody_else_opens_it(sqlite_house: House, who: str) -> None:
    number = opened(category="kekerasan-rumah")
    reason = ("--reason", "telepon balik", "--by", who)
    said = [sqlite_house.refused("tickets", "reveal", number, *reason, *more) for more in ((), ("--audio",))]
    if who:
        said.append(sqlite_house.refused("tickets", "show", number, "--by", who))
    assert all("confidential" in one and ANI not in one for one in said)
    assert [step["action"] for step in sqlite_house.ticket(number)["history"]] == ["opened"]


def test_its_reader_hears_it_and_gets_the_number_for_a_reason(sqlite_house: House) -> None:
    ani = tells(sqlite_house, "keluhan-petugas")
    number = ani.ticket_number
    ani.hangs_up()
    sqlite_house.work()
    why = ("--reason", "pemeriksaan", "--by", "inspektur")
    assert sqlite_house.flask("tickets", "reveal", number, *why).strip() == ANI
    (link,) = re.findall(r"http\S+/recordings/\S+", sqlite_house.flask("tickets", "reveal", number, "--audio", *why))
    assert requests.get(link, timeout=60).headers["Content-Type"] == "audio/wav"
    history = sqlite_house.ticket(number)["history"]
    assert [(step["why"]["what"], step["by"]) for step in history if step["action"] == "revealed"] == [
        ("number", "inspektur"),
        ("audio", "inspektur"),
    ]


def test_of_an_open_report_everybody_may_hear_the_recording(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    sqlite_house.work()
    number = sqlite_house.ticket()["number"]
    told = sqlite_house.flask("tickets", "reveal", number, "--audio", "--reason", "cek", "--by", "Rina")
    assert "/recordings/" in told
    assert "there is no recording" in sqlite_house.refused(
        "tickets", "reveal", opened(), "--audio", "--reason", "cek", "--by", "Rina"
    )


def test_hanging_up_while_it_is_told_keeps_it_confidential(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "5", "2").talks(7, then="hangup")
    sqlite_house.work()
    assert sqlite_house.ticket()["category"] == "confidential"
    assert ani.inbox == []
    assert "/recordings/" not in sqlite_house.mails()[0].text


def test_the_page_behind_the_text_does_not_say_what_it_is_about(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "5", "2").talks().presses("1", "1").hangs_up()
    sqlite_house.work()
    code = ani.inbox[0].split("/t/")[1].split()[0]
    page = requests.get(f"{sqlite_house.url}/t/{code}", timeout=60).text.casefold()
    assert "hal khusus" in page
    assert not {word for word in ("kekerasan", "perempuan", "dp3a") if word in page}
