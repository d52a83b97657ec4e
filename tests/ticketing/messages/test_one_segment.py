"""Every text that the code can send fits one GSM-7 segment, with whatever it is filled."""

from typing import Any

import pytest
from factories import caller, changing, moved, opened, texts, told, wib
from people import House, use
from sqlalchemy import select
from time_machine import travel

from config import lint, stores
from config.gsm7 import SEGMENT, gsm7, gsm7_length
from config.hotline import city
from ticketing.calls import callbacks
from ticketing.messages import announcements, whatsapp
from ticketing.messages import texts as messages
from ticketing.models import Message, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import intake, news, register
from workers import transactions

# Twenty-three characters and a code of eight: the longest that fits (the doctor warns of more).
LINK = "lacak.bekasikota.go.id/"
REPORTER = "+6281200007777"
QUESTIONS = [
    None,
    "Tiang nomor berapa, dan di RT/RW mana lampu itu berdiri tepatnya?",
    "“Di mana?” – dekat masjid…",
    "{[~]}^|€" * 20,
    "di mana 🕌🕌🕌?",
    "أين المصباح",
    "???",
    "gambar\n\nlampu\r\nmana",
    "café ĉe l’angulo, Łódź",
    "%s {link} {number.__class__}",
]


def send_everything(language: str) -> None:
    """Every text there is, through the doors that promise it."""
    for category in city().categories:
        number = opened(REPORTER, category, language=language)
        moved(number, "in_progress", "resolved")
    for department in city().departments:
        number = opened(REPORTER, "lampu-jalan", language=language)
        if department != "dishub":
            moved(number, "refused", owner=department)
        moved(number, "in_progress", "resolved")
    for referral in city().referrals:
        moved(opened(REPORTER, language=language), "referred", owner=referral)
    into, number = opened(language=language), opened(language=language)
    for question in QUESTIONS:
        moved(number, "waiting", note_text=question)
        moved(number, "in_progress", "scheduled", "resolved", "reopened")
        with transactions.transaction() as session:
            ticket = register.find(session, number, change=True)
            ticket.state = "refused"
            intake.reached_department(session, ticket, ticket.department)
    moved(number, "merged", into=into)
    late = opened(REPORTER, language=language)
    with travel(wib("2026-08-21 11:00")), changing(late) as (session, ticket):
        intake.reached_department(session, ticket, ticket.department)
    tell_followers(language)
    tell_who_is_called_back(language)
    tell_who_asked(language)


def tell_followers(language: str) -> None:
    for category in city().categories:
        for state in (lifecycle.SCHEDULED, lifecycle.RESOLVED, lifecycle.REFUSED):
            with changing(opened(REPORTER, category, language=language)) as (session, ticket):
                ticket.state, ticket.department = state, "disdukcapil"
                follower = caller(session, "+6281200008888")
                news.to_follower(session, ticket, follower, "SMS29", occasion="follows")
                news.to_follower(session, ticket, follower, news.follower_template(ticket), occasion=state)
                news.to_reporter(session, ticket, "SMS26")


def tell_who_is_called_back(language: str) -> None:
    with changing(opened(REPORTER, language=language)) as (session, ticket):
        window = wib("2026-08-21 19:30"), wib("2026-08-21 20:30")
        asks = {"key": "called back", "department": "call-centre", "language": language}
        promised = callbacks.promise(session, ticket, ticket.contact, window, **asks)
        while promised.state == callbacks.OPEN:
            callbacks.attempted(session, promised, reached=False, by="Budi")


def tell_who_asked(language: str) -> None:
    longest = "x" * announcements.DETAILS_SMS_MOST
    with transactions.transaction() as session:
        contact = caller(session, REPORTER)
        for topic in city().topics:
            messages.tell(session, contact, f"info_{topic}", language=language)
        messages.tell(session, contact, "info_current", language=language, words=longest, **{"from": "20.57"})


def tell_the_rest(language: str) -> None:
    """What is only told to who writes, and what only some days bring, with the longest that fills it."""
    with transactions.transaction() as session:
        sent = set(session.scalars(select(Message.template)))
        contact = caller(session, REPORTER)
        for template in set(whatsapp.templates()) - sent:
            messages.tell(session, contact, template, language=language, **longest(language))


def longest(language: str) -> dict[str, Any]:
    states = [city().text(language, "words", f"state_{state}") for state in lifecycle.STATES]
    fills = {name: "x" * most for name, most in lint._FILL.items()}
    return fills | {
        "category": max((category.label[language] for category in city().categories.values()), key=len),
        "department": max((department.short for department in city().departments.values()), key=len),
        "referral": max((referral.short[language] for referral in city().referrals.values()), key=len),
        "do": max((danger.do[language] for danger in city().dangers.values()), key=len),
        "whom": max((city().whom_to_call(key, language) for key in city().referrals), key=len),
        **dict.fromkeys(("status", "status2"), max(states, key=len)),
        "category2": max((category.label[language] for category in city().categories.values()), key=len),
    }


@pytest.mark.parametrize("two_way", ["false", "true"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_sent_is_one_segment(sqlite_house: House, language: str, two_way: str) -> None:
    use(TRACKING_URL=LINK, SMS_DUA_ARAH=two_way)
    with travel(wib("2026-08-21 09:00")):
        send_everything(language)
        tell_the_rest(language)
        with stores.reading() as session:
            sent = session.scalars(select(Message)).all()
            assert {text.template for text in sent} >= set(whatsapp.templates())
            numbers = {ticket.id: ticket.number for ticket in session.scalars(select(Ticket))}
            for text in sent:
                length = gsm7_length(text.body)
                assert length is not None, text.body
                assert length <= SEGMENT, f"{length}: {text.body}"
                assert "1500-444" in text.body
                assert numbers.get(text.ticket_id, "") in text.body
                assert "{" not in text.body.replace("{[", "").replace("{link}", "").replace("{number", "")


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("nomor tiang", "nomor tiang"),
        ("“apa” – ‘itu’…", "\"apa\" - 'itu'..."),
        ("café ñandú Łódź", "café ñandu odz"),
        ("di\tmana 🕌  ya", "di mana ya"),
        ("أين", ""),
        ("", ""),
        ("[" * 40, "[" * 18),
        ("x" * 40, "x" * 36),
        ("½ km", "12 km"),
    ],
)
def test_a_question_in_an_alphabet_of_a_hundred_characters(said: str, sent: str) -> None:
    assert gsm7(said, 36) == sent


def test_a_question_without_words_becomes_the_usual_one(sqlite_house: House) -> None:
    number = opened()
    moved(number, "waiting", note_text="🕌")
    assert "mohon lengkapi tempat dan masalahnya?" in texts(number)[-1].body
    assert told(number, "SMS03", occasion="again")
