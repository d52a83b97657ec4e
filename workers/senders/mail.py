"""The mail server: one place for its address, its credentials and its time limit."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

from config.settings import settings

SECONDS = 10.0


@contextmanager
def connection() -> Iterator[smtplib.SMTP]:
    """A signed-in connection to SMTP_URL: smtp://user:pass@host:port, or smtps:// for TLS from the first byte.

    smtp:// upgrades with STARTTLS whenever the server offers it, and must when there is a password to protect or the
    address says ?tls=required. Only on this machine's own loopback may a password go without, and a certificate be
    unsigned: there is no wire to listen at.
    """
    url = urlsplit(settings().smtp_url)
    host = url.hostname or ""
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    context = ssl.create_default_context()
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
