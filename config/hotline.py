"""This city, read from the files beside this module: hotline.toml, areas.csv, landmarks.csv, texts/.

Loaded and checked once; a city that is not whole is refused with every problem and the line it stands on
(`CityFileError`). What differs from machine to machine is in settings.py.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import consistency
from config.city import KECAMATAN_PREFIX, City, joined
from config.source_lines import CsvFile, Keys, TomlFile

HERE = Path(__file__).resolve().parent
CITY_LANGUAGE = "id"  # what the city works in, and what a caller hears before choosing

_AREA_COLUMNS = ("key", "kecamatan", "kelurahan", "spoken", "variants", "lat", "lon")
_LANDMARK_COLUMNS = ("name", "kelurahan", "kecamatan", "variants", "source")


class CityFileError(ValueError):
    """The files of the city do not fit together; `problems` has one sentence each, beginning with file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@cache
def city() -> City:
    """The city of this process, read once."""
    return load()


def load(folder: Path = HERE) -> City:
    """Read and check the files in `folder`; CityFileError with every problem found."""
    problems: list[str] = []
    files = _Files(
        TomlFile.read(folder / "hotline.toml", problems),
        CsvFile.read(folder / "areas.csv", problems),
        CsvFile.read(folder / "landmarks.csv", problems),
        {path.stem: TomlFile.read(path, problems) for path in _language_files(folder)},
    )
    problems += [] if problems else consistency.check_shapes(files.main, files.texts)
    problems += consistency.check_columns(files.areas, _AREA_COLUMNS, "key")
    problems += consistency.check_columns(files.landmarks, _LANDMARK_COLUMNS, "name")
    if problems:  # what cannot be read at all says nothing about the rest
        raise CityFileError(problems)
    problems += consistency.check_sentences(files.texts)
    try:
        found = City.model_validate(_whole(files) | {"mark": _mark(folder)})
    except ValidationError as error:
        problems += [f"{files.where(one['loc'])}: {one['msg']}" for one in error.errors()]
        raise CityFileError(problems) from error
    problems += consistency.check(found, files.main, files.areas, files.landmarks)
    if problems:
        raise CityFileError(problems)
    return found


def _mark(folder: Path) -> str:
    """A digest of every file of the city."""
    digest = hashlib.sha256()
    for path in (folder / "hotline.toml", *sorted((folder / "texts").glob("*.toml"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _language_files(folder: Path) -> list[Path]:
    """The language of the city first: it is what a caller hears before choosing."""
    return sorted((folder / "texts").glob("*.toml"), key=lambda path: (path.stem != CITY_LANGUAGE, path.stem))


@dataclass(frozen=True)
class _Files:
    main: TomlFile
    areas: CsvFile
    landmarks: CsvFile
    texts: dict[str, TomlFile]

    def where(self, loc: Keys) -> str:
        """File, line and name of the value that a City was refused for."""
        return f"{self._line(*loc)}: {' '.join(map(str, loc))}"

    def _line(self, part: str | int, *rest: str | int) -> str:
        if part == "areas" and rest:
            return self.areas.at([row["key"] for row in self.areas.rows].index(str(rest[0])))
        if part == "landmarks" and rest:
            return self.landmarks.at(int(rest[0]))
        if part == "languages" and rest:
            keys = rest[2:] if rest[1:2] in (("sentences",), ("night",)) else ("language", *rest[1:])
            return self.texts[str(rest[0])].at(*(("sms", *keys) if rest[1:2] == ("night",) else keys))
        if part == "referrals" and rest:
            known = [str(referral.get("key")) for referral in self.main.data["referrals"]]
            return self.main.at("referrals", known.index(str(rest[0])), *rest[1:])
        return self.main.at(part, *rest) if part in self.main.data else self.main.at("city", part, *rest)


def _whole(files: _Files) -> dict[str, Any]:
    """The files as City wants them: keys inside what they name, defaults filled in, everything under one roof."""
    data = dict(files.main.data)
    whole: dict[str, Any] = dict(data.pop("city", {}))
    for name in ("priorities", "departments", "categories", "topics", "dangers"):
        whole[name] = {key: {"key": key, **value} for key, value in data.pop(name, {}).items()}
    for department in whole["departments"].values():
        department.setdefault("hours", whole.get("office_hours"))
    whole["referrals"] = {str(referral.get("key")): referral for referral in data.pop("referrals", [])}
    whole["kecamatan"] = {
        name: {"key": KECAMATAN_PREFIX + joined(name), "kecamatan": name, **value}
        for name, value in data.pop("kecamatan", {}).items()
    }
    whole["areas"] = {row["key"]: {**row, "variants": _variants(row)} for row in files.areas.rows}
    whole["landmarks"] = [_landmark(row) for row in files.landmarks.rows]
    whole["languages"] = {code: _language(file, _constants(files.main, code)) for code, file in files.texts.items()}
    return whole | data


def _variants(row: dict[str, str]) -> list[str]:
    return [part.strip() for part in row["variants"].split(";") if part.strip()]


def _landmark(row: dict[str, str]) -> dict[str, Any]:
    area = row["kelurahan"] or KECAMATAN_PREFIX + joined(row["kecamatan"])
    return {"name": row["name"], "area": area, "variants": _variants(row), "source": row["source"]}


def _constants(main: TomlFile, language: str) -> dict[str, str]:
    """What every sentence may say without being told: the city's name and numbers."""
    return {
        "{city}": str(main.value("city", "name", language)),
        "{hotline}": str(main.value("city", "number")),
        "{hotline_spoken}": str(main.value("city", "spoken_number")),
        "{emergency}": str(main.value("emergency", "number")),
        "{emergency_spoken}": str(main.value("emergency", "spoken_number")),
    }


def _language(file: TomlFile, constants: dict[str, str]) -> dict[str, Any]:
    sections = {section: dict(texts) for section, texts in file.data.items() if section != "language"}
    night = {id_: sms.get("night") for id_, sms in sections.get("sms", {}).items()}
    sections["sms"] = {id_: sms.get("text") for id_, sms in sections.get("sms", {}).items()}
    for texts in sections.values():
        for id_, text in texts.items():
            for name, value in constants.items():
                texts[id_] = texts[id_].replace(name, value) if isinstance(text, str) else text
    return {**file.data.get("language", {}), "sentences": sections, "night": night}
