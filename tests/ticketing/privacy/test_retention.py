"""Retention periods: a report that is closed loses its recording, its words and its reporter on their days and not
before; one that is open loses nothing; and each run proves itself.
"""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from factories import caller, changing, moved, opened, rows, seen, wib
from people import House, Resident, use
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from config import clock, stores, vault
from config.settings import settings
from config.signals import Stopping
from ticketing.calls import callbacks
from ticketing.contacts import followers
from ticketing.media import photos, recordings
from ticketing.models import (
    Beat,
    Call,
    Callback,
    Chat,
    Contact,
    FailedLookup,
    Follower,
    Message,
    Note,
    Photo,
    PrivacyEntry,
    Rating,
    Recording,
    Survey,
    Ticket,
    Turn,
    WrongTry,
)
from ticketing.privacy import retention
from ticketing.tickets import additions, history, register
from workers import schedule
from workers.schedule import Regular

pytestmark = pytest.mark.usefixtures("unlimited")

NOON = wib("2026-11-24 12:00")
ANI, BUDI, CITRA = "+6281377204951", "+6281377204952", "+6281377204953"
HOUR = timedelta(hours=1)

# What there is of a closed report, and for how many days.
LASTS = {
    "wrong tries": 7,
    "failed look-ups": 7,
    "replies of calls": 30,
    "memory of calls": 30,
    "words of texts": 30,
    "talk by text": 30,
    "photo without a report": 30,
    "recording": 30,
    "recording without a report": 30,
    "words": 90,
    "remarks": 365,
    "point": 365,
    "photo": 365,
    "person": 365,
    "calls of the person": 365,
    "texts of the person": 365,
    "opinion of the person": 365,
    "rating of the person": 365,
    "followers": 365,
    "callbacks": 365,
}
# Of these a report that is open keeps everything, however old it is.
OPEN_KEEPS = {"recording", "words", "remarks", "point", "photo", "person", "followers"}
COUNTS = (Ticket, Call, Message, Survey, Rating, Recording, Photo)


@pytest.fixture(autouse=True)
def watch() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=True) as watch:
        yield watch


def reported(house: House, number: str) -> str:
    """Everything there can be of a report, and around it."""
    call = Resident(house, number).dials().presses("2", "2").says("pagar hijau kayuringin jaya").presses("1")
    call.talks(7).presses("1").hangs_up()
    house.work()
    report = call.ticket_number
    picture = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(picture, "JPEG")
    with changing(report) as (session, ticket):
        contact = caller(session, number)
        assert contact is not None
        ticket.latitude, ticket.longitude = -6.2383, 106.9756
        history.note(session, ticket, "dekat masjid", by="caller", kind="added")
        history.note(session, ticket, "Tim ke lokasi", by="Rina")
        additions.keep_upload(session, ticket, picture.getvalue(), by="resident")
        followers.follow(session, ticket, caller(session, f"{number[:-3]}777"))
        of = session.scalars(select(Call).where(Call.contact_id == contact.id)).one()
        session.add(Survey(call_id=of.id, contact_id=contact.id, score=4))
        session.add(Rating(call_id=of.id, contact_id=contact.id, code="code-code", code_hash=uuid4().hex, score=4))
        session.add(Chat(contact_id=contact.id, memory="{}"))
        session.add(Message(inbound=True, sid=uuid4().hex, contact_id=contact.id, body="terima kasih", status="read"))
        session.add(WrongTry(ticket_id=ticket.id))
        session.add(FailedLookup(source=vault.lookup("192.0.2.1"), kind="link"))
        when = callbacks.window(clock.now())
        key = f"cb:{report}"
        made = callbacks.promise(session, ticket, contact, when, key=key, department="call-centre", language="id")
        callbacks.cancel(session, made, by="Rina")
    house.work()
    return report


def without_a_report(house: House) -> tuple[UUID, UUID]:
    """A photo and a recording that nothing came of."""
    with stores.transaction() as session:
        photo, recording = Photo(by="resident"), Recording(sid="RE" + uuid4().hex, turn=1, seconds=5)
        session.add_all([photo, recording])
        session.flush()
        ids = photo.id, recording.id
    recordings.keep(ids[1], b"RIFF")
    return ids


