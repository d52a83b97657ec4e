"""Decoding what strangers sent: in a child with limits, of which nothing is believed and nothing is feared."""

import base64
import json
from pathlib import Path

import pytest
from PIL import Image
from snapshots import BEKASI, drawing, file, huge_png, photo

from ivr.simulator.calls import audio
from ticketing.media import decoding, pictures

JPEG = base64.b64encode(file(drawing((8, 8)))).decode()
FINE = {"picture": JPEG, "thumb": JPEG, "size": [8, 8], "fingerprint": "", "place": None}


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """What the child runs instead."""
    monkeypatch.setattr(decoding, "_CHILD", code)


def test_the_child_makes_the_same_picture() -> None:
    raws = [photo(place=BEKASI), file(drawing(seed=2), "PNG")]
    assert decoding.remade(raws) == [pictures.remade(raw) for raw in raws]


def test_of_several_pictures_one_that_is_too_large_refuses_all_before_any_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = Path(decoding.__file__).parent.parent.parent
    child(
        monkeypatch,
        f"import sys; sys.path.insert(0, {str(root)!r}); from ticketing.media import decoding, pictures;"
        "pictures.remade = lambda raw: 1 / 0; decoding.serve()",
    )
    with pytest.raises(pictures.NotAPicture, match="size"):
        decoding.remade([file(drawing()), file(drawing()), huge_png(7_100, 7_100)])


LARGE = file(Image.new("RGB", (5000, 5000), "teal"), "PNG")


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        ({"MEMORY": 120_000_000}, pictures.NotAPicture),  # less than its points
        ({"MEMORY": 1_000_000}, pictures.NotAPicture),  # less than the interpreter
        ({"CPU_SECONDS": 0}, pictures.NotAPicture),
        ({"SECONDS": 0.001}, decoding.Busy),
        ({"TURN_SECONDS": 0, "MEMORY": 1}, pictures.NotAPicture),  # a turn is free
    ],
)
def test_a_limit_refuses_the_input_and_harms_nothing_else(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, float], raised: type[Exception]
) -> None:
    with monkeypatch.context() as small:
        for name, value in limits.items():
            small.setattr(decoding, name, value)
        with pytest.raises(raised):
            decoding.remade([LARGE])
    assert decoding.remade([file(drawing((8, 8)))])[0].width == 8


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(1)",
        "pass",
        "print('[' * 100_000)",
        "print(2)",
        "print('[]')",
        "print('null')",
        "print('{}')",
        "print('{\"made\": []}')",
        "print('{\"made\": [1]}')",
        "print('{\"made\": {}}')",
        "print('x' * 9_000_000)",
        "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')",
        *(
            f"print({json.dumps({'made': [{**FINE, **wrong}]})!r})"
            for wrong in (
                {"picture": ""}, {"picture": "<svg/>"}, {"thumb": base64.b64encode(b"<svg>").decode()},
                {"size": [0, 8]}, {"size": [8, 9_999]}, {"size": [8]}, {"size": None}, {"fingerprint": "<script>"},
                {"fingerprint": 7}, {"place": [91, 0]}, {"place": [1]}, {"place": ["x", 1]},
                {"size": [float("inf"), 1]}, {"picture": None},
            )
        ),
        f"print({json.dumps({'made': [FINE, FINE]})!r})",
    ],
)  # fmt: skip
def test_whatever_becomes_of_the_child_the_picture_is_refused(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    child(monkeypatch, code)
    with pytest.raises(pictures.NotAPicture, match="broken"):
        decoding.remade([file(drawing((8, 8)))])
    assert decoding.silent(audio.silent(1)) is False, "the benefit of the doubt"


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of our environment, and none of our open files."""
    monkeypatch.setenv("SECRET_KEY", "nobody-knows")
    child(
        monkeypatch,
        "import json, os, sys; names = set(os.environ) - {'LC_CTYPE'}; files = os.listdir('/proc/self/fd');"
        "print(json.dumps([sorted(names), len(files), os.getcwd()]))",
    )
    names, files, folder = decoding._said("sound", [b""])
    assert (names, folder) == ([], "/")
    assert files <= 4, "its three, and the one that lists them"
