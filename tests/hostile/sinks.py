"""The places that an input can reach, and what must be true of each whatever the input was: the document for the
carrier, texts, mail, log lines, the command line, Valkey, addresses, error pages. Every look is counted."""

import email
import json
import re
import tomllib
import xml.etree.ElementTree as ET
from email.message import EmailMessage
from email.policy import default
from functools import cache
from html.parser import HTMLParser

from redis import Redis

from config import spoken
from config.hotline import city
from config.settings import ROOT, settings
from hostile.attacked import Attacked, Told
from hostile.invented import ELSEWHERE, FORGED, NAMES, NUMBERS

VERBS = {"Response", "Gather", "Say", "Play", "Pause", "Redirect", "Record", "Dial", "Number", "Hangup"}
MARKS = {"break", "prosody", "sub"}
# What no terminal, page or log may get raw: C0 but for tab and newline, DEL, C1, marks of direction, odd line ends.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_ADDRESS = re.compile(r"/voice/(?:turn|recording|officer|fallback)/[A-Za-z0-9/]+(?:#[a-z0-9=&,]+)?")
_ADDRESSES = {"action", "url", "recordingStatusCallback", "actionUrl", "statusCallback"}
_OPEN = re.compile(r"\{\w+\}")
_HEADERS = [
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "X-Ticket", "MIME-Version", "Content-Type",
]  # fmt: skip


# -- what the carrier gets -----------------------------------------------------------------------------------------


def document(into: Attacked, told: Told, *about: object) -> ET.Element:
    """TwiML with our verbs, our addresses and our words only."""
    tally, root = into.tally, ET.Element("none")
    tally.check(told.status == 200 and told.headers.get("content-type", "").startswith("text/xml"), "no TwiML", *about)
    tally.check(not UNPRINTABLE.search(told.body.decode()), "control characters in TwiML", *about, told.body)
    try:
        root = ET.fromstring(told.body)
    except ET.ParseError as fault:
        tally.check(False, f"TwiML is no XML: {fault}", *about, told.body)
    tally.check({one.tag for one in root.iter()} <= VERBS | MARKS, "a foreign verb", *about, told.body)
    tally.check(all(map(_ours, root.iter())), "a foreign address", *about, told.body)
    strange = set().union(*(_words("".join(say.itertext())) for say in root.iter("Say"))) - _vocabulary()
    tally.check(not strange, "a caller's words are said", *about, strange)
    return root


def tree(root: ET.Element) -> list[tuple[str, list[tuple[str, str]]]]:
    """The verbs with their attributes, without what is said: what two documents of one template have in common."""
    shown = [(one.tag, {**one.attrib, "hints": ""}) for one in root.iter() if one.tag in VERBS]
    return [(tag, sorted(attributes.items())) for tag, attributes in shown]


def _ours(element: ET.Element) -> bool:
    links = [value for name, value in element.attrib.items() if name in _ADDRESSES]
    links += [element.text or ""] if element.tag == "Redirect" else []
    if element.tag == "Play":
        links += [(element.text or "").removeprefix(settings().public_url)]
    return all(_ADDRESS.fullmatch(link) for link in links)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


@cache
def _vocabulary() -> set[str]:
    """Every word of ours: the sentences of both languages and the names in the city's files."""
    places = [area.spoken + " " + (area.kelurahan or "") + " " + area.kecamatan for area in city().areas.values()]
    places += [area.spoken for area in city().kecamatan.values()]
    files = [(ROOT / f"config/texts/{language}.toml").read_text() for language in city().languages]
    files.append((ROOT / "config/hotline.toml").read_text())
    figures = [spoken.cardinal(language, one) for language in city().languages for one in range(2000)]
    return _words(" ".join([*files, *places, *figures])) | set("0123456789")


# -- what is sent --------------------------------------------------------------------------------------------------


@cache
def _texts() -> list[re.Pattern[str]]:
    """Every text we may send, with short and plain words of ours where it is open."""
    found = []
    for language in city().languages:
        for sentence in tomllib.loads((ROOT / f"config/texts/{language}.toml").read_text())["sms"].values():
            pieces = map(re.escape, _OPEN.split(sentence["text"]))
            found.append(re.compile(r"[\w\s.,:/'()&-]{1,80}?".join(pieces)))
    return found


def texts(into: Attacked) -> None:
    """Every text is one of our sentences, to a number that can get texts."""
    for message in into.house.carrier.ledger.listed("messages"):
        if message.direction == "outbound-api":
            into.tally.check(any(one.fullmatch(message.body) for one in _texts()), "a foreign text", message.body)
            into.tally.check(re.fullmatch(r"\+628\d{8,11}", message.to), "a text to nobody", message.to)
            into.tally.check(ELSEWHERE not in message.body, "a caller's address in a text", message.body)


