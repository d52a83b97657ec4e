"""Life in danger, and we ourselves in trouble: the phone always speaks, and says the right thing."""

import pytest
from people import House, Resident, use
from sqlalchemy import text

from config import stores
from ivr.simulator.calls.call import LiveCall
from ivr.simulator.calls.events import Moved
from ivr.simulator.network import ledger


@pytest.mark.parametrize(("keys", "said"), [(["1"], "hubungi 1 1 2, gratis"), (["8", "1"], "dial 1 1 2, free")])
def test_an_emergency_hears_the_number_to_dial_and_nothing_else(
    sqlite_house: House, keys: list[str], said: str
) -> None:
    ani = (
        Resident(sqlite_house).dials().presses(*keys).hears(said).never_hears("direkam").never_hears("petugas darurat")
    )
    assert not ani.is_connected
    assert ani.call.legs == []
    assert ani.call.errors == []
    sqlite_house.work()
    assert sqlite_house.tickets() == []
    assert [call.to for call in sqlite_house.carrier.ledger.listed("calls")] == ["1500444"], (
        "112 is never dialled for anybody"
    )
    assert sqlite_house.carrier.ledger.listed("recordings") == []


def test_the_emergency_key_is_heard_first(sqlite_house: House) -> None:
    said = [line.text for line in Resident(sqlite_house).dials().call.latest if line.kind == "say"]
    assert said[1] == "Keadaan darurat, tekan 1."


def test_a_report_at_the_fallback_becomes_a_ticket(house: House) -> None:
    """The carrier cannot use our first answer: the apology records, and the call centre gets it."""
    carrier = house.carrier
    entry = ledger.Call(ledger.new_sid("CA"), "+6281200001111", "1500444", "inbound", "ringing")
    ani = Resident(house)
    ani.call = LiveCall(
        carrier, entry, fallback_url=f"{house.url}/voice/fallback", status_url=f"{house.url}/voice/status"
    )
    carrier.connect(ani.call)
    ani.call.start(Moved(f"{house.url}/voice/nowhere"))
    ani.hears("Laporan tetap kami terima").talks(9).hears("Laporan Bapak Ibu sudah tersimpan")
    assert not ani.is_connected
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"]) == ("lainnya", "call-centre")
    assert len(ani.inbox) == 1


def test_a_breath_at_the_fallback_is_not_called_a_saved_report(house: House) -> None:
    broken(house)
    ani = Resident(house).dials()
    mended(house)
    ani.talks(1).hears("Kami tidak mendengar suara").never_hears("sudah tersimpan")
    assert not ani.is_connected
    house.work()
    assert house.tickets() == []


def broken(house: House) -> None:
    with stores.transaction() as session:
        session.execute(text("ALTER TABLE turns RENAME TO turns_gone"))


def mended(house: House) -> None:
    with stores.transaction() as session:
        session.execute(text("ALTER TABLE turns_gone RENAME TO turns"))


def test_a_fault_of_ours_apologises_and_records_the_report(house: House) -> None:
    broken(house)
    ani = Resident(house).dials().hears("sistem sedang terganggu", "Laporan tetap kami terima")
    assert ani.call.state == "recording"
    mended(house)
    ani.talks(9).hears("Laporan Bapak Ibu sudah tersimpan")
    assert not ani.is_connected
    assert ani.call.errors == []
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"], ticket["status"]) == ("lainnya", "call-centre", "forwarded")
    assert ticket["history"][0]["why"]["late"] is True
    assert len(ani.inbox) == 1


def test_a_fault_in_the_middle_of_a_call(house: House) -> None:
    ani = Resident(house).dials().presses("2")
    broken(house)
    ani.presses("2").hears("sistem sedang terganggu")
    mended(house)
    ani.talks(9, then="hangup")
    house.work()
    assert house.ticket()["category"] == "lainnya"
    assert len(house.mails()) == 1


def test_two_faults_in_one_call_are_one_report(house: House) -> None:
    broken(house)
    ani = Resident(house).dials()
    mended(house)
    house.carrier.faults.set({"webhook_copies": 3, "callbacks": "doubled"})
    ani.talks(9)
    house.work()
    assert len(house.tickets()) == 1
    assert len(ani.inbox) == 1


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/turn/3", "/voice/fallback"])
def test_without_a_database_the_phone_still_speaks(sqlite_house: House, path: str) -> None:
    use(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    caller = {"AccountSid": "AC" + "0" * 32, "CallSid": "CA" + "1" * 32, "From": "+6281200001111", "To": "1500444"}
    told = sqlite_house.post(path, {**caller, "CallStatus": "in-progress", "Digits": "2"})
    assert told.status_code == 200
    assert "sistem sedang terganggu" in told.text
    assert "/voice/fallback/saved" in told.text


def test_who_reported_at_the_fallback_is_not_asked_again_while_the_database_is_away(sqlite_house: House) -> None:
    broken(sqlite_house)
    ani = Resident(sqlite_house).dials().hears("sistem sedang terganggu")
    use(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    ani.talks(9).hears("Laporan Bapak Ibu sudah tersimpan")
    assert not ani.is_connected


@pytest.mark.parametrize("path", ["/voice/status", "/voice/recording/3", "/voice/fallback/recording", "/sms/incoming"])
def test_without_a_database_a_callback_is_refused_and_comes_again(sqlite_house: House, path: str) -> None:
    use(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    form = {
        "AccountSid": "AC" + "0" * 32, "CallSid": "CA" + "1" * 32, "From": "+6281200001111", "To": "1500444",
        "CallStatus": "completed", "RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed",
        "RecordingDuration": "9", "MessageSid": "SM" + "1" * 32, "Body": "halo",
    }  # fmt: skip
    assert sqlite_house.post(path, form).status_code == 503


def test_a_report_interrupted_after_its_recording_stays_one_ticket(house: House) -> None:
    """The app dies between the ticket and the number; the carrier's fallback takes the story once more."""
    ani = Resident(house).dials().presses("2", "2", "*").talks(8)
    form = {**ani.call.fields(), "RecordingSid": "RE" + "5" * 32, "RecordingDuration": "9", "Digits": "hangup"}
    told = house.post("/voice/fallback/saved", form)
    assert "sudah tersimpan" in told.text
    assert [ticket["category"] for ticket in house.tickets()] == ["sampah"]


def test_a_new_problem_told_to_the_fallback_is_a_ticket_of_its_own(house: House) -> None:
    ani = Resident(house).dials().presses("2", "2", "*").talks(8).presses("1").hears("Nomor laporan")
    form = {**ani.call.fields(), "RecordingSid": "RE" + "6" * 32, "RecordingDuration": "9", "Digits": "hangup"}
    house.post("/voice/fallback/saved", form)
    assert sorted(ticket["category"] for ticket in house.tickets()) == ["lainnya", "sampah"]


def test_what_was_keyed_before_the_fault_is_not_asked_again(house: House) -> None:
    ani = Resident(house).dials().presses("2", "1", "2").says("kayuringin jaya").presses("1").hears("Setelah nada")
    form = {**ani.call.fields(), "RecordingSid": "RE" + "7" * 32, "RecordingDuration": "9", "Digits": "hangup"}
    house.post("/voice/fallback/saved", form)
    (ticket,) = house.tickets()
    assert (ticket["category"], ticket["area"]) == ("lampu-jalan", "Kayuringinjaya")
