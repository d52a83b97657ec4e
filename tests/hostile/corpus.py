"""Inputs of a hostile, broken or merely careless world: values by class, made by a seeded generator, the same for the
same seed and never twice. Nothing is copied from a list, and nobody in it exists: NUMBERS and NAMES are invented, and
none of them may ever be found in a log, in Valkey, in an address or on an error page."""

import json
from collections.abc import Callable, Iterator

from hostile import breakouts
from hostile.invented import BITS, ELSEWHERE, FORGED, LATIN, NAMES, NUMBERS, Chance, letters

SEED = 1500444
# How many of each class there are at the full size.
COUNTS = {
    "C1 numbers": 800,
    "C2 text": 1500,
    "C3 reports": 1000,
    "C4 commands": 1200,
    "C5 markup": 700,
    "C6 documents": 300,
    "C7 queries": 400,
    "C8 templates": 200,
    "C9 paths": 200,
    "C10 mail headers": 300,
    "C12 log and terminal": 150,
    "C14 bombs": 300,
    "C17 keys and speech": 400,
}

Values = Iterator[str]


def corpus(seed: int = SEED, share: float = 1.0) -> dict[str, list[str]]:
    """`share` of every class, all values unique; a smaller share is the beginning of a larger one."""
    return {name: _first(name, seed, round(count * share)) for name, count in COUNTS.items()}


def _first(name: str, seed: int, count: int) -> list[str]:
    """The first `count` different values; what a class has only a few of comes first, mixtures fill it up."""
    found: dict[str, None] = {}
    made = _GENERATORS[name.partition(" ")[0]](Chance(f"{seed} {name}"))
    for _ in range(count * 50):
        if len(found) == count:
            return list(found)
        found[next(made)] = None
    raise AssertionError(f"{name} has only {len(found)} different values, not {count}")


def _any_of(chance: Chance, *kinds: Callable[[Chance], str]) -> Values:
    """Every kind in turn, for ever."""
    while True:
        for kind in kinds:
            yield kind(chance)


# -- C1: telephone numbers -----------------------------------------------------------------------------------------

_DIGITS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨")
_INVISIBLE = ("\u200b", "\u200e", "\u202a", "\u202c", "\u2060", "\ufeff", "\u00ad", "\u2066", "\u2069")
_WITHHELD = ("anonymous", "Restricted", "UNAVAILABLE", "unknown", "private", "+266696687", "7378742833", "no caller id")
_FOREIGN = ("+1", "+44", "+65", "+60", "+86", "+61", "+882", "+883", "+870", "+979", "+999", "+0")
_PREMIUM = ("0809", "0800", "+62809", "+62868", "+62855", "14", "1500", "177", "+62177", "00162868", "0017")
_ADDRESSES = (
    "sip:{0}@{1}", "sips:{0}@{1}", "sip:{0}@{1}:5060;user=phone", "tel:{0};phone-context={1}", '"{1}" <sip:{0}@x>',
    "client:{0}", "whatsapp:{0}", "sip:%2B{0}@{1}", "sip:{0}%00@{1}", "<sip:{0}@{1}>;tag=1", "sip:{0}@[::1]:{1}",
)  # fmt: skip


def _mobile(chance: Chance) -> str:
    return NUMBERS + str(chance.randrange(10 ** chance.choice((4, 5)))).zfill(4)


def _spelled(chance: Chance) -> str:
    """A number as people write it: any prefix, any separator, any script."""
    digits = chance.choice(("0", "62", "+62", "0062", "+62 0", "00862", "", "(0)", "+620", "++62")) + _mobile(chance)
    between = chance.choice(("", " ", "-", ".", "/", "\u00a0", "\u2011", " - ", *_INVISIBLE))
    at = chance.randrange(2, 6)
    return between.join((digits[:at], digits[at : at + 4], digits[at + 4 :])).translate(
        str.maketrans("0123456789", chance.choice(_DIGITS))
    )


def _addressed(chance: Chance) -> str:
    return chance.choice(_ADDRESSES).format(_mobile(chance), chance.choice((ELSEWHERE, "127.0.0.1", "62", "x" * 60)))


