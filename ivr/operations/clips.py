"""The recorded prompts: which sentences a voice talent records, and whether what was recorded fits the telephone.

A clip is one sentence without variables in one voice, `<language>/<id>.wav`, and is played instead of the synthesiser.
Clips are measured and named here, never mended.
"""

import re
import statistics
import wave
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log10
from pathlib import Path

from config import spoken
from config.city import City
from config.consistency import placeholders
from ivr.conversations.main import OFFICER

RATE = 8000  # all that a telephone carries
LOUDNESS = 2.0  # dB from the median of all clips
LEAD, TRAIL = 0.25, 0.5  # seconds of silence before the words, and after them beyond what the text asks for
SHORTEST, LONGEST, BREATH = 0.5, 2.0, 0.5  # of the estimated length; and seconds for the commas, which it leaves out
SHORT_REST = 0.1  # seconds that may be missing of the silence a text ends with
FULL_SCALE = 32767

_FRAME = RATE // 100
_QUIET_DBFS, _BELOW_LOUDEST = -50.0, 30.0


class Unfit(Exception):
    """What a file is instead of a clip that can be measured."""


@dataclass(frozen=True)
class Sentence:
    """Something that is said, and the language of the voice that says it. Not `fixed`: it has variables, so no clip."""

    language: str
    id: str
    text: str
    fixed: bool = True

    @property
    def file(self) -> str:
        return f"{self.language}/{self.id}.wav"

    @property
    def words(self) -> str:
        """The text without the silence it ends with."""
        return self.text.rstrip("| ")

    @property
    def seconds(self) -> float:
        """How long the words take, with the pauses between them."""
        return spoken.seconds(self.language, self.words)

    @property
    def rest(self) -> float:
        """The seconds of silence that the text ends with, so that another option can follow."""
        return self.text[len(self.words) :].count("|") * spoken.PAUSE


@dataclass(frozen=True)
class Sound:
    """What was measured of a clip: silence before, words with their pauses, silence after, all in seconds; dBFS; and
    how many samples are at full scale."""

    lead: float
    spoken: float
    trail: float
    loudness: float
    clipped: int


@dataclass
class Examined:
    """What was found wrong, one sentence each that begins with the file, and what was measured of each file."""

    findings: list[str] = field(default_factory=list)
    sounds: dict[str, Sound] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """The loudness that all clips are held against."""
        return statistics.median(sound.loudness for sound in self.sounds.values())


def catalogue(city: City) -> list[Sentence]:
    """Everything that is said, voice by voice, in the order of the city's files."""
    found = [sentence for code in city.languages for sentence in _sentences(city, code)]
    return sorted(dict.fromkeys(found), key=lambda sentence: list(city.languages).index(sentence.language))


def examine(folder: Path, sentences: Sequence[Sentence]) -> Examined:
    """Every clip of `sentences` in `folder`, and what else lies there."""
    wanted = {sentence.file: sentence for sentence in sentences if sentence.fixed}
    found = Examined()
    for file in wanted:
        try:
            found.sounds[file] = measure(folder / file)
        except Unfit as fault:
            found.findings.append(f"{file}: {fault}")
    for file, sound in found.sounds.items():
        found.findings.extend(f"{file}: {words}" for words in _judged(sound, wanted[file], found.median))
    found.findings.extend(f"{file}: is not in the catalogue" for file in _files(folder) if file not in wanted)
    found.findings.extend(_ambiguous(sentences))
    found.findings.sort()
    return found


def measure(path: Path) -> Sound:
    """Loudness is the RMS of the voiced part, 0 dBFS being a square wave at full scale. Voiced are the 10 ms that are
    louder than -50 dBFS and at most 30 dB below the loudest 10 ms, so pauses do not count. Silence is what comes
    before the first of them and after the last."""
    samples = _samples(path)
    powers = [
        sum(sample * sample for sample in samples[at : at + _FRAME]) / _FRAME
        for at in range(0, len(samples) - _FRAME + 1, _FRAME)
    ]
    gate = max(_power(_QUIET_DBFS), max(powers, default=0.0) * 10 ** (-_BELOW_LOUDEST / 10))
    voiced = [at for at, power in enumerate(powers) if power >= gate]
    if not voiced:
        raise Unfit("nobody speaks in it")
    first, end = voiced[0] * _FRAME, (voiced[-1] + 1) * _FRAME
    return Sound(
        lead=round(first / RATE, 2),
        spoken=round((end - first) / RATE, 2),
        trail=round((len(samples) - end) / RATE, 2),
        loudness=round(10 * log10(statistics.fmean(powers[at] for at in voiced) / _power(0)), 1),
        clipped=sum(abs(sample) >= FULL_SCALE for sample in samples),
    )


