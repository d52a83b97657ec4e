"""The carrier in a box: places calls and texts against the hotline's webhooks over HTTP, and carries what it sends.

One object, no global state; rest/ serves its REST API and page/ its telephone in the browser.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

from config.settings import settings
from ivr.simulator.calls import audio, twiml
from ivr.simulator.calls.call import LiveCall
from ivr.simulator.calls.events import Moved
from ivr.simulator.calls.state import CallState
from ivr.simulator.network import fields, whatsapp
from ivr.simulator.network.background import Background
from ivr.simulator.network.faults import Faults
from ivr.simulator.network.ledger import KEEP, Attachment, Call, Ledger, Message, Recording, new_sid
from ivr.simulator.network.wire import Answer, Trouble, Wire, Witness

_STOP = frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "BERHENTI"])
_START = frozenset(["START", "YES", "UNSTOP", "MULAI"])
_LIVE = 200


class Carrier:
    """`number` is the hotline's; its webhooks are under `app_url` unless addresses of their own are given, our own REST
    API is under `api_url`. The log holds the last `keep` of each kind; `witness` is told of every request we send,
    `patience` how many times longer than the real one it waits for an answer."""

    def __init__(
        self,
        app_url: str,
        account_sid: str,
        auth_token: str,
        number: str,
        *,
        faults: Faults | None = None,
        api_url: str = "https://api.twilio.com",
        home: Path | None = None,
        voice_url: str = "",
        fallback_url: str = "",
        fallback_method: str = "POST",
        whatsapp_number: str = "",
        keep: int = KEEP,
        witness: Witness | None = None,
        patience: float = 1,
    ) -> None:
        self.app_url, self.api_url = app_url.rstrip("/"), api_url.rstrip("/")
        self._voice_url, self._fallback_url, self._fallback_method = voice_url, fallback_url, fallback_method
        self.account_sid, self.auth_token, self.number = account_sid, auth_token, number
        self.whatsapp_number = whatsapp_number or "+622150010445"
        self.faults = faults or Faults()
        self.wire = Wire(account_sid, auth_token, self.faults, witness, patience=patience)
        self.ledger = Ledger(home, keep=keep)
        self.lock = threading.RLock()
        self.errors: list[Trouble] = []  # what went wrong outside a call
        self._background = Background()
        self._live: dict[str, LiveCall] = {}

    @classmethod
    def configured(cls) -> Self:
        """The carrier of this house, as its settings say."""
        here = settings()
        return cls(
            here.public_url,
            here.twilio_account_sid,
            here.auth_tokens[0],
            here.hotline_number,
            api_url=here.twilio_api_url,
            whatsapp_number=here.whatsapp_sender,
            home=here.var_dir / "simulator",
            patience=here.simulator_patience,
        )

    # Calls

    def dial(self, from_: str, to: str = "", *, patient: bool = True) -> LiveCall:
        """Somebody calls the hotline. An impatient caller must `listen()` to every announcement outside a <Gather>."""
        entry = Call(new_sid("CA"), from_, to or self.number, "inbound", "ringing")
        call = LiveCall(
            self,
            entry,
            patient=patient,
            fallback_url=self._fallback_url or f"{self.app_url}/voice/fallback",
            fallback_method=self._fallback_method,
            status_url=f"{self.app_url}/voice/status",
        )
        self.connect(call)
        return call.start(Moved(self._voice_url or f"{self.app_url}/voice/incoming"))

    def ring(
        self, caller: CallState, to: str, url: str, method: str, *, status_url: str, status_events: Iterable[str]
    ) -> LiveCall:
        """A leg of <Dial>: a call of its own that rings until somebody takes it."""
        entry = Call(new_sid("CA"), caller.from_, to, "outbound-dial", "ringing", parent=caller.sid)
        leg = LiveCall(self, entry, status_url=status_url, status_events=frozenset(status_events))
        self.connect(leg)
        return leg.start(Moved(url, method))

    def connect(self, call: LiveCall) -> None:
        with self.lock:
            self._live[call.sid] = call
            over = [sid for sid, one in self._live.items() if one.state == "ended"]
            for sid in over[: max(0, len(self._live) - _LIVE)]:
                del self._live[sid]
        self.ledger.add(call.entry)
        if call.direction != "inbound":
            call.report("initiated", "ringing")

    def live(self, sid: str) -> LiveCall | None:
        return self._live.get(sid)

    def ringing(self, number: str) -> list[LiveCall]:
        """Calls of the hotline that wait for this number to answer."""
        with self.lock:
            calls = list(self._live.values())
        return [one for one in calls if one.to == number and one.state == "ringing" and one.direction == "outbound-api"]

    # Recordings

    def keep_recording(self, call: CallState, sound: bytes) -> Recording:
        recording = Recording(new_sid("RE"), call.sid, round(audio.length(sound)))
        self.ledger.add(recording)
        self.ledger.keep_media(recording.sid, sound)
        return recording

    def recording_done(self, recording: Recording, callback: str, *, wait: bool = False) -> None:
        """The audio can be fetched from now on, and whoever wants to know is told."""

        def done() -> None:
            self.ledger.touch(recording, status="completed")
            call = self.ledger.calls.get(recording.call_sid)
            if callback and call and not self.faults.drop_recording_callback:
                about = fields.of_recording(recording, self.url_of(recording))
                self._deliver(callback, [{**self.call_fields(call, call.status), **about}])

        if wait:
            done()
        else:
            self._background.later(recording.call_sid, done)

    def url_of(self, recording: Recording) -> str:
        return f"{self.api_url}/{fields.API}/Accounts/{self.account_sid}/Recordings/{recording.sid}"

    # Texts

    def text(
        self,
        from_: str,
        body: str,
        to: str = "",
        *,
        media: Sequence[bytes] = (),
        place: fields.Place | None = None,
        address: str = "",
        button: str = "",
        profile: str = "",
    ) -> Answer:
        """Somebody texts the hotline, over WhatsApp from an address `whatsapp:+62...`; what its answer says is
        delivered back to them."""
        chat = whatsapp.is_address(from_)
        own = whatsapp.PREFIX + self.whatsapp_number if chat else self.number
        message = Message(new_sid("MM" if media else "SM"), from_, to or own, body or button, "inbound", "received")
        message.place = f"{place[0]}, {place[1]}" if place else ""
        enclosed = [self._enclose(message, raw) for raw in media]
        self.ledger.add(message)
        about = fields.of_text(self.account_sid, message, enclosed)
        if chat:
            kind = enclosed[0][1].partition("/")[0].replace("application", "document") if enclosed else "text"
            about |= fields.of_whatsapp(
                message, kind=kind, profile=profile, place=place, address=address, button=button
            )
        else:  # a list of its own the carrier keeps only for SMS
            self._list(from_, body.strip().upper())
        answer = self.wire.send(f"{self.app_url}/sms/incoming", about)
        try:
            document = twiml.read(answer)
        except twiml.DocumentError as bad:
            self.errors.append(bad.trouble)
            return answer
        self.errors += document.troubles
        for reply in document.root.iter("Message"):
            said = "".join(reply.itertext()).strip()
            self.deliver(Message(new_sid("SM"), message.to, from_, said, "outbound-reply", "queued"))
        return answer

    def _list(self, number: str, word: str) -> None:
        if word in _STOP:
            self.ledger.opted_out.add(number)
        elif word in _START:
            self.ledger.opted_out.discard(number)

    def _enclose(self, message: Message, raw: bytes) -> tuple[str, str]:
        """Keep what comes with a message; gives its address and type."""
        kept = Attachment(new_sid("ME"), message.sid, whatsapp.content_type(raw))
        self.ledger.add(kept)
        self.ledger.keep_media(kept.sid, raw)
        message.attachments.append(kept.sid)
        path = f"/{fields.API}/Accounts/{self.account_sid}/Messages/{message.sid}/Media/{kept.sid}"
        return self.api_url + path, kept.content_type

    def deliver(self, message: Message) -> None:
        """Take a text to its telephone, and report each step."""
        self.ledger.add(message)
        steps, code = self._way(message)

        def carry() -> None:
            if message.status == "canceled":
                return
            self.ledger.touch(message, status=steps[-1], error_code=code)
            receipts = [
                fields.of_receipt(self.account_sid, message, step, code if step == steps[-1] else None)
                for step in steps
            ]
            self._deliver(message.callback, receipts)

        self._background.later(message.sid, carry)

    def _way(self, message: Message) -> tuple[list[str], int | None]:
        """The steps that a text takes, and why the last one is not where it should go."""
        if code := self.faults.undelivered.get(message.to):
            return ["sent", "undelivered"], code
        if not whatsapp.is_address(message.to):
            return ["sent", "delivered"], None
        if code := whatsapp.failure(self.ledger, message, self.faults.not_on_whatsapp):
            return ["failed"], code
        return ["sent", "delivered", "read"], None

    def inbox(self, number: str) -> list[Message]:
        """The texts that reached this telephone, or this WhatsApp address, oldest first."""
        here = ("delivered", "read")
        return [one for one in reversed(self.ledger.listed("messages")) if one.to == number and one.status in here]

    # Callbacks

    def call_fields(self, entry: Call, status: str) -> dict[str, str]:
        return fields.of_call(self.account_sid, entry, status)

    def notify(self, key: str, url: str, bodies: list[dict[str, str]]) -> None:
        """Status callbacks, in order among those of the same key."""
        self._background.later(key, lambda: self._deliver(url, bodies))

    def later(self, key: str, job: Callable[[], object]) -> None:
        """Do something after the present request has been answered."""
        self._background.later(key, job)

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until every callback under way has been delivered; TimeoutError when it takes longer."""
        if not self._background.settle(seconds):
            raise TimeoutError(f"callbacks still under way after {seconds:g} s")

    def close(self) -> None:
        self.ledger.save()

    def _deliver(self, url: str, bodies: list[dict[str, str]]) -> None:
        """Send callbacks as the faults want them: in another order, twice, or not at all."""
        times = {"doubled": 2, "dropped": 0}.get(self.faults.callbacks, 1)
        for body in reversed(bodies) if self.faults.callbacks == "reversed" else bodies:
            for _ in range(times if url else 0):
                self.faults.released.wait(self.faults.callback_delay)
                answer = self.wire.send(url, body, accept="*/*")
                if answer.trouble:
                    self.errors.append(answer.trouble)
