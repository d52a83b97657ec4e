"""Properties that hold for any input: readers of numbers and commands never raise and never guess, what is said is only
text, a signature is checked with yes or no, a log line is one line without a number, a mail stays as it is.
"""

import email
import io
import json
import sys
import xml.etree.ElementTree as ET
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from uuid import UUID

import depth
import phonenumbers
import pytest
from factories import wib
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from people import House
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from config import logs
from hostile.corpus import corpus
from hostile.sinks import UNPRINTABLE, tree
from ivr.channels import guard, twiml
from ivr.prompts import Line, Prompt, Wants
from ivr.understanding import intents
from ticketing.rules import numbers, places, references
from workers.senders import email as mail
from workers.senders.report import Report

OFTEN = how(max_examples=depth.EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
BY_CLASS = {name.partition(" ")[0]: values for name, values in corpus(share=0.2).items()}
HOSTILE = st.one_of([st.sampled_from(values) for values in BY_CLASS.values()])
TEXT = st.text(st.characters(codec=None), max_size=200) | HOSTILE
SPELLED = st.text("0123456789+-().,/ *#sipteladow:@;＋０１２٣٤\u200b\u202e\x00", max_size=40) | HOSTILE


# -- readers -------------------------------------------------------------------------------------------------------


@OFTEN
@given(SPELLED)
def test_a_number_is_read_or_refused(raw: str) -> None:
    found = numbers.read(raw)
    if found.e164 is None:
        assert not found.sms
        return
    assert phonenumbers.is_valid_number(phonenumbers.parse(found.e164))
    assert numbers.read(found.e164) == found, "what was read is read the same again"
    assert found.sms == (found.kind == "mobile" and found.e164.startswith("+628"))


@OFTEN
@given(st.text(st.characters(codec=None, exclude_categories=["Nd", "Nl", "No"]), max_size=60))
def test_what_has_no_digit_is_no_number(raw: str) -> None:
    assert numbers.read(raw).e164 is None


@OFTEN
@given(TEXT)
def test_a_masked_number_hides_four_digits(raw: str) -> None:
    masked = numbers.mask(raw)
    assert masked in ("-", "****") or masked.count("*") == 4


@OFTEN
@given(TEXT)
def test_commands_numbers_and_places_are_read_or_refused(text: str) -> None:
    number = references.clean(text)
    assert number is None or (references.check(number) and number.isascii() and len(number) == 9)
    assert intents.read(text).intent in intents.INTENTS
    assert places.recognise(text[:300]).result in ("match", "ambiguous", "outside", "none")


# -- what is said --------------------------------------------------------------------------------------------------


@pytest.fixture
def house(sqlite_house: House) -> House:
    return sqlite_house


WANTS = [None, Wants("key"), Wants("words", hints=["Kranji"]), Wants("recording"), Wants("transfer", 20, to="+6221112")]


def document(text: str, wants: Wants | None) -> ET.Element:
    return ET.fromstring(twiml.render(Prompt((Line("any", text, "id"),), wants, "id", "x"), 3, "CA" + "1" * 32))


def test_any_text_changes_the_text_of_one_sentence(house: House) -> None:
    @OFTEN
    @given(TEXT, st.sampled_from(WANTS))
    def any_text(text: str, wants: Wants | None) -> None:
        made, usual = document(text, wants), document("halo", wants)
        assert tree(made) == tree(usual)
        ours, theirs = ([one for one in root.iter() if one.tag in ("Redirect", "Number")] for root in (made, usual))
        assert [one.text for one in ours] == [one.text for one in theirs]
        for one in made.iter("Say"):
            for mark in one:
                assert (mark.tag, dict(mark.attrib)) in (("break", {"time": "500ms"}), ("sub", {"alias": "nol"}))

    any_text()


# -- signatures ----------------------------------------------------------------------------------------------------


def test_a_signature_fits_or_does_not(house: House) -> None:
    """For any fields, any header, any path; and what was never signed never fits."""
    latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=300)

    @OFTEN
    @given(st.lists(st.tuples(TEXT, TEXT), max_size=6), latin | HOSTILE, TEXT)
    def any_form(pairs: list[tuple[str, str]], signature: str, path: str) -> None:
        environ = EnvironBuilder(method="POST").get_environ()
        environ.update(HTTP_X_TWILIO_SIGNATURE=signature, RAW_URI=path)
        with house.app.test_request_context():
            assert guard._signed(Request(environ), MultiDict(pairs)) is False

    any_form()


