"""The documents that speak when our machine is gone: they are what the texts say, they need nothing of ours, and a
caller whose app is dead is heard."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from people import ACCOUNT, HOTLINE, TOKEN, use
from ports import free_port

from ivr.channels import twiml
from ivr.channels.voice import trouble
from ivr.commands.fallback import fallback_group
from ivr.operations import fallback
from ivr.simulator.app import serving
from ivr.simulator.carrier import Carrier

ANI = "+6281200001111"
BIN = "https://handler.example/twiml/EH2"
THANKS = "Terima kasih. Laporan Bapak Ibu sudah tersimpan."


@pytest.fixture(autouse=True)
def machine(tmp_path: Path) -> None:
    use(VAR_DIR=str(tmp_path / "var"), PUBLIC_URL="https://hotline.test/warga", VOICE_ID="")


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier that reaches no app of ours, and a static host that answers GET."""
    host = Flask("host", static_folder=str(fallback.FOLDER), static_url_path="")
    with serving(host) as url:
        dead = f"http://127.0.0.1:{free_port()}"
        there = {"fallback_url": f"{url}/voice.xml", "fallback_method": "GET"}
        yield Carrier(dead, ACCOUNT, TOKEN, HOTLINE, **there)


def flask_fallback(*words: str) -> Result:
    return CliRunner().invoke(fallback_group, words)


# -- the files -----------------------------------------------------------------------------------------------------


def test_the_committed_documents_are_what_the_texts_give(tmp_path: Path) -> None:
    assert flask_fallback("check").exit_code == 0
    assert flask_fallback("write", str(tmp_path)).exit_code == 0
    for name in ("voice.xml", "saved.xml"):
        assert (tmp_path / name).read_bytes() == (fallback.FOLDER / name).read_bytes()


def test_a_report_is_recorded_as_the_app_records_it() -> None:
    ours, theirs = (ET.fromstring(text.encode()).find("Record") for text in (trouble(), document("voice.xml")))
    assert ours is not None and theirs is not None
    for name in ("maxLength", "timeout", "finishOnKey", "playBeep"):
        assert theirs.attrib[name] == ours.attrib[name], name
    assert theirs.attrib.keys() - ours.attrib.keys() == set()


def test_a_recorded_clip_lies_on_our_machine_and_is_not_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "id").mkdir()
    (tmp_path / "id" / "trouble.wav").touch()
    monkeypatch.setattr(twiml, "CLIPS", tmp_path)
    assert "<Play>" in str(twiml.spoken(twiml.line("trouble", "id"))), "the app would play it"
    assert "<Play>" not in document("voice.xml")


def test_where_nothing_was_captured_nothing_is_promised() -> None:
    """Verbs behind <Record> are only reached where a carrier skips the action of an empty recording."""
    verbs = list(ET.fromstring(document("voice.xml").encode()))
    assert [verb.tag for verb in verbs] == ["Say", "Record", "Say", "Pause", "Hangup"]
    assert verbs[2].text is not None and "tidak mendengar" in verbs[2].text and "1 1 2" in verbs[2].text


