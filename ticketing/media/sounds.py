"""Whether anybody speaks in a recording. Pure; decoding.py lets it run in a process of its own."""

import io
import math
import struct
import wave

QUIET_DBFS = -50.0


def silent(audio: bytes) -> bool:
    """True when no 100 ms of a WAV is louder than QUIET_DBFS. Other formats are given the benefit of the doubt."""
    try:
        with wave.open(io.BytesIO(audio)) as sound:
            width, rate = sound.getsampwidth(), sound.getframerate() * sound.getnchannels()
            raw = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError):
        return False
    if width != 2 or not raw:
        return False
    samples = struct.unpack(f"<{len(raw) // 2}h", raw[: len(raw) // 2 * 2])
    step = max(rate // 10, 1)
    loudest = max(
        math.sqrt(sum(sample * sample for sample in samples[start : start + step]) / step)
        for start in range(0, len(samples), step)
    )
    return loudest < 32768 * 10 ** (QUIET_DBFS / 20)