def there(report: str, loose: tuple[UUID, UUID]) -> set[str]:
    """What there still is of all this."""
    with stores.reading() as session:
        ticket = register.find(session, report)
        kinds = {note.kind for note in ticket.notes}

        def any_(table: Any, *which: Any) -> bool:
            return bool(session.scalar(select(func.count()).select_from(table).where(*which)))

        recording = session.scalars(select(Recording).where(Recording.ticket_id == ticket.id)).one()
        photo = session.scalars(select(Photo).where(Photo.ticket_id == ticket.id)).one()
        call, mine = ticket.call_id, ticket.contact_id
        found = {
            "wrong tries": any_(WrongTry, WrongTry.ticket_id == ticket.id),
            "failed look-ups": any_(FailedLookup),
            "replies of calls": any_(Turn, Turn.call_id == call),
            "memory of calls": any_(Call, Call.id == call, Call._memory.is_not(None)),
            "words of texts": any_(Message, Message._body.is_not(None)) or any_(Message, Message._details.is_not(None)),
            "talk by text": any_(Chat),
            "photo without a report": session.get_one(Photo, loose[0]).removed_at is None,
            "recording": recording.removed_at is None and recordings.audio(recording.id) is not None,
            "recording without a report": session.get_one(Recording, loose[1]).removed_at is None
            and recordings.audio(loose[1]) is not None,
            "words": bool(kinds & {"place", "added"}),
            "remarks": "remark" in kinds,
            "point": ticket.latitude is not None,
            "photo": photos.picture(photo) is not None,
            "person": ticket.contact is not None and bool(ticket.contact.phone),
            "calls of the person": any_(Call, Call.contact_id == mine) if mine else False,
            "texts of the person": any_(Message, Message.contact_id == mine) if mine else False,
            "opinion of the person": any_(Survey, Survey.contact_id == mine) if mine else False,
            "rating of the person": any_(Rating, Rating.contact_id == mine) if mine else False,
            "followers": any_(Follower, Follower.ticket_id == ticket.id),
            "callbacks": any_(Callback, Callback.ticket_id == ticket.id),
        }
    return {name for name, is_there in found.items() if is_there}


def counts() -> list[int]:
    with stores.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in COUNTS]


def test_each_thing_goes_on_its_day_and_not_before(house: House, watch: Any) -> None:
    report, loose = reported(house, ANI), without_a_report(house)
    moved(report, "resolved", "confirmed")
    house.work()
    assert there(report, loose) == set(LASTS)
    before = counts()
    for days in sorted(set(LASTS.values())):
        watch.move_to(NOON + timedelta(days=days) - HOUR)
        retention.forget()
        assert there(report, loose) == {name for name, last in LASTS.items() if last >= days}, f"before day {days}"
        watch.move_to(NOON + timedelta(days=days) + HOUR)
        assert retention.forget()
        assert there(report, loose) == {name for name, last in LASTS.items() if last > days}, f"after day {days}"
        assert retention.forget() == {}, "twice changes nothing more"
    assert counts() == before, "counts stay"
    with stores.reading() as session:
        assert {one.phone for one in session.scalars(select(Contact))} == {None}
        assert vault.lookup(ANI) not in set(session.scalars(select(Contact.phone_hash)))
    assert (seen(report).state, seen(report).area) == ("confirmed", "kayuringinjaya")


def test_an_open_report_loses_nothing(house: House, watch: Any) -> None:
    report, loose = reported(house, ANI), without_a_report(house)
    moved(report, "resolved")  # the resident has the last word
    watch.move_to(NOON + timedelta(days=800))
    retention.forget()
    assert there(report, loose) == OPEN_KEEPS
    with stores.reading() as session:
        assert ANI in {one.phone for one in session.scalars(select(Contact))}
    assert seen(report).tracking_code is not None


def test_who_is_still_in_touch_stays_known(sqlite_house: House, watch: Any) -> None:
    report, loose = reported(sqlite_house, ANI), without_a_report(sqlite_house)
    moved(report, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=364))
    Resident(sqlite_house, ANI).dials().hangs_up()  # and is told by text, as who rings and hangs up
    watch.move_to(NOON + timedelta(days=366))
    retention.forget()
    assert there(report, loose) == {"person", "calls of the person", "texts of the person", "words of texts"}
    with stores.reading() as session:
        assert len(session.scalars(select(Call).where(Call.contact_id.is_not(None))).all()) == 1, "the old one is not"


