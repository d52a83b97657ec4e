"""Recorded prompts: the script lists what a call would play, and the check finds what must not be on the air."""

import ast
import csv
import io
import json
import re
import shutil
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from people import House, Resident

from config import spoken
from config.city import City, MenuEntry
from config.consistency import placeholders
from config.hotline import city
from config.settings import ROOT
from ivr.channels import twiml
from ivr.commands.prompts import prompts_group
from ivr.operations import clips
from ivr.operations.clips import Sentence
from ivr.simulator.calls import audio, speech

CLIPS_PATH = "/voice/clips/"


def prompts(*words: object) -> Result:
    return CliRunner().invoke(prompts_group, [str(word) for word in words])


def to_record() -> list[Sentence]:
    return [sentence for sentence in clips.catalogue(city()) if sentence.fixed]


def record(folder: Path, sentences: list[Sentence]) -> Path:
    """A studio that keeps every rule."""
    for sentence in sentences:
        path = folder / sentence.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio.stand_in(sentence.seconds, silence_after=sentence.rest))
    return folder


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good clip of every sentence; not to be changed."""
    return record(tmp_path_factory.mktemp("clips"), to_record())


# -- the script ----------------------------------------------------------------------------------------------------


def test_every_sentence_is_to_be_recorded_or_has_variables() -> None:
    sentences = clips.catalogue(city())
    texts = [language.sentences for language in city().languages.values()]
    variable = [id_ for text in texts for id_, words in text["voice"].items() if placeholders(words)]
    fixed = [id_ for text in texts for id_, words in text["voice"].items() if not placeholders(words)]
    names = [f"option_{name}" for text in texts for name in text["menu"]]
    assert sorted(sentence.id for sentence in sentences if sentence.fixed) == sorted(fixed + names)
    assert sorted([*(one.id for one in sentences if not one.fixed), *["option"] * len(texts)]) == sorted(variable)


def test_an_option_is_recorded_with_its_key() -> None:
    texts = {sentence.file: sentence.text for sentence in to_record()}
    for code in city().languages:
        for entry in [entry for menu in city().menus.values() for entry in menu]:
            said = texts[f"{code}/option_{entry.text}.wav"]
            assert said.startswith(city().text(code, "menu", entry.text))
            assert re.search(rf" {entry.digit}\b", said)


def test_what_is_said_in_the_other_voice_is_recorded_by_that_voice() -> None:
    calls = [node for path in (ROOT / "ivr").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    foreign = {
        call.args[0].value
        for call in calls
        if isinstance(call, ast.Call) and any(keyword.arg == "foreign" for keyword in call.keywords)
    }
    moved = {
        one.id
        for one in clips.catalogue(city())
        if not one.id.startswith("option_")
        and one.text != spoken.figures(city(), one.language, city().text(one.language, "voice", one.id))
    }
    assert moved == foreign != set()


def test_the_three_forms_of_the_script_say_the_same(sqlite_house: House) -> None:
    rows = json.loads(sqlite_house.flask("prompts", "export", "--format", "json"))
    assert [row["file"] for row in rows] == [sentence.file for sentence in to_record()]
    table = list(csv.DictReader(io.StringIO(sqlite_house.flask("prompts", "export", "--format", "csv"))))
    assert [row["file"] for row in table] == [row["file"] for row in rows]
    assert "| is half a second of silence" in list(table[0])[-1]
    printed = sqlite_house.flask("prompts", "export")
    for row in rows:
        assert row["file"] == f"{row['language']}/{row['id']}.wav"
        assert f"{row['seconds']}  {row['file']} " in re.sub(" {2,}", "  ", printed)
        assert row["text"] in printed


def test_one_voice_gets_its_own_script() -> None:
    for code in city().languages:
        rows = json.loads(prompts("export", "--language", code, "--format", "json").output)
        assert {row["language"] for row in rows} == {code}
    refused = prompts("export", "--language", "xx")
    assert (refused.exit_code, refused.output) == (
        1,
        f"Error: there is no language xx; there are {', '.join(city().languages)}\n",
    )


def test_what_the_synthesiser_speaks_is_shown_on_request() -> None:
    script, everything = prompts("export").output, prompts("export", "--all").output
    assert "synthesiser" not in script
    (greeting,) = [row for row in everything.splitlines() if row.startswith("greeting ") and "  id  " in row]
    assert re.search(r"spoken by the synthesiser +Selamat \{daypart\}", greeting)
    rows = json.loads(prompts("export", "--all", "--format", "json").output)
    assert all(("{" in row["text"]) == (row["file"] is None) == (row["seconds"] is None) for row in rows)


# -- the script against calls --------------------------------------------------------------------------------------


def a_call(house: House, number: str) -> list[speech.Line]:
    """What is heard in a call that goes astray, changes the language twice, reports, and asks for a person."""
    ani = Resident(house, number).dials().is_silent(2).presses("8", "8", "2", "7", "1", "1", "*").talks()
    ani.presses("2", "1").presses("0")
    ani.call.officer_answers()
    ani.call.officer_hangs_up()
    assert ani.call.errors == []
    return ani.call.heard + [line for line in ani.call.officer_lines if line.kind in ("say", "play")]


def as_heard(text: str, language: str) -> str:
    """A text as a voice says it: pauses are heard and not read, figures and a lone 0 are words."""
    words = spoken.figures(city(), language, " ".join(text.replace("|", " ").split()))
    return re.sub(r"(?<!\S)0(?=[\s,.]|$)", city().text(language, "words", "digit_0"), words)


def test_a_call_plays_exactly_what_is_in_the_script(
    sqlite_house: House, studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthesised = a_call(sqlite_house, "+6281200001111")
    assert {line.kind for line in synthesised} == {"say"}
    monkeypatch.setattr(twiml, "CLIPS", studio)
    played = a_call(sqlite_house, "+6281200002222")
    by_file = {sentence.file: sentence for sentence in to_record()}
    texts, files = {as_heard(one.text, one.language) for one in by_file.values()}, set()
    for said, now in zip(synthesised, played, strict=True):
        text, language = as_heard(said.text, said.language[:2]), said.language[:2]
        if now.kind == "say":
            assert text not in texts, "a recorded sentence was given to the synthesiser"
        else:
            clip = by_file[now.url.partition(CLIPS_PATH)[2]]
            assert (text, language) == (as_heard(clip.text, clip.language), clip.language)
            files.add(clip.file)
    assert len(files) > 20
    assert {"id/root_english.wav", "en/root_english.wav"} <= files


def test_a_clip_is_used_as_soon_as_it_is_there_and_no_longer_than_that(
    sqlite_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twiml, "CLIPS", tmp_path)
    (english,) = [sentence for sentence in to_record() if sentence.file == "en/root_english.wav"]
    assert {line.kind for line in Resident(sqlite_house).dials().call.heard} == {"say"}
    record(tmp_path, [english])
    heard = Resident(sqlite_house).dials().call.heard
    assert [line.url for line in heard if line.kind == "play"] == [f"{sqlite_house.url}{CLIPS_PATH}{english.file}"]
    (tmp_path / english.file).unlink()
    assert {line.kind for line in Resident(sqlite_house).dials().call.heard} == {"say"}


# -- the check -----------------------------------------------------------------------------------------------------


def test_a_good_set_passes(studio: Path) -> None:
    checked = prompts("check", studio)
    assert re.fullmatch(rf"{len(to_record())} clips are fit: \d+ s of speech at -\d\d\.\d dBFS\n", checked.output)
    assert checked.exit_code == 0


def test_where_nothing_is_recorded_it_says_who_speaks(tmp_path: Path) -> None:
    for folder, code in ((tmp_path / "nowhere", 0), (tmp_path, 1)):
        checked = prompts("check", folder)
        assert checked.output == f"no clips are recorded in {folder}: the synthesiser speaks every sentence\n"
        assert checked.exit_code == code


def test_every_finding_is_a_line_and_the_exit_code_tells(studio: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(studio, tmp_path / "clips")
    lost, empty = to_record()[0].file, to_record()[-1].file
    (folder / lost).unlink()
    (folder / empty).write_bytes(b"")
    (folder / "notes.txt").write_text("take 2 is better")
    checked = prompts("check", folder)
    assert checked.exit_code == 1
    assert sorted(line.split(":")[0] for line in checked.output.splitlines()) == sorted([lost, empty, "notes.txt"])


def samples(clip: Path) -> "array[int]":
    with wave.open(str(clip)) as wav:
        return array("h", wav.readframes(wav.getnframes()))


def write(clip: Path, raw: bytes, *, rate: int = clips.RATE, channels: int = 1, width: int = 2) -> None:
    with wave.open(str(clip), "wb") as out:
        out.setframerate(rate)
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.writeframes(raw)


def amplified(clip: Path, decibels: float) -> None:
    write(clip, array("h", (int(sample * 10 ** (decibels / 20)) for sample in samples(clip))).tobytes())


def silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * clips.RATE))


def clipped(clip: Path) -> None:
    sound = samples(clip)
    sound[1000], sound[2000] = 32767, -32768
    write(clip, sound.tobytes())


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "44.1 kHz": (lambda clip: write(clip, samples(clip).tobytes(), rate=44100), "has 44100 Hz, 16 bit, channels: 1"),
    "stereo": (lambda clip: write(clip, samples(clip).tobytes(), channels=2), "has 8000 Hz, 16 bit, channels: 2"),
    "8 bit": (lambda clip: write(clip, samples(clip).tobytes(), width=1), "has 8000 Hz, 8 bit, channels: 1"),
    "3 dB too loud": (lambda clip: amplified(clip, 3), r"is (2\.[89]|3\.[012]) dB louder than the median of all, -21"),
    "3 dB too soft": (lambda clip: amplified(clip, -3), r"is (2\.[89]|3\.[012]) dB softer than the median of all, -21"),
    "late": (
        lambda clip: write(clip, silence(0.5) + samples(clip).tobytes()),
        r"begins with 0\.5\d? s of silence, 0.25",
    ),
    "idle": (lambda clip: write(clip, samples(clip).tobytes() + silence(0.6)), r"ends with 0\.\d+ s of silence, 0\.5"),
    "clipped": (clipped, "is clipped, samples at full scale: 2"),
    "another text": (lambda clip: clip.write_bytes(audio.stand_in(40)), r"speaks for 39\.9 s, its text takes about"),
    "cut in the studio": (lambda clip: write(clip, samples(clip)[:4000].tobytes()), r"speaks for 0\.\d+ s, its text"),
    "cut on the way": (lambda clip: clip.write_bytes(clip.read_bytes()[:-4001]), r"is cut off: \d+ of \d+ samples are"),
    "a lost header": (lambda clip: clip.write_bytes(clip.read_bytes()[:30]), "cannot be read as PCM WAV"),
    "no speech": (lambda clip: write(clip, silence(3)), "nobody speaks in it"),
    "no sound at all": (lambda clip: write(clip, b""), "nobody speaks in it"),
    "an empty file": (lambda clip: clip.write_bytes(b""), r"cannot be read as PCM WAV \(it ends too early\)"),
    "not a WAV": (
        lambda clip: clip.write_bytes(b"ID3" + bytes(4000)),
        r"cannot be read as PCM WAV \(file does not start",
    ),
    "missing": (Path.unlink, "is missing"),
}


def few() -> list[Sentence]:
    """Enough sentences for a median, long enough to be cut, that end with a word."""
    return [sentence for sentence in to_record() if sentence.seconds > 2.5 and not sentence.rest][:5]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(tmp_path: Path, fault: str) -> None:
    record(tmp_path, few())
    assert clips.examine(tmp_path, few()).findings == []
    plant, words = FAULTS[fault]
    file = few()[2].file
    plant(tmp_path / file)
    (finding,) = clips.examine(tmp_path, few()).findings
    assert finding.startswith(f"{file}: ")
    assert re.search(words, finding), finding


@pytest.mark.parametrize(
    "spoil",
    [
        lambda clip: amplified(clip, 1.8),
        lambda clip: amplified(clip, -1.8),
        lambda clip: write(clip, silence(0.2) + samples(clip).tobytes()),
        lambda clip: write(clip, samples(clip).tobytes() + silence(0.2)),
        lambda clip: write(clip, samples(clip)[: len(samples(clip)) * 2 // 3].tobytes()),
    ],
    ids=["a little louder", "a little softer", "a little late", "a little idle", "a little faster"],
)
def test_what_is_within_the_limits_is_no_finding(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    record(tmp_path, few())
    spoil(tmp_path / few()[2].file)
    assert clips.examine(tmp_path, few()).findings == []


@pytest.mark.parametrize(
    ("silent", "words"),
    [(0.0, "s of silence, its text has 0.5 s"), (0.5, None), (0.7, None), (1.3, "s of silence, 1 s are the limit")],
)
def test_the_silence_after_an_option_belongs_to_its_clip(tmp_path: Path, silent: float, words: str | None) -> None:
    option = Sentence("id", "option", few()[0].words + " |")
    path = record(tmp_path, [option]) / option.file
    write(path, samples(path)[: int(clips.measure(path).spoken * clips.RATE)].tobytes() + silence(silent))
    found = clips.examine(tmp_path, [option]).findings
    assert len(found) == (words is not None)
    assert all(words in finding for finding in found if words)


@pytest.mark.parametrize("stray", ["id/no_such_sentence.wav", "xx/record.wav", "notes.txt", "id/.hidden"])
def test_a_file_that_nobody_plays_is_a_finding(tmp_path: Path, stray: str) -> None:
    record(tmp_path, few())
    (tmp_path / stray).parent.mkdir(exist_ok=True)
    (tmp_path / stray).write_bytes(audio.stand_in(1))
    assert clips.examine(tmp_path, few()).findings == [f"{stray}: is not in the catalogue"]


def test_a_sentence_with_variables_has_no_clip(tmp_path: Path) -> None:
    variable = next(sentence for sentence in clips.catalogue(city()) if not sentence.fixed)
    record(tmp_path, [*few(), variable])
    found = clips.examine(tmp_path, [*few(), variable]).findings
    assert found == [f"{variable.file}: is not in the catalogue"]


def test_an_option_under_two_keys_cannot_be_one_clip(tmp_path: Path) -> None:
    entry = next(iter(city().menus.values()))[0]
    moved = MenuEntry(**{**vars(entry), "digit": 9})
    twice: City = city().model_copy(update={"menus": {"one": (entry,), "two": (moved,), "three": (entry,)}})
    sentences = [sentence for sentence in clips.catalogue(twice) if sentence.id == f"option_{entry.text}"]
    found = clips.examine(record(tmp_path, sentences), sentences).findings
    wanted = [
        f"{code}/option_{entry.text}.wav: would have to say 2 different texts" for code in sorted(city().languages)
    ]
    assert [finding.partition(";")[0] for finding in found] == wanted
