"""The learned reader and the corpus it was learned from belong together, and hold what their data card says."""

from collections import Counter

import numpy as np
import pytest

from config.hotline import city
from corpus import figures, rows
from ivr.app import create_app
from ivr.understanding import grams, model
from ivr.understanding.intents import CONTEXTS, INTENTS

MB = 1_000_000


def test_the_model_was_learned_from_this_corpus() -> None:
    assert model.load().corpus == rows.fingerprint(), "make model"


def test_it_knows_every_intent_and_only_categories_of_the_city() -> None:
    assert {label.partition(model.WITHIN)[0] for label in model.load().labels["intent"]} == set(INTENTS)
    assert set(model.load().labels["category"]) <= set(city().categories) | {model.NONE}


def test_a_model_that_names_a_category_the_city_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = city().model_copy(update={"categories": {"lainnya": city().categories["lainnya"]}})
    monkeypatch.setattr(model, "city", lambda: fewer)
    model.load.cache_clear()
    try:
        with pytest.raises(SystemExit, match="banjir"):
            create_app()
    finally:
        model.load.cache_clear()


def test_it_is_small_and_nothing_in_it_can_run() -> None:
    assert model.FILE.stat().st_size <= 5 * MB
    with np.load(model.FILE, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("text", ["", " ", "\x00", "a" * 5000, "😀" * 900, "1 " * 3000, "\ufdfa" * 5000])
def test_any_text_gets_shares_that_add_up(text: str, context: str) -> None:
    for guess in model.guess(text, context).values():
        assert sum(guess.likely) == pytest.approx(1, abs=1e-3)
        assert list(guess.likely) == sorted(guess.likely, reverse=True)
    assert len(grams.of(text, context)) < 20_000


def test_a_label_is_as_likely_as_its_parts() -> None:
    guess = model._likely(np.log([0.4, 0.35, 0.25]), ("noise", "report|banjir", "report|sampah"))
    assert guess.labels == ("report", "noise") and guess.of("report") == pytest.approx(0.6)


# -- the corpus ----------------------------------------------------------------------------------------------------


def test_the_corpus_is_large_and_by_many_hands() -> None:
    hands = {row.hand for row in (*rows.training(), *rows.apart()) if not row.hand.startswith("own")}
    assert len(hands) >= 24
    assert len(rows.training()) + len(rows.apart()) >= 6_000


def test_what_is_set_apart_has_enough_of_everything() -> None:
    apart = rows.apart()
    assert len({row.hand for row in apart}) == 6
    counts = Counter(row.intent for row in apart)
    assert min(counts[intent] for intent in INTENTS) >= 40
    assert sum(row.danger != "no" for row in apart) >= 300
    assert sum(row.near_miss for row in apart) >= 300
    assert {row.hand for row in apart} & {row.hand for row in rows.training()} == set()


def test_no_row_is_on_both_sides() -> None:
    known = {" ".join(row.text.lower().split()) for row in rows.training()}
    assert [row.text for row in rows.apart() if " ".join(row.text.lower().split()) in known] == []


def test_two_intents_are_right_on_few_rows_only() -> None:
    both = [row for row in (*rows.training(), *rows.apart()) if row.also]
    assert len(both) <= 0.05 * (len(rows.training()) + len(rows.apart()))


def test_rows_are_as_the_data_card_says() -> None:
    for row in (*rows.training(), *rows.apart()):
        assert row.intent in INTENTS and row.open in CONTEXTS
        assert row.danger in ("no", "perhaps", "sure")
        assert row.category in {"", *city().categories}
        assert row.place in row.text


def test_other_people_s_words_are_understood() -> None:
    """Far below what is measured, so that a reader that broke is found and no figure is tuned to."""
    sample = rows.apart()[::8]
    judged = [(row, figures.intents.read(row.text, row.open)) for row in sample]
    assert figures.right(judged) >= 0.8
    assert sum(found.asks for _, found in judged) <= 0.2 * len(judged), "whoever asks everything is never wrong"
