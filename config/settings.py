"""This machine: one frozen Settings read from the environment and .env, and nothing else reads either.

Every default lives here, so that a `flask` command in another shell sees the same house as `make run`. Outside
production, missing secrets are made once under var/; production refuses to start without them (`problems`).
"""

import base64
import fcntl
import hashlib
import ipaddress
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
MIN_TOKEN, MIN_CARRIER_TOKEN = 24, 32  # characters
TRACKING_CODE, MAX_LINK = 8, 31  # characters; what a text message affords
TWILIO_API = "https://api.twilio.com"
_MADE_SECRETS = ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY")
# department=whsec_ and at least 24 bytes in base64, as Standard Webhooks wants them
_WEBHOOK_SECRET = re.compile(
    "([a-z0-9-]+)=(whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)"
)
_ADDRESS = r"(?:unix:/[^,\s]+|(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5})"
_SIMULATED_ACCOUNT = "AC" + "51" * 16
_SIMULATED_OFFICER = "+622150010100"
_SIMULATED_WHATSAPP = "+622150010445"


class Settings(BaseSettings):
    """What differs from machine to machine. Field names are the environment's names in lower case."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True, env_ignore_empty=True)

    hotline_env: Literal["development", "production"] = "development"
    port: int = Field(default=8000, ge=1, le=65533)
    listen: str = Field(default="", pattern=f"^{_ADDRESS}(?:,{_ADDRESS})*$")
    public_url: str = ""
    var_dir: Path = ROOT / "var"

    database_url: str = ""
    owner_database_url: str = ""
    redis_url: str = ""

    secret_key: str = ""
    data_keys: str = ""
    lookup_key: str = ""

    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_api_key: str = ""
    twilio_api_secret: str = ""
    twilio_api_url: str = ""
    hotline_number: str = "1500444"
    caller_id: str = "+622150010444"
    sms_sender: str = "BEKASI"
    duty_phone: str = ""
    emergency_phone: str = ""
    sms_dua_arah: bool = False
    whatsapp_sender: str = Field(default="", pattern=r"^(?:\+[1-9]\d{7,14})?$")
    aggregator_secret: str = ""
    aggregator_media_url: str = ""
    money_a_day: int = Field(default=10_000_000, ge=0)
    price_sms: int = Field(default=500, ge=0)
    price_whatsapp: int = Field(default=500, ge=0)
    price_call: int = Field(default=1_500, ge=0)
    texts_a_day: int = Field(default=20_000, ge=0)
    officer_calls_a_day: int = Field(default=2_000, ge=0)
    voice_id: str = ""
    voice_en: str = ""

    tracking_url: str = ""
    smtp_url: str = ""
    mail_from: str = "1500444@hotline.invalid"
    webhook_secrets: str = ""

    keep_recordings_days: int = Field(default=30, ge=1)
    keep_words_days: int = Field(default=90, ge=1)
    keep_people_days: int = Field(default=365, ge=30)
    keep_messages_days: int = Field(default=30, ge=1)
    keep_tries_days: int = Field(default=7, ge=1)

    database_seconds: float = Field(default=2.5, ge=1)
    door_seconds: float = Field(default=1.5, ge=0)
    redis_seconds: float = Field(default=0.1, gt=0)
    simulator_patience: float = Field(default=1, ge=1)

    proxies: int = Field(default=0, ge=0, le=5)
    metrics_token: str = ""
    pg_bin: str = ""
    backup_recipients: str = ""

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, given: Any) -> Any:
        """Defaults that depend on other settings; a simulated carrier when no account is configured."""
        found = {str(name).lower(): value for name, value in dict(given).items() if value not in ("", None)}
        production = found.get("hotline_env") == "production"
        var = Path(found.get("var_dir") or ROOT / "var").absolute()
        port = int(found.get("port") or 8000)
        found["var_dir"] = var
        found.setdefault("listen", f"127.0.0.1:{port}")
        found["public_url"] = str(found.get("public_url", "" if production else f"http://127.0.0.1:{port}")).rstrip("/")
        found.setdefault("database_url", f"sqlite:///{var}/hotline.db")
        for name in ("database_url", "owner_database_url"):
            found[name] = re.sub("^postgres://", "postgresql://", str(found.get(name, "")))
        found.setdefault("redis_url", f"unix://{_socket_path(var)}?db=0")
        if not production:
            for name, value in _made_secrets(var).items():
                found.setdefault(name.lower(), value)
            if not found.get("twilio_account_sid"):
                found["twilio_account_sid"] = _SIMULATED_ACCOUNT
                found.setdefault(
                    "twilio_auth_token", hashlib.sha256(str(found["secret_key"]).encode()).hexdigest()[:32]
                )
                found.setdefault("twilio_api_url", f"http://127.0.0.1:{port + 1}")
                found.setdefault("smtp_url", f"smtp://127.0.0.1:{port + 2}")
                found.setdefault("duty_phone", _SIMULATED_OFFICER)
                found.setdefault("whatsapp_sender", _SIMULATED_WHATSAPP)
        found.setdefault("twilio_api_url", TWILIO_API)
        found.setdefault("tracking_url", found["public_url"] + "/t/")
        return found

    @property
    def production(self) -> bool:
        return self.hotline_env == "production"

    @property
    def simulated(self) -> bool:
        """True when no carrier account is configured: `make run` then starts the simulator."""
        return self.twilio_account_sid == _SIMULATED_ACCOUNT and not self.production

    @property
    def simulator_port(self) -> int:
        return self.port + 1

    @property
    def embedded_redis(self) -> bool:
        """True when REDIS_URL is the Valkey that `make run` starts itself."""
        return self.redis_url == f"unix://{_socket_path(self.var_dir)}?db=0"

    @property
    def duty_phones(self) -> tuple[str, ...]:
        """Who is telephoned in danger, in this order; the first one is the officer's line."""
        return tuple(phone.strip() for phone in self.duty_phone.split(",") if phone.strip())

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """What the carrier signs with: the account's token, or two while it is being rotated."""
        return tuple(token.strip() for token in self.twilio_auth_token.split(",") if token.strip())

    @property
    def carrier_login(self) -> tuple[str, str]:
        """Name and password towards the carrier's REST API: an API key where there is one, else the account itself."""
        if self.twilio_api_key and self.twilio_api_secret and not self.simulated:
            return self.twilio_api_key, self.twilio_api_secret
        return self.twilio_account_sid, self.auth_tokens[0]

    @property
    def redis_guarded(self) -> bool:
        """Whether REDIS_URL is a socket or names a password: whoever else reaches a port can stop our rings."""
        address = urlsplit(self.redis_url)
        return address.scheme == "unix" or bool(address.password or parse_qs(address.query).get("password"))

    @property
    def department_secrets(self) -> dict[str, tuple[str, ...]]:
        """What signs the reports to a department's own system: one secret, or several while they are being rotated."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.webhook_secrets.split(","):
            if read := _WEBHOOK_SECRET.fullmatch(entry.strip()):
                found[read[1]] = (*found.get(read[1], ()), read[2])
        return found

    def problems(self) -> list[str]:
        """Why this machine must not serve the public, one sentence each; empty when it may."""
        if not self.production:
            return []
        found = [
            f"{name} is missing"
            for name in ("PUBLIC_URL", *_MADE_SECRETS, "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
            if not getattr(self, name.lower())
        ]
        found += [
            f"{name} is a default or too short (32 characters or more, from a random source)"
            for name in ("SECRET_KEY", "LOOKUP_KEY")
            if any(len(key.strip()) < 32 or "change" in key for key in getattr(self, name.lower()).split(",") if key)
        ]
        if 0 < len(self.metrics_token) < MIN_TOKEN:
            found.append(f"METRICS_TOKEN is too short ({MIN_TOKEN} characters or more, from a random source)")
        if len(self.tracking_url) + TRACKING_CODE > MAX_LINK:
            found.append(f"TRACKING_URL is too long: with its code a link may have {MAX_LINK} characters")
        if 0 < len(self.aggregator_secret) < 32:
            found.append("AGGREGATOR_SECRET is too short (32 characters or more, from a random source)")
        if any(len(token) < MIN_CARRIER_TOKEN for token in self.auth_tokens):
            found.append(
                f"TWILIO_AUTH_TOKEN is too short: a carrier's token has {MIN_CARRIER_TOKEN} characters or more"
            )
        if bool(self.twilio_api_key) != bool(self.twilio_api_secret):
            found.append("TWILIO_API_KEY and TWILIO_API_SECRET go together: one of them is missing")
        elif self.twilio_api_key and not self.twilio_api_key.startswith("SK"):
            found.append("TWILIO_API_KEY is no key: it begins with SK")
        try:
            return found + list(self._open_wires())
        except ValueError:  # it may quote a password
            return [*found, "one of the addresses (DATABASE_URL, REDIS_URL, SMTP_URL ...) cannot be read"]

    def _open_wires(self) -> Iterator[str]:
        """Connections that somebody on the way could read, change, or take over."""
        if self.public_url and not _private(self.public_url):
            yield "PUBLIC_URL must be the https address that the carrier calls"
        for name in ("TWILIO_API_URL", "AGGREGATOR_MEDIA_URL"):
            if (url := getattr(self, name.lower())) and not _private(url):
                yield f"{name} must be an https address: a secret goes there"
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
            database = urlsplit(getattr(self, name.lower()))
            asked = parse_qs(database.query)
            hosts = ",".join([database.hostname or "", *asked.get("host", []), *asked.get("hostaddr", [])]).split(",")
            if not all(map(on_this_machine, hosts)) and asked.get("sslmode") != ["verify-full"]:
                yield f"{name} names another machine: it needs ?sslmode=verify-full"
        mail, redis = urlsplit(self.smtp_url), urlsplit(self.redis_url)
        if not self.redis_guarded:
            yield "REDIS_URL needs a password, or a socket"
        if not on_this_machine(redis.hostname) and (redis.scheme != "rediss" or "ssl_cert_reqs" in redis.query):
            yield "REDIS_URL names another machine: it needs rediss://, and a certificate that is checked"
        must = mail.scheme == "smtps" or mail.username or parse_qs(mail.query).get("tls") == ["required"]
        if not on_this_machine(mail.hostname) and not must:
            yield "SMTP_URL names another machine: it needs smtps://, a password or ?tls=required"


def on_this_machine(host: str | None) -> bool:
    """Whether this host of an address is a socket or our own loopback, where there is no wire to listen at."""
    if not host or host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _private(url: str) -> bool:
    """Whether a web address is https, or on this machine."""
    address = urlsplit(url)
    return bool(address.hostname) and (
        address.scheme == "https" or (address.scheme == "http" and on_this_machine(address.hostname))
    )


_given: ContextVar[Settings | None] = ContextVar("given", default=None)  # what to take instead of reading


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return _given.get() or Settings()


@contextmanager
def settings_with(changed: Mapping[str, str]) -> Iterator[None]:
    """The same machine but for these values, for everything that this process does meanwhile. For explorers and tests
    only: what serves somebody serves from one machine."""
    before = settings()
    _replace(before.model_copy(update=changed))
    try:
        yield
    finally:
        _replace(before)


def _replace(other: Settings) -> None:
    token = _given.set(other)
    settings.cache_clear()
    settings()
    _given.reset(token)


def _socket_path(var: Path) -> Path:
    """The embedded Valkey's socket. A Unix socket path must stay under 107 bytes, so a deep var/ gets a short alias."""
    path = var / "valkey" / "valkey.sock"
    if len(os.fsencode(path)) < 100:
        return path
    alias = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{alias}" / "valkey.sock"


def _made_secrets(var: Path) -> dict[str, str]:
    """The secrets of a machine that was given none: made once, kept in var/secrets.json, readable by us alone."""
    path = var / "secrets.json"
    if not path.exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (var / "secrets.lock").open("w") as lock:  # two first starts at once must agree
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                fresh = path.with_suffix(".new")
                fresh.touch(mode=0o600)
                fresh.write_text(json.dumps(_fresh_secrets()))
                fresh.rename(path)
    return dict(json.loads(path.read_text()))


def _fresh_secrets() -> dict[str, str]:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_hex(32), "DATA_KEYS": f"1:{key}", "LOOKUP_KEY": secrets.token_hex(32)}