def _sentences(city: City, code: str) -> Iterator[Sentence]:
    """The texts of one language as they are said. An option is said with its key, so its template alone is not."""
    voice, names = city.languages[code].sentences["voice"], city.languages[code].sentences["menu"]
    for id_, text in voice.items():
        if id_ != "option":
            speaker = _speaker(city, code, text)
            yield Sentence(speaker, id_, spoken.figures(city, speaker, text), fixed=not placeholders(text))
    options = [(str(entry.digit), entry.text) for entries in city.menus.values() for entry in entries]
    for key, name in (*options, *((option.key, option.name) for option in OFFICER)):
        yield Sentence(code, f"option_{name}", voice["option"].format(function=names[name], key=key))


def _speaker(city: City, code: str, text: str) -> str:
    """Whose voice says it: what names a key in the words of the other language is meant for those who speak that."""
    other = city.other_language(code)
    press = re.escape(city.text(other, "voice", "option").partition("{function}")[2].partition("{key}")[0].strip(" ,"))
    return other if re.search(rf"\b{press} \d", text) else code


def _samples(path: Path) -> "array[int]":
    if not path.is_file():
        raise Unfit("is missing")
    try:
        with wave.open(str(path)) as wav:
            form = (wav.getframerate(), wav.getnchannels(), 8 * wav.getsampwidth())
            promised, raw = wav.getnframes(), wav.readframes(wav.getnframes())
    except (wave.Error, EOFError, OSError) as fault:
        raise Unfit(f"cannot be read as PCM WAV ({str(fault) or 'it ends too early'})") from fault
    if form != (RATE, 1, 16):
        rate, channels, bits = form
        raise Unfit(f"has {rate} Hz, {bits} bit, channels: {channels}; a clip has {RATE} Hz, 16 bit, one channel")
    if len(raw) < 2 * promised:
        raise Unfit(f"is cut off: {len(raw) // 2} of {promised} samples are there")
    return array("h", raw)


def _power(dbfs: float) -> float:
    return float(32768**2 * 10 ** (dbfs / 10))


def _judged(sound: Sound, sentence: Sentence, median: float) -> Iterator[str]:
    louder = round(sound.loudness - median, 1)
    if abs(louder) > LOUDNESS:
        how = "louder" if louder > 0 else "softer"
        yield f"is {abs(louder)} dB {how} than the median of all, {median:.1f} dBFS; {LOUDNESS:g} dB are the limit"
    if sound.lead > LEAD:
        yield f"begins with {sound.lead} s of silence, {LEAD:g} s are the limit"
    if sound.trail > sentence.rest + TRAIL:
        yield f"ends with {sound.trail} s of silence, {sentence.rest + TRAIL:g} s are the limit"
    if sound.trail < sentence.rest - SHORT_REST:
        yield f"ends with {sound.trail} s of silence, its text has {sentence.rest:g} s"
    if not SHORTEST * sentence.seconds <= sound.spoken <= LONGEST * sentence.seconds + BREATH:
        yield f"speaks for {sound.spoken} s, its text takes about {sentence.seconds:.1f} s: another text, or cut"
    if sound.clipped:
        yield f"is clipped, samples at full scale: {sound.clipped}"


def _files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def _ambiguous(sentences: Sequence[Sentence]) -> Iterator[str]:
    """A file that would have to say two things, such as one option under two keys."""
    for file, times in Counter(sentence.file for sentence in sentences if sentence.fixed).items():
        if times > 1:
            yield f"{file}: would have to say {times} different texts; give one of them an id of its own"
