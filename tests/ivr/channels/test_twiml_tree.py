"""Whatever text a line holds, the document is the prompt's document with one text changed: text becomes no verb, no
attribute and no address (reliability.md S7)."""

import re
import xml.etree.ElementTree as ET
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import House
from webhooks import MARKS, VERBS

from ivr.channels import twiml
from ivr.prompts import Line, Prompt, Wants

WANTS = [
    None,
    Wants("key"),
    Wants("digits", 6, most=16),
    Wants("words", hints=["Kranji", "Bekasi Utara"]),
    Wants("recording"),
    Wants("transfer", 20, to="+622150010100"),
]
ANY_TEXT = st.text(st.characters(codec=None), max_size=300) | st.sampled_from(
    ["</Say><Hangup/>", "]]>", "&lt;", "<break/>", "| |", "0", "0 0, 0.", "\ud800", "\x00\x0b", "a|b|0"]
)
FIXTURE_IS_SAFE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def built(text: str, wants: Wants | None, *, slow: bool = False, error: bool = False) -> ET.Element:
    lines = (Line("any", text, "id", slow=slow), Line("second", "tekan 1.", "en"))
    return ET.fromstring(twiml.render(Prompt(lines, wants, "id", "main.root", error), 7, "CA" + "1" * 32))


def shape(root: ET.Element) -> list[tuple[str, dict[str, str]]]:
    return [(element.tag, element.attrib) for element in root.iter() if element.tag in VERBS]


def read_out(say: ET.Element) -> str:
    """The text as a synthesiser hears it, pauses as | and zeros as figures."""
    found = [say.text or ""]
    for element in say.iter():
        if element is say:
            continue
        if element.tag == "break":
            found.append("|")
        found += [element.text or "", element.tail or ""]
    return "".join(found)


@pytest.mark.parametrize("wants", WANTS, ids=lambda wants: wants.kind if wants else "goodbye")
@pytest.mark.parametrize("slow", [False, True])
def test_any_text_leaves_every_verb_and_attribute_alone(sqlite_house: House, wants: Wants | None, slow: bool) -> None:
    expected = shape(built("halo", wants, slow=slow))

    @FIXTURE_IS_SAFE
    @given(ANY_TEXT)
    def any_text(text: str) -> None:
        root = built(text, wants, slow=slow)
        assert shape(root) == expected
        assert {element.tag for element in root.iter()} <= VERBS | MARKS
        say = next(root.iter("Say"))
        kept = re.sub(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD]", " ", text)
        assert re.sub(r"\s|\|", "", read_out(say)) == re.sub(r"\s|\|", "", kept)

    any_text()


@FIXTURE_IS_SAFE
@given(st.lists(st.text(max_size=30), max_size=5), st.integers(0, 10_000))
def test_hints_and_turns_stay_in_their_attributes(sqlite_house: House, hints: list[str], turn: int) -> None:
    clean = [re.sub(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD]", " ", hint) for hint in hints]
    root = ET.fromstring(twiml.render(Prompt((), Wants("words", hints=clean), "id", "x"), turn, "CA" + "1" * 32))
    assert [element.tag for element in root] == ["Gather", "Redirect"]
    assert root[0].attrib["action"] == root[1].text == f"/voice/turn/{turn}{twiml.OVERRIDES}"


def test_the_pause_the_slowness_and_the_zero(sqlite_house: House) -> None:
    root = built("satu | 0 8 1 0, 10", Wants("key"), slow=True, error=True)
    assert [element.tag for element in root] == ["Pause", "Gather", "Redirect"]
    say = next(root.iter("Say"))
    assert say.attrib == {"voice": "Google.id-ID-Wavenet-A", "language": "id-ID"}
    assert [element.attrib for element in say.iter("break")] == [{"time": "500ms"}]
    assert [element.attrib for element in say.iter("prosody")] == [{"rate": "80%"}, {"rate": "80%"}]
    assert [(zero.text, zero.attrib["alias"]) for zero in say.iter("sub")] == [("0", "nol"), ("0", "nol")]


def test_a_recording_is_played_from_a_signed_address(sqlite_house: House) -> None:
    prompt = Prompt((Line("recording", "", "id", recording=str(UUID(int=7))),), Wants("key"), "id", "x")
    (play,) = ET.fromstring(twiml.render(prompt, 1, "CA" + "1" * 32)).iter("Play")
    assert play.text.startswith(f"{sqlite_house.url}/recordings/")
