"""The intent of a text: the messages by which it was tuned, the order in which meanings are looked for, and what holds
for any text.
"""

import re
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from messages_as_written import MORE, WRITTEN

from config.hotline import city
from ivr.understanding import tokens, vocabulary
from ivr.understanding.intents import ANSWERS, CONTEXTS, INTENTS, Understood, answer, read

OFTEN = how(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = sorted({word for text, *_ in WRITTEN for word in text.split()})
NUMBER = "123456786"


@pytest.mark.parametrize(("text", "context", "intent", "more"), WRITTEN, ids=[f"{row[1]}: {row[0]}" for row in WRITTEN])
def test_as_people_write(text: str, context: str, intent: str, more: dict[str, object]) -> None:
    found = read(text, context)
    assert (found.intent, {name: getattr(found, name) for name in more}) == (intent, more), found.why


@pytest.mark.parametrize(("context", "intent"), MORE, ids=[" ".join(key) for key in MORE])
def test_more_of_what_people_write(context: str, intent: str) -> None:
    wrong = {text: read(text, context).intent for text in lines(context, intent)}
    assert {text: found for text, found in wrong.items() if found != intent} == {}


def lines(context: str, intent: str) -> list[str]:
    return [text for text in MORE[context, intent].split("\n") if text]


def test_the_table_is_large_and_knows_every_meaning() -> None:
    assert len(WRITTEN) >= 150
    assert {intent for _, _, intent, _ in WRITTEN} == set(INTENTS)
    known = [(text, context) for text, context, *_ in WRITTEN]
    known += [(text, context) for context, intent in MORE for text in lines(context, intent)]
    assert len(set(known)) == len(known)


# -- the order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(
    ("text", "intent"),
    [("STOP", "stop"), ("mulai", "start"), ("ada kebakaran", "emergency"), ("stop, ada kebakaran", "emergency"),
     (f"{NUMBER} ada kebakaran", "emergency"), (f"cek {NUMBER}", "status")],
)  # fmt: skip
def test_what_comes_first_comes_first_whatever_is_open(text: str, intent: str, context: str) -> None:
    assert read(text, context).intent == intent


@pytest.mark.parametrize("word", [word for name in ("stop", "start") for word in city().keywords.wishes()[name].alone])
def test_nobody_stops_by_a_typing_error(word: str) -> None:
    for wrong in (word[:-1], f"{word[0]}x{word[1:]}", f"{word} lampu", f"{word}kan"):
        assert vocabulary.words_of(wrong) in vocabulary.wishes()["stop"].alone or read(wrong).intent != "stop", wrong


@pytest.mark.parametrize("word", city().keywords.emergency.within)
def test_a_word_of_danger_anywhere_is_danger(word: str) -> None:
    for text in (word, f"pak tolong {word} di sini", f"lapor {word}", f"cek {NUMBER} {word}", f"5. {word.upper()}!!!"):
        found = read(text, "survey_open")
        assert (found.intent, found.category) == ("emergency", "darurat"), text


@pytest.mark.parametrize("phrase", city().keywords.emergency.unless)
def test_what_only_sounds_like_danger_is_none(phrase: str) -> None:
    assert read(phrase.replace("#", "2")).intent != "emergency"


@pytest.mark.parametrize(
    ("near", "far"),
    [("takut kecelakaan", "takut, tetangga saya kecelakaan"),
     ("sering kecelakaan", "sering lewat sini lihat kecelakaan"),
     ("rawan begal", "rawan sekali di sini ada begal"),
     ("kecelakaan kemarin", "kecelakaan di jalan mawar seperti kemarin")],
)  # fmt: skip
def test_a_fear_is_only_of_what_it_is_said_of(near: str, far: str) -> None:
    assert read(near).intent != "emergency"
    assert read(far).intent == "emergency"


@pytest.mark.parametrize("word", city().keywords.emergency.always)
def test_some_dangers_are_never_only_usual(word: str) -> None:
    assert read(f"sering {word} di rumah").intent == "emergency"


@pytest.mark.parametrize(
    ("text", "none", "survey"),
    [("5", "noise", "rating"), ("ya", "noise", "fixed"), ("tidak", "noise", "not_fixed"),
     ("belum", "not_fixed", "not_fixed"),
     ("cek", "status", "status"), (f"4 {NUMBER}", "status", "rating"), (f"no {NUMBER}", "status", "not_fixed")],
)  # fmt: skip
def test_a_survey_changes_what_a_short_answer_means(text: str, none: str, survey: str) -> None:
    assert (read(text).intent, read(text, "survey_open").intent) == (none, survey)


@pytest.mark.parametrize(
    ("brief", "long"),
    [("info", "info di jalan mawar lampu mati semua"), ("alamat kantor", "alamat rumah saya banjir terus menerus"),
     ("jam buka", "jam segini masih ada yang karaoke"), ("menu", "menu makanan sekolah anak saya basi")],
)  # fmt: skip
def test_some_keywords_count_in_short_texts_only(brief: str, long: str) -> None:
    assert read(brief).intent in ("info", "help")
    assert read(long).intent == "report"


@pytest.mark.parametrize(
    ("typed", "intent"),
    [("lpor jalan", "report"), ("laporn jalan", "report"), ("stauts", "status"), ("agnet", "want_person"),
     ("infrmasi ktp", "info"), ("petunjk", "help"), ("uslan taman", "proposal"), ("cancle", "cancel_callback")],
)  # fmt: skip
def test_typing_errors_are_forgiven(typed: str, intent: str) -> None:
    assert read(typed).intent == intent


@pytest.mark.parametrize("word", city().keywords.speech.ordinary)
def test_a_real_word_is_no_typing_error(word: str) -> None:
    assert vocabulary.nearest(vocabulary.words_of(word)[0], set(vocabulary.first_words()) - {word}) is None


@pytest.mark.parametrize("count", [3, 4])
def test_four_words_are_a_report(count: int) -> None:
    assert read(" ".join(["tiang", "listrik", "mau", "roboh"][:count])).intent == ("report" if count == 4 else "noise")


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
    st.sampled_from(WRITTEN),
    st.sampled_from(["{}!!!", " {} ", "{}\n", "\u200b{}\u202e", "«{}»", "{} 🙏", "\x00{}\x07"]),
)
def test_marks_around_a_text_change_nothing(row: tuple[str, str, str, dict[str, object]], around: str) -> None:
    text, context, intent, _ = row
    assert read(around.format(text), context).intent == intent


@OFTEN
@given(st.sampled_from(WRITTEN))
def test_capitals_change_nothing(row: tuple[str, str, str, dict[str, object]]) -> None:
    text, context, intent, _ = row
    assert read(text.upper(), context).intent == read(text.lower(), context).intent == intent


def test_a_resident_is_not_quoted_in_the_reason() -> None:
    for text, context, *_ in WRITTEN:
        assert not re.search(r"\d", read(text, context).why), text


@pytest.mark.parametrize(
    "text", ["1" * 5000, "1 " * 5000, "a" * 5000, "a " * 5000, "oil" * 2000, "12-" * 2000, "\ufdfa" * 5000]
)
def test_a_long_text_is_looked_at_in_part(text: str) -> None:
    assert len(tokens.take_apart(text).legible) <= tokens.LOOKED_AT
    assert read(text).intent in INTENTS


def test_nothing_is_understood_of_nothing() -> None:
    assert read("") == Understood("noise", why=read("").why)
    assert {field.name for field in fields(Understood)} >= {"intent", "number", "score", "category", "area", "outside"}
