"""The residents and officers of a campaign, as threads: calls that report, ask, hang up or stay silent, texts, and
tickets that are moved. All chance comes from the seed; what a caller was told goes into the history."""

import contextlib
import random
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from chaos.history import History, digest
from chaos.house import House
from config import spoken
from config.hotline import CITY_LANGUAGE, city
from ivr.simulator.calls import audio
from ivr.simulator.calls.call import LiveCall, NotNowError
from ivr.simulator.carrier import Carrier
from ticketing.rules import lifecycle
from ticketing.tickets import moves, register
from ticketing.tickets.register import TicketError
from workers import transactions

LINES = 64  # callers at the same time; most of them wait for a house in trouble
RATE = 3.6  # calls and texts a second: with every fault, 5,000 accepted reports in half an hour
MIN_SECONDS = 2
_APOLOGY = "application error has occurred"
_DIGITS = {spoken.cardinal(CITY_LANGUAGE, digit): str(digit) for digit in range(10)}
_NUMBER = re.compile(rf"(?:\b(?:{'|'.join(_DIGITS)})\b[ ,.]*){{9}}")
# How a caller gets to the recording: keys, or words where a place is asked for.
TOPICS = (("2", "2"), ("2", "1", "1"), ("2", "1", "2"), ("2", "4", "1"), ("2", "4", "2"), ("2", "3", "2"))
PLACES = ("kayuringin jaya", "margahayu", "jakasampurna", "")
ANSWERED = ("Lampu jalan mati", "STATUS", "mulai", "tolong sampah di depan pasar")  # texts that get an answer
TEXTS = (*ANSWERED, "terima kasih")


def _first_words(sentence: str) -> str:
    told = city().text(CITY_LANGUAGE, "voice", sentence)
    return next(piece.strip() for piece in re.split(r"[.|]|\{\w+\}[, ]*", told) if len(piece.split()) >= 3)


class Caller:
    """One call and what it was told. A caller whom the fallback answers speaks after the tone, like anybody."""

    def __init__(
        self, carrier: Carrier, history: History, chance: random.Random, number: str, pause: Callable[[float], object]
    ) -> None:
        self.carrier, self.history, self.chance, self.number, self._pause = carrier, history, chance, number, pause
        self.reports = 0  # how many were acknowledged
        self.told: list[str] = []
        self._kept = self._recorded = self._erred = self._spoke = False
        self.call: LiveCall

    def dial(self) -> None:
        self.call = self.carrier.dial(self.number)
        self.history.note("dialled", call=self.call.sid, from_hash=digest(self.number))
        self._listen()

    @property
    def over(self) -> bool:
        return self.call.state == "ended"

    def act(self, step: Callable[[], None]) -> None:
        """One thing the caller does after a moment; nothing when the call is over or cannot take it."""
        self._pause(self.chance.expovariate(4))
        with contextlib.suppress(NotNowError):
            step()
        self._listen()

    def press(self, keys: str) -> None:
        if self.call.state == "gathering":
            self.act(lambda: self.call.press(keys))

    def hang_up(self) -> None:
        if not self.over:
            self.act(self.call.hang_up)

    def record(self, seconds: float, *, then: str = "#") -> None:
        """Talk. Less than two seconds is nothing that could be kept, whatever is answered."""
        self._spoke = self._spoke or seconds >= MIN_SECONDS
        self.act(lambda: self.call.record(seconds, ended_by=then, audio=audio.stand_in(seconds)))

    def to_the_recording(self, keys: tuple[str, ...], place: str) -> None:
        """Through the menu, until somebody listens."""
        for key in keys:
            self.press(key)
        for _ in range(6):
            if self.call.state != "gathering":
                return
            if self.call.hears("Di kelurahan mana") and place:
                self.act(lambda: self.call.speak(place))
            elif self.call.hears("Benar, tekan 1") or self.call.hears("Ya, tekan 1"):
                self.press("1")
            else:
                self.press("*")

    def finish(self) -> None:
        """Whatever is still asked is met with silence, and a recording with a few words, until the call is over."""
        for _ in range(12):
            if self.over:
                return
            if self.call.state == "recording":
                self.record(6)
            else:
                self.act(self.call.stay_silent)
        self.hang_up()

    def _listen(self) -> None:
        """Note what was just said."""
        call, history = self.call, self.history
        said = " ".join(line.text for line in call.latest)
        if _APOLOGY in said and not self._erred:
            self._erred = True
            history.note("application error", call=call.sid)
        if call.hears(_first_words("review")) or call.hears(_first_words("review_proposal")):
            self._accept("kept")
            self._kept = True
        if call.hears(_first_words("trouble_saved")) and self._spoke and not self._recorded:
            self._recorded = True
            self._accept("recorded")
        for number in dict.fromkeys(map(_as_digits, _NUMBER.findall(said))):
            history.note("told number", call=call.sid, number=number)
            if number not in self.told and call.hears(_first_words("number")):
                self.told.append(number)
                self._accept("number", number=number)
                self._kept = False

    def _accept(self, how: str, **more: str) -> None:
        """What was said to be kept is the same report when its number is said, or when it is recorded once more."""
        self.reports += 0 if self._kept else 1
        self.history.note("accepted", call=self.call.sid, how=how, report=self.reports, **more)


