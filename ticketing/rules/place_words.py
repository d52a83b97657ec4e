"""Words around the names of places: how near, which street, "not", "I mean", and how parts of names are written short.
Pure, and about the language rather than the city.
"""

import re
import unicodedata
from dataclasses import dataclass

READ_CHARACTERS = 4000  # more than two minutes of speech

# How parts of names are written short.
SHORT_FOR = {
    "kel": "kelurahan", "kec": "kecamatan", "jt": "jati", "pd": "pondok", "pdk": "pondok", "pndk": "pondok",
    "hrpn": "harapan", "bks": "bekasi", "tmr": "timur", "tmur": "timur", "brt": "barat", "utr": "utara",
    "slt": "selatan", "sltn": "selatan", "tgh": "tengah", "bru": "baru", "jy": "jaya", "ps": "pasar",
    "kp": "kampung", "mesjid": "masjid", "dpk": "depok", "bdg": "bandung",
}  # fmt: skip
STREET = {"jalan", "jl", "jln", "raya", "tol", "gang", "gg"}
NEAR = {
    "dekat", "deket", "arah", "menuju", "sebelah", "seberang", "depan", "belakang", "samping", "sekitar", "mau",
    "dari", "sebrang", "dkt", "dket", "sampai", "sebelum", "sblm", "sesudah", "setelah", "abis", "habis", "pindah",
    "pindahan", "asal", "lewat",
}  # fmt: skip
# What is said before it is taken back by what follows, if a name follows.
CORRECTIONS = {
    "salah", "keliru", "eh", "oh", "ee", "ding", "maaf", "sori", "sory", "maksud", "maksudnya", "ralat", "koreksi",
    "tapi", "benar", "bener", "ternyata", "typo", "hapus",
}  # fmt: skip
DENIALS = {"bukan", "bkn", "bukannya"}
ADDRESSED = {
    "pak", "bu", "bapak", "ibu", "bang", "mas", "mbak", "kak", "neng", "om", "min", "gan", "sih", "nih", "tuh", "deh",
    "dong", "kok", "lah", "lho", "loh", "kan", "atuh",
}  # fmt: skip
SAID_AROUND = {
    "di", "ke", "dari", "yang", "yg", "itu", "ini", "ya", "em", "hmm", "rt", "rw", "no", "nomor", "daerah",
    "perbatasan",
}  # fmt: skip
# Said around a name and never part of one; left out, so that "jatibening yang baru" is one name.
BORDERS = {"perbatasan", "batas", "batasan", "tapel", "antara", "atau"}
ANNOUNCING = {"kelurahan", "kecamatan"}
FILLERS = ANNOUNCING | BORDERS | STREET | NEAR | CORRECTIONS | DENIALS | ADDRESSED | SAID_AROUND
PLACING = {"di", "kelurahan", "kecamatan", "daerah", "jalan", "jl", "jln", "gang", "gg", "ke", "dari"}
LEADING = {"ke", "di", "dari", "yang", "yg"}  # behind a word that says how near: "mau ke cakung"


@dataclass(frozen=True)
class Word:
    text: str
    before: str  # the word before it, fillers included
    corrects: bool = False  # what was said until here is taken back
    denied: bool = False  # "not" stands before it
    borders: bool = False  # a word for a border does


def read(text: str) -> list[Word]:
    plain = unicodedata.normalize("NFKD", text[:READ_CHARACTERS]).lower()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = [SHORT_FOR.get(word, word) for word in re.findall(r"\*?[a-z]+|[0-9]{1,2}(?![0-9])", plain)]
    before, said, corrects, denied = ["", *words], list[Word](), False, False
    borders = False
    for index, word in enumerate(words):
        takes_back = word in DENIALS and before[index] in CORRECTIONS  # "eh bukan"
        corrects = corrects or word in CORRECTIONS or takes_back or word.startswith("*")  # "kota baru *kranji"
        denied = (denied or word in DENIALS) and not takes_back and word not in CORRECTIONS
        borders = borders or word in BORDERS
        if word.removeprefix("*") not in FILLERS:
            led = before[index - 1] if before[index] in LEADING and before[index - 1] in NEAR else before[index]
            said.append(Word(word.removeprefix("*"), led, corrects, denied, borders))
            corrects = denied = False
    return said


def levels(text: str) -> set[str]:
    """Which levels are named anywhere: "jatiasihnya yang kelurahan"."""
    return set(re.findall(r"\b(kelurahan|kecamatan)", text[:READ_CHARACTERS].lower()))
