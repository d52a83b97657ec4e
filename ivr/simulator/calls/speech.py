"""Speech as a caller hears it: turns <Say> with its SSML into lines, and knows which voices speak which language."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

_GOOGLE_VOICE = re.compile(
    r"Google\.([a-z]{2,3}-[A-Z]{2})-(?:(?:Standard|Wavenet|Neural2)-[A-Z]|Chirp3-HD-[A-Z][a-z]+)"
)
_INDONESIAN = re.compile(r"Google\.id-ID-(?:(?:Standard|Wavenet)-[A-D]|Chirp3-HD-\w+)")
_LIMITS = {"Google": 5000, "Polly": 3000}
_BASIC_LIMIT, _ENCODED_LIMIT = 4096, 4500
_SYLLABLES_A_SECOND = 14  # characters, roughly: five syllables


@dataclass(frozen=True)
class Line:
    """One thing heard. `parts` are the pieces between pauses, `rate` the speed asked for, `seconds` a fair guess."""

    kind: Literal["say", "play", "pause", "beep"]
    text: str = ""
    language: str = ""
    voice: str = ""
    parts: tuple[str, ...] = ()
    rate: float = 1.0
    seconds: float = 0.0
    url: str = ""


def said(say: ET.Element) -> Line:
    pieces = [""]
    _flatten(say, pieces)
    parts = tuple(part for part in (" ".join(piece.split()) for piece in pieces) if part)
    text, rate = " ".join(parts), _rate(say)
    return Line(
        kind="say",
        text=text,
        language=say.get("language", "en-US"),
        voice=say.get("voice", "man"),
        parts=parts,
        rate=rate,
        seconds=round(len(text) / _SYLLABLES_A_SECOND / rate + 0.5 * len(parts), 1),
    )


def _flatten(element: ET.Element, pieces: list[str]) -> None:
    """Collect the text; a break opens a new piece, a spelled number becomes single digits."""
    if element.tag == "break":
        pieces.append("")
    elif element.tag == "sub":
        pieces[-1] += element.get("alias", "")
    elif element.tag == "say-as" and element.get("interpret-as") in ("digits", "characters", "spell-out", "telephone"):
        pieces[-1] += " ".join((element.text or "").replace(" ", ""))
    else:
        pieces[-1] += element.text or ""
        for child in element:
            _flatten(child, pieces)
            pieces[-1] += child.tail or ""
    if element.tag in ("p", "s"):
        pieces.append("")


def _rate(say: ET.Element) -> float:
    prosody = say.find(".//prosody")
    wanted = prosody.get("rate", "") if prosody is not None else ""
    named = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "fast": 1.25, "x-fast": 1.6}
    if re.fullmatch(r"\d{2,3}%", wanted):
        return max(0.2, int(wanted[:-1]) / 100)
    return named.get(wanted, 1.0)


def say_troubles(say: ET.Element) -> Iterator[tuple[int, str]]:
    """Why Twilio would not speak this as it was meant."""
    text, voice, language = ET.tostring(say, "unicode"), say.get("voice", "man"), say.get("language", "en-US")
    inner = text[text.find(">") + 1 : text.rfind("<")]
    if not said(say).text:
        yield 13520, "<Say> without a text"
    if len(inner) > _LIMITS.get(voice.partition(".")[0], _BASIC_LIMIT) or len(quote(inner)) > _ENCODED_LIMIT:
        yield 13521, f"<Say> of {len(inner)} characters is too long"
    named = _GOOGLE_VOICE.fullmatch(voice)
    if voice.startswith("Google.") and not named:
        yield 13520, f"no such voice: {voice}"
    elif named and "language" in say.attrib and named.group(1) != language:
        yield 13520, f"the voice {voice} does not speak {language}"
    elif (language.startswith("id") or "id-ID" in voice) and not _INDONESIAN.fullmatch(voice):
        yield 13520, f"the voice {voice} does not speak Indonesian"
