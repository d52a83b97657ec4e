"""A flood night: what the city has to tell is heard first, a thousand callers need not report one flood a thousand
times, and whoever follows it is told how it ends (rule V23)."""

import json
from datetime import timedelta

import pytest
import time_machine
from factories import ANI, caller, changing, moved, opened, wib
from people import House, Resident

from config import clock
from ticketing.contacts import followers

BUDI, SITI, LANDLINE, HIDDEN = "+6281299990000", "+6281377770000", "+622188950001", "anonymous"
EVENING = wib("2026-11-23 18:10")
WORDS = {"id": "Kali Bekasi Siaga 2", "en": "Kali Bekasi level 2"}
DETAILS = {
    "id": "Genangan di Jatiasih dan Teluk Pucung. Posko di SDN Jatirasa 1",
    "en": "Flooded: Jatiasih, Teluk Pucung. Shelter: SDN Jatirasa 1",
}
NOTICE = "Banjir, pukul delapan belas lewat sepuluh: Kali Bekasi Siaga 2. Evakuasi, tekan 1. Lapor banjir, tekan 6."


def spoken_of(words: dict[str, str], details: dict[str, str] | None = None) -> list[str]:
    given = {"--id": words["id"], "--en": words["en"]}
    given |= {"--details-id": details["id"], "--details-en": details["en"]} if details else {}
    return [part for pair in given.items() for part in pair]


def announces_flood(house: House, *more: str, until: str = "22:00") -> None:
    house.flask("announce", "flood", *spoken_of(WORDS, DETAILS), "--until", until, "--by", "Rina", *more)


def declares(house: House, number: str, *more: str, place: str = "Teluk Pucung") -> None:
    words = spoken_of({"id": place, "en": place})
    house.flask("announce", "incident", number, *words, "--until", "23:00", "--by", "Rina", *more)


# -- the notice --------------------------------------------------------------------------------------------------------


