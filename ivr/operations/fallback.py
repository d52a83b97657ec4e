"""The two documents that the carrier speaks when this machine is gone: an apology that records a report, and thanks.

They are files for a host away from here that answers GET: made from the texts, and checked to need nothing of ours.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

from config.hotline import CITY_LANGUAGE, city
from config.lint import RECORDED
from config.settings import ROOT, settings
from ivr.channels import twiml
from ivr.simulator.calls.twiml import Document, DocumentError, read
from ivr.simulator.network.wire import Answer

FOLDER = ROOT / "config" / "fallback"
VOICE, SAVED = "voice.xml", "saved.xml"


def documents(saved_url: str = SAVED) -> dict[str, str]:
    """Both documents by file name; the first one goes on at `saved_url`."""
    return {VOICE: _voice(saved_url), SAVED: _saved()}


def write(folder: Path = FOLDER, saved_url: str = SAVED) -> list[Path]:
    """Put both into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {folder / name: text for name, text in documents(saved_url).items()}
    for path, text in made.items():
        path.write_text(text)
    return list(made)


def examine(folder: Path = FOLDER, saved_url: str = SAVED) -> list[str]:
    """What is wrong with the files in `folder`, one line each."""
    return [
        f"{folder / name}: {finding}"
        for name, wanted in documents(saved_url).items()
        for finding in _examine(name, folder / name, wanted, saved_url)
    ]


def _voice(saved_url: str) -> str:
    response = _spoken("trouble")
    rules = city().recording
    response.record(  # as twiml.record does, but without a callback to us
        action=saved_url,
        method="GET",
        max_length=rules.max_seconds,
        timeout=rules.silence_seconds,
        finish_on_key="#0",
        play_beep=True,
    )
    # Only where nothing was captured: some carriers then skip the action, and "saved" would be untrue.
    response.append(_spoken("no_sound").verbs[0])
    response.pause(length=2)
    response.hangup()
    return _printed(response)


def _saved() -> str:
    response = _spoken("trouble_saved")
    response.pause(length=2)
    response.hangup()
    return _printed(response)


def _spoken(sentence: str) -> VoiceResponse:
    """The sentence in the carrier's voice; a recorded clip of it lies on our machine."""
    return twiml.spoken(replace(twiml.line(sentence, CITY_LANGUAGE), fixed=False))


def _printed(response: TwiML) -> str:
    root: ET.Element = response.xml()
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'


def _examine(name: str, path: Path, wanted: str, saved_url: str) -> Iterator[str]:
    try:
        body = path.read_bytes()
        document = read(Answer(name, 200, "text/xml", body))
    except FileNotFoundError:
        yield "is not there: flask fallback write"
        return
    except DocumentError as bad:
        yield str(bad.trouble)
        return
    if body != wanted.encode():
        yield "is not what the texts and hotline.toml give: flask fallback write"
    yield from map(str, document.troubles)
    yield from _away(document, saved_url)
    yield from _indonesian(document)
    yield from _records(document, saved_url) if name == VOICE else _thanks(document)


def _away(document: Document, saved_url: str) -> Iterator[str]:
    """No address but that of the second document; so nothing that a dead machine would have to answer."""
    ours = urlsplit(settings().public_url).netloc
    for element in document.root.iter():
        asked = [value for name, value in element.attrib.items() if name in ("action", "url") or "allback" in name]
        asked += [(element.text or "").strip()] if element.tag in ("Play", "Redirect") else []
        asked += re.findall(r"https?://\S+", element.text or "")
        for address in dict.fromkeys(asked):
            if address != saved_url or urlsplit(address).netloc == ours:
                yield f"<{element.tag}> needs {address}"


def _indonesian(document: Document) -> Iterator[str]:
    foreign = _words_of(*city().languages.keys() - {CITY_LANGUAGE}) - _words_of(CITY_LANGUAGE)
    for say in document.root.iter("Say"):
        if not say.get("language", "").startswith(CITY_LANGUAGE):
            yield f"<Say> speaks {say.get('language', 'no language')}"
    if strange := sorted(_words(_said(document.root)) & foreign):
        yield f"says what is not Indonesian: {', '.join(strange)}"


def _records(document: Document, saved_url: str) -> Iterator[str]:
    root, record = document.root, document.root.find("Record")
    if record is None:
        yield "has no <Record>"
        return
    if (record.get("action"), record.get("method")) != (saved_url, "GET"):
        yield f"<Record> does not go on at {saved_url} with GET"
    before = _said(root[: list(root).index(record)])
    if RECORDED[CITY_LANGUAGE] not in _words(before):
        yield "does not say before <Record> that it records"
    if (number := city().emergency.spoken_number) not in before:
        yield f"does not say {number} before <Record>"


def _thanks(document: Document) -> Iterator[str]:
    tags = [verb.tag for verb in document.root]
    if tags[:1] != ["Say"] or tags[-1:] != ["Hangup"]:
        yield "does not say thanks and hang up"


def _said(elements: ET.Element | list[ET.Element]) -> str:
    spoken = (piece for element in elements for say in element.iter("Say") for piece in say.itertext())
    return " ".join("".join(spoken).split())


def _words_of(*languages: str) -> set[str]:
    spoken = (city().languages[code].sentences["voice"].values() for code in languages)
    return {word for texts in spoken for text in texts for word in _words(text)}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{2,}", text.lower()))
