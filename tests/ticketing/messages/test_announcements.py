"""Announcements: whom each concerns, which one ends which, and what is refused."""

from datetime import timedelta

import pytest
import time_machine
from factories import ANI, caller, moved, opened, wib
from people import House

from config import clock, stores
from ivr.simulator.network.ledger import new_sid
from ticketing.messages import announcements
from ticketing.messages.announcements import AnnouncementError
from ticketing.models import Announcement, Call
from ticketing.tickets import register

EVENING = wib("2026-11-23 18:00")
BOTH = {"id": "Kali Bekasi Siaga 2", "en": "Kali Bekasi level 2"}


def announced(kind: str = "notice", *, areas: tuple[str, ...] = (), about: str = "", **given: object) -> Announcement:
    with stores.transaction() as session:
        ticket = register.find(session, about) if about else None
        until = given.pop("until", clock.now() + timedelta(hours=1))
        usual = {"words": BOTH, "details": BOTH if kind == "flood" else None, "by": "Rina"}
        return announcements.announce(session, kind=kind, areas=areas, ticket=ticket, until=until, **{**usual, **given})


def active(*kinds: str) -> list[Announcement]:
    with stores.reading() as session:
        return announcements.active(session, *kinds)


CONCERNS = [
    ((), None, True),
    ((), "kranji", True),
    (("kranji",), None, False),
    (("kranji",), "kranji", True),
    (("kranji",), "bintara", False),
    (("Bekasi Barat",), "kranji", True),
    (("Bekasi Barat",), "kec-bekasibarat", True),
    (("Bekasi Barat",), "telukpucung", False),
    (("Kranji", "Teluk Pucung"), "telukpucung", True),
    (("kranji",), "kec-bekasibarat", False),
]


def test_who_is_meant(sqlite_house: House) -> None:
    for areas, area, meant in CONCERNS:
        assert announcements.concerns(announced(areas=areas), area) is meant, (areas, area)


# Where the earlier one holds and where the new one does; whether the earlier one goes on.
AFTER_ANOTHER = [
    ((), (), False),
    (("kranji",), (), False),
    ((), ("kranji",), True),
    (("kranji",), ("Kranji",), False),
    (("kranji",), ("Bekasi Barat",), False),
    (("Bekasi Barat",), ("kranji",), True),
    (("kranji", "telukpucung"), ("Bekasi Barat",), True),
    (("kranji", "bintara"), ("Bekasi Barat", "Jatiasih"), False),
    (("kranji",), ("jatiasih",), True),
]


@pytest.mark.parametrize(("before", "after", "goes_on"), AFTER_ANOTHER)
def test_a_new_one_ends_what_it_takes_the_place_of_and_nothing_else(
    sqlite_house: House, before: tuple[str, ...], after: tuple[str, ...], goes_on: bool
) -> None:
    with time_machine.travel(EVENING) as now:
        earlier = announced("flood", areas=before)
        now.shift(60)
        later = announced("notice", areas=after)
        found = [one.id for one in active()]
    assert found == ([later.id, earlier.id] if goes_on else [later.id])


