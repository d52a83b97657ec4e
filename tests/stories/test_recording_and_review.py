"""The recording and what may be done with it: too short, silent, listened to, made again, sent."""

import re

import pytest
import requests
from people import House, Resident, use

from ivr.simulator.calls import audio


def at_the_recording(house: House, number: str = "+6281200001111") -> Resident:
    return Resident(house, number).dials().presses("2", "2", "*").hears("Setelah nada")


def length_in_the_mail(house: House) -> float:
    link = re.search(r"http\S+/recordings/\S+", house.mails()[-1].text).group()
    return audio.length(requests.get(link, timeout=60).content)


@pytest.mark.parametrize(
    ("seconds", "ended_by", "sound"),
    [(1, "#", None), (0, "#", None), (0, "silence", audio.silent(5)), (0, "silence", audio.silent(6))],
    ids=["one second", "nothing", "five silent seconds", "six silent seconds"],
)
def test_what_cannot_hold_a_report_is_asked_for_once_more(
    sqlite_house: House, seconds: float, ended_by: str, sound: bytes | None
) -> None:
    ani = at_the_recording(sqlite_house).talks(seconds, then=ended_by, sound=sound).hears("Suara belum terdengar")
    ani.talks(9).hears("Laporan sudah tersimpan").presses("1").hangs_up()
    sqlite_house.work()
    assert len(sqlite_house.tickets()) == 1
    assert length_in_the_mail(sqlite_house) == pytest.approx(9, abs=0.5)
    assert len(ani.inbox) == 1


def test_a_second_silence_leads_to_an_officer_and_opens_no_ticket(house: House) -> None:
    ani = at_the_recording(house).is_silent().hears("Suara belum terdengar").is_silent()
    ani.hears("kami sambungkan dengan petugas").hangs_up()
    house.work()
    assert house.tickets() == []
    assert ani.inbox == []


def test_a_long_quiet_talk_that_silence_ended_is_a_report(sqlite_house: House) -> None:
    sound = audio.stand_in(4, silence_after=5)
    at_the_recording(sqlite_house).talks(4, then="silence", sound=sound).hears("Laporan sudah tersimpan")
    assert sqlite_house.ticket()["category"] == "sampah"


def test_a_recording_in_which_nobody_speaks_goes_to_the_call_centre_alone(sqlite_house: House) -> None:
    at_the_recording(sqlite_house).talks(9, sound=audio.silent(9)).presses("1").hangs_up()
    sqlite_house.work()
    assert sqlite_house.ticket()["department"] == "call-centre"
    assert {mail.to for mail in sqlite_house.mails()} <= {"petugas@1500444.invalid"}


def test_the_caller_listens_to_the_recording(house: House) -> None:
    ani = at_the_recording(house).talks(7)
    house.work()
    ani.presses("2").hears("Ini rekaman Bapak Ibu")
    (played,) = [line for line in ani.call.latest if line.kind == "play"]
    heard = requests.get(played.url, timeout=60)
    assert audio.length(heard.content) == pytest.approx(7, abs=0.5)
    ani.hears("Kirim sekarang, tekan 1").presses("1").hears("Nomor laporan").hangs_up()
    assert ani.call.errors == []


def test_what_was_recorded_again_is_what_is_played(sqlite_house: House) -> None:
    ani = at_the_recording(sqlite_house).talks(7).presses("3").talks(12)
    sqlite_house.work()
    (played,) = [line for line in ani.presses("2").call.latest if line.kind == "play"]
    assert audio.length(requests.get(played.url, timeout=60).content) == pytest.approx(12, abs=0.5)


def test_a_recording_that_is_not_here_yet_is_not_waited_for(sqlite_house: House) -> None:
    ani = at_the_recording(sqlite_house).talks(7).presses("2").hears("Rekaman sedang disiapkan")
    ani.presses("1").hears("Nomor laporan")


def test_listening_for_ever_ends_in_sending(sqlite_house: House) -> None:
    ani = at_the_recording(sqlite_house).talks(7).presses(*"222222").hears("Nomor laporan")
    assert ani.call.errors == []


def test_recording_for_ever_ends_in_sending_the_last_take(sqlite_house: House) -> None:
    ani = at_the_recording(sqlite_house).talks(3)
    for seconds in range(4, 9):
        ani.presses("3").talks(seconds)
    ani.presses("3").hears("Nomor laporan").hangs_up()
    sqlite_house.work()
    assert len(sqlite_house.tickets()) == 1
    assert length_in_the_mail(sqlite_house) == pytest.approx(8, abs=0.5)


@pytest.mark.parametrize("then", ["silence", "hangup", "#"])
def test_again_without_saying_anything_keeps_the_first_take(sqlite_house: House, then: str) -> None:
    ani = at_the_recording(sqlite_house).talks(11).presses("3").talks(0 if then == "silence" else 1, then=then)
    if ani.is_connected:
        ani.hears("Nomor laporan").hangs_up()
    sqlite_house.work()
    assert len(sqlite_house.tickets()) == 1
    assert length_in_the_mail(sqlite_house) == pytest.approx(11, abs=0.5)
    assert len(ani.inbox) == 1


def test_silence_in_the_review_sends(sqlite_house: House) -> None:
    ani = at_the_recording(sqlite_house).talks().is_silent().hears("Nomor laporan")
    sqlite_house.work()
    assert len(ani.inbox) == 1


def test_zero_while_recording_keeps_the_report_and_brings_an_officer(house: House) -> None:
    ani = at_the_recording(house).talks(8, then="0").hears("kami sambungkan dengan petugas")
    house.work()
    assert house.ticket()["status"] == "forwarded", "it does not wait for the talk to end"
    ani.call.officer_answers("1")
    ani.call.officer_hangs_up()
    house.work()
    assert len(house.tickets()) == 1
    assert len(ani.inbox) == 1


def test_zero_before_a_word_was_said_brings_the_officer_all_the_same(house: House) -> None:
    ani = at_the_recording(house).presses("0").hears("kami sambungkan dengan petugas").hangs_up()
    house.work()
    assert house.tickets() == []
    assert ani.call.errors == []


def test_zero_at_once_in_the_second_take_keeps_the_first(house: House) -> None:
    ani = at_the_recording(house).talks(8).presses("3").presses("0").hears("kami sambungkan dengan petugas").hangs_up()
    house.work()
    assert len(house.tickets()) == 1
    assert len(ani.inbox) == 1


def test_three_reports_in_one_call(house: House) -> None:
    ani = at_the_recording(house).talks().presses("1")
    said = [ani.ticket_number]
    for topic in (["1", "1"], ["4", "2"]):
        ani.presses("1", *topic, "*").talks().presses("1")
        said.append(ani.ticket_number)
    ani.is_silent()
    assert not ani.is_connected
    house.work()
    found = {ticket["number"]: ticket["category"] for ticket in house.tickets()}
    assert found == dict(zip(said, ["sampah", "jalan-rusak", "ketertiban"], strict=True))
    assert len(ani.inbox) == 3
    assert ani.call.errors == []


def test_without_redis_the_report_is_taken_all_the_same(house: House) -> None:
    use(REDIS_URL="redis://127.0.0.1:1/0")
    ani = at_the_recording(house).talks().presses("1").hears("Nomor laporan").hangs_up()
    assert len(house.tickets()) == 1
    assert ani.call.errors == []
