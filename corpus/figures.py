"""make understanding: how well texts are understood written by hands who are set apart (corpus/apart). The only
figures of the reader that count; nothing may be tuned to these rows.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from config.hotline import city
from corpus import rows
from corpus.rows import Row, Spot
from ivr.understanding import intents, model
from ivr.understanding.intents import INTENTS, Understood
from ticketing.rules.places import Place, recognise

WORST = 20
STEPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)  # of confidence
Judged = tuple[Row, Understood]


def main() -> None:
    began = time.process_time()
    judged = [(row, intents.read(row.text, row.open)) for row in rows.apart()]
    cost = (time.process_time() - began) / len(judged) * 1000
    write = sys.stdout.write
    write(f"{len(judged)} messages by {len({row.hand for row, _ in judged})} hands that are set apart\n\n")
    write(table("intent", judged, lambda row: row.intent, INTENTS))
    write(table("hand", judged, lambda row: row.hand, sorted({row.hand for row, _ in judged})))
    write(calibration(judged))
    write(danger(judged))
    write(perils())
    write(categories(judged))
    write(spots())
    write(f"{cost:.2f} ms of CPU a text; model {model.load().version}, {model.FILE.stat().st_size / 1e6:.1f} MB\n\n")
    write(worst(judged))


def right(judged: Sequence[Judged]) -> float:
    """The share whose first guess is right."""
    return sum(row.is_right(found.intent) for row, found in judged) / max(len(judged), 1)


def right_or_asked(judged: Sequence[Judged]) -> float:
    """The share whose first guess is right or who are asked about it: what they mean, or whether there is danger."""
    return sum(row.is_right(found.intent) or _is_asked(row, found) for row, found in judged) / max(len(judged), 1)


def _is_asked(row: Row, found: Understood) -> bool:
    return found.asks or (row.danger == "sure" and found.danger == "perhaps")


def table(name: str, judged: Sequence[Judged], of: Callable[[Row], str], keys: Sequence[str]) -> str:
    lines = [f"{name:<16} rows  right  asked  right or asked  taken for"]
    for key in ("all", *keys):
        mine = [(row, found) for row, found in judged if key in ("all", of(row))]
        taken = Counter(found.intent for row, found in mine if not row.is_right(found.intent)).most_common(3)
        lines.append(
            f"{key:<16} {len(mine):4} {right(mine):6.1%} {sum(found.asks for _, found in mine) / len(mine):6.1%} "
            f"{right_or_asked(mine):15.1%}  {', '.join(f'{other} {count}' for other, count in taken)}"
        )
    return "\n".join(lines) + "\n\n"


def calibration(judged: Sequence[Judged]) -> str:
    """Confidence beside the share that was right, of what the model judged."""
    lines = ["confidence      rows  said   right"]
    learned = [(row, found) for row, found in judged if found.confidence < 1]
    for low, high in pairwise(STEPS):
        mine = [(row, found) for row, found in learned if low <= found.confidence < high]
        said = sum(found.confidence for _, found in mine) / max(len(mine), 1)
        lines.append(f"{low:.1f} to {min(high, 1):.1f}      {len(mine):5} {said:6.1%} {right(mine):6.1%}")
    return "\n".join(lines) + "\n\n"


def danger(judged: Sequence[Judged]) -> str:
    """How many in danger are heard or asked whether there is danger, and how many others are."""
    lines = []
    for name, mine in (
        ("sure", [found for row, found in judged if row.danger == "sure"]),
        ("perhaps", [found for row, found in judged if row.danger == "perhaps"]),
        ("near-misses", [found for row, found in judged if row.near_miss]),
        ("no", [found for row, found in judged if row.danger == "no"]),
    ):
        heard = sum(found.intent == "emergency" for found in mine) / len(mine)
        either = sum(found.danger != "no" for found in mine) / len(mine)
        lines.append(
            f"danger {name:<12} {len(mine):5} rows, {heard:6.1%} taken for an emergency, {either:6.1%} or asked"
        )
    return "\n".join(lines) + "\n\n"


def perils() -> str:
    """How often the kind of a danger is right, and the three that nobody else may learn of."""
    mine = [(row.peril, intents.peril(row.text)) for row in rows.apart() if row.peril]
    lines = [f"kind of {len(mine)} dangers: {sum(one == other for one, other in mine) / len(mine):.1%} right"]
    for name in sorted({one for one, _ in mine}):
        taken = Counter(other for one, other in mine if one == name)
        lines.append(f"  {name:<12} {taken.total():4} {taken[name] / taken.total():6.1%}  {dict(taken.most_common(4))}")
    return "\n".join(lines) + "\n\n"


def categories(judged: Sequence[Judged]) -> str:
    mine = [(row, found) for row, found in judged if row.category and row.intent == found.intent == "report"]
    first = sum(row.category == found.category for row, found in mine) / len(mine)
    three = sum(row.category in dict(found.categories) for row, found in mine) / len(mine)
    return f"category of {len(mine)} reports: first {first:.1%}, among three {three:.1%}\n\n"


def spots() -> str:
    """How places are understood: right, asked about (what is meant among what is asked, or not), wrong and certain."""
    lines = []
    for mode in ("spoken", "written"):
        counts = Counter(placed(spot, recognise(spot.text)) for spot in rows.spots("apart") if spot.mode == mode)
        shares = ", ".join(f"{name} {count / counts.total():.1%}" for name, count in counts.most_common())
        lines.append(f"{counts.total()} {mode} places: {shares}")
    return "\n".join(lines) + "\n\n"


def placed(spot: Spot, found: Place) -> str:
    """What became of a place: right, asked, wide (its kecamatan was understood), wrong."""
    got: str | None = found.area
    meant = set(spot.means) - {"ask"}
    if not spot.means or "ask" in spot.means:  # nobody can know: asking is right, and so is what holds either way
        around = {city().kecamatan_key(key) for key in meant}
        return "right" if (not got and not found.outside) or (got in around and len(around) == 1) else "wrong"
    if "outside" in meant:
        return "right" if found.outside else "wrong" if got else "asked"
    if found.outside:
        return "wrong"
    [key] = meant
    if spot.mode == "spoken" and len(found.candidates) == 1:  # by telephone one place is read back, sure or not
        got = found.candidates[0]
    if got == key or (got and key == city().kecamatan_key(got) and not _is_called_like_it(got)):
        return "right"
    if got is None:
        within = bool(found.candidates) and {city().kecamatan_key(one) for one in found.candidates} == {key}
        return "right" if within else "asked"
    return "wide" if got == city().kecamatan_key(key) else "wrong"


def _is_called_like_it(area: str) -> bool:
    """Whether a kelurahan bears the name of its kecamatan: then it was not meant for certain."""
    return city().area(area).kelurahan in city().kecamatan


def worst(judged: Sequence[Judged]) -> str:
    """What was wrong and most sure of itself."""
    wrong = [(row, found) for row, found in judged if not row.is_right(found.intent)]
    wrong.sort(key=lambda pair: -pair[1].confidence)
    lines = [
        f"{found.confidence:.2f} {row.intent} read as {found.intent} ({row.open}, {found.why}): {row.text!r}"
        for row, found in wrong[:WORST]
    ]
    return "The surest mistakes:\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