def test_incidents_stand_beside_notices_and_beside_each_other(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        made = [announced("notice")]
        for _ in range(2):
            now.shift(1)
            made.append(announced("incident", about=opened(category="banjir")))
        assert [one.id for one in active()] == [one.id for one in reversed(made)]
        assert len(active("incident")) == 2


def test_what_is_offered_is_of_the_category_of_the_area_and_not_over(sqlite_house: House) -> None:
    flood, other = opened(category="banjir"), opened(category="banjir")
    announced("incident", about=flood, areas=("kranji",))
    announced("incident", about=other, areas=("jatiasih",))
    announced("incident", about=opened(category="lampu-jalan"))
    with stores.reading() as session:
        given = [one.ticket.number for one in announcements.incidents(session, "banjir", "kranji")]
        assert given == [flood]
        assert announcements.incidents(session, "banjir", None) == []
    for state in ("resolved", "reopened"):
        moved(flood, state)
        with stores.reading() as session:
            assert bool(announcements.incidents(session, "banjir", "kranji")) is (state == "reopened")


def a_call(phone: str = ANI, area: str | None = None) -> Call:
    with stores.transaction() as session:
        contact = caller(session, phone)
        if contact is not None:
            contact.last_area = area
        call = Call(sid=new_sid("CA"), contact=contact, caller_kind="mobile", status="in-progress")
        session.add(call)
        session.flush()
        found, _ = announcements.before_menu(session, call)
        call.announcement_id = found.id if found else None
        return call


def test_who_has_just_heard_the_newest_hears_the_wider_one(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        everywhere = announced()
        now.shift(1)
        here = announced("flood", areas=("kranji",))
        heard = [a_call(area="kranji").announcement_id for _ in range(3)]
        assert heard == [here.id, everywhere.id, None], "each once in half an hour, and one at a time"
        now.shift(timedelta(minutes=30, seconds=1))
        assert a_call(area="kranji").announcement_id == here.id
        assert a_call("anonymous").announcement_id == everywhere.id


def test_the_newest_flood_notice_is_what_key_four_tells(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        announced("flood", areas=("kranji",))
        now.shift(1)
        newest = announced("flood", areas=("jatiasih",))
        with stores.reading() as session:
            assert announcements.flood(session).id == newest.id
        now.shift(timedelta(hours=1))
        with stores.reading() as session:
            assert announcements.flood(session) is None


def test_ending_twice_does_not_make_it_longer(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        made = announced()
        ends = []
        for _ in range(2):
            now.shift(60)
            with stores.transaction() as session:
                ends.append(announcements.end(session, made.id).ends_at)
        assert ends[0] == ends[1]


WRONG = [
    ({"kind": "party"}, "no kind of announcement"),
    ({"kind": "incident"}, "names the number of its ticket"),
    ({"words": {"id": "Siaga"}}, "missing in en"),
    ({"words": {"id": "Siaga", "en": "\n"}}, "missing in en"),
    ({"kind": "flood", "details": {"id": "Posko"}}, "missing in en"),
    ({"until": wib("2026-11-24 00:00:01")}, "within 6 hours"),
    ({"until": EVENING}, "within 6 hours"),
    ({"areas": ("bojong",)}, "bojong is no kelurahan"),
]


@pytest.mark.parametrize(("given", "why"), WRONG)
def test_what_is_refused(sqlite_house: House, given: dict[str, object], why: str) -> None:
    with time_machine.travel(EVENING, tick=False), pytest.raises(AnnouncementError, match=why):
        announced(**given)
    assert active() == []


def test_where_an_incident_is_may_be_said_at_length(sqlite_house: House) -> None:
    number = opened(category="lampu-jalan")
    for place in ("Jalan Ahmad Yani", "Jalan Jenderal Sudirman depan Stasiun Bekasi"):
        announced("incident", about=number, words={"id": place, "en": place})
    with pytest.raises(AnnouncementError, match="18 s are the limit"):
        announced("incident", about=number, words={"id": "Jalan Ahmad Yani " * 6, "en": "Jalan Ahmad Yani"})


def test_a_notice_may_not_name_a_ticket(sqlite_house: House) -> None:
    with pytest.raises(AnnouncementError, match="only an incident"):
        announced("notice", about=opened())


def test_a_refused_one_ends_none_of_the_others(sqlite_house: House) -> None:
    made = announced()
    with pytest.raises(AnnouncementError):
        announced(words={"id": "Siaga " * 60, "en": "level"})
    assert [one.id for one in active()] == [made.id]


def test_eleven_seconds_are_measured_with_the_whole_sentence(sqlite_house: House) -> None:
    """The same words fit a notice and not a flood notice, which says its keys too."""
    words = {"id": "Jalan Ahmad Yani tergenang, harap mencari jalan lain", "en": "Jalan Ahmad Yani is flooded"}
    announced("notice", words=words)
    with pytest.raises(AnnouncementError, match="11 s are the limit"):
        announced("flood", words=words)