def test_the_notice_is_heard_first_and_its_keys_are_the_root_s(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        announces_flood(sqlite_house)
        ani = Resident(sqlite_house).dials().hears(f"{NOTICE} Selamat malam, Layanan Warga Kota Bekasi.")
        assert ani.told.startswith("Banjir, pukul")
        assert ani.call.state == "gathering", "any key skips it"
        ani.presses("4").hears("Info pukul delapan belas lewat sepuluh: Genangan di Jatiasih dan Teluk Pucung")
        ani.presses("2").hears("Informasi kami kirim lewat SMS").presses("*").hears("Keadaan darurat, tekan 1")
        ani.never_hears("Alamat dan jam kantor").presses("4").hears("Alamat dan jam kantor, tekan 1")
        ani.presses("3").hears("Genangan di Jatiasih").hangs_up()
        Resident(sqlite_house, BUDI).dials().presses("1").hears("hubungi 1 1 2, gratis")
        Resident(sqlite_house, SITI).dials().presses("2").hears("Laporan tentang apa?")
        sqlite_house.work()
        assert ani.inbox == [f"1500-444, pukul 18.10: {DETAILS['id']}. Darurat: 112"]
        assert ani.call.errors == []


def test_in_english(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        announces_flood(sqlite_house)
        Resident(sqlite_house).dials().presses("8").hangs_up()
        ann = Resident(sqlite_house, BUDI).dials().presses("8", "4").hears("At eighteen ten: Flooded: Jatiasih")
        ann.presses("2").hangs_up()
        sqlite_house.work()
        assert ann.inbox == [f"1500-444, 18:10: {DETAILS['en']}. Emergency: 112"]


def test_the_same_number_does_not_hear_it_again_for_half_an_hour(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        announces_flood(sqlite_house)
        Resident(sqlite_house).dials().hears(NOTICE).hangs_up()
        now.shift(timedelta(minutes=29))
        again = Resident(sqlite_house).dials().never_hears("Banjir, pukul")
        again.presses("4").hears("Alamat dan jam kantor").hangs_up()
        Resident(sqlite_house, BUDI).dials().hears(NOTICE).hangs_up()
        Resident(sqlite_house, HIDDEN).dials().hears(NOTICE).hangs_up()
        Resident(sqlite_house, HIDDEN).dials().hears(NOTICE).hangs_up()
        now.shift(timedelta(minutes=2))
        Resident(sqlite_house).dials().hears(NOTICE)


def test_it_ends_by_itself(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        announces_flood(sqlite_house, until="20:00")
        now.move_to(wib("2026-11-23 19:59"))
        Resident(sqlite_house).dials().hears("Banjir, pukul").hangs_up()
        now.move_to(wib("2026-11-23 20:00"))
        Resident(sqlite_house, BUDI).dials().never_hears("Banjir, pukul").presses("4", "3").hears(
            "Belum ada info banjir"
        )
        assert "nothing is announced" in sqlite_house.flask("announce")


def test_what_ended_while_the_caller_listened_is_told_no_more(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        announces_flood(sqlite_house, until="18:30")
        ani = Resident(sqlite_house).dials().hears(NOTICE)
        now.shift(timedelta(minutes=25))
        ani.presses("4").hears("Belum ada info banjir terbaru di sini")


def test_it_can_be_ended_by_hand(sqlite_house: House) -> None:
    announces_flood(sqlite_house, until=_in_two_hours())
    (shown,) = json.loads(sqlite_house.flask("announce", "--json"))
    assert (shown["kind"], shown["words"], shown["details"], shown["by"]) == ("flood", WORDS, DETAILS, "Rina")
    assert "ended" in sqlite_house.flask("announce", "end", shown["id"])
    Resident(sqlite_house).dials().never_hears("Banjir, pukul")
    assert "no announcement with this id" in sqlite_house.refused(
        "announce", "end", "00000000-0000-4000-8000-000000000000"
    )


def _in_two_hours() -> str:
    return clock.local(clock.now() + timedelta(hours=2)).strftime("%H:%M")


def test_a_notice_is_said_in_its_own_area_alone(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        for number, area in ((ANI, "telukpucung"), (BUDI, "kranji")):
            moved(opened(number, area=area), "resolved", "confirmed")
        announces_flood(sqlite_house, "--area", "Bekasi Utara")
        Resident(sqlite_house).dials().hears(NOTICE).hangs_up()
        for other in (BUDI, SITI, HIDDEN):
            Resident(sqlite_house, other).dials().never_hears("Banjir, pukul").hangs_up()


def test_one_at_a_time(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        announces_flood(sqlite_house)
        now.shift(timedelta(minutes=5))
        words = spoken_of({"id": "Loket tutup", "en": "The counter is closed"})
        sqlite_house.flask("announce", "notice", *words, "--until", "20:00", "--by", "Rina")
        ani = Resident(sqlite_house).dials().hears("Info pukul delapan belas lewat lima belas: Loket tutup.")
        ani.never_hears("Banjir, pukul").presses("4").hears("Alamat dan jam kantor")
        assert [one["kind"] for one in json.loads(sqlite_house.flask("announce", "--json"))] == ["notice"]


def test_the_notice_and_news_of_a_report_are_told_in_one_greeting(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        opened()
        announces_flood(sqlite_house)
        ani = Resident(sqlite_house).dials().hears(NOTICE, "Laporan sampah diterima", "Rincian, tekan 3")
        ani.presses("3").hears("Laporan tentang sampah, tanggal")


REFUSED = {
    "longer than six hours": ({"--until": "2026-11-24T00:11"}, "it must end within 6 hours"),
    "over already": ({"--until": "2026-11-23T18:09"}, "it must end within 6 hours"),
    "no time": ({"--until": "nanti"}, "nanti is no time"),
    "longer than eleven seconds": ({"--id": "Kali Bekasi Siaga 2 dan " * 4}, "11 s are the limit"),
    "longer than eleven seconds in English": ({"--en": "the river is very high and " * 4}, "in en it takes"),
    "nothing in English": ({"--en": " "}, "the words are missing in en"),
    "no details in Indonesian": ({"--details-id": ""}, "the words are missing in id"),
    "details too long to hear": ({"--details-id": "1.111.111 " * 11}, "25 s"),
    "details no text can hold": ({"--details-en": "x" * 111}, "at most 110 plain characters"),
    "details that are not plain": ({"--details-id": "Genangan di Jatiasih \u2192 posko"}, "plain characters"),
    "an unknown area": ({"--area": "Atlantis"}, "Atlantis is no kelurahan or kecamatan"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_nobody_could_listen_to_is_refused_in_a_sentence(sqlite_house: House, why: str) -> None:
    changed, complaint = REFUSED[why]
    usual = {"--id": WORDS["id"], "--en": WORDS["en"], "--details-id": DETAILS["id"], "--details-en": DETAILS["en"]}
    given = {**usual, "--until": "20:00", "--by": "Rina", **changed}
    with time_machine.travel(EVENING):
        assert complaint in sqlite_house.refused(
            "announce", "flood", *[part for pair in given.items() for part in pair]
        )
        Resident(sqlite_house).dials().never_hears("Banjir, pukul")


def test_six_hours_are_allowed(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        announces_flood(sqlite_house, until="2026-11-24T00:10")


# -- the incident ------------------------------------------------------------------------------------------------------


def test_a_caller_follows_the_flood_instead_of_reporting_it(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir", area="telukpucung")
        declares(sqlite_house, flood)
        ani = Resident(sqlite_house).dials().presses("2", "3", "1")
        ani.hears("Sudah ada satu laporan tentang banjir di Teluk Pucung. Ikut dikabari, tekan 1.")
        ani.presses("1").hears("Baik. Nomor Bapak Ibu ikut dikabari", "Laporan lain, tekan 1").hangs_up()
        Resident(sqlite_house, SITI).dials().presses("2", "3", "1").hears("Sudah ada dua laporan").hangs_up()
        sqlite_house.work()
        (text,) = ani.inbox
        assert text.startswith(f"1500-444: nomor ini ikut dikabari tentang banjir, laporan {flood}. Target selesai")
        assert "http" not in text, "the link is the reporter's"
        assert [ticket["number"] for ticket in sqlite_house.tickets()] == [flood]
        moved(flood, "in_progress")
        sqlite_house.work()
        assert f"banjir, laporan {flood}: sedang dikerjakan, BPBD" in ani.inbox[-1]
        told = (
            Resident(sqlite_house).dials().presses("3").hears("Laporan warga tentang banjir", "sedang dikerjakan Badan")
        )
        told.hears("Ulangi, tekan 1. Laporan lain, tekan 2")
        assert ani.call.errors == []


def test_another_problem_is_a_report_of_its_own_and_it_is_offered_once(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        declares(sqlite_house, flood)
        ani = Resident(sqlite_house).dials().presses("2", "3", "1").presses("2").hears("Di kelurahan mana?")
        ani.says("kranji").presses("1").hears("Setelah nada").talks().presses("1").hears("Nomor laporan").hangs_up()
        assert len(sqlite_house.tickets()) == 2
        Resident(sqlite_house, SITI).dials().presses("2", "2").hears("Di kelurahan mana?").never_hears("Sudah ada")


def test_in_its_area_it_is_offered_to_who_lives_there_and_to_who_names_it(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir", area="telukpucung")
        declares(sqlite_house, flood, "--area", "Teluk Pucung")
        moved(opened(SITI, area="telukpucung"), "resolved", "confirmed")
        Resident(sqlite_house, SITI).dials().presses("2", "3", "1").hears("Sudah ada satu laporan").hangs_up()
        ani = Resident(sqlite_house).dials().presses("2", "3", "1").hears("Di kelurahan mana?")
        ani.says("teluk pucung").presses("1").hears("Sudah ada satu laporan tentang banjir").presses("1")
        ani.hears("ikut dikabari").hangs_up()
        far = Resident(sqlite_house, "+6281355550000").dials().presses("2", "3", "1").says("kranji").presses("1")
        far.hears("Setelah nada").never_hears("Sudah ada")
        assert len(sqlite_house.tickets()) == 2


def test_a_landline_caller_names_a_mobile_and_is_counted_once(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        declares(sqlite_house, flood)
        siti = Resident(sqlite_house, LANDLINE).dials().presses("2", "3", "1").presses("1").hears("masukkan nomor HP")
        siti.presses("081377770000*").presses("1").hears("ikut dikabari").hangs_up()
        sqlite_house.work()
        assert "ikut dikabari tentang banjir" in Resident(sqlite_house, SITI).inbox[0]
        assert voices(sqlite_house, flood) == 2
        Resident(sqlite_house, HIDDEN).dials().presses("2", "3", "1").presses("1").presses("*#").hears("Laporan lain")
        assert voices(sqlite_house, flood) == 2, "a hidden number that names none is nobody"
        Resident(sqlite_house, "+622188950002").dials().presses("2", "3", "1").presses("1").hangs_up()
        assert voices(sqlite_house, flood) == 3, "a landline that names no mobile counts all the same"


def voices(house: House, number: str) -> int:
    shown = json.loads(house.flask("announce", "--json"))
    return int(next(one["voices"] for one in shown if one["ticket"] == number))


def test_who_stopped_our_texts_follows_without_them(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        declares(sqlite_house, flood)
        ani = Resident(sqlite_house).texts("STOP")
        ani.dials().presses("2", "3", "1").presses("1").hears("SMS ke nomor ini sudah dihentikan atas permintaan")
        ani.never_hears("masukkan nomor HP").never_hears("Nomor Bapak Ibu ikut dikabari").hangs_up()
        moved(flood, "in_progress")
        sqlite_house.work()
        assert ani.inbox == []
        Resident(sqlite_house).dials().presses("3").hears("Laporan warga tentang banjir")


def test_the_reporter_of_the_incident_needs_no_following(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(ANI, "banjir")
        declares(sqlite_house, flood)
        Resident(sqlite_house).dials().presses("2", "3", "1").presses("1").hears("ikut dikabari").hangs_up()
        assert voices(sqlite_house, flood) == 1
        moved(flood, "in_progress")
        sqlite_house.work()
        texts = Resident(sqlite_house).inbox
        assert [text for text in texts if "ikut dikabari" in text] == []
        assert len([text for text in texts if "sedang dikerjakan" in text]) == 1


def test_who_follows_twice_follows_once(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        flood = opened(BUDI, "banjir")
        declares(sqlite_house, flood)
        for _ in range(2):
            ani = Resident(sqlite_house).dials().presses("2", "3", "1").presses("1").hears("ikut dikabari").hangs_up()
            now.shift(60)
        sqlite_house.work()
        assert len(ani.inbox) == 1
        assert voices(sqlite_house, flood) == 2


def test_merged_reports_count_as_voices(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        moved(opened(SITI, "banjir"), "merged", into=flood)
        declares(sqlite_house, flood)
        Resident(sqlite_house).dials().presses("2", "3", "1").hears("Sudah ada dua laporan tentang banjir")
        ann = Resident(sqlite_house, "+6281355550000").dials().presses("8", "2", "3", "1")
        ann.hears("Reports so far about flood in Teluk Pucung: two. ")


def test_an_incident_that_is_over_is_offered_no_more(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        declares(sqlite_house, opened(BUDI, "banjir"))
        now.move_to(wib("2026-11-23 23:00"))
        Resident(sqlite_house).dials().presses("2", "3", "1").hears("Di kelurahan mana?")


def test_an_incident_that_is_fixed_before_its_time_is_offered_no_more(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        declares(sqlite_house, flood)
        moved(flood, "resolved")
        Resident(sqlite_house).dials().presses("2", "3", "1").hears("Di kelurahan mana?").never_hears("menuju lokasi")


def test_fifty_followers_hear_of_each_step_once(sqlite_house: House) -> None:
    numbers = [f"+62812777{nth:05}" for nth in range(50)]
    with time_machine.travel(EVENING):
        flood = opened(BUDI, "banjir")
        with changing(flood) as (session, ticket):
            for number in numbers:
                followers.follow(session, ticket, caller(session, number))
        moved(flood, "in_progress")
        sqlite_house.work()
        sqlite_house.work()
        assert {len(sqlite_house.carrier.inbox(number)) for number in numbers} == {1}


def test_news_for_followers_waits_four_hours_and_the_night(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        rubbish = opened(BUDI, "sampah")
        with changing(rubbish) as (session, ticket):
            followers.follow(session, ticket, caller(session, ANI))
        moved(rubbish, "in_progress")
        sqlite_house.work()
        moved(rubbish, "resolved")
        now.move_to(wib("2026-11-23 22:30"))
        sqlite_house.work()
        (text,) = Resident(sqlite_house).inbox
        assert "sedang dikerjakan" in text
        now.move_to(wib("2026-11-24 06:01"))
        sqlite_house.work()
        assert f"laporan {rubbish}: selesai, DLH" in Resident(sqlite_house).inbox[-1]


def test_only_a_ticket_that_exists_can_be_an_incident(sqlite_house: House) -> None:
    words = [*spoken_of(WORDS), "--until", _in_two_hours(), "--by", "Rina"]
    assert "there is no ticket" in sqlite_house.refused("announce", "incident", "123456786", *words)
