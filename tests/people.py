"""The people of the tests: residents who call and text, officers with their mailbox and their command line. They act
only over HTTP and SMTP, as a carrier, a browser or a mail server would."""

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from ports import free_port
from redis import Redis
from telling import if_it_fails, of_carrier, only

from config import spoken, stores
from config.settings import Settings, settings
from ivr.app import create_app
from ivr.channels import inbox
from ivr.simulator.app import create_app as create_simulator
from ivr.simulator.app import serving
from ivr.simulator.calls import audio
from ivr.simulator.calls.call import LiveCall
from ivr.simulator.carrier import Carrier
from ivr.simulator.mailbox import listening
from ivr.simulator.network.wire import sign
from ticketing.database import schema
from workers import jobs, outbox

ACCOUNT, TOKEN, OLD_TOKEN = "AC" + "0" * 32, "test-token", "older-token"
HOTLINE = "1500444"
DUTY_LINE = "+622150010100"
# A busy machine fails no test: whoever tests one of these times sets it for himself.
PATIENT = {"DATABASE_SECONDS": "60", "DOOR_SECONDS": "60", "REDIS_SECONDS": "10", "SIMULATOR_PATIENCE": "20"}


def use(**environment: str) -> Settings:
    """Make this process read its settings anew."""
    os.environ.update(environment)
    settings.cache_clear()
    stores.disconnect()
    return settings()


@dataclass
class House:
    """The hotline as it stands in a test."""

    app: Any
    url: str
    carrier: Carrier
    errors: list[str] = field(default_factory=list)

    @classmethod
    def migrate(cls, database: str, var: Path) -> None:
        use(DATABASE_URL=database, VAR_DIR=str(var), REDIS_URL="unix:///nowhere")
        schema.migrate()
        stores.disconnect()

    @classmethod
    @contextlib.contextmanager
    def standing(cls, database: str, redis: str, var: Path) -> Iterator["House"]:
        Redis.from_url(redis).flushdb()
        var.mkdir(exist_ok=True)
        environment = {
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "VAR_DIR": str(var),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": f"{TOKEN},{OLD_TOKEN}",
            "DUTY_PHONE": DUTY_LINE,
            "TRACKING_URL": "http://lacak.test/t/",
            "PUBLIC_URL": "http://127.0.0.1",
            "SMTP_URL": "smtp://127.0.0.1:1",
            "TWILIO_API_URL": "http://127.0.0.1:1",
            **PATIENT,
        }
        use(**environment)
        app = create_app()
        with serving(app, poll=0.005) as url:
            carrier = Carrier(url, ACCOUNT, TOKEN, HOTLINE, patience=settings().simulator_patience)
            mail_port = free_port()
            post = listening(carrier.ledger, "127.0.0.1", mail_port)
            with serving(create_simulator(carrier), poll=0.005) as api:
                carrier.api_url = api
                use(PUBLIC_URL=url, TWILIO_API_URL=api, SMTP_URL=f"smtp://127.0.0.1:{mail_port}")
                try:
                    with if_it_fails(lambda: of_carrier(carrier)):
                        yield cls(app, url, carrier)
                    carrier.settle()
                finally:
                    post.stop()
                    stores.disconnect()

    def set(self, **settings: str) -> None:
        """Change settings of this machine for the rest of a test: set(SMS_DUA_ARAH="true")."""
        use(**settings)

    # -- what a clerk sees -----------------------------------------------------------------------------------------

    def flask(self, *words: str, given: str | None = None) -> str:
        """Run a command as an operator would; fails the test when the command fails."""
        result = self.app.test_cli_runner().invoke(args=list(words), input=given)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def refused(self, *words: str) -> str:
        """Run a command that refuses what was asked; gives its complaint."""
        result = self.app.test_cli_runner().invoke(args=list(words))
        assert result.exit_code not in (0, None), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return str(result.output)

    def tickets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.flask("tickets", "list", "--json"))
        return found

    def ticket(self, number: str = "") -> dict[str, Any]:
        """The ticket with this number, or the only one there is."""
        if not number:
            number = only(self.tickets(), "ticket")["number"]
        found: dict[str, Any] = json.loads(self.flask("tickets", "show", number, "--json"))
        return found

    def move(self, number: str, state: str, *words: str) -> None:
        self.flask("tickets", "move", number, state, "--by", "Budi", *words)

    def work(self) -> None:
        """Let the workers keep every promise that is due, as often as there is one, and the carrier report back."""
        self.carrier.settle()
        inbox.read_late()
        for _ in range(50):
            tried = sum(jobs.drain(queue) for queue in outbox.QUEUES)
            self.carrier.settle()
            if not tried:
                return
        raise AssertionError("the workers never come to an end")

    def mails(self, to: str = "") -> list[Any]:
        """The mails in the departments' mailbox, oldest first."""
        return [mail for mail in reversed(self.carrier.ledger.listed("mails")) if to in mail.to]

    def post(self, path: str, form: dict[str, str], **options: Any) -> requests.Response:
        """A webhook as the carrier would send it, signed."""
        url = self.url + path
        signature = sign(TOKEN, url, form.items())
        headers = {"X-Twilio-Signature": signature, **options.pop("headers", {})}
        return requests.post(url, data=form, headers=headers, timeout=60, **options)


