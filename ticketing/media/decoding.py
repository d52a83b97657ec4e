"""Decodes what strangers sent, pictures and sounds, in a process of its own: a fresh interpreter for each job, with
limits of memory, CPU and time, without our environment, and last in line for the CPU. So no file takes the threads or
the memory of whoever asked, and a decoder that is taken over knows no secret and no other resident's picture.

What the child says is believed no further than its form. A child that dies or reaches a limit has refused its input.
"""

import base64
import contextlib
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from ticketing.media import pictures, sounds

MEMORY = 900_000_000  # bytes of address space; the largest picture that pictures.py lets through needs two thirds of it
CPU_SECONDS = 15
SECONDS = 30.0  # of the clock, more than CPU_SECONDS: a machine at its limit gives a child little
TURN_SECONDS = 20.0
_SAID = 8_000_000  # bytes of an answer; three pictures are a tenth of it
_NICE = 10
_ROOT = Path(__file__).resolve().parent.parent.parent
_CHILD = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from ticketing.media import decoding; decoding.serve()"
_turn = BoundedSemaphore(1)  # in each process, or several large pictures would take all memory


class Busy(Exception):
    """There was no turn or no time for it. That says nothing about the file: it may come again later."""


class _Died(Exception):
    """The child said nothing that can be used."""


def remade(raws: Sequence[bytes]) -> list[pictures.Remade]:
    """The pictures in `raws`. Bytes, kind and pixels of all are looked at before the first is decoded. Raises
    NotAPicture, and Busy."""
    for raw in raws:
        pictures.kind(raw)
    try:
        said = _said("pictures", raws)
        if "refused" in said:
            raise pictures.NotAPicture(str(said["refused"])[:10])
        made = [_picture(one) for one in said["made"]]
    except (_Died, KeyError, TypeError, ValueError, OverflowError) as fault:
        raise pictures.NotAPicture("broken") from fault
    if len(made) != len(raws):
        raise pictures.NotAPicture("broken")
    return made


def silent(audio: bytes) -> bool:
    """Whether nobody speaks in it; what cannot be decoded is given the benefit of the doubt. Raises Busy."""
    try:
        return _said("sound", [audio]).get("silent") is True
    except (_Died, AttributeError):
        return False


def serve() -> None:
    """The child: one job from stdin, one answer on stdout."""
    os.nice(_NICE)
    job = json.loads(sys.stdin.buffer.readline())
    for limit, most in (
        (resource.RLIMIT_AS, job["memory"]),
        (resource.RLIMIT_CPU, job["cpu"]),
        (resource.RLIMIT_FSIZE, _SAID),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    inputs = [sys.stdin.buffer.read(size) for size in job["sizes"]]
    said: dict[str, Any]
    if job["work"] == "sound":
        said = {"silent": sounds.silent(inputs[0])}
    else:
        try:
            for raw in inputs:
                pictures.check(raw)
            said = {"made": [_written(pictures.remade(raw)) for raw in inputs]}
        except pictures.NotAPicture as fault:
            said = {"refused": fault.reason}
    sys.stdout.write(json.dumps(said))


def _said(work: str, inputs: Sequence[bytes]) -> Any:
    job = {"work": work, "sizes": [len(one) for one in inputs], "memory": MEMORY, "cpu": CPU_SECONDS}
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise Busy
    try:
        with _in_memory() as given, _in_memory() as told:
            with open(given, "wb", closefd=False) as file:
                file.writelines([json.dumps(job).encode() + b"\n", *inputs])
            os.lseek(given, 0, os.SEEK_SET)
            _run(given, told)
            return json.loads(os.pread(told, _SAID, 0))
    except (ValueError, RecursionError) as fault:
        raise _Died from fault
    finally:
        _turn.release()


def _run(given: int, told: int) -> None:
    """Never forked from us: a child of a process with threads would get their locks."""
    command = [sys.executable, "-I", "-c", _CHILD]
    with subprocess.Popen(command, stdin=given, stdout=told, stderr=subprocess.DEVNULL, env={}, cwd="/") as child:
        try:
            status = child.wait(SECONDS)
        except subprocess.TimeoutExpired as fault:
            raise Busy from fault
        finally:
            child.kill()
    if status:
        raise _Died


@contextlib.contextmanager
def _in_memory() -> Iterator[int]:
    """A file without a name that never touches a disk."""
    file = os.memfd_create("decoding")
    try:
        yield file
    finally:
        os.close(file)


def _written(made: pictures.Remade) -> dict[str, Any]:
    files = {name: base64.b64encode(getattr(made, name)).decode() for name in ("picture", "thumb")}
    return {**files, "size": [made.width, made.height], "fingerprint": made.fingerprint, "place": made.place}


def _picture(said: Any) -> pictures.Remade:
    """What the child made, if it has the form that it must have. Raises what comes of reading it otherwise."""
    picture, thumb = (base64.b64decode(said[name], validate=True) for name in ("picture", "thumb"))
    width, height = (int(side) for side in said["size"])
    place = tuple(float(degrees) for degrees in said["place"]) if said["place"] else None
    fine = (
        picture.startswith(b"\xff\xd8\xff"),
        thumb.startswith(b"\xff\xd8\xff"),
        0 < width <= pictures.SIDE >= height > 0,
        re.fullmatch("(?:[0-9a-f]{16})?", said["fingerprint"]),
        place is None or (len(place) == 2 and abs(place[0]) <= 90 and abs(place[1]) <= 180),
    )
    if not all(fine):
        raise ValueError("the child answered nonsense")
    return pictures.Remade(picture, thumb, width, height, said["fingerprint"], place)  # type: ignore[arg-type]