def _no_resident(chance: Chance) -> str:
    kind = chance.choice((_FOREIGN, _PREMIUM, ("110", "112", "118", "119", "+62112", "1500444", "021", "+6221")))
    return chance.choice(kind) + str(chance.randrange(10 ** chance.randrange(1, 13)))


def _no_number(chance: Chance) -> str:
    digits = _mobile(chance)
    swapped = digits.replace(chance.choice(digits), chance.choice("OolIxX*#,;pwe\0\n\r\t'<&%"))
    return chance.choice(
        (
            "0" + swapped,
            "BEKASI" + digits[-chance.randrange(1, 6) :],
            chance.choice(_WITHHELD).swapcase() + chance.choice(("", " ", "\u200b", digits[-2:])),
            f"0{digits}{chance.choice((',,', ';ext=', 'x', '#', 'w', ' ext '))}{digits[:4]}",
            "+" * chance.randrange(2, 9) + digits,
            digits * chance.randrange(2, 40),
            "".join(f"{digit}\ufe0f\u20e3" for digit in "0" + digits),
            f"+62{digits}\r\nX-From: 0{digits}",
            hex(int(digits)),
            f"{int(digits):e}",
            f"-{digits}",
        )
    )


def _numbers(chance: Chance) -> Values:
    yield from ("", " ", "+", "0", "62", "+62", "sip:", "tel:", "client:", "\0", "\u202e", *_WITHHELD)
    yield from _any_of(chance, _spelled, _addressed, _no_resident, _no_number)


# -- C2: text ------------------------------------------------------------------------------------------------------

_GSM = "@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæß^{}\\[~]|€"
_ODD = (
    "\0", "\x01", "\x08", "\x1a", "\x1f", "\x7f", "\x80", "\x85", "\x9f", "\u2028", "\u2029", "\ufeff", "\ufffe",
    "\uffff", "\ufffd", "\u202e", "\u202a", "\u2066", "\u2069", "\u061c", "\u200b", "\u200d", "\u200f", "\u2060",
    "\u00ad", "\u034f", "\u180e", "\u3164", "\U000e0041", "\U000e007f", "\ufe0f", "\U0001f1ee\U0001f1e9",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\ud800", "\udfff", "\U0010ffff", "\U0001fffe", "\ue000", "\u0300",
    "\u20e3", "\u1160", "\ufdfd", "\u0e33", "ﬁ", "ǅ", "ẞ", "İ", "ı", "Å", "Å",
)  # fmt: skip
_SCRIPTS = (
    "البيت الكبير", "בית גדול", "большой дом", "大きな家です", "큰 집입니다", "บ้านหลังใหญ่", "ꦎꦩꦃꦒꦼꦝꦺ", "बड़ा घर है",
    "σπίτι",
)  # fmt: skip


def _odd_between(chance: Chance) -> str:
    return chance.choice(_ODD).join(letters(chance, 12) for _ in range(chance.randint(2, 6)))


