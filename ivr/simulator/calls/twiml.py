"""Reads TwiML as strictly as Twilio documents it: what makes a document unusable is raised, what Twilio would only warn
about is collected. It knows the shape of documents; what the verbs do is in verbs.py.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.simulator.calls.speech import say_troubles
from ivr.simulator.network.wire import Answer, Trouble

_BODY_LIMIT = 64 * 1024
_SSML = {
    "break": {"strength", "time"},
    "emphasis": {"level"},
    "lang": {"{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"},
    "p": set(),
    "s": set(),
    "phoneme": {"alphabet", "ph"},
    "prosody": {"volume", "rate", "pitch"},
    "say-as": {"interpret-as", "role", "format"},
    "sub": {"alias"},
    "w": {"role"},
}
_CALLBACK = {"statusCallback", "statusCallbackMethod", "statusCallbackEvent"}
_RECORDING = {"recordingStatusCallback", "recordingStatusCallbackMethod", "recordingStatusCallbackEvent", "trim"}
_ATTRIBUTES: dict[str, set[str]] = {
    **_SSML,
    "Response": set(),
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Gather": {
        *("action", "method", "input", "timeout", "numDigits", "finishOnKey", "actionOnEmptyResult", "speechTimeout"),
        *("maxSpeechTime", "hints", "language", "profanityFilter", "speechModel", "enhanced", "bargeIn"),
        *("partialResultCallback", "partialResultCallbackMethod", "debug"),
    },
    "Record": {
        *("action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "recordingTrack"),
        *("transcribe", "transcribeCallback", *_RECORDING),
    },
    "Dial": {
        *("action", "method", "timeout", "callerId", "timeLimit", "hangupOnStar", "answerOnBridge", "ringTone"),
        *("record", "sequential", "recordingTrack", *_RECORDING),
    },
    "Number": {"url", "method", "sendDigits", "byoc", "machineDetection", *_CALLBACK},
    "Sip": {"url", "method", "username", "password", *_CALLBACK},
    "Client": {"url", "method", *_CALLBACK},
    "Identity": set(),
    "Parameter": {"name", "value"},
    "Redirect": {"method"},
    "Hangup": set(),
    "Reject": {"reason"},
    "Message": {"to", "from", "action", "method", "statusCallback"},
    "Body": set(),
    "Media": set(),
}
_CHILDREN = {
    "Response": {"Say", "Play", "Pause", "Gather", "Record", "Dial", "Redirect", "Hangup", "Reject", "Message"},
    "Gather": {"Say", "Play", "Pause"},
    "Dial": {"Number", "Sip", "Client"},
    "Client": {"Identity", "Parameter"},
    "Sip": {"Parameter"},
    "Message": {"Body", "Media"},
    "Say": set(_SSML),
    **{name: set(_SSML) for name in ("emphasis", "lang", "p", "s", "prosody")},
}
_NOT_SIMULATED = {
    "Enqueue",
    "Leave",
    "Conference",
    "Queue",
    "Start",
    "Stop",
    "Connect",
    "Refer",
    "Pay",
    "Prompt",
    "Siprec",
}
_TEXT_ALLOWED = {"Say", "Play", "Redirect", "Number", "Sip", "Client", "Identity", "Dial", "Message", "Body", "Media"}
_VALUES = {
    "method": r"GET|POST",
    "numDigits": r"[1-9]\d*",
    "actionOnEmptyResult": r"true|false",
    "playBeep": r"true|false",
    "hangupOnStar": r"true|false",
    "loop": r"\d{1,4}",
    "length": r"\d+",
    "timeLimit": r"[1-9]\d*",
    "input": r"dtmf|speech|dtmf speech|speech dtmf",
    "speechTimeout": r"auto|[1-9]\d*",
    "reason": r"rejected|busy",
    "trim": r"trim-silence|do-not-trim",
}
_VALUES_OF = {
    ("Gather", "timeout"): r"\d+|auto",
    ("Gather", "finishOnKey"): r"[0-9*#]?",
    ("Record", "timeout"): r"\d+",
    ("Record", "finishOnKey"): r"[0-9*#]*",
    ("Record", "maxLength"): r"[1-9]\d{0,4}",
    ("Dial", "timeout"): r"[1-9]\d{0,2}",
}
_CODES = {("Gather", "method"): 13312, ("Record", "timeout"): 13611, ("Gather", "actionOnEmptyResult"): 13338}


class DocumentError(Exception):
    """Twilio would stop here and request the fallback URL."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


