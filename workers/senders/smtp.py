"""Mail to departments: how every letter begins, and the mail server, our relay, with its address, its credentials, its
time limits and what its codes mean.

A code is judged by where it comes. Whoever is refused by 550 and the like is refused for good; 450s, and 552 for a full
mailbox, are asked again. What comes before an address is named, and no answer at all, is the relay's fault. Before the
last dot nobody has a mail; a relay may take two minutes over that (RFC 5321, 4.5.3.2.6, allows ten), and when it says
nothing then, nobody knows.
"""

import re
import smtplib
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import on_this_machine, settings
from workers.outcomes import Outcome, Work, dead, later, sent, unknown

SECONDS, DOT_SECONDS = 10.0, 120.0
ONCE_MORE = timedelta(hours=1)  # until the one more copy of a mail that was not answered
_FULL, _GOING_DOWN = 552, 421
_DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def headed(subject: str, to: str, work: Work, ticket: str, *, copy: str = "") -> EmailMessage:
    """A letter without its words yet. Its Message-ID stays the same on every try."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=200))  # a long subject stays on its line
    message["Subject"] = subject
    message["From"] = settings().mail_from
    message["To"] = to
    if copy:
        message["Cc"] = copy
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{work.id}@hotline.{settings().mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Ticket"] = ticket
    return message


def reached(work: Work) -> tuple[str, ...]:
    """The addresses that have this letter already."""
    return tuple((work.contents or {}).get("reached", "").split())


def post(message: EmailMessage, reached: Collection[str] = ()) -> Outcome:
    """Hand a letter to the mail server, for those of its addresses that were not `reached` yet."""
    named = [address for _, address in getaddresses([*message.get_all("To", []), *message.get_all("Cc", [])])]
    wanted = [address for address in named if address not in reached]
    outcome = None if wanted else sent(str(message["Message-ID"]))
    try:
        if outcome is None:
            with connection() as server:
                outcome = _hand_over(server, message, wanted)
    except (OSError, smtplib.SMTPException) as fault:
        if outcome is None:  # a server that stumbles over our goodbye has the mail all the same
            code = getattr(fault, "smtp_code", None)
            return later(f"mail server says {code}" if code else f"mail server: {type(fault).__name__}")
    return outcome or later("mail server: no word")


def _hand_over(server: smtplib.SMTP, message: EmailMessage, wanted: list[str]) -> Outcome:
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(parseaddr(str(message["From"]))[1])
    if not _good(code):
        refused = f"mail server refuses the sender: {code}"
        return dead(refused) if _for_good(code) else later(refused)
    codes = {}
    for address in wanted:
        codes[address], _ = server.rcpt(address)
        if codes[address] in (_GOING_DOWN, -1):
            return later(f"mail server says {codes[address]}")
    taken = [address for address in wanted if _good(codes[address])]
    if taken:
        content = _content(server, message)
        if content is None:
            return unknown("mail server: no answer to the whole mail", wait=ONCE_MORE)
        if content == _GOING_DOWN:
            return later(f"mail server says {content}")
        codes |= dict.fromkeys(taken, content)
    return _judged(codes, str(message["Message-ID"]))


def _content(server: smtplib.SMTP, message: EmailMessage) -> int | None:
    """The code by which the whole mail is answered, or its beginning; None when there is none. A connection that breaks
    before the last dot raises: nobody has the mail."""
    code, _ = server.docmd("DATA")
    if code != 354:  # go on
        return code
    server.send(_DOT_FIRST.sub(b"..", message.as_bytes()))
    if server.sock is not None:
        server.sock.settimeout(DOT_SECONDS)
    try:
        server.send(b"\r\n.\r\n")
        code, _ = server.getreply()
    except (OSError, smtplib.SMTPServerDisconnected):
        return None
    return None if code == -1 else code


def _judged(codes: dict[str, int], message_id: str) -> Outcome:
    """What follows from the last code of each address: one that has it makes up for no other."""
    have = tuple(address for address, code in codes.items() if _good(code))
    lost = {address: code for address, code in codes.items() if _for_good(code)}
    missing = {address: code for address, code in codes.items() if address not in have and address not in lost}
    if missing:
        reason = f"mail server says {_named(missing)}"
        return later(reason, its_own=True, reached=have)
    return dead(f"the address is refused: {_named(lost)}", reached=have) if lost else sent(message_id)


def _named(codes: dict[str, int]) -> str:
    return ", ".join(f"{code} for {address}" for address, code in codes.items())


def _good(code: int) -> bool:
    return 200 <= code < 300


def _for_good(code: int) -> bool:
    """5xx, but for a full mailbox, and for 53x, which wants other credentials from us."""
    return code >= 500 and code != _FULL and not 530 <= code < 540


def words(id_: str, **fills: object) -> str:
    return city().text(CITY_LANGUAGE, "mail", id_).format(**fills)


def moment(moment: datetime) -> str:
    there = clock.local(moment)
    return f"{city().long_date(CITY_LANGUAGE, there.date())}, {city().clock_time(CITY_LANGUAGE, there)}"


@contextmanager
def connection() -> Iterator[smtplib.SMTP]:
    """A signed-in connection to SMTP_URL: smtp://user:pass@host:port, or smtps:// for TLS from the first byte.

    smtp:// upgrades with STARTTLS whenever the server offers it, and must when there is a password to protect or the
    address says ?tls=required. Only on this machine's own loopback may a password go without, and a certificate be
    unsigned: there is no wire to listen at.
    """
    url = urlsplit(settings().smtp_url)
    host = url.hostname or ""
    loopback = on_this_machine(host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if loopback else ssl.create_default_context()
    if loopback:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=SECONDS)
    with server:
        must = (bool(url.username) and not loopback) or parse_qs(url.query).get("tls") == ["required"]
        if url.scheme != "smtps":
            _upgrade(server, context, must=must)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


def _upgrade(server: smtplib.SMTP, context: ssl.SSLContext, *, must: bool) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif must:
        raise smtplib.SMTPNotSupportedError("the mail server offers no TLS, and a password is never sent without it")