def _long(chance: Chance) -> str:
    unit = chance.choice((letters(chance, 20), chance.choice(_ODD), chance.choice(_GSM), chance.choice(_SCRIPTS), " "))
    return unit * (chance.choice((159, 160, 161, 306, 1600, 1601, 4999, 5001)) // len(unit) + 1)


def _segment_edge(chance: Chance) -> str:
    """A text at the border of a segment, in one alphabet or just not."""
    size = chance.choice((69, 70, 71, 134, 152, 153, 154, 159, 160, 161))
    filled = "".join(chance.choices(_GSM + LATIN, k=size - 1))
    return filled + chance.choice(("a", "€", "✓", "\U0001f6a8", "\x1b"))


def _flood(chance: Chance) -> str:
    """One letter under hundreds of marks, or one mark under many letters."""
    marks = "".join(chance.choices("\u0300\u0301\u0323\u0489\u0e4a\u20dd\u0488", k=chance.randint(30, 400)))
    return chance.choice(LATIN) + marks + letters(chance)


def _turned(chance: Chance) -> str:
    """Written the other way round, or hidden in marks of direction."""
    turn = chance.choice(("\u202e{}\u202c", "\u2066{}\u2069", "\u2067{}\u2069{}", "{}\u202d{}", "\u200f{}", "\u061c{}"))
    return turn.format(letters(chance), chance.choice(_SCRIPTS))


def _scattered(chance: Chance) -> str:
    """Any characters at all that can travel as UTF-8."""
    points = (chance.choice((chance.randrange(0xD800), chance.randrange(0xE000, 0x110000))) for _ in range(40))
    return "".join(map(chr, points))


def _text(chance: Chance) -> Values:
    yield from ("", " ", "\t", "\n", "\r\n", "\0", "a\0b", "\ufffe", "0", "-", "|", "||", "\\", *_ODD, *_SCRIPTS)
    yield from _any_of(chance, _odd_between, _segment_edge, _flood, _turned, _scattered, _long, _odd_between)


# -- C3: reports as residents make them ----------------------------------------------------------------------------

_WHAT = (
    "jalan berlubang", "sampah numpuk", "lampu jalan mati", "got mampet", "banjir selutut", "pohon tumbang",
    "kabel nglantur", "air pam keruh", "parkir liar", "pedagang di trotoar", "bau limbah", "jembatan goyang",
    "e-KTP blm jadi", "BPJS non aktif", "street light broken", "trash not collected", "macet parah", "tawuran",
    "anjing liar", "asap bakar sampah",
)  # fmt: skip
_WHERE = (
    "jatiasih", "kranji", "pekayon jaya", "kali abang", "bantargebang", "jati mekar", "harapan jaya", "mustika jaya",
    "rawalumbu", "perumnas 3", "deket pom bensin", "sblh masjid", "belakang pasar baru", "komplek depan alfa",
    "jkt timur", "cikarang", "gg buntu",
)  # fmt: skip
_HOW = (
    "tolong pak", "min", "mohon ditindak lanjuti", "udah 3 minggu", "gmn sih", "pls fix asap", "makasih", "URGENT!!!",
    "bgt",
)  # fmt: skip
_TYPOS = str.maketrans({"a": "aa", "u": "oe", "j": "dj", "s": "z", "i": "y"})


def _mistyped(chance: Chance, words: str) -> str:
    at = chance.randrange(len(words) - 1)
    return chance.choice(
        (
            words,
            words[:at] + words[at + 1] + words[at] + words[at + 2 :],
            words[:at] + words[at + 1 :],
            words.translate(_TYPOS),
            words.upper(),
            words.title(),
            words.replace(" ", chance.choice(("  ", "", ".", ", ", "\n"))),
        )
    )


def _report(chance: Chance) -> str:
    house = f"jl. mawar no {chance.randrange(1, 300)} rt {chance.randrange(1, 20):03}/rw {chance.randrange(1, 30):02}"
    who = f"bu {' '.join(NAMES)} 0{_mobile(chance)}"
    parts = [chance.choice(_WHAT), "di " + chance.choice(_WHERE), chance.choice(("", house)), chance.choice(_HOW)]
    parts += [chance.choice(("", "", who))]
    chance.shuffle(parts)
    return _mistyped(chance, " ".join(part for part in parts if part))


def _reports(chance: Chance) -> Values:
    yield from _any_of(chance, _report)


# -- C4: commands --------------------------------------------------------------------------------------------------

_COMMANDS = (
    "STOP", "BERHENTI", "MULAI", "START", "STATUS", "CEK", "UNSUB", "BATAL", "BANTUAN", "HELP", "LAPOR", "YA", "TIDAK",
)  # fmt: skip
_AROUND = (
    "{}", " {} ", "{}.", "{}!", '"{}"', "{}\n", "\u200b{}", "*{}*", "{} {}", "{}?", "/{}", "#{}", "{}\0", "\u202e{}",
    "{}\ufe0f",
)  # fmt: skip


def _ticket_number(chance: Chance) -> str:
    """Nine digits as people copy them: in groups, with letters for digits, one short, two at once."""
    digits = str(chance.randrange(10**8, 10**9))
    digits = digits.translate(str.maketrans("01", chance.choice(("01", "Ol", "oI", "01", "Oi"))))
    gap = chance.choice(("", " ", "-", ".", "\u2011", "\u2013", "  ", "\u00a0", "/", "_"))
    groups = gap.join((digits[:3], digits[3:6], digits[6:]))
    return chance.choice((groups, groups, groups[:-1], groups + "0", f"{groups} {digits[::-1]}", "no." + groups))


def _command(chance: Chance) -> str:
    word = chance.choice(_COMMANDS)
    word = chance.choice((word, word.lower(), word.title(), word[::-1], word + word[-1], word[:1] + " " + word[1:]))
    return chance.choice(_AROUND).format(word, word)


def _command_with_number(chance: Chance) -> str:
    return chance.choice(_AROUND).format(f"{chance.choice(_COMMANDS)} {_ticket_number(chance)}", "")


def _commands(chance: Chance) -> Values:
    yield from _any_of(chance, _command, _command_with_number, _ticket_number, _command_with_number)


# -- C9: paths and file names --------------------------------------------------------------------------------------

_STEPS = (
    "..", "%2e%2e", "..%2f", "%252e%252e", "..%5c", ".", "%00", "....//", "%c0%af", "~root", "con", "id_ID", "C:",
    "\\\\host", "％２ｅ",
)  # fmt: skip
_ENDS = (
    "etc/passwd", "id.wav", "wsgi.py", ".env", "hotline.toml", "x.wav%00.png", ".git/config", "a.svg",
    "proc/self/environ", "AUX",
)  # fmt: skip


def _path(chance: Chance) -> str:
    steps = [chance.choice(_STEPS) for _ in range(chance.randint(1, 5))]
    end = chance.choice(("", "/", "?x=" + letters(chance, 8).strip(), ";v=1"))
    return "/".join([*steps, chance.choice(_ENDS)]) + end


def _paths(chance: Chance) -> Values:
    yield from _any_of(chance, _path, _path, lambda one: f"0{_mobile(one)}", lambda one: "A" * one.randrange(3000))


# -- C10: mail headers and addresses -------------------------------------------------------------------------------

_HEADERS = (
    "Bcc", "To", "Subject", "From", "Reply-To", "Content-Type", "X-Ticket", "Return-Path", "DKIM-Signature", "Sender",
)  # fmt: skip
_BREAKS = ("\r\n", "\n", "\r", "%0d%0a", "\\r\\n", "\u2028", "\x85", "\x0b", "\0\r\n", "=0D=0A", "\u010d\u010a")


_ADDRESS_FORMS = (
    "{}@a@{}", "{} <x@{}>", "\"{}\r\n\"@{}", "=?utf-8?Q?{}=0D=0ABcc:_x@{}?=", "{}@[127.0.0.1]{}", "{},x@{}", "<{}>@{}",
    "{}@xn--{}", "{}\0@{}", "=?utf-8?B?{}==?= {}", "--=={}\r\nContent-Type: text/html; x={}", ".\r\nMAIL FROM:<{}@{}>",
    "{}@ｊａｈａｔ．{}", "begin 644 {}.exe {}",
)  # fmt: skip


def _header(chance: Chance) -> str:
    broken = chance.choice(_BREAKS)
    name, value = chance.choice(_HEADERS), f"{chance.choice(BITS)}@{ELSEWHERE}"
    end = chance.choice(("", broken * 2 + "body", broken + "." + broken))
    return f"{letters(chance, 10)}{broken}{name}: {value}{end}"


def _address(chance: Chance) -> str:
    name = chance.choice(BITS)
    return chance.choice(_ADDRESS_FORMS).format(name + str(chance.randrange(10**4)), ELSEWHERE)


def _headers(chance: Chance) -> Values:
    yield from _any_of(chance, _header, _address)


# -- C12: log lines and terminals ----------------------------------------------------------------------------------

_ESCAPES = (
    "\x1b[31m{}", "\x1b]0;{}\x07", "\x1b]8;;http://{}\x1b\\x", "\x9b2J{}", "\x1b[2J\x1b[H{}", "\x1bP{}\x1b\\",
    "\x1b[6n{}", "\x07{}", "\x08\x08\x08{}", "\r{}", "\x1b[?1049h{}", "\u202e{}", "\u2066{}\u2069", "\x1bc{}",
    "\x1b[{}A", "\x90{}\x9c", "\x0e{}\x0f", "\u2028{}", "\x85{}", "\ufeff{}",
)  # fmt: skip


def _forged_line(chance: Chance) -> str:
    line = {"event": FORGED, "level": "info", "at": "2026-01-01T00:00:00Z", "call": "CA" + str(chance.randrange(10**9))}
    broken = chance.choice(("\n", "\r\n", "\r", "\u2028", "\x85", "\x0c", "\x1e", '"}\n', "\\n"))
    return f"{letters(chance, 8)}{broken}{json.dumps(line)}{broken}"


def _escape(chance: Chance) -> str:
    return chance.choice(_ESCAPES).format(FORGED + str(chance.randrange(10**4)))


def _lines(chance: Chance) -> Values:
    yield from _any_of(chance, _forged_line, _escape)


# -- C14: bodies that explode --------------------------------------------------------------------------------------


def _bomb(chance: Chance) -> str:
    mark, deep = chance.choice(BITS) + str(chance.randrange(10**5)), chance.randrange(50, 4000)
    return chance.choice(
        (
            "[" * deep + mark + "]" * deep,
            '{"a":' * deep + f'"{mark}"' + "}" * deep,
            f'{{"From":"{mark}","From":"x","Body":NaN,"n":{"9" * deep}}}',
            f"<{mark}>" * deep,
            "<!DOCTYPE l [" + "".join(f'<!ENTITY l{n} "&l{n + 1};&l{n + 1};">' for n in range(20)) + f"]>&l0;{mark}",
            "&".join(f"{mark}{n}=" for n in range(min(deep, 1500))),
            "a=" + "%" * deep + mark,
            "From[]=" + mark + "&From[a][b]=" + mark + "&__proto__[x]=1",
            f"{mark}=1;From=x;Body=y",
            f"\ufeff{{{mark}}}",
            f"{{{mark}:{'1e' + '9' * 400}}}",
            "=" * deep + mark,
        )
    )


def _bombs(chance: Chance) -> Values:
    yield from _any_of(chance, _bomb)


# -- C17: keys and speech ------------------------------------------------------------------------------------------


def _keys(chance: Chance) -> str:
    most = chance.choice((1, 2, 3, 9, 12, 64, 65, 500, 5000))
    pad = chance.choice(("0123456789*#", "*#", "0123456789", "0123456789ABCD", "wWpP,;"))
    return "".join(chance.choices(pad, k=most))


def _heard(chance: Chance) -> str:
    """What a recogniser makes of noise: nothing, one syllable for ever, figures, another language."""
    noise = ("ee ", "satu dua tiga ", "kosong delapan ", "[noise] ", "…", "1 2 3 ", "um, ")
    unit = chance.choice((letters(chance, 6), *noise))
    return unit * chance.choice((1, 2, 20, 300, 2000))


def _keyed(chance: Chance) -> Values:
    yield from ("", "hangup", "timeout", "#", "*", "##", "**", "0", "8", "9", "-1", "1.5", "NaN", "0.0", "ⅧⅧ", "①", "٣")
    yield from _any_of(chance, _keys, _heard)


_GENERATORS: dict[str, Callable[[Chance], Values]] = {
    "C1": _numbers,
    "C2": _text,
    "C3": _reports,
    "C4": _commands,
    "C5": breakouts.filled(breakouts.MARKUP),
    "C6": breakouts.filled(breakouts.DOCUMENTS),
    "C7": breakouts.filled(breakouts.QUERIES),
    "C8": breakouts.filled(breakouts.TEMPLATES),
    "C9": _paths,
    "C10": _headers,
    "C12": _lines,
    "C14": _bombs,
    "C17": _keyed,
}
