"""Sound as the carrier keeps it: WAV, 8 kHz, 16 bit, mono. The stand-in is audible noise with the rhythm of speech."""

import io
import math
import random
import wave
from array import array
from functools import cache

RATE = 8000


def stand_in(seconds: float, *, silence_after: float = 0.0) -> bytes:
    """A voice that says nothing: buzzing syllables with pauses, the same each time."""
    wanted, phrase = int(seconds * RATE), _phrase()
    return _wav((phrase * (wanted // len(phrase) + 1))[:wanted], silence_after)


@cache
def _phrase() -> "array[int]":
    chance, samples = random.Random(1500444), array("h")  # noqa: S311 - reproducible, no secret
    while len(samples) < 4 * RATE:
        pitch, length = chance.uniform(110, 220), int(chance.uniform(0.12, 0.28) * RATE)
        for n in range(length):
            loudness = 9000 * math.sin(math.pi * n / length)
            tone = math.sin(math.tau * pitch * n / RATE) + 0.5 * math.sin(math.tau * 3 * pitch * n / RATE)
            samples.append(int(loudness * (tone / 1.5 * 0.85 + chance.uniform(-0.15, 0.15))))
        samples.extend([0] * int(chance.choice((0.02, 0.04, 0.25)) * RATE))
    return samples


def silent(seconds: float) -> bytes:
    return _wav(array("h"), seconds)


def _wav(samples: "array[int]", silence_after: float) -> bytes:
    samples.extend([0] * int(silence_after * RATE))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def length(audio: bytes) -> float:
    """Seconds of a WAV; ValueError for anything else."""
    try:
        with wave.open(io.BytesIO(audio)) as wav:
            return float(wav.getnframes() / wav.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError("not a WAV recording") from error
