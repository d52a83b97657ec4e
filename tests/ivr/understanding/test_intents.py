"""The intent of a text: the rules and their order, what our own texts ask for, and what holds for any text. How well
other people's words are understood is for corpus/figures.py.
"""

import re
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from config.hotline import city
from corpus import rows
from ivr.understanding import tokens, vocabulary
from ivr.understanding.intents import ANSWERS, CONTEXTS, INTENTS, Understood, answer, read

OFTEN = how(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
ROWS = rows.training()[::40]
WORDS = sorted({word for row in ROWS for word in row.text.split()})
NUMBER = "123456786"


# -- the order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(
    ("text", "intent"),
    [("STOP", "stop"), ("mulai", "start"), ("ada kebakaran", "emergency"), ("stop, ada kebakaran", "emergency"),
     (f"{NUMBER} ada kebakaran", "emergency"), (f"cek {NUMBER}", "status")],
)  # fmt: skip
def test_what_comes_first_comes_first_whatever_is_open(text: str, intent: str, context: str) -> None:
    assert read(text, context).intent == intent


@pytest.mark.parametrize(
    "word", [word for name in ("stop", "start") for word in city().keywords.wishes()[name].alone if " " not in word]
)
def test_nobody_stops_by_a_typing_error(word: str) -> None:
    for wrong in (word[:-1], f"{word[0]}x{word[1:]}", f"{word} lampu", f"{word}kan"):
        known = vocabulary.words_of(wrong) in vocabulary.wishes()["stop"].alone
        assert known or read(wrong).asks or read(wrong).intent != "stop", wrong


@pytest.mark.parametrize("word", city().keywords.emergency.within)
def test_a_word_of_danger_anywhere_is_danger(word: str) -> None:
    for text in (word, f"pak tolong {word} di sini", f"lapor {word}", f"cek {NUMBER} {word}", f"5. {word.upper()}!!!"):
        found = read(text, "survey_open")
        assert (found.intent, found.category) == ("emergency", "darurat"), text


@pytest.mark.parametrize("phrase", city().keywords.emergency.unless)
def test_what_only_sounds_like_danger_is_none(phrase: str) -> None:
    assert read(phrase.replace("#", "2")).intent != "emergency"


@pytest.mark.parametrize(
    ("text", "none", "survey"),
    [("5", "noise", "rating"), ("ya", "noise", "fixed"),
     ("belum", "not_fixed", "not_fixed"),
     ("cek", "status", "status"), (f"4 {NUMBER}", "status", "rating")],
)  # fmt: skip
def test_a_survey_changes_what_a_short_answer_means(text: str, none: str, survey: str) -> None:
    assert (read(text).intent, read(text, "survey_open").intent) == (none, survey)


@pytest.mark.parametrize(
    "text",
    ["banjir", "banjir pak", "jalan rusak", "pohon tumbang", "got mampet", "lampu jalan mati min", "sampah numpuk"],
)
def test_a_matter_and_nothing_else_is_a_report(text: str) -> None:
    found = read(text)
    assert (found.intent, found.asks) == ("report", False)


@pytest.mark.parametrize(
    ("brief", "long"),
    [("info", "info di jalan mawar lampu mati semua"),
     ("jam buka", "jam segini masih ada yang karaoke")],
)  # fmt: skip
def test_some_keywords_count_in_short_texts_only(brief: str, long: str) -> None:
    assert read(brief).intent in ("info", "help")
    assert read(long).intent == "report"


@pytest.mark.parametrize(
    ("typed", "intent"),
    [("lpor jalan", "report"), ("laporn jalan", "report"), ("stauts", "status"),
     ("infrmasi ktp", "info"), ("uslan taman", "proposal"), ("cancle", "cancel_callback")],
)  # fmt: skip
def test_typing_errors_are_forgiven(typed: str, intent: str) -> None:
    found = read(typed)
    assert found.intent == intent or found.asks


# -- what our own texts ask for ------------------------------------------------------------------------------------

REPLIES = {
    "id": {"LAPOR": "report", "CEK": "status", "USUL": "proposal", "INFO": "info", "AGEN": "want_person",
           "STOP": "stop", "MULAI": "start", "BANTUAN": "help", "BATAL": "cancel_callback", "BELUM": "not_fixed"},
    "en": {"REPORT": "report", "STATUS": "status", "IDEA": "proposal", "INFO": "info", "AGENT": "want_person",
           "STOP": "stop", "START": "start", "HELP": "help", "CANCEL": "cancel_callback", "NO": "not_fixed"},
}  # fmt: skip


@pytest.mark.parametrize("language", REPLIES)
def test_every_word_that_our_texts_ask_for_is_understood(language: str) -> None:
    texts = " ".join(city().languages[language].sentences["sms"].values())
    for word, intent in REPLIES[language].items():
        assert re.search(rf"\b{word}\b", texts), f"no text asks for {word}"
        assert read(word, "survey_open" if intent == "not_fixed" else "none", language=language).intent == intent, word


