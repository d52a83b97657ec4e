"""The doors by which each class of input comes in, and through which fields; then into every place that such a field
can reach."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from people import ACCOUNT, TOKEN, Resident
from sqlalchemy import func, select

from config import stores, vault
from hostile import sinks
from hostile.attacked import FORM, Attacked, Tally, arrived, encoded, of_call, of_text, signed
from hostile.callbacks import Callback, callbacks
from hostile.corpus import corpus
from hostile.forgeries import Forgery, forgeries
from ivr.simulator.calls import audio
from ivr.simulator.network.ledger import Recording, new_sid
from ticketing.models import Call, Contact, Message, Ticket
from ticketing.outgoing import links
from ticketing.rules import numbers

HARMLESS = (
    "zzqq xxvv", "kranji", "jatiasih", "jakarta timur", "cikarang", "harapan jaya", "jati", "kali abang", "lewati",
    "petugas", "tolong rumah saya kebakaran", "ada bau gas di kranji", "ada bau gas", "kranji cakung", "ya", "bukan",
)  # fmt: skip
LONGEST_FIELD = 256  # of what decides something; longer is refused
BESIDE = 2_000  # characters of what stands beside the words, so that the whole request stays below its limit
_NOTE = 290

Trees = list[Any]


def everything(into: Attacked, share: float = 1.0) -> dict[str, list[Any]]:
    """Every class but the framing of requests, which needs another server."""
    forged_here = forgeries(into.house.url, share=share)
    more = {"C15 forgeries": forged_here, "C18 callbacks": callbacks(share=share)}
    return {**corpus(share=share), **more}


def tried(into: Attacked, name: str, inputs: Sequence[Any]) -> Tally:
    """One class, through its doors and into its sinks."""
    tally = Tally(inputs=len(inputs))
    into.begin(tally)
    for door in DOORS[name.partition(" ")[0]]:
        door(into, inputs)
    into.house.work()
    for sink in (sinks.texts, sinks.mails, sinks.commands, sinks.elsewhere, sinks.log):
        sink(into)
    return tally


# -- the telephone -------------------------------------------------------------------------------------------------


def said(into: Attacked, values: Sequence[str]) -> None:
    """Two inputs a call as answers to "which kelurahan?", and in every other field of the same request."""
    known = [_harmless(into, turn) for turn in (2, 3)]

    def call(pair: tuple[str, ...]) -> None:
        sid, caller = _at_the_place(into)
        for turn, (value, trees) in enumerate(zip(pair, known, strict=False), 2):
            others = dict.fromkeys(("Confidence", "CallerName", "Language", "ErrorUrl", "StirVerstat"), value[:BESIDE])
            if len(arrived(value[:LONGEST_FIELD])) <= LONGEST_FIELD:  # half a surrogate arrives as nine characters
                others["To"] = value[:LONGEST_FIELD]
            told = into.sends(f"/voice/turn/{turn}", of_call(sid, From=caller, SpeechResult=value, **others))
            root = sinks.document(into, told, value)
            into.tally.check(sinks.tree(root) in trees, "another tree", value, told.body)

    into.each(call, list(_batches(values, 2)))


def noted(into: Attacked, values: Sequence[str]) -> None:
    """As many inputs as fit into what was said about the place of a report: to the mail, and to whoever looks."""
    notes = list(_packed(values))

    def report(note: str) -> None:
        sid, caller = _at_the_place(into)
        told = into.sends("/voice/turn/2", of_call(sid, From=caller, SpeechResult=note))
        asked_again = b"bintang" in told.body  # nothing was recognised: skip the place; else say that it is right
        into.sends("/voice/turn/3", of_call(sid, From=caller, Digits="*" if asked_again else "1"))
        _recorded(into, sid, "/voice/turn/4", From=caller)

    known = {ticket["number"] for ticket in into.house.tickets()}
    for some in _batches(notes, 200):  # the carrier keeps the last 500 recordings
        into.each(report, some)
        into.house.work()
    numbers = [one["number"] for one in into.house.tickets() if one["number"] not in known]
    into.tally.check(len(numbers) == len(notes), "reports were not opened", len(numbers), len(notes))
    for number in numbers:
        sinks.printed(into, "tickets", "show", number)
        sinks.printed(into, "tickets", "show", number, "--json")


def dialled(into: Attacked, values: Sequence[str]) -> None:
    """As a caller's number, in every spelling; a call, a text, and now and then a report by the fallback."""

    def call(nth_value: tuple[int, str]) -> None:
        nth, value = nth_value
        told = into.sends("/voice/incoming", of_call(From=value, To=value, ForwardedFrom=value, CallStatus=value[:20]))
        text = into.sends("/sms/incoming", of_text("halo", value))
        if len(value) > LONGEST_FIELD:
            into.tally.check(told.status == text.status == 400, "too long and yet taken", value)
            sinks.error_page(into, told, value)
            return
        sinks.document(into, told, value)
        into.tally.check(text.status == 200, f"a text answered {text.status}", value)
        if nth % 8 == 0:
            _recorded(into, new_sid("CA"), "/voice/fallback/saved", From=value)

    into.each(call, list(enumerate(values)))