def test_documents_with_addresses_of_their_own(tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert flask_fallback("write", "--saved-url", BIN, folder).exit_code == 0
    assert f'action="{BIN}"' in (tmp_path / "voice.xml").read_text()
    assert flask_fallback("check", "--saved-url", BIN, folder).exit_code == 0
    assert f"<Record> needs {BIN}" in flask_fallback("check", folder).stderr


@pytest.mark.parametrize("address", ["http://handler.example/EH2", "https://", "thanks.xml", "https://hotline.test/x"])
def test_a_second_address_that_would_not_help_is_refused(tmp_path: Path, address: str) -> None:
    told = flask_fallback("write", "--saved-url", address, str(tmp_path))
    assert told.exit_code != 0
    assert address in told.stderr or "https://" in told.stderr


# -- what check finds ----------------------------------------------------------------------------------------------


def document(name: str) -> str:
    return fallback.documents()[name]


RECORD = '<Record action="saved.xml"'
PLANTED = {
    "a changed sentence": ("voice.xml", "sistem sedang", "sistem masih", "is not what the texts"),
    "an address of another": ("voice.xml", 'action="saved.xml"', 'action="https://x.example/y"', "needs https://x.exam"),
    "an address of ours": ("voice.xml", 'action="saved.xml"', 'action="/voice/fallback/saved"', "needs /voice"),
    "a callback to us": ("voice.xml", RECORD, f'{RECORD} recordingStatusCallback="/voice/kept"', "needs /voice/kept"),
    "a clip of ours": ("voice.xml", RECORD, f"<Play>/voice/clips/id/trouble.wav</Play>{RECORD}", "<Play> needs /voice"),
    "an address that is said": ("saved.xml", "Terima kasih", "http://x.example/y", "<Say> needs http://x.example/y"),
    "English words": ("saved.xml", "Terima kasih", "Thank you", "not Indonesian: thank, you"),
    "an English voice": ("saved.xml", "id-ID", "en-US", "<Say> speaks en-US"),
    "a voice without Indonesian": ("voice.xml", "Google.id-ID-Wavenet-A", "Polly.Joanna", "does not speak Indonesian"),
    "broken XML": ("voice.xml", "</Response>", "", "12100 not well-formed"),
    "text around it": ("voice.xml", "<?xml", "Hello <?xml", "12100"),
    "over 64 kB": ("voice.xml", "<Hangup />", "<Hangup />" + " " * 66_000, "11750"),
    "an unknown verb": ("voice.xml", "<Hangup />", "<Wait /><Hangup />", "<Wait> is not allowed"),
    "no record": ("voice.xml", RECORD, '<Pause length="1"', "has no <Record>"),
    "a record by POST": ("voice.xml", 'method="GET"', 'method="POST"', "does not go on at saved.xml with GET"),
    "no notice": ("voice.xml", "Suara direkam untuk laporan ini.", "", "does not say before <Record> that it records"),
    "no emergency": ("voice.xml", "Darurat, hubungi 1 1 2. Laporan", "Laporan", "does not say 1 1 2 before <Record>"),
    "no end": ("saved.xml", "<Hangup />", "", "does not say thanks and hang up"),
    "no thanks": ("saved.xml", "<Say", "<Pause /><Say", "does not say thanks and hang up"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_check_finds_what_is_planted(tmp_path: Path, fault: str) -> None:
    name, good, bad, finding = PLANTED[fault]
    fallback.write(tmp_path)
    path = tmp_path / name
    assert good in path.read_text()
    path.write_text(path.read_text().replace(good, bad))
    told = flask_fallback("check", str(tmp_path))
    assert told.exit_code == 1
    assert finding in told.stderr, told.stderr
    assert all(line.startswith(f"{path}: ") for line in told.stderr.splitlines()), "one line for each finding"


def test_check_misses_nothing_that_is_not_there(tmp_path: Path) -> None:
    fallback.write(tmp_path)
    (tmp_path / "saved.xml").unlink()
    told = flask_fallback("check", str(tmp_path))
    assert (told.exit_code, told.stderr) == (1, f"{tmp_path}/saved.xml: is not there: flask fallback write\n")


# -- a caller whose app is dead ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "thanked"), [("#", True), ("0", True), ("silence", True), ("hangup", False)])
def test_a_report_reaches_the_carrier_without_us(carrier: Carrier, ending: str, thanked: bool) -> None:
    call = carrier.dial(ANI)
    assert call.hears("Darurat, hubungi 1 1 2. Laporan tetap kami terima.")
    assert call.hears("Suara direkam untuk laporan ini.")
    assert call.state == "recording"
    call.record(9, ended_by=ending)
    assert call.hears(THANKS) == thanked
    assert call.state == "ended"
    carrier.settle()
    (kept,) = carrier.ledger.listed("recordings")
    assert (kept.call_sid, kept.status) == (call.sid, "completed")
    assert carrier.ledger.calls[kept.call_sid].from_ == ANI, "the carrier knows who spoke"
    assert [trouble.code for trouble in call.errors] == [11205], "only the app is missed"


def test_who_says_nothing_is_let_go_kindly(carrier: Carrier) -> None:
    call = carrier.dial(ANI)
    call.stay_silent()
    assert call.hears(THANKS)
    assert call.state == "ended"
    assert len(call.errors) == 1


def test_who_hangs_up_at_once_is_no_trouble(carrier: Carrier) -> None:
    call = carrier.dial(ANI)
    call.hang_up()
    assert len(call.errors) == 1
