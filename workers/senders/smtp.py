"""Mail to departments: how every letter begins, and the mail server with its address, its credentials and its time
limit."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import on_this_machine, settings
from workers.outcomes import Outcome, Work, dead, later, sent

SECONDS = 10.0
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


def post(message: EmailMessage) -> Outcome:
    """Hand a letter to the mail server."""
    accepted = False
    try:
        with connection() as server:
            server.send_message(message)
            accepted = True
    except smtplib.SMTPRecipientsRefused as fault:
        codes = {code for code, _ in fault.recipients.values()}
        return dead(f"the address is refused: {codes}") if min(codes) >= 500 else later(f"mail server says {codes}")
    except (OSError, smtplib.SMTPException) as fault:
        if not accepted:  # a server that stumbles over our goodbye has the mail all the same
            code = getattr(fault, "smtp_code", None)
            return later(f"mail server says {code}" if code else f"mail server: {type(fault).__name__}")
    return sent(str(message["Message-ID"]))


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
