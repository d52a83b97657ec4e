"""The tracking page on a slow line: what is transferred, by kind, and when something is first painted, in a Chromium
that the DevTools slow down. Each load is the first one: nothing is in the browser's cache."""

import io
import shutil
import statistics
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from bench.house import House
from config import stores
from ticketing.contacts import contacts
from ticketing.media import photos
from ticketing.rules import numbers
from ticketing.tickets import additions, history, intake, moves

# Kilobits a second down and up, milliseconds there and back.
LINES = {"slow 3G": (400, 400, 400), "3G": (1600, 750, 150)}
SCREEN = {"width": 360, "height": 740}
_PAINTS = "() => performance.getEntriesByType('paint').map(one => [one.name, one.startTime])"


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the other parts need no browser

    chromium = shutil.which("chromium")
    if chromium is None:
        say("the page was not measured: there is no Chromium")
        return {}
    code = _ticket(house)
    paths = {"page": f"/t/{code}", "form for a photo": f"/t/{code}/tambah", "form for a place": f"/t/{code}/tempat"}
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for line, speed in LINES.items():
            for name, path in paths.items():
                loads = [_load(browser, house, path, speed) for _ in range(2 if quick else 7)]
                times = {what: round(statistics.median(load[what] for load in loads)) for what in ("paint", "content")}
                found[f"{name}, {line}"] = {**loads[0], **times, "loads": len(loads)}
                say(f"{name} on {line}: {found[f'{name}, {line}']}")
        browser.close()
    return found


def _ticket(house: House) -> str:
    """A report in work with a word and two proofs of its department; gives the code of its page."""
    with house.ours(), stores.transaction() as session:
        contact = contacts.known(session, numbers.read("+6281200001111", hotline="1500444"))
        report = intake.Report(
            key=f"page:{uuid4()}", channel="voice", category="lampu-jalan", language="id", area="kayuringinjaya"
        )
        ticket = intake.open_ticket(session, report, contact=contact, call=None, by="caller")
        for state in ("forwarded", "accepted", "in_progress"):
            moves.move(session, ticket, state, by="bench")
        history.note(session, ticket, "Tiang diperiksa, kabel putus.", by="bench", kind=history.PUBLIC)
        for _ in range(2):
            additions.keep_upload(session, ticket, _picture(), by="bench", kind=photos.PROOF)
        return str(ticket.tracking_code)


def _picture() -> bytes:
    """As heavy as a photo gets."""
    from PIL import Image  # noqa: PLC0415

    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).save(out, "JPEG")
    return out.getvalue()


def _load(browser: Any, house: House, path: str, speed: tuple[int, int, int]) -> dict[str, Any]:
    """One visit: bytes by kind, headers included, and milliseconds to the first paint and the first content."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    bytes_: Counter[str] = Counter()
    devtools.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
    devtools.on(
        "Network.loadingFinished",
        lambda told: bytes_.update({kinds.get(told["requestId"], "?"): int(told["encodedDataLength"])}),
    )
    devtools.send("Network.enable")
    down, up, latency = speed
    devtools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": down * 125, "uploadThroughput": up * 125},
    )
    page.goto(f"http://127.0.0.1:{house.port}{path}", wait_until="networkidle")
    paints = dict(page.evaluate(_PAINTS))
    context.close()
    weight = {kind.lower(): count for kind, count in sorted(bytes_.items())}
    first_view = sum(count for kind, count in bytes_.items() if kind in ("Document", "Stylesheet", "Script"))
    return {
        "bytes": weight,
        "first_view": first_view,
        "paint": paints.get("first-paint", 0),
        "content": paints.get("first-contentful-paint", 0),
    }