@dataclass
class Document:
    url: str
    root: ET.Element
    troubles: list[Trouble] = field(default_factory=list)


def read(answer: Answer) -> Document:
    """The document in a webhook's answer, or DocumentError."""
    if answer.trouble:
        raise DocumentError(answer.trouble)
    kind = answer.content_type.partition(";")[0].strip().lower()
    if not kind:
        raise DocumentError(Trouble(11200, "the answer has no Content-Type", answer.url))
    if kind.startswith("audio/"):
        root = ET.Element("Response")
        ET.SubElement(root, "Play").text = answer.url
        return Document(answer.url, root)
    if kind == "text/plain" and not answer.body.startswith(b"<"):
        root = ET.Element("Response")
        ET.SubElement(root, "Say").text = answer.text
        return Document(answer.url, root)
    if kind not in ("text/xml", "application/xml", "text/html", "text/plain"):
        raise DocumentError(Trouble(12300, f"Content-Type {kind} is not TwiML", answer.url))
    return parse(answer.body, answer.url)


def parse(body: bytes, url: str = "") -> Document:
    if len(body) > _BODY_LIMIT:
        raise DocumentError(Trouble(11750, f"{len(body)} bytes are more than 64 kB", url))
    if body[:1].isspace():
        raise DocumentError(Trouble(12100, "white space before the document", url))
    if b"<!DOCTYPE" in body:
        raise DocumentError(Trouble(12100, "a document type is not allowed", url))
    try:
        root = ET.fromstring(body)  # noqa: S314 - bounded and without entities, checked above
    except ET.ParseError as error:
        raise DocumentError(Trouble(12100, f"not well-formed: {error}", url)) from error
    if root.tag != "Response":
        raise DocumentError(Trouble(12100, f"<{root.tag}> where <Response> should be", url))
    document = Document(url, root)
    _check(root, document)
    return document


def _check(element: ET.Element, document: Document) -> None:
    """Collect what is against the schema, and take it out as Twilio would ignore it."""

    def note(code: int, text: str) -> None:
        document.troubles.append(Trouble(code, text, document.url))

    for name, value in list(element.attrib.items()):
        rule = _VALUES_OF.get((element.tag, name)) or _VALUES.get(name)
        if name not in _ATTRIBUTES[element.tag]:
            note(12200, f"<{element.tag}> has no attribute {name}")
        elif rule and not re.fullmatch(rule, value):
            note(_CODES.get((element.tag, name), 12200), f"<{element.tag} {name}> cannot be {value!r}")
            del element.attrib[name]
    if element.tag not in {*_TEXT_ALLOWED, *_SSML}:
        loose = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if loose:
            note(12200, f"<{element.tag}> holds text: {loose[:40]!r}")
    for child in list(element):
        if child.tag in _NOT_SIMULATED:
            note(12200, f"<{child.tag}> is not simulated yet")
            element.remove(child)
        elif child.tag not in _CHILDREN.get(element.tag, set()):
            note(12200, f"<{child.tag}> is not allowed in <{element.tag}>")
            element.remove(child)
        else:
            _check(child, document)
    rules = {"Say": say_troubles, "Gather": _gather_troubles}.get(element.tag)
    for code, text in rules(element) if rules else ():
        note(code, text)


def _gather_troubles(gather: ET.Element) -> Iterator[tuple[int, str]]:
    hints = [hint.strip() for hint in gather.get("hints", "").split(",")]
    if len(hints) > 500 or any(len(hint) > 100 for hint in hints):
        yield 12200, "<Gather hints> allows 500 entries of 100 characters"
    if gather.get("speechModel") and gather.get("speechTimeout") == "auto":
        yield 12200, "<Gather speechTimeout> must be a number where speechModel is set"
