"""The results as a table, with what was aimed at and whether it was met."""

from collections.abc import Iterator
from typing import Any

Row = tuple[str, str, str, str]
_WHAT = ("a first turn, new caller", "b menu turn", "c turn that opens a ticket")
_LEAST = (0.8, 0.8, 0.5)


def printed(found: dict[str, Any]) -> str:
    rows = [("what", "measured", "aim", ""), *_rows(found)]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _rows(found: dict[str, Any]) -> Iterator[Row]:
    yield from _turns(found.get("turns", {}))
    for name, counted in found.get("statements", {}).get("turns", {}).items():
        yield f"SQL: {name}", f"{counted['statements']} statements, {counted['round_trips']} round trips", "", ""
    if "journeys" in found:
        yield from _journeys(found["journeys"])
    if "drain" in found:
        drain = found["drain"]
        yield "drain of due texts", f"{drain['texts']} in {drain['seconds']} s, {drain['per_second']}/s", "", ""
        yield "RQ no-op jobs, same workers", f"{drain['noop_per_second']}/s", "", ""
    for name in ("flood", "overload"):
        if name in found.get("flood", {}):
            yield from _flood(name, found["flood"][name])
    if "drained_after" in found.get("flood", {}):
        yield "everything handed over after the flood", f"{found['flood']['drained_after']} s", "", ""
    for name, one in found.get("page", {}).items():
        yield from _page(name, one)
    if "uploads" in found:
        yield from _uploads(found["uploads"])
    if "sizes" in found:
        yield from _sizes(found["sizes"])


def _turns(turns: dict[str, Any]) -> Iterator[Row]:
    for name, one in turns.items():
        if "error" in one:
            yield name, one["error"], "", "FAILED"
            continue
        aim = next((least for what, least in zip(_WHAT, _LEAST, strict=True) if name == what), None)
        for whose, told in (("", one), (" (floor)", one["floor"])):
            measured = f"{told['per_second']}/s, p50 {told['p50']} p95 {told['p95']} p99 {told['p99']} ms"
            measured += f", generator {told['generator_share']} of the CPU used"
            yield f"{name}{whose}", measured, "", "FAILED" if told["failed"] else ""
        met = _met(one["ratio"], least=aim)
        yield f"{name}, share of the floor", f"{one['ratio']}", f">= {aim}" if aim else "", met
    for kind in ("d status of the own report", "d status by number"):
        rates = [one["per_second"] for name, one in turns.items() if name.startswith(f"{kind}, ")]
        if len(rates) == 2:
            slower = round(rates[0] / rates[1], 2)
            yield f"{kind}, 2 million next to 10 thousand", f"{slower} times slower", "<= 1.3", _met(slower, most=1.3)


def _journeys(found: dict[str, Any]) -> Iterator[Row]:
    if "whole" in found:
        whole = found["whole"]
        yield "whole calls, dial to text handed over", f"{whole['per_second']} calls/s ({whole['calls']})", "", ""
    for name in ("idle", "ten times"):
        for what in ("text", "mail"):
            if name in found and what in found[name]:
                one = found[name][what]
                aim = what == "text" and name == "ten times"
                yield (
                    f"sent by the caller to {what} handed over, {found[name]['load']}",
                    f"p50 {one['p50']} p95 {one['p95']} s ({one['count']} of {found[name]['calls']})",
                    "95 % within 10 s" if aim else "",
                    _met(one["p95"], most=10) if aim else "",
                )


def _flood(name: str, one: dict[str, Any]) -> Iterator[Row]:
    yield f"{name}: {one['load']}", f"{one['webhooks']} webhooks in {one['seconds']} s", "", ""
    lost = one["calls_lost"] + one["texts_lost"]
    yield f"{name}: lost calls and texts", f"{lost} of {one['calls']} and {one['texts']}", "0", _met(lost, most=0)
    yield f"{name}: answers 5xx or none", f"{one['failed']}", "0", _met(one["failed"], most=0)
    waited = f"p50 {one['p50']} p95 {one['p95']} p99 {one['p99']} max {one['max']} ms"
    if name == "flood":
        yield f"{name}: webhooks", waited, "p95 < 500 ms", _met(one["p95"], most=500)
    else:
        yield f"{name}: webhooks", waited, "", ""
        yield (f"{name}: answered within 2 s", f"{one['within_2s']} %", "100 %", _met(one["within_2s"], least=100))
    yield (
        f"{name}: 95 % of receipts handed over within", f"{one['text_p95']} s ({one['texts_out']})", "60 s",
        _met(one["text_p95"], most=60),
    )  # fmt: skip
    yield f"{name}: generator and its carrier", f"{one['generator_share']} of the CPU used", "", ""


def _page(name: str, one: dict[str, Any]) -> Iterator[Row]:
    """The first view is the document with its style; photos come after it."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in one["bytes"].items())
    yield (
        f"{name}: bytes of the first view",
        f"{one['first_view']} ({kinds})",
        "<= 50000",
        _met(one["first_view"], most=50_000),
    )
    times = f"{one['paint']} ms, content {one['content']} ms ({one['loads']} loads)"
    aimed = "slow 3G" in name
    yield f"{name}: first paint", times, "<= 2000 ms" if aimed else "", _met(one["content"], most=2000) if aimed else ""


def _uploads(found: dict[str, Any]) -> Iterator[Row]:
    for name, one in found.items():
        measured = f"p50 {one['p50']} p95 {one['p95']} ms, longest {one['longest']} s, apologies {one['apologies']}"
        met = _met(one["p95"], most=1.5 * found["alone"]["p95"]) if not one["apologies"] else "missed"
        yield f"callers beside uploads: {name}", measured, "p95 <= 1.5 times alone, no apology", met


def _sizes(sizes: dict[str, Any]) -> Iterator[Row]:
    for name, megabytes in sizes["memory"].items():
        aim = name.startswith("web")
        yield (
            f"memory, {name}", f"PSS {megabytes['pss']} RSS {megabytes['rss']} MB", "PSS < 120 MB" if aim else "",
            _met(megabytes["pss"], most=120) if aim else "",
        )  # fmt: skip
    yield "import wsgi", f"{sizes['import_seconds']} s wall, {sizes['import_self_ms']} ms in imports", "", ""
    loaded = sizes["rest_client_loaded"]
    yield "twilio.rest loaded by a web process", "yes" if loaded else "no", "no", "missed" if loaded else "met"


def _met(value: float, *, least: float | None = None, most: float | None = None) -> str:
    if least is None and most is None:
        return ""
    return "met" if (least is None or value >= least) and (most is None or value <= most) else "missed"
