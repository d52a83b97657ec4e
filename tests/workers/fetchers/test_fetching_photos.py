"""A photo on its way from the carrier to us: late, wrong, too large, twice; and gone from the carrier after."""

from datetime import timedelta

import pytest
from factories import ANI, change, changing, make_due, opened, rows, seen
from people import House, use
from pretenders import web
from snapshots import BEKASI, photo
from sqlalchemy import select

from config import clock, stores
from ivr.simulator.network.ledger import Attachment, new_sid
from ticketing.media import photos
from ticketing.messages import inbound
from ticketing.models import Outbox, Photo
from ticketing.rules import numbers
from ticketing.rules.numbers import Number
from ticketing.tickets import additions, history
from workers.fetchers import photo as sender

PHOTO = photo()


def sent(house: House, raw: bytes, *, source: str = "") -> str:
    """A message with this in it, taken in as a webhook does; gives the number of the ticket it belongs to."""
    message = new_sid("MM")
    kept = Attachment(new_sid("ME"), message, "image/jpeg")
    house.carrier.ledger.add(kept)
    house.carrier.ledger.keep_media(kept.sid, raw)
    number = opened(category="jalan")
    came = inbound.Inbound(message, siti(), "", media=(inbound.Media(source or f"carrier:{message}/{kept.sid}"),))
    with changing(number) as (session, ticket):
        row = inbound.receive(session, came)
        assert row is not None
        assert additions.attach_photos(session, ticket, row, kind=photos.REPORT) == 1
    return number


def siti() -> Number:
    return numbers.read(ANI, hotline="1500444")


def fetch() -> Outbox:
    (only,) = rows(kind="photo")
    return only


def kept() -> Photo:
    with stores.reading() as session:
        return session.scalars(select(Photo)).one()


def again(house: House) -> tuple[str, str | None]:
    make_due(fetch())
    house.work()
    return fetch().state, fetch().last_error


def refusals(number: str) -> list[object]:
    with stores.reading() as session:
        return [event.why for event in history.of(session, seen(number)) if event.action == "photo refused"]


def test_it_is_fetched_made_anew_sealed_and_deleted_at_the_carrier(house: House) -> None:
    number = sent(house, photo(place=BEKASI))
    house.work()
    assert fetch().state == "sent"
    assert house.carrier.ledger.listed("attachments") == []
    assert (kept().width, kept().height, kept().unusable) == (900, 600, None)
    assert b"Siti" not in (photos.picture(kept()) or b"Siti")
    assert seen(number).latitude == pytest.approx(BEKASI[0], abs=1e-5)


def test_fetching_twice_keeps_it_once(house: House) -> None:
    sent(house, PHOTO)
    house.work()
    first = kept()
    change(fetch(), state="pending", finished_at=None)
    assert again(house) == ("sent", None), "what is not at the carrier any more is not asked for again"
    assert kept().fetched_at == first.fetched_at


def test_a_photo_that_the_carrier_does_not_have_yet_costs_no_attempt(house: House) -> None:
    house.carrier.faults.set({"media_missing": 1})
    sent(house, PHOTO)
    house.work()
    assert (fetch().state, fetch().attempts, fetch().last_error) == ("pending", 0, "the carrier does not have it yet")
    assert again(house) == ("sent", None)


def test_one_that_never_comes_is_given_up(sqlite_house: House) -> None:
    sqlite_house.carrier.faults.set({"media_missing": 1000})
    number = sent(sqlite_house, PHOTO)
    sqlite_house.work()
    change(fetch(), created_at=clock.now() - timedelta(minutes=5))
    assert again(sqlite_house) == ("pending", "carrier 404")
    assert fetch().attempts == 1, "after two minutes it counts"
    change(fetch(), created_at=clock.now() - timedelta(hours=2))
    assert again(sqlite_house) == ("sent", None)
    assert kept().unusable == "gone"
    assert refusals(number) == [{"photo": "gone"}]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"<html><script>alert(1)</script>", "type"),
        (b"%PDF-1.7\n" + b"\0" * 500, "type"),
        (b"OggS" + b"\0" * 500, "type"),
        (b"\xff\xd8\xff" + b"\0" * 500, "broken"),
        (b"", "type"),
        (PHOTO + b"\0" * 50_000_000, "size"),
    ],
)
def test_what_is_no_photo_is_not_kept_and_the_ticket_says_so(sqlite_house: House, raw: bytes, why: str) -> None:
    number = sent(sqlite_house, raw)
    sqlite_house.work()
    assert (fetch().state, kept().unusable, kept().fetched_at) == ("sent", why, None)
    assert refusals(number) == [{"photo": why}]
    assert photos.picture(kept()) is None
    assert sqlite_house.carrier.ledger.listed("attachments") == [], "the carrier does not keep it either"
    change(fetch(), state="pending", finished_at=None)
    assert again(sqlite_house)[0] == "sent"
    assert len(refusals(number)) == 1