@pytest.mark.parametrize("language", REPLIES)
def test_every_topic_that_our_text_names_is_known(language: str) -> None:
    named = re.findall(r"\b[A-Z]{3,}\b", city().text(language, "sms", "info_topics"))
    topics = {read(f"INFO {word}").topic for word in named if word not in ("INFO", "AGEN", "AGENT")}
    assert topics - {None} == set(city().topics)


# -- what is understood besides ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key, category in city().categories.items() if category.words])
def test_a_category_is_known_by_each_of_its_words(key: str) -> None:
    for word in city().categories[key].words:
        assert vocabulary.best(vocabulary.words_of(word), vocabulary.categories()) == key, word


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [("cek 123456786", NUMBER, ""), ("CEK 123-456-786.", NUMBER, ""), ("cek 1234 56786", NUMBER, ""),
     ("cek １２３４５６７８６", NUMBER, ""), ("cek 12345678б", None, "12345678"), ("cek 123456789", None, "123456789"),
     ("cek 0812 3456 7890", None, "3456"), ("cek", None, "")],
)  # fmt: skip
def test_a_number_is_right_or_named_as_wrong(text: str, number: str | None, words: str) -> None:
    found = read(text)
    assert (found.intent, found.number) == ("status", number)
    assert bool(found.words) == bool(words)


def test_letters_that_look_like_digits() -> None:
    assert read("cek I23456786").number == NUMBER
    assert read("cek 1O9876543").number is None


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [("english", "id", "en"), ("indonesia", "en", "id"), ("STOP", "en", "en"), ("info", "id", "id"),
     ("the road is broken here", "id", "en"), ("jalan di sini rusak parah", "en", "id")],
)  # fmt: skip
def test_the_language_is_that_of_the_words_or_as_before(text: str, before: str, after: str) -> None:
    assert read(text, language=before).language == after


def test_the_words_of_a_report_are_as_they_were_written() -> None:
    assert read("Pak, LAPOR: Jalan Mawar RUSAK, 3 lubang! 😡").words == "Jalan Mawar RUSAK, 3 lubang! 😡"
    assert read("Jalan Mawar\nrusak parah\x00\u202e sekali").words == "Jalan Mawar\nrusak parah sekali"


@pytest.mark.parametrize(
    ("button", "body", "intent"),
    [("BELUM", "Belum beres", "not_fixed"), ("STATUS", "Cek status", "status"), ("AGEN", "Petugas", "want_person"),
     ("x1", "Petugas", "want_person"), ("", "cek", "status")],
)  # fmt: skip
def test_a_button_says_what_its_words_say(button: str, body: str, intent: str) -> None:
    assert read(body, button=button).intent == intent


def test_each_meaning_has_its_answer() -> None:
    sms = city().languages["id"].sentences["sms"]
    assert set(ANSWERS) == set(INTENTS)
    assert set(ANSWERS.values()) <= set(sms)
    assert {answer(read(f"info {topic.words[0]}")) for topic in city().topics.values()} == {
        f"info_{key}" for key in city().topics
    }


# -- whatever is written -------------------------------------------------------------------------------------------

ANY = st.text(st.characters(codec=None), max_size=300) | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


@OFTEN
@given(ANY, st.sampled_from(CONTEXTS), ANY)
def test_any_text_means_something(text: str, context: str, button: str) -> None:
    found = read(text, context, button=button)
    assert found.intent in INTENTS
    assert answer(found) in city().languages["id"].sentences["sms"]
    assert found.score is None or 1 <= found.score <= 5
    assert found.language in city().languages
    assert found.category is None or found.category in city().categories
    assert found.area is None or city().area(found.area).key == found.area
    assert found.area is None or found.outside is None
    assert found.outside is None or found.outside in city().referrals
    assert found == read(text, context, button=button)
    for name in ("words", "place_words"):
        getattr(found, name).encode()  # may be stored


@OFTEN
@given(
    st.sampled_from(ROWS),
    st.sampled_from([" {} ", "{}\n", "\u200b{}\u202e", "\x00{}\x07"]),
)
def test_what_cannot_be_seen_around_a_text_changes_nothing(row: rows.Row, around: str) -> None:
    assert read(around.format(row.text), row.open).intent == read(row.text, row.open).intent


@OFTEN
@given(st.sampled_from(ROWS))
def test_capitals_change_nothing(row: rows.Row) -> None:
    assert read(row.text.upper(), row.open).intent == read(row.text.lower(), row.open).intent


def test_a_resident_is_not_quoted_in_the_reason() -> None:
    for row in ROWS:
        assert not re.search(r"\d", read(row.text, row.open).why), row.text


@pytest.mark.parametrize(
    "text", ["1" * 5000, "1 " * 5000, "a" * 5000, "a " * 5000, "oil" * 2000, "12-" * 2000, "\ufdfa" * 5000]
)
def test_a_long_text_is_looked_at_in_part(text: str) -> None:
    assert len(tokens.take_apart(text).legible) <= tokens.LOOKED_AT
    assert read(text).intent in INTENTS


def test_nothing_is_understood_of_nothing() -> None:
    assert read("") == Understood("noise", why=read("").why, kind="greeting")
    assert {field.name for field in fields(Understood)} >= {"intent", "number", "score", "category", "area", "outside"}
