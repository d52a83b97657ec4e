"""Workers that end at the same moment: what each of them learned is kept, and no row is lost to the other."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from factories import promise, row
from people import House
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from config import stores
from ticketing.models import Breaker, Tally
from workers import outbox
from workers.outcomes import Outcome, Work, later, sent

ROUNDS, WORKERS = 20, 4


def together(works: list[Work], outcome: Callable[[int], Outcome]) -> list[object]:
    """All of these end at once; gives what each `finish` said, or what it raised."""
    at_once, ended = Barrier(len(works)), list[object](works)

    def end(nth: int) -> None:
        at_once.wait()
        try:
            ended[nth] = outbox.finish(works[nth], outcome(nth))
        except Exception as fault:
            ended[nth] = fault

    crew = [Thread(target=end, args=(nth,)) for nth in range(len(works))]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return ended


def claimed(count: int) -> list[Work]:
    for nth in range(count):
        promise(f"contact:{nth}", kind="sms", queue="texts")
    return [work for _ in range(count) if (work := outbox.claim("texts"))]


def forget_breakers() -> None:
    with stores.transaction() as session:
        for one in session.scalars(select(Breaker)):
            session.delete(one)


def test_texts_that_are_refused_for_now_at_the_same_moment_are_all_tried_again(postgres_house: House) -> None:
    """Each round is the first failure of a carrier that was well until then."""
    said: Counter[str] = Counter()
    for _ in range(ROUNDS):
        works = claimed(WORKERS)
        said.update(str(one) for one in together(works, lambda _: later("carrier 429, code 20429")))
        with stores.reading() as session:
            assert session.get_one(Breaker, "carrier:texts").failures == WORKERS
        forget_breakers()
    assert said == {"True": ROUNDS * WORKERS}
    with stores.reading() as session:
        assert session.get_one(Tally, "carrier error sms").count == ROUNDS * WORKERS


def test_one_fails_beside_one_that_succeeds(postgres_house: House) -> None:
    said: Counter[str] = Counter()
    for _ in range(ROUNDS):
        first = claimed(1)
        together(first, lambda _: later("carrier 429, code 20429"))  # so that there is a breaker to close
        works = claimed(2)
        said.update(str(one) for one in together(works, lambda nth: sent("SM1") if nth else later("carrier 429")))
        with stores.reading() as session:
            assert getattr(session.get(Breaker, "carrier:texts"), "failures", 0) in (0, 1, 2)
        forget_breakers()
    assert said == {"True": ROUNDS * 2}


def test_what_went_wrong_while_it_was_written_down_is_written_down_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection broke under it: the text was refused for now, and must not end as one that may have left."""
    (work,) = claimed(1)
    blame, broken = outbox._blame, [True]

    def breaks(*words: object, **more: object) -> None:
        if broken and broken.pop():
            raise DBAPIError("UPDATE", {}, Exception("gone"), connection_invalidated=True)
        blame(*words, **more)

    monkeypatch.setattr(outbox, "_blame", breaks)
    assert outbox.finish(work, later("carrier 429, code 20429"))
    with stores.reading() as session:
        assert session.get_one(Breaker, "carrier:texts").failures == 1


def test_rows_end_as_they_should(postgres_house: House) -> None:
    works = claimed(2)
    together(works, lambda nth: sent("SM1") if nth else later("carrier 429"))
    assert sorted(row(work).state for work in works) == ["pending", "sent"]  # type: ignore[arg-type]