class Resident:
    """Somebody with a telephone."""

    def __init__(self, house: House, number: str = "+6281200001111") -> None:
        self.house, self.number = house, number
        self.call: LiveCall

    def dials(self) -> "Resident":
        self.call = self.house.carrier.dial(self.number)
        return self

    def presses(self, *keys: str) -> "Resident":
        for key in keys:
            self.call.press(key)
        return self

    def says(self, words: str) -> "Resident":
        self.call.speak(words)
        return self

    def is_silent(self, times: int = 1) -> "Resident":
        for _ in range(times):
            self.call.stay_silent()
        return self

    def talks(self, seconds: float = 8, *, then: str = "#", sound: bytes | None = None) -> "Resident":
        self.call.record(seconds, ended_by=then, audio=sound or audio.stand_in(seconds))
        return self

    def hangs_up(self) -> "Resident":
        """And the house has heard of it: else a test that moves the clock next ends a call that lasted for days."""
        self.call.hang_up()
        self.house.carrier.settle()
        return self

    def hears(self, *words: str) -> "Resident":
        for piece in words:
            assert self.call.hears(piece), f"{piece!r} was not heard\n{self.call.transcript()}"
        return self

    def never_hears(self, words: str) -> "Resident":
        assert not self.call.hears(words, ever=True), f"{words!r} was heard\n{self.call.transcript()}"
        return self

    def texts(self, body: str = "", *, photo: bytes | None = None, **more: Any) -> "Resident":
        """By SMS; `more` is what else can come with a text: place, address, button."""
        return self._writes(self.number, body, photo=photo, **more)

    def whatsapps(self, body: str = "", *, photo: bytes | None = None, **more: Any) -> "Resident":
        """The same by WhatsApp."""
        return self._writes(f"whatsapp:{self.number}", body, photo=photo, profile="Siti", **more)

    def quotes(self, sid: str, body: str) -> "Resident":
        """The same, as a reply to one of our messages."""
        form = {
            "MessageSid": "SM" + uuid4().hex, "AccountSid": ACCOUNT, "From": f"whatsapp:{self.number}", "To": HOTLINE,
            "Body": body, "NumMedia": "0", "OriginalRepliedMessageSid": sid,
        }  # fmt: skip
        assert self.house.post("/sms/incoming", form).status_code == 200
        return self

    def _writes(self, from_: str, body: str, *, photo: bytes | None, **more: Any) -> "Resident":
        answer = self.house.carrier.text(from_, body, media=[photo] if photo else [], **more)
        assert answer.status == 200
        return self

    @property
    def told(self) -> str:
        """Everything that was said since the last act."""
        return " ".join(line.text for line in self.call.latest)

    @property
    def ticket_number(self) -> str:
        """The number that was read out, as somebody writes it down."""
        said = " ".join(line.text for line in self.call.heard)
        digits = {spoken.cardinal(language, digit): str(digit) for language in ("id", "en") for digit in range(10)}
        word = "|".join(digits)
        groups = re.findall(rf"(?:\b(?:{word})\b[ ,.]*){{9}}", said)
        return "".join(digits[found] for found in re.findall(rf"\b(?:{word})\b", groups[-1]))

    @property
    def inbox(self) -> list[str]:
        return [message.body for message in self.house.carrier.inbox(self.number)]

    @property
    def whatsapp_inbox(self) -> list[str]:
        return [message.body for message in self.house.carrier.inbox(f"whatsapp:{self.number}")]

    @property
    def is_connected(self) -> bool:
        return self.call.state != "ended"
