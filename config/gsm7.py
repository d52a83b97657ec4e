"""The GSM 7-bit alphabet of text messages: how many of the 160 places of one a sentence takes."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
SEGMENT = 160


def gsm7_length(text: str) -> int | None:
    """Septets of `text`, an extension character counting two; None when a character is not GSM-7 (the whole text
    would then go out as UCS-2, with 70 characters to a segment)."""
    if not all(character in _BASIC or character in _EXTENDED for character in text):
        return None
    return sum(2 if character in _EXTENDED else 1 for character in text)