@pytest.mark.parametrize("what", ["follows", "is to be called", "has another report"])
def test_who_waits_for_something_stays_known(sqlite_house: House, watch: Any, what: str) -> None:
    report, other = opened(ANI), opened(BUDI)
    moved(report, "resolved", "confirmed")
    with changing(other) as (session, ticket):
        ani = caller(session, ANI)
        if what == "follows":
            followers.follow(session, ticket, ani)
        elif what == "is to be called":
            when = callbacks.window(clock.now())
            callbacks.promise(session, ticket, ani, when, key="cb", department="call-centre", language="id")
        else:
            ticket.contact = ani
    watch.move_to(NOON + timedelta(days=400))
    retention.forget()
    with stores.reading() as session:
        assert ANI in {one.phone for one in session.scalars(select(Contact))}


def test_the_citys_words_about_a_proposal_stay(sqlite_house: House, watch: Any) -> None:
    number = opened(ANI, "usulan", words="taman di kayuringin")
    with changing(number) as (session, ticket):
        history.note(session, ticket, "Taman bermain", by="Rina", kind="title")
        history.note(session, ticket, "Ibu Ani menelepon lagi", by="Rina")
    moved(number, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=400))
    retention.forget()
    with stores.reading() as session:
        assert session.scalars(select(Note.kind)).all() == ["title"]


def test_the_days_are_settings(sqlite_house: House, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(ANI, words="pagar hijau")
    moved(number, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=12))
    assert "words" not in retention.forget()
    use(KEEP_WORDS_DAYS="11")
    assert retention.forget()["words"] == 1


# -- the proof -----------------------------------------------------------------------------------------------------


def proofs() -> list[dict[str, Any]]:
    with stores.reading() as session:
        found = select(PrivacyEntry).where(PrivacyEntry.kind == "retention").order_by(PrivacyEntry.at)
        return [one.counts for one in session.scalars(found)]


def test_each_run_proves_itself_and_an_idle_one_once_a_day(house: House, watch: Any) -> None:
    for hours in (0, 1, 20, 24, 25):
        watch.move_to(NOON + timedelta(hours=hours))
        retention.forget()
    assert proofs() == [{}, {}]
    report = opened(ANI, words="pagar hijau")
    moved(report, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=95))
    gone = retention.forget()
    assert gone["words"] == 1
    assert proofs()[-1] == gone
    with stores.reading() as session:
        assert session.get(Beat, "retention") is not None


def test_one_kind_that_fails_holds_up_no_other_and_the_run_counts_as_none(
    sqlite_house: House, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(ANI, words="pagar hijau")
    moved(number, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=95))

    def too_slow() -> int:
        raise OperationalError("SELECT", None, Exception("too slow"))

    monkeypatch.setattr(retention, "forget_talks", too_slow)
    with pytest.raises(OperationalError):
        retention.forget()
    assert proofs()[-1]["words"] == 1
    with stores.reading() as session:
        assert session.get(Beat, "retention") is None


# -- in portions ---------------------------------------------------------------------------------------------------