@OFTEN
@given(st.lists(st.tuples(st.sampled_from(sorted(guard._KNOWN)) | TEXT, TEXT), max_size=12))
def test_any_form_is_refused_with_a_reason(pairs: list[tuple[str, str]]) -> None:
    for fields in (guard.CALL, guard.RECORDED, guard.TEXT, guard.TEXT_STATUS):
        assert fields.problem(MultiDict(pairs)), "no such account is ours"


# -- logs ----------------------------------------------------------------------------------------------------------


def test_any_event_is_one_plain_line_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = io.StringIO()
    monkeypatch.setattr(sys, "stderr", lines)
    logs.set_up()
    between = st.sampled_from(["", " ", "-", ".", "\u00a0"])
    digits = st.text("0123456789", min_size=9, max_size=12)

    @OFTEN
    @given(TEXT, TEXT, digits, between, st.sampled_from(["", "+62", "0", "62", "tel:", "sip:", "%2B"]))
    def any_event(event: str, words: str, number: str, gap: str, before: str) -> None:
        lines.seek(0)
        lines.truncate()
        spelled = gap.join((number[:3], number[3:6], number[6:]))
        logs.log(event, words=words, caller=f"{before}{spelled}")
        logs.warn("broke", exc_info=ValueError(f"{words} 11200 {before}{spelled} 7 {words}"))
        written = lines.getvalue()
        assert written.count("\n") == 2
        assert written.isascii()
        assert not UNPRINTABLE.search(written.replace("\n", ""))
        first, second = map(json.loads, written.splitlines())
        assert spelled not in first["caller"]
        assert spelled not in second["exception"]

    any_event()


# -- mail ----------------------------------------------------------------------------------------------------------


def test_any_note_leaves_the_mail_as_it_is(house: House) -> None:
    """Whatever a note holds: the same headers, the same recipient, two parts, and no markup of its own."""

    @how(OFTEN, max_examples=min(depth.EXAMPLES, 40))
    @given(st.lists(TEXT, max_size=4))
    def any_notes(notes: list[str]) -> None:
        clean = [note.encode("utf-8", "replace").decode() for note in notes]  # as the database gives it back
        message = email.message_from_bytes(written(clean), _class=EmailMessage, policy=default)
        usual = email.message_from_bytes(written(["halo"] * len(clean)), _class=EmailMessage, policy=default)
        assert [(name, value) for name, value in message.items() if name not in ("Date", "Content-Type")] == [
            (name, value) for name, value in usual.items() if name not in ("Date", "Content-Type")
        ]
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        html, plain = (part.get_body(("html",)).get_content() for part in (message, usual))
        assert html.count("<") == plain.count("<")
        assert html.count('"') == plain.count('"')

    any_notes()


def written(notes: list[str]) -> bytes:
    """The mail about a ticket with these notes, as it goes over the wire."""
    moment = wib("2026-11-24 09:00")
    ticket = SimpleNamespace(
        number="123456786", category="sampah", department="dlh", area=None, priority="P3", created_at=moment,
        answer_due_at=moment, due_at=moment, latitude=None, longitude=None,
            notes=[SimpleNamespace(kind="place", text=note) for note in notes],
    )  # fmt: skip
    return mail._message(Report(ticket, None, [], []), SimpleNamespace(id=UUID(int=1))).as_bytes()
