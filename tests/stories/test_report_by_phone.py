"""A resident reports a problem by voice: what is heard, what the department gets, what is texted."""

import re

import pytest
import requests
from people import House, Resident

from ivr.simulator.calls import audio


def reports_a_lamp(resident: Resident) -> Resident:
    """The usual way through the menu, up to the review."""
    resident.dials().presses("2", "1", "2").says("kayuringin jaya").hears("Kayuringin Jaya").presses("1")
    return resident.talks(8)


def test_a_street_light_is_reported_and_reaches_its_department(house: House) -> None:
    ani = Resident(house)
    ani.dials().hears("Layanan Warga Kota Bekasi", "Keadaan darurat, tekan 1", "Melapor, tekan 2")
    ani.presses("2").hears("Laporan tentang apa?", "Jalan atau lampu, tekan 1")
    ani.presses("1").hears("Lampu jalan mati, tekan 2")
    ani.presses("2").hears("Di kelurahan mana?")
    ani.says("kayuringin jaya").hears("Kayuringin Jaya. Benar, tekan 1")
    ani.presses("1").hears("Setelah nada")
    ani.talks(8).hears("Laporan sudah tersimpan", "Kirim sekarang, tekan 1")
    ani.presses("1").hears("Nomor laporan Bapak Ibu", "Nomor ini kami kirim lewat SMS", "Jawaban awal paling lambat")
    ani.is_silent().hears("Terima kasih")
    assert not ani.is_connected
    assert ani.call.errors == []

    house.work()
    ticket = house.ticket(ani.ticket_number)
    assert (ticket["category"], ticket["department"], ticket["area"]) == ("lampu-jalan", "dishub", "Kayuringinjaya")
    assert ticket["status"] == "forwarded"
    assert ticket["reporter"] == "+62812****1111"
    (text,) = ani.inbox
    assert ticket["number"] in text
    assert text.startswith("1500-444 Kota Bekasi: laporan")
    (mail,) = house.mails()
    assert mail.to == "dishub@bekasikota.invalid"
    assert "Lampu jalan mati" in mail.subject


def test_the_department_listens_to_the_recording_and_can_seek(house: House) -> None:
    ani = reports_a_lamp(Resident(house)).presses("1").hangs_up()
    house.work()
    (mail,) = house.mails()
    link = re.search(r"http\S+/recordings/\S+", mail.text).group()
    whole = requests.get(link, timeout=60)
    assert whole.headers["Content-Type"] == "audio/wav"
    assert audio.length(whole.content) == pytest.approx(8, abs=0.5)
    part = requests.get(link, headers={"Range": "bytes=44-143"}, timeout=60)
    assert part.status_code == 206
    assert part.content == whole.content[44:144]
    assert requests.get(link[:-3] + "abc", timeout=60).status_code == 404
    assert house.carrier.ledger.listed("recordings") == [], "the carrier keeps nothing that we have"
    assert ani.call.errors == []


def test_hanging_up_after_the_recording_keeps_the_report(house: House) -> None:
    ani = Resident(house).dials().presses("2", "2").is_silent(2)
    ani.talks(6, then="hangup")
    house.work()
    assert house.ticket()["status"] == "forwarded"
    assert len(ani.inbox) == 1


def test_hanging_up_in_the_review_sends_the_report_at_once(house: House) -> None:
    ani = reports_a_lamp(Resident(house))
    house.work()
    assert ani.inbox == [], "held until the review ends"
    ani.hangs_up()
    house.work()
    assert len(ani.inbox) == 1


def test_the_recording_callback_alone_keeps_the_report(house: House) -> None:
    """The line to the carrier breaks as the recording ends: its next request never comes."""
    house.carrier.faults.set({"drop_record_action": True})
    ani = Resident(house).dials().presses("2", "2", "*")
    ani.talks(12, then="hangup")
    house.carrier.settle()
    house.work()
    assert house.ticket()["category"] == "sampah"
    assert len(ani.inbox) == 1


def test_recording_again_replaces_the_audio_and_makes_no_second_ticket(house: House) -> None:
    ani = reports_a_lamp(Resident(house)).presses("3").hears("Setelah nada")
    ani.talks(15).presses("1").hangs_up()
    house.work()
    assert len(house.tickets()) == 1
    (mail,) = house.mails()
    link = re.search(r"http\S+/recordings/\S+", mail.text).group()
    assert audio.length(requests.get(link, timeout=60).content) == pytest.approx(15, abs=0.5)


def test_two_reports_in_one_call_are_two_tickets(house: House) -> None:
    ani = reports_a_lamp(Resident(house)).presses("1")
    first = ani.ticket_number
    ani.presses("1").hears("Laporan tentang apa?").presses("2").hears("lagi? Ya, tekan 1").presses("1").talks()
    ani.presses("1").hangs_up()
    second = ani.ticket_number
    house.work()
    assert {first, second} == {ticket["number"] for ticket in house.tickets()}
    assert len(ani.inbox) == 2
    assert {ticket["area"] for ticket in house.tickets()} == {"Kayuringinjaya"}


def test_the_same_delivery_fifty_times_is_one_ticket(house: House) -> None:
    house.carrier.faults.set({"webhook_copies": 10, "webhook_concurrent": True})
    reports_a_lamp(Resident(house)).presses("1").hangs_up()
    house.work()
    assert len(house.tickets()) == 1


def test_it_is_done_when_the_resident_says_so(house: House) -> None:
    """A pothole is reported, worked on, called done, and is not done."""
    ani = Resident(house).dials().presses("2", "1", "1").says("margahayu").presses("1").talks().presses("1").hangs_up()
    house.work()
    number = house.ticket()["number"]
    for state in ("accepted", "in_progress", "resolved"):
        house.move(number, state)
    house.move(number, "reopened", "--note", "masih berlubang")
    ticket = house.ticket(number)
    assert [step["to"] for step in ticket["history"]] == [
        "received", "forwarded", "accepted", "in_progress", "resolved", "reopened",
    ]  # fmt: skip
    assert all(step["at"] and step["by"] for step in ticket["history"])
    house.work()
    reports = [mail for mail in house.mails("dbmsda") if "dibuka kembali" not in mail.subject]
    assert len(reports) == 2, "the department gets it again, beside the letter to its superior"
    assert ani.inbox