def keyed(into: Attacked, values: Sequence[str]) -> None:
    """As keys and as speech at the first question, then as the length, the address and the end of a recording."""

    def call(value: str) -> None:
        sid, caller = new_sid("CA"), into.next_caller()
        into.sends("/voice/incoming", of_call(sid, From=caller))
        fields = {"Digits": value, "SpeechResult": value, "Confidence": value[:20], "DialBridged": value}
        sinks.document(into, into.sends("/voice/turn/1", of_call(sid, From=caller, **fields)), value)
        recorded = {"RecordingSid": new_sid("RE"), "RecordingDuration": value, "RecordingUrl": value, "Digits": value}
        sinks.document(into, into.sends("/voice/turn/2", of_call(sid, From=caller, **recorded)), value)
        into.sends("/voice/fallback", of_call(sid, From=caller, ErrorCode=value, ErrorUrl=value))
        dialled = {"DialCallStatus": value, "DialCallSid": new_sid("CA")}
        sinks.document(into, into.sends("/voice/turn/3", of_call(sid, From=caller, **dialled)), value)

    into.each(call, values)


def reported_broken(into: Attacked, values: Sequence[str]) -> None:
    """As the carrier's reason for asking the fallback: the one field of a caller that is logged as it came."""

    def call(value: str) -> None:
        fields = {"ErrorCode": value, "ErrorUrl": value, "Digits": value}
        sinks.document(into, into.sends("/voice/fallback", of_call(From=into.next_caller(), **fields)), value)

    into.each(call, values)


# -- texts, bodies, paths ------------------------------------------------------------------------------------------


def texted(into: Attacked, values: Sequence[str]) -> None:
    """As a text: answered empty, stored once and as it came."""
    sent: dict[str, str] = {}

    def text(value: str) -> None:
        form = of_text(value, into.next_caller(), MediaUrl0=value, NumMedia=value[:9], ProfileName=value)
        sent[form["MessageSid"]] = arrived(value)[:5000]
        told = into.sends("/sms/incoming", form)
        into.tally.check(told.status == 200 and b"<Message" not in told.body, f"answered {told.status}", value)

    into.each(text, values)
    with stores.reading() as session:
        for message in session.scalars(select(Message).where(Message.inbound)):
            if message.sid in sent:
                into.tally.check(message.body == sent.pop(message.sid), "stored as something else", message.body)
    into.tally.check(not sent, "not stored", list(sent.values())[:3])


def handed_over(into: Attacked, values: Sequence[str]) -> None:
    """As a text that the local aggregator brings: in every field that takes words, stored once, or refused in JSON."""
    before = rows()

    def hand_over(value: str) -> None:
        told = into.hands_over({"text": value, "button": value[:100], "location": {
            "latitude": -6.25, "longitude": 107.0, "address": value[:500]}})  # fmt: skip
        into.tally.check(told.status == 200, f"answered {told.status}", value)
        for odd in ({"channel": value}, {"sent_at": value}, {"media": [{"id": value}]}, {value: value}):
            told = into.hands_over(odd)
            into.tally.check(told.status in (200, 400), f"answered {told.status}", odd)
            json.loads(told.body)

    into.each(hand_over, values)
    into.tally.check((rows()[1] or 0) - (before[1] or 0) >= len(values), "a text was not stored")


