"""Conversations that read top to bottom across web requests.

A conversation is an ordinary function that asks, listens and acts. It runs from its first line on every request:
what was answered before comes back at once from memory, and the first open question ends the run and becomes the
Prompt. So a conversation must be repeatable: no clock and no read except through `look`, no act except through
`once`. Silence, wrong keys, the fixed keys (0 officer, 8 language, * back, 9 end) and the limits are handled here,
once for every question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from config import clock, spoken
from config.hotline import city
from ivr.prompts import MENU_SECONDS, Answer, Line, Option, Prompt, Take, Wants, offered
from ivr.understanding import intents
from ivr.understanding import spoken as speech
from ticketing.calls.memory import Memory
from ticketing.models import Call, Chat, Contact, Message

MAX_TURNS = 200
DIGITS_SECONDS, RETRY_SECONDS = 6, 2
MAX_STEPS = 30
SURVEY = "survey"
EMERGENCY = "emergency"
ABOUT_A_TALK = ("person", "department", SURVEY)  # who goes elsewhere is not asked about a talk later

Conversation = Callable[["Talk"], None]


class Ask(Exception):
    """The open question; ends the run."""

    def __init__(self, wants: Wants | None, node: str, error: bool = False) -> None:
        super().__init__(node)
        self.wants, self.node, self.error = wants, node, error


class _Go(Exception):
    """Leave this conversation for another one."""

    def __init__(self, name: str, args: dict[str, Any]) -> None:
        super().__init__(name)
        self.name, self.given = name, args


class _Again(Exception):
    """Run once more from the first line: an answer was taken back."""


class ScriptChanged(Exception):
    """What is remembered does not fit the questions of this release."""


@dataclass
class Talk:
    """What a conversation may do. One object per run; `memory` is what outlives it."""

    memory: Memory
    answer: Answer | None
    session: Session
    who: Call | Chat
    message: Message | None = None  # the text that is being answered, where it is texts
    lines: list[Line] = field(default_factory=list)
    before: list[Line] = field(default_factory=list)  # said before all else in this turn
    danger: str = "no"  # in what was said last: no, perhaps, sure
    position: int = 0
    result: str = "asked"

    # -- who and how ---------------------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        return self.memory.language

    @property
    def args(self) -> dict[str, Any]:
        return dict(self.memory.args)

    @property
    def call(self) -> Call:
        """The call, in a conversation that only the telephone has."""
        if not isinstance(self.who, Call):
            raise TypeError("a conversation of the telephone was begun by text")
        return self.who

    @property
    def incoming(self) -> Message:
        """The text that this turn answers, in a conversation by text."""
        if self.message is None:
            raise TypeError("a conversation by text was begun without one")
        return self.message

    @property
    def contact(self) -> Contact | None:
        return self.who.contact

    @property
    def occasion(self) -> str:
        """What makes an act of this conversation one of its kind: the call, or the text that asked for it."""
        return f"text:{self.message.id}" if self.message else self.call.sid

    def text(self, id_: str, section: Any = "voice", **fills: str) -> str:
        return city().text(self.language, section, id_).format(**fills)

    # -- speaking ------------------------------------------------------------------------------------------------

    def say(self, id_: str, *, slow: bool = False, foreign: bool = False, **fills: str) -> None:
        """Say one sentence of texts/ before the next question; `foreign` ones in the voice of the other language."""
        voice = city().other_language(self.language) if foreign else self.language
        text = spoken.figures(city(), voice, self.text(id_, **fills))
        self.lines.append(Line(id_, text, voice, slow=slow, fixed=not fills))

    def read_out(self, id_: str, text: str, language: str) -> None:
        """Read words that the city wrote for callers, in the language they were written in."""
        self.lines.append(Line(id_, spoken.figures(city(), language, text), language))

    def play(self, recording_id: str) -> None:
        """Let the caller hear their own recording."""
        self.lines.append(Line("recording", "", self.language, recording=recording_id))

    def say_options(self, options: Sequence[Option], *, slow: bool = False) -> None:
        for option in options:
            text = self.text("option", function=self.text(option.name, "menu"), key=option.key)
            self.lines.append(Line(f"option_{option.name}", text, self.language, slow=slow, fixed=True))

    # -- asking --------------------------------------------------------------------------------------------------

    def hears(self, key: str) -> bool:
        """Whether this question listens, too."""
        asked = f"{self.memory.name}.{key}"
        return isinstance(self.who, Call) and any(fnmatchcase(asked, name) for name in city().speech.listens)

    def choose(
        self,
        key: str,
        say: Callable[[bool], None],
        options: Sequence[Option],
        *,
        silence: str | None = None,
        patience: int = 0,
        confirm: bool = False,
        keys_only: bool = False,
    ) -> str:
        """Ask for one key, or for the words by which `say` offers it. `say(slow)` speaks the question; `silence` is
        what saying nothing means, if it means something, after the question was repeated `patience` times; nothing
        typed ahead reaches a question that `confirm`s. `keys_only` asks whoever may be an answering machine."""
        return str(
            self._chosen(
                key, say, options, None, silence=silence, patience=patience, confirm=confirm, keys_only=keys_only
            )
        )

    def choose_or_tell(
        self,
        key: str,
        say: Callable[[bool], None],
        options: Sequence[Option],
        hear: Callable[[str], dict[str, Any] | None],
        *,
        silence: str | None = None,
    ) -> str | dict[str, Any]:
        """The same, of a caller who may say in own words what it is about: what `hear` makes of them (as JSON); None
        where it makes nothing of them."""
        chosen: str | dict[str, Any] = self._chosen(key, say, options, hear, silence=silence)
        return chosen

    def _chosen(
        self,
        key: str,
        say: Callable[[bool], None],
        options: Sequence[Option],
        hear: Callable[[str], dict[str, Any] | None] | None,
        *,
        silence: str | None = None,
        patience: int = 0,
        confirm: bool = False,
        keys_only: bool = False,
    ) -> Any:
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return remembered
        hears = not keys_only and self.hears(key)
        words = self._offered(say) if hears else {}
        wants = Wants("key", hears=hears, hints=tuple(words.values()))
        if not self._answered(key, ahead=not confirm):
            say(False)
            raise Ask(wants, key)
        answer = self._taken()
        told = hear(answer.words) if hear and hears and answer.words else None
        if told is not None:
            self._warn()
            return self._remember("answer", key, told)
        trusted = answer.confidence >= city().speech.min_confidence
        pressed = answer.keys or (speech.key(answer.words, words) if hears and answer.words and trusted else "")
        chosen = next((option.meaning for option in options if option.key == pressed[:1]), None)
        if chosen is not None:
            return self._remember("answer", key, chosen, rest=answer.keys[1:])
        if answer.silent and silence is not None and self.memory.misses >= patience:
            return self._remember("answer", key, silence)
        self._fixed_key(pressed, key, say, wants)
        self._warn()
        self._missed(key, lambda: self.say("retry_keys", keys=self._keys_said(options)), say, wants)

    def yes(self, key: str, say: Callable[[bool], None]) -> bool:
        """Ask for 1 (yes) or 2 (no)."""
        return self.choose(key, say, [Option("1", "yes"), Option("2", "no")], confirm=True) == "yes"

    def digits(self, key: str, id_: str, *, most: int, read_back: bool = True) -> str | None:
        """Ask for a number, ended by *, which alone skips it. None when it was skipped, or nothing came twice. One that
        is said is read back, unless whoever asks does that: "" when it is another one."""
        number = self._number(key, id_, most)
        if isinstance(number, str) or not read_back:
            return str(number["said"] if isinstance(number, dict) else number) or None
        groups = spoken.groups(self.language, _threes(number["said"]))
        right = self.yes(f"{key} right", lambda slow: self.say("number_heard", slow=slow, digits=groups))
        return str(number["said"]) if right else ""

    def _number(self, key: str, id_: str, most: int) -> Any:
        """The digits that were keyed ("" where none were), or those that were said."""
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return remembered
        wants = Wants("digits", DIGITS_SECONDS, most=most, hears=self.hears(key))

        def say(slow: bool) -> None:
            self.say(id_, slow=slow)

        if not self._answered(key):
            say(False)
            raise Ask(wants, key)
        answer = self._taken()
        said, keys = answer.words if wants.hears else "", answer.keys.rstrip("#")
        if keys == "*" or speech.skips(said) or (answer.silent and self.memory.misses >= 1):
            return self._remember("answer", key, "")
        if len(keys) > 1 or keys in tuple("1234567"):  # 0, 8 and 9 alone are the fixed keys
            return self._remember("answer", key, keys)
        if len(told := speech.digits(said)) > 1:
            return self._remember("answer", key, {"said": told[:most]})
        self._fixed_key(keys or speech.key(said, {}), key, say, wants)
        self._missed(key, lambda: self.say(id_), say, wants)

    def words(self, key: str, id_: str, *, hints: Sequence[str]) -> str | None:
        """Ask for words. None when skipped with *; an empty text when nothing was understood."""
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return None if remembered == "*" else str(remembered)
        wants = Wants("words", MENU_SECONDS, hears=True, hints=hints)
        if not self._answered(key):
            self.say(id_)
            raise Ask(wants, key)
        answer = self._taken()
        if answer.keys == "*" or speech.skips(answer.words):
            self._remember("answer", key, "*")
            return None
        wish = speech.wish(answer.words)
        pressed = answer.keys or (wish if wish in ("0", "8") else "")
        self._fixed_key(pressed, key, lambda slow: self.say(id_, slow=slow), wants)
        self._warn()
        return str(self._remember("answer", key, answer.words[:300]))

    def next_text(self, key: str) -> str:
        """Wait for the resident's next text; what was asked left through messages.tell."""
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return str(remembered)
        if not self._answered(key):
            raise Ask(Wants("text"), key)
        return str(self._remember("answer", key, self._taken().words))

    def record(self, key: str, id_: str, *, keep: dict[str, Any]) -> Take | None:
        """Ask for a recording. None when nobody could be heard. `keep` says what a kept recording becomes, so that it
        also becomes that when the caller hangs up and only the carrier's callback arrives."""
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return Take(**remembered) if remembered else None
        if not self._answered(key):
            self.memory.keeps[str(self.memory.turn + 1)] = keep
            self.say(id_)
            raise Ask(Wants("recording"), key)
        answer = self._taken()
        take = answer.take
        heard = take is not None and was_heard(take)
        self.memory.touched = self.memory.touched or heard
        if take is not None and take.ended_by == "0" and not heard and "person" not in self.memory.visits:
            self.result = "officer"  # nothing worth keeping was said: 0 is what it is everywhere
            self.lines.clear()
            self.go("person")
        self._remember("answer", key, vars(take) if take and heard else {})
        return take if heard else None

    def hand_over(self, key: str, to: str, *, seconds: int, whisper: bool = True) -> str:
        """Connect the caller to `to`, which rings for so many seconds; with `whisper` only a pressed key accepts.

        How it ended: "talked", "unanswered" (it rang to the end), "busy", "missed" (could not be reached).
        """
        remembered = self._remembered("answer", key)
        if remembered is not None:
            return str(remembered)
        if not self._answered(key):
            self.memory.accepted, self.memory.talked_to_person = not whisper, False
            raise Ask(Wants("transfer", seconds, to=to, whisper=whisper), key)
        answer = self._taken()
        ended = answer.transfer if answer.transfer in ("talked", "unanswered", "busy") else "missed"
        self.memory.talked_to_person = self.memory.talked_to_person or ended == "talked"
        return str(self._remember("answer", key, ended))

    def finish(self, *lines: str, **fills: Any) -> NoReturn:
        """Say goodbye and hang up."""
        for id_ in lines:
            self.say(id_, **fills)
        self.memory.over = True
        self.memory.surveyed = self.memory.surveyed or self.memory.name == SURVEY
        raise Ask(None, "goodbye")

    def goodbye(self) -> NoReturn:
        """Thanks, and the time of day."""
        daypart = self.look("daypart at the end", lambda: city().daypart(self.language, clock.now()))
        self.finish("goodbye", daypart=str(daypart))

    # -- acting and reading --------------------------------------------------------------------------------------

    def once(self, name: str, act: Callable[[], Any]) -> Any:
        """An act on the world: done the first time the run comes here, remembered (as JSON) ever after."""
        return self._journaled("once", name, act)

    def look(self, name: str, read: Callable[[], Any]) -> Any:
        """A read of the world, remembered (as JSON): a later run branches as this one did."""
        return self._journaled("look", name, read)

    def first_visit(self, name: str) -> bool:
        """True for the first visit to `name` in this call."""

        def enter() -> bool:
            first = name not in self.memory.visits
            self.memory.visits = [*self.memory.visits, name]
            return first

        return bool(self.once(f"visit {name}", enter))

    def count(self, name: str) -> int:
        """1 for the first of its kind in this call, 2 for the second."""

        def add() -> int:
            self.memory.counts[name] = self.memory.counts.get(name, 0) + 1
            return self.memory.counts[name]

        return int(self.look(f"count {name}", add))

    def goal_met(self, *, report: int = 0) -> None:
        """What the caller came for is done: from here on key 9 ends the call. `report` is the one whose number is being
        told: a fault from here on interrupts no report any more."""
        self.memory.met, self.memory.goal = True, self.memory.name
        self.memory.told = report or self.memory.told

    def go(self, name: str, **args: Any) -> NoReturn:
        """Go on with another conversation; it does not come back."""
        raise _Go(name, args)

    # -- inside --------------------------------------------------------------------------------------------------

    def _remembered(self, kind: str, key: str) -> Any:
        journal = self.memory.journal
        if self.position >= len(journal):
            return None
        told_kind, told_key, value = journal[self.position]
        if (told_kind, told_key) != (kind, key):
            raise ScriptChanged(f"{told_kind} {told_key} is remembered where {kind} {key} is asked")
        self.position += 1
        if kind == "answer":
            self.lines.clear()  # what led to an answered question was said in an earlier turn
        return value

    def _journaled(self, kind: str, name: str, do: Callable[[], Any]) -> Any:
        if self.position < len(self.memory.journal):
            return self._remembered(kind, name)
        value = do()
        self.memory.journal.append([kind, name, value])
        self.position += 1
        return value

    def _remember(self, kind: str, key: str, value: Any, *, rest: str = "") -> Any:
        self.memory.journal.append([kind, key, value])
        self.position += 1
        self.memory.misses, self.memory.open = 0, None
        self.answer = Answer(keys=rest) if rest else None
        self.result = "answered"
        self.lines.clear()
        return value

    def _answered(self, key: str, *, ahead: bool = False) -> bool:
        """Is there an answer to judge? To the question that was asked, or typed `ahead` for the one after it."""
        asked = self.memory.open == key
        typed_ahead = ahead and self.memory.open is None and self.answer is not None and self.answer.keys != ""
        self.memory.open = key
        if self.answer is not None and (asked or typed_ahead):
            return True
        self.answer, self.memory.misses = None, 0
        return False

    def _taken(self) -> Answer:
        answer, self.answer = self.answer or Answer(), None
        if answer.keys or answer.words:
            self.memory.touched = True
        if answer.words and isinstance(self.who, Call):
            self._look_out(answer)
        return answer

    def _look_out(self, answer: Answer) -> None:
        """Danger that is spoken goes to the emergency at once (V13)."""
        self.danger = intents.danger(answer.words)
        if self.danger == "sure" and answer.confidence >= city().speech.min_confidence:
            self.result = "danger"
            self.lines.clear()
            self.go(EMERGENCY, words=answer.words)

    def _warn(self) -> None:
        """Who says more than was asked and may be in danger hears the number to dial before all else."""
        if self.danger != "no":
            lines, self.lines = self.lines, self.before
            self.say("danger")
            self.lines = lines

    def _hints(self, wants: Wants, say: Callable[[bool], None]) -> Sequence[str]:
        """What is likely to be said to a question that was just put in another language."""
        return tuple(self._offered(say).values()) if wants.hears and wants.kind == "key" else wants.hints

    def _offered(self, say: Callable[[bool], None]) -> dict[str, str]:
        """The keys of a question and the words that offer them."""
        lines, self.lines = self.lines, []
        say(False)
        lines, self.lines = self.lines, lines
        return offered(lines)

    def _fixed_key(self, keys: str, key: str, say: Callable[[bool], None], wants: Wants) -> None:
        """The keys that mean the same everywhere, pressed alone. Returns when `keys` is none of them."""
        if keys == "0":
            self.result = "officer"
            self.lines.clear()
            self.go("person")
        if keys == "9" and self.memory.met:
            self.goodbye()
        if keys == "8":
            self.memory.language = city().other_language(self.language)
            self.result = "language"
            self.lines.clear()  # said in the other language a moment ago
            self.say("language_chosen")
            say(False)
            raise Ask(replace(wants, hints=self._hints(wants, say)), key)
        if keys == "*":
            self._back(key, say, wants)

    def _back(self, key: str, say: Callable[[bool], None], wants: Wants) -> None:
        """To the question before, from the first one to the root, never past an act; else it is repeated slowly."""
        self.result = "back"
        journal = self.memory.journal
        last = next((at for at in range(len(journal) - 1, -1, -1) if journal[at][0] == "answer"), None)
        if last is None and self.memory.name != "main" and not any(entry[0] == "once" for entry in journal):
            self.go("main", again=True)
        if last is None or any(entry[0] == "once" for entry in journal[last:]):
            self.lines.clear()
            say(True)
            raise Ask(wants, key)
        del journal[last:]
        self.memory.open, self.memory.misses = None, 0
        raise _Again

    def _missed(self, key: str, shorter: Callable[[], None], say: Callable[[bool], None], wants: Wants) -> NoReturn:
        """First a shorter prompt, then a fuller and slower one, then a person (or a kind goodbye to a silent line)."""
        self.memory.misses += 1
        misses = self.memory.misses
        self.result = "missed"
        self.lines.clear()
        if misses >= 3 and not self.memory.touched:
            self.memory.ghost = True
            self.finish("no_sound")
        if misses >= 3:
            self.go("person")
        if misses == 1:
            shorter()
        else:
            self.say("slower")
            say(True)
        raise Ask(replace(wants, seconds=wants.seconds + RETRY_SECONDS * misses), key, error=True)

    def _keys_said(self, options: Sequence[Option]) -> str:
        keys = [option.key for option in options if option.key != "*"]
        joiner = self.text("to" if len(keys) > 2 else "or", "words")
        return f"{keys[0]} {joiner} {keys[-1]}" if len(keys) > 1 else keys[0]


