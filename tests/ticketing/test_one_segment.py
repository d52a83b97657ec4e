"""Every text that the code can send fits one GSM-7 segment, with whatever it is filled."""

import pytest
from factories import moved, opened, texts, told, wib
from people import House, use
from time_machine import travel

from config.gsm7 import SEGMENT, gsm7, gsm7_length
from config.hotline import city
from ticketing import lifecycle, tickets
from workers import outbox

# Twenty-three characters and a code of eight: the longest that fits (the doctor warns of more).
LINK = "lacak.bekasikota.go.id/"
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


def sendable(language: str) -> list[str]:
    """The body of every text there is, through the doors that promise it."""
    found = []
    for category in city().categories:
        number = opened("+6281200007777", category, language=language)
        moved(number, "in_progress")
        found += texts(number)
    for department in city().departments:
        number = opened("+6281200007777", "lampu-jalan", language=language)
        if department != "dishub":
            moved(number, "refused", owner=department)
        moved(number, "in_progress", "resolved")
        found += texts(number)
    for referral in city().referrals:
        number = opened("+6281200007777", language=language)
        moved(number, "referred", owner=referral)
        found += texts(number)
    into, number = opened(language=language), opened(language=language)
    for question in QUESTIONS:
        moved(number, "waiting", note_text=question)
        moved(number, "in_progress", "scheduled", "resolved", "reopened")
        with outbox.transaction() as session:
            ticket = tickets.find(session, number, change=True)
            ticket.state = "refused"
            tickets.reached_department(session, ticket, ticket.department)
    moved(number, "merged", into=into)
    found += texts(number)
    assert {text.template for text in found} >= {*lifecycle.TEXTS.values(), "SMS01"}
    return [text.body for text in found]


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_sent_is_one_segment(sqlite_house: House, language: str) -> None:
    use(TRACKING_URL=LINK)
    with travel(wib("2026-08-21 09:00")):
        for body in sendable(language):
            length = gsm7_length(body)
            assert length is not None, body
            assert length <= SEGMENT, f"{length}: {body}"
            assert "1500-444" in body
            assert "aporan " in body or "eport " in body
            assert "{" not in body.replace("{[", "").replace("{link}", "").replace("{number", "")


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