def filled_in(into: Attacked, values: Sequence[str]) -> None:
    """As what a resident writes on the page of a report, in every field of every form; shown again or thanked for."""
    codes = [_page(into) for _ in range(len(values) // 6 + 1)]

    def fill_in(nth_value: tuple[int, str]) -> None:
        nth, value = nth_value
        code = codes[nth // 6]
        for form, field in (("tambah", "kata"), ("tempat", "jalan"), ("tempat", "titik"), ("belum", "kata"),
                            ("nilai", "nilai"), ("telepon", "kata")):  # fmt: skip
            body = encoded([("kunci", links.form_key(code, form)), (field, value), ("kelurahan", value)])
            told = into.asks("POST", f"/t/{code}/{form}", body, {"Content-Type": FORM})
            into.tally.check(told.status in (303, 413, 422, 429, 302, 200), f"answered {told.status}", form, value)
            sinks.page(into, told, form, value)
        found = encoded([("nomor", value), ("angka", value)])
        told = into.asks("POST", "/t", found, {"Content-Type": FORM})
        into.tally.check(told.status in (404, 422, 429), f"answered {told.status}", value)
        sinks.page(into, told, value)

    into.each(fill_in, list(enumerate(values)))


def _page(into: Attacked) -> str:
    """The code of the page of a new report."""
    caller = into.next_caller()
    into.sends("/sms/incoming", of_text("lapor lampu mati di kayuringin depan pasar", caller))
    with stores.reading() as session:
        hashes = vault.lookups(numbers.read(caller).e164 or "")
        contact = session.scalars(select(Contact).where(Contact.phone_hash.in_(hashes))).one()
        return str(session.scalars(select(Ticket).where(Ticket.contact_id == contact.id)).one().tracking_code)


def thrown(into: Attacked, values: Sequence[str]) -> None:
    """As the whole body, under a signature that fits an empty form: never read as anything, never in."""
    kinds = ("application/json", "text/xml", FORM, "multipart/form-data; boundary=x", "text/plain; charset=utf-16", "")
    paths = ("/voice/incoming", "/sms/incoming", "/sms/status?ref=x", "/voice/turn/2", "/voice/recording/1")
    before = rows()

    def throw(one: tuple[str, str, str]) -> None:
        value, kind, path = one
        headers = {"Content-Type": kind, "X-Twilio-Signature": signed(TOKEN, into.house.url + path, [])}
        told = into.asks("POST", path, value.encode("utf-8", "surrogatepass"), headers)
        into.tally.check(told.status in (400, 403, 413, 415), f"answered {told.status}", one)
        sinks.error_page(into, told, one)

    into.each(throw, list(zip(values, itertools.cycle(kinds), itertools.cycle(paths), strict=False)))
    into.tally.check(rows() == before, "something came in")


def visited(into: Attacked, values: Sequence[str]) -> None:
    """As the end of public addresses, two for each."""

    starts = ("/t/", "/recordings/", "/voice/clips/id/", "/", "/t/x?bahasa=", "/voice/turn/", "/static/")

    def visit(nth_value: tuple[int, str]) -> None:
        nth, value = nth_value
        path = quote(value, safe="/%.;?=~", errors="replace")
        for start in (starts[nth % len(starts)], starts[(nth + 3) % len(starts)]):
            told = into.asks("GET", start + path)
            expected = (200, 302, 308, 400, 404, 405, 414, 429)
            into.tally.check(told.status in expected, f"answered {told.status}", start, value)
            into.tally.check(told.headers.get("x-content-type-options") == "nosniff", "may be sniffed", start, value)
            if told.status >= 400:
                sinks.error_page(into, told, start, value)

    into.each(visit, list(enumerate(values)))


# -- the carrier itself --------------------------------------------------------------------------------------------


def forged(into: Attacked, inputs: Sequence[Forgery]) -> None:
    """None comes in: no row, no text, no document, and one line in the log says that it was refused."""
    before = rows()

    def forge(one: Forgery) -> None:
        told = into.asks(one.method, one.path, one.body, one.all_headers)
        accepted = told.status < 300 and one.method not in ("OPTIONS", "HEAD")
        into.tally.check(not accepted, "a forgery was accepted", told.status, one)
        into.tally.check(b"<Response" not in told.body, "a forgery got a document", one)
        sinks.error_page(into, told, one)

    into.each(forge, inputs)
    into.tally.check(rows() == before, "a forgery left something behind", rows(), before)


def called_back(into: Attacked, inputs: Sequence[Callback]) -> None:
    """Taken or refused, never a fault; and a text that has arrived stays arrived."""
    Resident(into.house, into.next_caller()).texts("CEK")  # a reply goes out at any hour
    into.house.work()
    with stores.reading() as session:
        message = session.scalars(select(Message).where(Message.status == "delivered")).first()
    into.tally.check(message is not None, "no text was delivered")
    ref = links.message_status(message.id).partition("ref=")[2] if message else ""
    refs = {"real": ref, "spoilt": ref[:-1] + ("A" if ref[-1:] != "A" else "B"), "none": ""}

    def call_back(one: Callback) -> None:
        sids = {"CallSid": new_sid("CA"), "RecordingSid": new_sid("RE"), "MessageSid": new_sid("SM")}
        base = {"AccountSid": ACCOUNT, "From": into.next_caller(), "To": "1500444", "CallStatus": "completed"}
        path = f"{one.path}?ref={quote(refs.get(one.ref, one.ref))}" if one.path == "/sms/status" else one.path
        told = into.sends(path, {**base, **sids, **dict(one.fields)})
        into.tally.check(told.status in (200, 204, 400), f"answered {told.status}", one)
        into.tally.check(not told.body or told.status == 400, "a callback got an answer", one, told.body)
        sinks.error_page(into, told, one)

    into.each(call_back, inputs)
    with stores.reading() as session:
        now = session.get_one(Message, message.id).status if message else ""
    into.tally.check(now in ("delivered", "read"), "a receipt took a delivery back", now)


# -- the command line ----------------------------------------------------------------------------------------------


def explained(into: Attacked, values: Sequence[str]) -> None:
    """To the command that says what the software makes of it: one line of JSON for each, whatever it holds."""
    for kind in ("number", "place", "route", "deadline", "message"):
        plain = kind in ("number", "place")
        asked = [one if plain else {"category": one, "area": one, "at": one, "text": one} for one in values]
        said = sinks.printed(into, "explain", kind, given="\n".join(map(json.dumps, asked)))
        into.tally.check(said.count("\n") == len(values), f"explain {kind} gives other lines", said.count("\n"))


# -- pieces --------------------------------------------------------------------------------------------------------


def rows() -> tuple[int | None, ...]:
    """How many calls and texts the house knows of."""
    with stores.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Call, Message))


def _at_the_place(into: Attacked) -> tuple[str, str]:
    """A call in which the place is asked for; a caller without a mobile, who gets no texts."""
    sid, caller = new_sid("CA"), into.next_caller()
    into.sends("/voice/incoming", of_call(sid, From=caller))
    into.sends("/voice/turn/1", of_call(sid, From=caller, Digits="22"))
    return sid, caller


def _recorded(into: Attacked, sid: str, path: str, **fields: str) -> None:
    """The caller has spoken for nine seconds and hung up."""
    recording = Recording(new_sid("RE"), sid, 9, "completed")
    into.house.carrier.ledger.add(recording)
    into.house.carrier.ledger.keep_media(recording.sid, audio.stand_in(2))
    form = of_call(sid, RecordingSid=recording.sid, RecordingDuration="9", Digits="hangup", **fields)
    sinks.document(into, into.sends(path, form), fields)


def _harmless(into: Attacked, turn: int) -> Trees:
    """Every tree that ordinary words bring at this turn, whether or not the words before were understood."""
    if turn not in into.trees:
        pairs = [(words,) for words in HARMLESS] if turn == 2 else list(itertools.product(HARMLESS, HARMLESS[:2]))
        pairs += [(first, words) for first in HARMLESS[:3] for words in HARMLESS if turn == 3]
        into.trees[turn] = [_tree(into, pair) for pair in pairs]
    return into.trees[turn]


def _tree(into: Attacked, answers: tuple[str, ...]) -> Any:
    """What a caller hears after these answers to "which kelurahan?"."""
    sid, caller = _at_the_place(into)
    for turn, words in enumerate(answers, 2):
        told = into.sends(f"/voice/turn/{turn}", of_call(sid, From=caller, SpeechResult=words))
    return sinks.tree(sinks.document(into, told, answers))


def _batches(values: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(values), size):
        yield tuple(values[start : start + size])


def _packed(values: Sequence[str]) -> Iterator[str]:
    """Inputs in a row, as many as are kept of what somebody says."""
    note = ""
    for value in values:
        if note and len(note) + len(value) >= _NOTE:
            yield note
            note = ""
        note += f"{value} "
    if note:
        yield note


Door = Callable[[Attacked, Sequence[Any]], None]


def _part(first: int, of: int, door: Door) -> Door:
    """Only every `of`th input goes through this door."""
    return lambda into, values: door(into, values[first::of])


# Which fields a class is made for. Long text has many inputs: every other one is spoken, the rest is texted.
DOORS: dict[str, tuple[Door, ...]] = {
    "C1": (dialled, explained),
    "C2": (
        _part(0, 2, said),
        _part(0, 2, noted),
        _part(1, 2, texted),
        _part(0, 10, handed_over),
        _part(3, 40, filled_in),
        explained,
    ),
    "C3": (_part(0, 2, said), _part(0, 4, noted), _part(1, 2, texted)),
    "C4": (texted, explained),
    "C5": (said, noted, _part(0, 8, texted), _part(1, 16, filled_in)),
    "C6": (said, noted, _part(0, 10, handed_over)),
    "C7": (said, noted),
    "C8": (said, noted),
    "C9": (visited, _part(0, 20, filled_in)),
    "C10": (said, noted),
    "C12": (reported_broken, said, noted, explained),
    "C14": (thrown,),
    "C15": (forged,),
    "C17": (keyed,),
    "C18": (called_back,),
}
