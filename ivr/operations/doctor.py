"""Looks the house over: every setting and every connection, one finding each."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from config import clock, stores, vault
from config.hotline import CityFileError, city
from config.settings import TWILIO_API, settings
from ivr.operations import doctor_servers, doctor_work, encryption
from ticketing.calls import alarms
from ticketing.database import schema
from ticketing.database.dumps import DumpError
from ticketing.rules import numbers
from workers import carrier
from workers.senders import smtp

LINK_MOST = 31
STALE_SOON = timedelta(weeks=4)
CODE = 8


@dataclass(frozen=True)
class Finding:
    """mark is ok, WARN (works, but look) or FAIL (must be mended)."""

    mark: str
    what: str
    words: str


def examine() -> list[Finding]:
    """Every finding, in the order in which a person would mend them."""
    found = [Finding("FAIL", "settings", problem) for problem in settings().problems()]
    found += [Finding("ok", "settings", f"{settings().hotline_env}, {settings().public_url}")] if not found else []
    for what, check in _CHECKS.items():
        try:
            found += [Finding(mark, what, words) for mark, words in check()]
        except Exception as fault:
            found.append(Finding("FAIL", what, f"{type(fault).__name__}: {str(fault).splitlines()[0][:120]}"))
    return found


def _city() -> Iterator[tuple[str, str]]:
    try:
        here = city()
    except CityFileError as fault:
        yield from (("FAIL", problem) for problem in fault.problems)
        return
    soon = clock.local(clock.now()).date() + STALE_SOON
    for key, topic in here.topics.items():
        if topic.until is not None and topic.until < soon:
            yield "WARN", f"topic {key} is told until {topic.until}: renew its words and its date"
    yield "ok", f"{len(here.departments)} departments, {len(here.categories)} categories, {len(here.areas)} areas"
    demo = [key for key, one in here.departments.items() if one.email.endswith(".invalid") and not one.webhook]
    if demo and settings().production:
        yield "FAIL", f"departments without a real address: {', '.join(demo)}"
    elif demo:
        yield "WARN", f"{len(demo)} departments have addresses that end in .invalid: nobody is mailed"


def _secrets() -> Iterator[tuple[str, str]]:
    if vault.unseal(vault.seal(b"check", "doctor"), "doctor") != b"check":
        yield "FAIL", "DATA_KEYS does not open what it seals"
    yield "ok", "DATA_KEYS, LOOKUP_KEY and SECRET_KEY are there"


def _database() -> Iterator[tuple[str, str]]:
    try:
        current, head = schema.current(), schema.head()
    except SQLAlchemyError as fault:
        yield "FAIL", f"cannot be reached: {type(fault).__name__}"
        return
    yield ("ok", f"at migration {head}") if current == head else ("FAIL", f"at {current}, needs {head}: flask migrate")
    if stores.is_sqlite():
        yield ("FAIL" if settings().production else "ok"), "SQLite, for trying and small houses"
    else:
        yield from doctor_servers.postgres()


def _backups() -> Iterator[tuple[str, str]]:
    try:
        to = encryption.recipients()
    except DumpError as fault:
        yield "FAIL", str(fault)
        return
    if to:
        yield "ok", f"encrypted, to keys: {len(to)}"
    else:
        yield ("FAIL" if settings().production else "ok"), "BACKUP_RECIPIENTS is missing: not encrypted"


def _carrier() -> Iterator[tuple[str, str]]:
    if not settings().auth_tokens:
        yield "FAIL", "TWILIO_AUTH_TOKEN is missing"
        return
    carrier.client().messages.list(limit=1)
    where = "the simulator" if settings().simulated else "Twilio" if settings().twilio_api_url == TWILIO_API else "set"
    yield "ok", f"answers ({where})"


def _mail() -> Iterator[tuple[str, str]]:
    if not settings().smtp_url:
        yield "FAIL", "SMTP_URL is missing: no department gets its reports"
        return
    try:
        with smtp.connection() as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as fault:
        yield "FAIL", f"SMTP_URL cannot be used: {type(fault).__name__}"
        return
    mark = "FAIL" if settings().production and settings().mail_from.endswith(".invalid") else "ok"
    yield mark, f"SMTP answers, from {settings().mail_from}"


def _webhooks() -> Iterator[tuple[str, str]]:
    called = {key for key, department in city().departments.items() if department.webhook}
    secrets = settings().department_secrets
    for key in sorted(called - secrets.keys()):
        yield "FAIL", f"{key} has a webhook, and no secret in WEBHOOK_SECRETS"
    for key in sorted(secrets.keys() - called):
        yield "FAIL", f"WEBHOOK_SECRETS names {key}, which has no webhook"
    entries = [entry for entry in settings().webhook_secrets.split(",") if entry.strip()]
    if unread := len(entries) - sum(len(each) for each in secrets.values()):
        yield "FAIL", f"{unread} of WEBHOOK_SECRETS: not department=whsec_ and 24 bytes or more in base64"
    if called & secrets.keys():
        yield "ok", f"signed for {', '.join(sorted(called & secrets.keys()))}"


def _numbers() -> Iterator[tuple[str, str]]:
    caller = numbers.read(settings().caller_id)
    yield ("ok" if caller.e164 else "WARN"), f"CALLER_ID {settings().caller_id} is {caller.kind}"
    sender = settings().sms_sender
    named = sender.isascii() and sender.replace(" ", "").isalnum() and 0 < len(sender) <= 11
    yield ("ok" if named or numbers.read(sender).e164 else "FAIL"), f"SMS_SENDER {sender}"
    if settings().sms_dua_arah and not numbers.read(sender).e164 and not settings().aggregator_secret:
        yield "WARN", f"SMS_DUA_ARAH is on, and nobody can answer {sender}"
    duty = alarms.duty_phones()
    yield ("ok", f"duty telephones: {len(duty)}") if duty else ("WARN", "no duty line: nobody is rung about danger")
    yield from (("FAIL", f"DUTY_PHONE {phone} is no number") for phone in duty if not numbers.read(phone).e164)


def _links() -> Iterator[tuple[str, str]]:
    length = len(settings().tracking_url) + CODE
    fits = length <= LINK_MOST
    yield ("ok" if fits else "WARN"), f"TRACKING_URL and code have {length} characters, {LINK_MOST} fit every text"


def _proxies() -> Iterator[tuple[str, str]]:
    """Behind a proxy that is not counted all visitors look like one, and one who guesses links shuts out everybody."""
    count = settings().proxies
    mark = "WARN" if settings().production and count == 0 else "ok"
    yield mark, f"PROXIES is {count}: visitors are told apart by {'who connects' if count == 0 else 'X-Forwarded-For'}"


_CHECKS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "city file": _city,
    "secrets": _secrets,
    "database": _database,
    "redis": doctor_servers.redis,
    "backups": _backups,
    "carrier": _carrier,
    "mail": _mail,
    "webhooks": _webhooks,
    "numbers": _numbers,
    "links": _links,
    "proxies": _proxies,
    "fallback": doctor_work.documents,
    "work": doctor_work.work,
    "history": doctor_work.history,
    "disk": doctor_work.disk,
    "clock": doctor_work.clock,
    "metrics": doctor_work.metrics,
}