def _as_digits(words: str) -> str:
    return "".join(_DIGITS[found] for found in re.findall("|".join(rf"\b{word}\b" for word in _DIGITS), words))


class Load:
    """Everybody who uses the house, from `start` to `stop`."""

    def __init__(self, house: House, history: History, seed: int, *, calls_a_second: float = RATE) -> None:
        self.house, self.history, self.seed = house, history, seed
        self.rate = calls_a_second
        self.reported: list[tuple[str, str]] = []  # caller and ticket number
        self.hot: list[str] = []  # tickets that everybody wants to change at once
        self.broken: list[str] = []
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(LINES, thread_name_prefix="resident")
        self._threads = [
            threading.Thread(target=self._arrive, name="arrivals", daemon=True),
            threading.Thread(target=self._work, name="officers", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Nobody new; whoever is on the line is let finish."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _arrive(self) -> None:
        chance, nth = random.Random(f"{self.seed}:arrivals"), 0
        while not self._stop.wait(chance.expovariate(self.rate)):
            nth += 1
            self._pool.submit(self._one, nth)

    def _one(self, nth: int) -> None:
        chance = random.Random(f"{self.seed}:{nth}")
        kinds = {"report": 14, "two": 8, "hangs up": 2, "asks": 2, "silent": 0.5, "officer": 0.5, "texts": 2}
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        try:
            if kind == "texts":
                self._texts(chance)
            else:
                self._calls(kind, chance)
        except Exception as fault:
            self.broken.append(f"resident {nth} ({kind}): {fault!r}")

    def _number(self, chance: random.Random, *, known: bool = False) -> str:
        if (known or chance.random() < 0.15) and self.reported:
            return chance.choice(self.reported)[0]
        return f"+62812{chance.randrange(10**8):08d}"

    def _texts(self, chance: random.Random) -> None:
        self.house.carrier.text(self._number(chance), chance.choice(TEXTS))

    def _calls(self, kind: str, chance: random.Random) -> None:
        caller = Caller(
            self.house.carrier, self.history, chance, self._number(chance, known=kind == "asks"), self._stop.wait
        )
        caller.dial()
        if kind == "hangs up":
            self._leave_somewhere(caller, chance)
        elif kind == "asks":
            caller.press("3")
            caller.press("1")
            caller.hang_up()
        elif kind == "officer":
            caller.press("0")
        elif kind in ("report", "two"):
            self._report(caller, chance)
            if kind == "two":
                caller.press("1")
                caller.to_the_recording(("2",), "")
                caller.record(chance.uniform(3, 9))
                caller.press("1")
            if chance.random() < 0.7:  # most know their number and hang up; the others wait for what comes
                caller.hang_up()
        caller.finish()
        self.reported += [(caller.number, number) for number in caller.told]

    def _report(self, caller: Caller, chance: random.Random) -> None:
        caller.to_the_recording(chance.choice(TOPICS), chance.choice(PLACES))
        caller.record(chance.uniform(3, 12))
        if chance.random() < 0.1:
            caller.press("3")  # record again
            caller.record(chance.uniform(3, 12))
        caller.press("1")

    def _leave_somewhere(self, caller: Caller, chance: random.Random) -> None:
        """Hang up after some keys, in the middle of the recording, or in the review."""
        where = chance.choice(("menu", "recording", "review"))
        if where == "menu":
            for key in chance.choice(TOPICS)[: chance.randrange(1, 3)]:
                caller.press(key)
        else:
            caller.to_the_recording(chance.choice(TOPICS), "")
            caller.record(chance.uniform(1, 12), then="hangup" if where == "recording" else "#")
        caller.hang_up()

    def _work(self) -> None:
        """Officers move tickets, past the proxies; what the database refuses meanwhile is tried on another one."""
        chance = random.Random(f"{self.seed}:officers")
        while not self._stop.wait(chance.expovariate(1)):
            if self.reported:
                self.move(chance.choice(self.reported)[1], chance)

    def move(self, number: str, chance: random.Random) -> None:
        with contextlib.suppress(SQLAlchemyError, TicketError), transactions.transaction() as session:
            ticket = register.find(session, number, change=True)
            allowed = sorted(lifecycle.MOVES[ticket.state] & {"accepted", "in_progress", "scheduled", "resolved"})
            if allowed:
                to = chance.choice(allowed)
                self.history.note("officer moved", ticket=number, to=to)
                moves.move(session, ticket, to, by="Budi")
