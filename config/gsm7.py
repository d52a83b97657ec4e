"""The GSM 7-bit alphabet of text messages: how many of the 160 places of one a sentence takes."""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
SEGMENT = 160
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def gsm7_length(text: str) -> int | None:
    """Septets of `text`, an extension character counting two; None when a character is not GSM-7 (the whole text
    would then go out as UCS-2, with 70 characters to a segment)."""
    if not all(character in _BASIC or character in _EXTENDED for character in text):
        return None
    return sum(2 if character in _EXTENDED else 1 for character in text)


def gsm7(text: str, most: int) -> str:
    """What GSM-7 can say of `text` in at most `most` septets: accents that it lacks and other characters left out."""
    known = (_nearest(character) for character in " ".join(text.translate(_PLAIN).split()))
    said = " ".join("".join(known).split())
    while (gsm7_length(said) or 0) > most:
        said = said[:-1]
    return said.rstrip()


def _nearest(character: str) -> str:
    if gsm7_length(character) is not None:
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if gsm7_length(part) is not None)