def test_fifty_megabytes_are_not_read_to_the_end() -> None:
    read: list[int] = []

    class Endless:
        status_code = 200

        def iter_content(self, size: int) -> object:
            while True:
                read.append(size)
                yield b"\xff" * size

    with pytest.raises(sender._Unfit, match="size"):
        sender._read(Endless(), clock.now() + timedelta(seconds=30))  # type: ignore[arg-type]
    assert sum(read) < 11_000_000


def test_what_it_is_said_to_be_does_not_count(sqlite_house: House) -> None:
    sent(sqlite_house, PHOTO)
    with web(kind="text/html", body=PHOTO) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
    assert kept().fetched_at is not None


def test_a_redirect_elsewhere_is_not_followed_and_gets_no_password(sqlite_house: House) -> None:
    sent(sqlite_house, PHOTO)
    with web(body=PHOTO) as trap, web(status=302, headers={"Location": f"{trap.url}/x"}) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
        assert (fetch().state, fetch().last_error) == ("pending", "redirected elsewhere")
        assert trap.asked == []


def test_a_redirect_without_end(sqlite_house: House) -> None:
    sent(sqlite_house, PHOTO)
    with web(status=302, headers={"Location": "/again"}) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
        assert (fetch().state, fetch().last_error) == ("pending", "redirected elsewhere")
        assert len([line for line in elsewhere.asked if line.startswith("GET")]) == 4


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://mms.twiliocdn.com/AC1/x", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/x", True),
        ("https://media.twiliocdn.com:443/x", True),
        ("http://media.twiliocdn.com/x", False),
        ("https://media.twiliocdn.com:8443/x", False),
        ("https://twiliocdn.com.evil.example/x", False),
        ("https://eviltwiliocdn.com/x", False),
        ("https://169.254.169.254/latest", False),
        ("http://127.0.0.1:6379/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_where_the_carrier_may_send_us(url: str, followed: bool) -> None:
    assert sender._of_the_carrier(url) is followed


def test_a_carrier_that_falls_silent_is_tried_later(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(sqlite_house, PHOTO)
    monkeypatch.setattr(sender, "SECONDS", (1.5, 1.5))
    for row in rows(kind="sms"):
        change(row, state="sent")  # only the photo asks the carrier
    sqlite_house.carrier.faults.set({"rest_hang": 1, "hang_seconds": 60.0})
    sqlite_house.work()
    assert fetch().state == "pending"
    assert str(fetch().last_error).startswith("no answer: ")
    sqlite_house.carrier.faults.clear()
    assert again(sqlite_house) == ("sent", None)


def test_a_deletion_that_fails_is_done_again_without_fetching_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(house, PHOTO)
    api, fetches, once = house.carrier.api_url, [], sender._fetch

    def fetched_and_gone(source: str) -> object:
        fetches.append(source)
        found = once(source)
        use(TWILIO_API_URL="http://127.0.0.1:1")
        return found

    monkeypatch.setattr(sender, "_fetch", fetched_and_gone)
    for row in rows(kind="sms"):
        change(row, state="sent")
    house.work()
    assert fetch().state == "pending"
    assert str(fetch().last_error).startswith("cannot delete at the carrier")
    use(TWILIO_API_URL=api)
    assert again(house) == ("sent", None)
    assert len(fetches) == 1
    assert house.carrier.ledger.listed("attachments") == []


@pytest.mark.parametrize(
    "source",
    [
        "carrier:MM1/ME1",
        "https://evil.example/x.jpg",
        f"carrier:MM{'0' * 32}/../../Calls",
        "aggregator:../../etc/passwd",
        "aggregator:a?b",
        f"aggregator:{'a' * 81}",
    ],
)
def test_a_source_of_another_form_is_never_asked_for(sqlite_house: House, source: str) -> None:
    number = sent(sqlite_house, PHOTO, source=source)
    with web(body=PHOTO) as elsewhere:
        use(AGGREGATOR_MEDIA_URL=f"{elsewhere.url}/", AGGREGATOR_SECRET="s" * 32)
        sqlite_house.work()
        assert elsewhere.asked == []
    assert refusals(number) == [{"photo": "source"}]


def test_the_aggregator_s_is_fetched_with_its_secret(sqlite_house: House) -> None:
    sent(sqlite_house, PHOTO, source="aggregator:abc_DEF-1")
    sqlite_house.work()
    assert str(fetch().last_error) == "AGGREGATOR_MEDIA_URL or AGGREGATOR_SECRET is not set"
    with web(body=PHOTO) as elsewhere:
        use(AGGREGATOR_MEDIA_URL=f"{elsewhere.url}/media/", AGGREGATOR_SECRET="s" * 32)
        assert again(sqlite_house) == ("sent", None)
        assert elsewhere.asked == ["GET /media/abc_DEF-1"]
    assert kept().fetched_at is not None


def test_one_that_was_erased_meanwhile_is_not_fetched_but_deleted_at_the_carrier(sqlite_house: House) -> None:
    sent(sqlite_house, PHOTO)
    assert sqlite_house.carrier.ledger.listed("attachments") != []
    with stores.transaction() as session:
        photos.give_up(session, session.scalars(select(Photo)).one())
    sqlite_house.work()
    assert fetch().state == "sent"
    assert kept().fetched_at is None
    assert sqlite_house.carrier.ledger.listed("attachments") == []
