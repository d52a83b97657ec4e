"""More calls than one process can answer: nobody waits long, callers hear the notice that records, and callers and
callbacks cannot starve each other."""

import threading
import xml.etree.ElementTree as ET

import pytest
from people import House, use
from webhooks import of_call, of_text

from ivr.channels import guard
from ivr.channels.guard import NoRoom, Room


@pytest.fixture
def full(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> dict[str, Room]:
    """Rooms in which everybody is already at work."""
    rooms = {"callers": guard.CALLERS, "told": guard.TOLD}
    for room in rooms.values():
        monkeypatch.setattr(room, "_free", threading.BoundedSemaphore(1))
        monkeypatch.setattr(room, "_more_seconds", 0)
    use(DOOR_SECONDS="0")
    return rooms


def test_callers_beyond_it_hear_the_notice_that_records_and_texts_come_in(
    sqlite_house: House, full: dict[str, Room]
) -> None:
    with full["callers"].entered():
        answer = sqlite_house.post("/voice/incoming", of_call())
        assert answer.status_code == 200
        assert ET.fromstring(answer.content).find("Record") is not None
        assert sqlite_house.post("/sms/incoming", of_text()).status_code == 200
    assert b"<Gather" in sqlite_house.post("/voice/incoming", of_call()).content


def test_what_is_told_beyond_it_is_asked_for_again_and_callers_are_served(
    sqlite_house: House, full: dict[str, Room]
) -> None:
    with full["told"].entered():
        assert sqlite_house.post("/sms/incoming", of_text()).status_code == 503
        assert sqlite_house.post("/voice/status", of_call(CallStatus="completed")).status_code == 503
        assert b"<Gather" in sqlite_house.post("/voice/incoming", of_call()).content


def test_whoever_leaves_makes_room() -> None:
    use(DOOR_SECONDS="0")
    room = Room(1)
    with room.entered(), pytest.raises(NoRoom), room.entered():
        raise AssertionError("there is no room")
    with pytest.raises(ZeroDivisionError), room.entered():
        raise ZeroDivisionError
    with room.entered():
        pass