def _threes(digits: str) -> list[str]:
    """A long number in groups of three, as numbers of tickets are said."""
    return [digits[at : at + 3] for at in range(0, len(digits), 3)]


def was_heard(take: Take) -> bool:
    """A recording of two seconds or more counts, except one that silence ended before anybody can have spoken."""
    silence = city().recording.silence_seconds
    return take.seconds >= 2 and not (take.ended_by == "silence" and take.seconds <= silence + 1)


def run(
    memory: Memory,
    answer: Answer | None,
    *,
    session: Session,
    call: Call | Chat,
    conversations: Mapping[str, Conversation],
    message: Message | None = None,
) -> tuple[Prompt, str]:
    """Take one answer, and return the next prompt with what became of the answer."""
    lines: list[Line] = []
    before: list[Line] = []
    result = "asked"
    for _ in range(MAX_STEPS):
        talk = Talk(memory, answer, session, call, message, lines=lines, before=before)
        try:
            if memory.turn >= MAX_TURNS:
                talk.finish("safe_goodbye")
            conversations[memory.name](talk)
            talk.finish("safe_goodbye")
        except Ask as asked:
            result = talk.result if talk.result != "asked" else result
            node = f"{memory.name}.{asked.node}"
            return Prompt((*before, *talk.lines), asked.wants, memory.language, node, asked.error), result
        except _Go as left:
            result = talk.result
            lines, answer = talk.lines, talk.answer
            _turn_to(memory, left.name, left.given)
        except _Again:
            result, lines, answer = "back", [], None
        except ScriptChanged:
            result, lines, answer = "restarted", [], None
            _turn_to(memory, "main", {})
    raise RuntimeError(f"the conversation {memory.name} does not come to a question")


def _turn_to(memory: Memory, name: str, args: dict[str, Any]) -> None:
    """Begin this conversation, its journal empty."""
    memory.name, memory.args, memory.chapter = name, args, memory.chapter + 1
    memory.journal, memory.open, memory.misses = [], None, 0
    memory.surveyed = memory.talked_to_person and name not in ABOUT_A_TALK
