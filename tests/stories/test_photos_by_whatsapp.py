"""A resident sends a photo by WhatsApp; the department sees it, whatever happens on the way."""

import re
from datetime import timedelta

import pytest
import requests
from factories import make_due, rows
from people import House, Resident
from snapshots import BEKASI, photo
from sqlalchemy import select

from config import stores
from ivr.channels import inbox
from ticketing.media import photos
from ticketing.models import Photo
from workers import reconcile

WORDS = "jalan berlubang dalam di depan pasar Kranji"


@pytest.fixture
def siti(house: House) -> Resident:
    house.set(WHATSAPP_SENDER="+622150010445")
    return Resident(house)


def kept() -> list[Photo]:
    with stores.reading() as session:
        return list(session.scalars(select(Photo).order_by(Photo.created_at)))


def links(text: str) -> list[str]:
    return re.findall(r"http\S+/photos/\S+", text)


def test_a_report_with_a_photo(house: House, siti: Resident) -> None:
    siti.whatsapps(WORDS, photo=photo(place=BEKASI))
    house.work()
    (only,) = kept()
    (link,) = links(house.mails()[-1].text)
    answer = requests.get(link, timeout=60)
    assert answer.content == photos.picture(only)
    assert b"Siti" not in answer.content
    assert house.ticket()["number"] in siti.whatsapp_inbox[-1]
    assert house.carrier.ledger.listed("attachments") == [], "the carrier keeps none"


def test_a_message_that_comes_twice_brings_its_photo_once(house: House, siti: Resident) -> None:
    house.carrier.faults.set({"webhook_copies": 3, "webhook_concurrent": True})
    siti.whatsapps(WORDS, photo=photo())
    house.work()
    assert len(kept()) == len(rows(kind="photo")) == 1
    assert len(links(house.mails()[-1].text)) == 1
    assert len(house.tickets()) == 1


def test_the_mail_does_not_wait_for_a_photo_and_has_it_later(house: House, siti: Resident) -> None:
    house.carrier.faults.set({"media_missing": 1})
    siti.whatsapps(WORDS, photo=photo())
    house.work()
    (link,) = links(house.mails()[-1].text)
    assert requests.get(link, timeout=60).status_code == 503
    make_due(*rows(kind="photo"))
    house.work()
    assert requests.get(link, timeout=60).status_code == 200
    assert len(house.mails()) == 1, "nothing more is sent for it"


def test_what_is_no_photo_stops_no_report(house: House, siti: Resident) -> None:
    siti.whatsapps(WORDS, photo=b"%PDF-1.7 proposal")
    house.work()
    (only,) = kept()
    assert only.unusable == "type"
    assert house.ticket()["history"][-1]["action"] == "photo refused"
    (link,) = links(house.mails()[-1].text)
    assert requests.get(link, timeout=60).status_code == 404


def test_a_photo_that_found_us_closed_is_fetched_later(
    house: House, siti: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.carrier, "app_url", "http://127.0.0.1:1")
    house.carrier.text(f"whatsapp:{siti.number}", WORDS, media=[photo()])
    monkeypatch.undo()
    (message,) = house.carrier.ledger.listed("messages")
    house.carrier.ledger.touch(message, created=message.created - timedelta(minutes=5))
    assert reconcile.reconcile()["texts"] == 1
    inbox.read_late()
    house.work()
    (only,) = kept()
    assert only.fetched_at is not None
    assert links(house.mails()[-1].text)