def page(into: Attacked, told: Told, *about: object) -> None:
    """A page of ours: nothing in it runs, frames or leads away, whatever was typed."""
    if not told.headers.get("content-type", "").startswith("text/html"):
        return
    policy = told.headers.get("content-security-policy", "")
    into.tally.check("default-src 'none'" in policy and "unsafe" not in policy, "a weak policy", *about, policy)
    parser = _Tags()
    parser.feed(told.body.decode())
    into.tally.check(not parser.runs, "something runs on a page", *about, parser.runs)
    scripts = told.body.count(b"<script")
    into.tally.check(
        scripts <= 1 and parser.tags.isdisjoint({"iframe", "object", "embed", "base"}), "a foreign tag", *about
    )
    ours = [link for link in parser.links if link.startswith(("/", "?", "tel:", "#", "https://wa.me/")) or not link]
    into.tally.check(ours == parser.links, "a page leads away", *about, parser.links)


class _Tags(HTMLParser):
    """The tags and addresses of a mail's HTML, and whatever could run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "data", "srcdoc", "background"):
                self.links.append(value or "")
            if name.startswith("on") or name == "http-equiv":
                self.runs.append(f"{tag} {name}={value}")


_MAIL_TAGS = {
    "html", "head", "meta", "title", "body", "div", "table", "tr", "td", "p", "h1", "span", "strong", "br", "a",
}  # fmt: skip


def mails(into: Attacked) -> None:
    """Every mail has its headers once, one recipient from the city's file, two parts, and HTML that is ours."""
    departments = {department.email for department in city().departments.values()}
    for raw, recipients in into.mails:
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=default)
        named = [name for name, _ in message.raw_items()]
        named = [name for name in named if name not in ("X-Peer", "X-MailFrom", "X-RcptTo")]  # the mailbox's own
        into.tally.check(sorted(named) == sorted(_HEADERS), "other headers", named)
        into.tally.check(recipients == [str(message["To"])] and recipients[0] in departments, "recipients", recipients)
        into.tally.check(ELSEWHERE not in " ".join(map(str, message.values())), "a caller's words in a header", named)
        parts = [part.get_content_type() for part in message.walk()]
        into.tally.check(parts == ["multipart/alternative", "text/plain", "text/html"], "other parts", parts)
        _html(into, message.get_body(("html",)).get_content())
        plain = message.get_body(("plain",)).get_content()
        into.tally.check(not UNPRINTABLE.search(plain.replace("\r\n", "\n")), "control characters in a mail", plain)


def _html(into: Attacked, html: str) -> None:
    found = _Tags()
    found.feed(html)
    into.tally.check(found.tags <= _MAIL_TAGS, "foreign tags in a mail", found.tags - _MAIL_TAGS)
    into.tally.check(not found.runs, "a mail could run something", found.runs)
    foreign = [link for link in found.links if not link.startswith(f"{settings().public_url}/recordings/")]
    into.tally.check(not foreign, "a foreign link in a mail", foreign)


# -- what stays here -----------------------------------------------------------------------------------------------


def log(into: Attacked) -> None:
    """Every line is one JSON object of ours in plain ASCII, without a number or a name."""
    for line in into.log.getvalue().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            event = {}
        into.tally.check({"event", "level"} <= set(event) and FORGED not in event["event"], "no log line of ours", line)
        into.tally.check(line.isascii() and line.isprintable(), "raw characters in the log", line)
        into.tally.check(not personal(line), "somebody in the log", line)


def personal(text: str) -> str | None:
    """The first invented name or number in this, however it is spelled."""
    digits = re.sub(r"[\s.,()/-]", "", text)
    known = (NUMBERS, *NAMES)
    return next((one for one in known if one in text.lower() or re.search(rf"{one}\d{{4}}", digits)), None)


def printed(into: Attacked, *words: str, given: str | None = None) -> str:
    """What a command prints holds nothing that a terminal would act on."""
    said = into.house.flask(*words, given=given)
    bad = UNPRINTABLE.search(said)
    around = said[max(0, bad.start() - 40) : bad.end() + 40] if bad else ""
    into.tally.check(not bad, f"flask {' '.join(words)} prints raw characters", around)
    return said


def commands(into: Attacked) -> None:
    """What an operator may look at, as a table and as JSON."""
    for words in (("tickets", "list"), ("calls", "list"), ("outbox",), ("callbacks",), ("proposals",)):
        for form in ((), ("--json",)):
            said = printed(into, *words, *form)
            into.tally.check(not personal(said), f"flask {' '.join(words)} shows somebody", personal(said))


def elsewhere(into: Attacked) -> None:
    """Nobody is in Valkey or in an address that we hand out."""
    client = Redis.from_url(settings().redis_url)
    for key in client.scan_iter():
        into.tally.check(not personal((key + (client.dump(key) or b"")).decode("latin-1")), "somebody in Valkey", key)
    for address in into.addresses:
        into.tally.check(not personal(address) and ELSEWHERE not in address, "somebody in an address", address)


def error_page(into: Attacked, told: Told, *about: object) -> None:
    """An answer that is no document says nothing of what was asked."""
    page = told.body.decode("utf-8", "replace")
    repeated = personal(page) or ELSEWHERE in page or FORGED in page
    into.tally.check(not repeated, "an error repeats", *about, page)
    into.tally.check("Traceback" not in page and "/work" not in page, "an error tells of the machine", *about, page)
    into.tally.check(not UNPRINTABLE.search(page), "raw characters on an error page", *about, page)
    headers = " ".join(told.headers.values())
    into.tally.check(not personal(headers), "an error's headers repeat", *about, headers)