def old_calls(many: int) -> None:
    """Calls that still remember something, all of one moment but for every third."""
    with stores.transaction() as session:
        for nth in range(many):
            at = clock.now() + timedelta(seconds=nth // 3)
            call = Call(sid=f"CA{nth:032}", caller_kind="mobile", status="completed", started_at=at)
            call.memory = "{}"
            session.add(call)


def remembered() -> int:
    with stores.reading() as session:
        return session.scalar(select(func.count()).where(Call._memory.is_not(None))) or 0


def last_proof() -> PrivacyEntry:
    with stores.reading() as session:
        return session.scalars(select(PrivacyEntry).where(PrivacyEntry.kind == "retention")).one()


def has_beat() -> bool:
    with stores.reading() as session:
        return session.get(Beat, "retention") is not None


def test_a_portion_ends_after_a_batch_and_the_next_goes_on_there(
    house: House, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    monkeypatch.setattr(retention, "PORTION_SECONDS", 0.0)  # one batch each
    old_calls(11)
    watch.move_to(NOON + timedelta(days=31))
    runs, left = retention.Runs(), []
    while runs.go_on():
        if not left or remembered() != left[-1]:
            left.append(remembered())
            assert remembered() == 11 or last_proof().counts == {"memories": 11 - remembered()}
            assert not has_beat()
            assert remembered() == 11 or last_proof().done_at is None, "not before every kind came to its end"
    assert left == [11, 7, 3, 0]
    assert last_proof().counts == {"memories": 11}
    assert last_proof().done_at is not None
    assert has_beat()


def test_what_an_hour_has_no_time_for_goes_on_in_the_next(
    sqlite_house: House, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    monkeypatch.setattr(retention, "PORTION_SECONDS", 0.0)
    monkeypatch.setattr(retention, "HOUR_SECONDS", 0.0)
    old_calls(7)
    watch.move_to(NOON + timedelta(days=31))
    runs, hours = retention.Runs(), 0
    while not has_beat():
        assert not runs.go_on()
        hours += 1
    assert remembered() == 0
    assert last_proof().counts == {"memories": 7}, "one run in many hours"
    assert hours > 10


def test_a_run_that_dies_tells_what_it_removed_and_is_no_proof(
    sqlite_house: House, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    monkeypatch.setattr(retention, "PORTION_SECONDS", 0.0)
    old_calls(7)
    watch.move_to(NOON + timedelta(days=31))
    runs = retention.Runs()
    while remembered() == 7:
        assert runs.go_on()
    assert (last_proof().counts, last_proof().done_at) == ({"memories": 4}, None)
    assert retention.forget() == {"memories": 3}, "another process finds what is left"
    assert proofs() == [{"memories": 4}, {"memories": 3}]


def test_the_beat_is_the_moment_at_which_the_run_began(sqlite_house: House, watch: Any) -> None:
    runs = retention.Run()
    watch.move_to(NOON + HOUR)
    assert not runs.goes_on()
    with stores.reading() as session:
        assert session.get_one(Beat, "retention").at < NOON + HOUR / 2


def test_whatever_breaks_a_kind_makes_no_proof(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> Iterator[int]:
        raise OSError("the disk is gone")
        yield 0

    monkeypatch.setattr(retention, "remove_orphans", breaks)
    runs = retention.Runs()
    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            runs.go_on()
        assert not has_beat()


def test_the_sweeper_does_its_other_work_between_portions(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    stop = Stopping()
    monkeypatch.setattr(schedule, "Stopping", lambda: stop)
    monkeypatch.setattr(schedule, "STEP", 0.0)

    def portion() -> bool:
        done.append("portion")
        stop.asked = done.count("portion") == 3
        return True

    hour = timedelta(hours=1)
    schedule.run(
        (
            Regular("other", timedelta(0), lambda: done.append("other")),
            Regular("once", hour, lambda: bool(done.append("once")) or True),
            Regular("forget", hour, portion, portions=True),
        )
    )
    assert done == ["other", "once", "portion", "other", "portion", "other", "portion"]


# -- files ---------------------------------------------------------------------------------------------------------


def test_files_that_no_row_wants_any_more_are_removed(sqlite_house: House, watch: Any) -> None:
    kept, removed, nobodys = (uuid4() for _ in range(3))
    for id_ in (kept, removed, nobodys):
        recordings.keep(id_, b"RIFF")
    with stores.transaction() as session:
        session.add(Recording(id=kept, sid="RE1", turn=1, seconds=5, fetched_at=clock.now()))
        session.add(Recording(id=removed, sid="RE2", turn=1, seconds=5, removed_at=clock.now()))
    assert sum(retention.remove_orphans()) == 1
    assert [recordings.audio(id_) is not None for id_ in (kept, removed, nobodys)] == [True, False, True]
    path = next((settings().var_dir / "recordings").rglob(f"{nobodys.hex}*"))
    old = datetime.now(UTC) - timedelta(days=36)
    os.utime(path, (old.timestamp(), old.timestamp()))
    assert sum(retention.remove_orphans()) == 1, "no backup has its row any more"
    assert recordings.audio(kept) is not None


def test_what_was_never_fetched_is_deleted_at_the_carrier(sqlite_house: House, watch: Any) -> None:
    number = Resident(sqlite_house, ANI).dials().presses("2", "2", "*").talks(7).presses("1").hangs_up().ticket_number
    for row in rows(kind="recording"):
        with stores.transaction() as session:
            session.merge(row).state = "dead"
    moved(number, "resolved", "confirmed")
    watch.move_to(NOON + timedelta(days=31))
    assert retention.forget()["recordings"] == 1
    sqlite_house.work()
    assert sqlite_house.carrier.ledger.listed("recordings") == []
