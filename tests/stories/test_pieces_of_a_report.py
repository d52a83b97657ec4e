"""One matter comes in several texts, in whatever order: it becomes one report with all of them."""

from datetime import timedelta
from itertools import permutations

import pytest
import time_machine
from factories import seen
from people import House, Resident
from snapshots import photo
from sqlalchemy import select

from config import clock, stores
from ticketing.models import Message, Photo, Ticket

PIECES: dict[str, dict[str, object]] = {
    "what": {"body": "jalan berlubang parah banyak motor jatuh"},
    "where": {"body": "di jl kartini margahayu"},
    "picture": {"photo": photo()},
    "how long": {"body": "udah 2 minggu lho"},
}
ORDERS = list(permutations(PIECES))


@pytest.fixture
def siti(sqlite_house: House) -> Resident:
    sqlite_house.set(WHATSAPP_SENDER="+622150010445", SMS_DUA_ARAH="true")
    return Resident(sqlite_house)


def pictures() -> list[object]:
    with stores.reading() as session:
        return list(session.scalars(select(Photo.ticket_id)))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_pieces_in_any_order_are_one_report(siti: Resident, order: tuple[str, ...]) -> None:
    for piece in order:
        siti.whatsapps(**PIECES[piece])  # type: ignore[arg-type]
    siti.house.work()
    ticket = siti.house.ticket()
    told = " | ".join(note["text"] for note in ticket["notes"])
    assert (ticket["category"], ticket["area"], ticket["department"]) == ("jalan-rusak", "Margahayu", "dbmsda"), told
    assert all(str(PIECES[piece]["body"]) in told for piece in ("what", "where", "how long")), told
    assert len(pictures()) == 1 and None not in pictures()


@pytest.mark.parametrize(
    "spot",
    [
        {"place": (-6.2489, 107.0102)},
        {"body": "https://maps.google.com/?q=-6.2489,107.0102"},
        {"body": "-6.2489, 107.0102"},
        {"body": "geo:-6.2489,107.0102"},
    ],
    ids=["pin", "link", "coordinates", "geo"],
)
@pytest.mark.parametrize("first", ["what", "where"])
def test_a_point_says_where_it_is_before_or_after_the_words(
    siti: Resident, first: str, spot: dict[str, object]
) -> None:
    pieces = [PIECES["what"], spot]
    for piece in pieces if first == "what" else reversed(pieces):
        siti.whatsapps(**piece)  # type: ignore[arg-type]
    siti.house.work()
    ticket = siti.house.ticket()
    assert (ticket["category"], ticket["department"]) == ("jalan-rusak", "dbmsda")
    assert seen(ticket["number"]).latitude == pytest.approx(-6.2489) and ticket["area"]


def test_an_album_belongs_to_the_report_that_was_made_last(siti: Resident) -> None:
    siti.whatsapps("sampah menumpuk di pinggir kali kayuringin")
    siti.whatsapps("lampu jalan mati di margahayu", photo=photo())
    for seed in (2, 3, 4):
        siti.whatsapps(photo=photo(seed=seed))
    siti.house.work()
    rubbish, lamp = sorted(siti.house.tickets(), key=lambda ticket: str(ticket["category"]), reverse=True)
    assert (rubbish["category"], lamp["category"]) == ("sampah", "lampu-jalan")
    assert pictures() == [seen(lamp["number"]).id] * 4
    assert len([text for text in siti.whatsapp_inbox if "keterangan untuk laporan" in text]) == 1


def test_a_pin_is_the_place_of_the_report_that_was_made_last(siti: Resident) -> None:
    siti.whatsapps("sampah menumpuk di kayuringin").whatsapps("lampu jalan mati di margahayu")
    siti.whatsapps(place=(-6.2489, 107.0102))
    siti.house.work()
    found = {ticket["category"]: seen(ticket["number"]).latitude for ticket in siti.house.tickets()}
    assert found == {"sampah": None, "lampu-jalan": pytest.approx(-6.2489)}


def test_what_is_quoted_decides(siti: Resident) -> None:
    siti.whatsapps("sampah menumpuk di kayuringin").whatsapps("lampu jalan mati di margahayu")
    siti.house.work()
    with stores.reading() as session:
        receipts = session.execute(
            select(Message.sid, Ticket.category).join(Ticket, Ticket.id == Message.ticket_id).where(~Message.inbound)
        )
        quoted = {category: sid for sid, category in receipts}
    siti.quotes(quoted["sampah"], "ini di samping warung")
    siti.house.work()
    said = {ticket["category"]: [note["text"] for note in siti.house.ticket(ticket["number"])["notes"]]
            for ticket in siti.house.tickets()}  # fmt: skip
    assert said["sampah"][-1] == "ini di samping warung" and len(said["lampu-jalan"]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jalan rusak parah di jl mawar margahayu", "lampu jalan mati di jl mawar margahayu"),
        ("sampah menumpuk di jl mawar margahayu", "sampah menumpuk di jl melati margahayu"),
        ("sampah menumpuk di margahayu", "sampah menumpuk di kayuringin"),
        ("got mampet di rw 04 margahayu", "got mampet di rw 09 margahayu"),
    ],
    ids=["another matter", "another street", "another quarter", "another block"],
)
def test_two_matters_stay_two(siti: Resident, one: str, other: str) -> None:
    siti.whatsapps(one).whatsapps(other)
    siti.house.work()
    assert len(siti.house.tickets()) == 2


def test_the_same_words_while_the_first_is_open_are_answered_with_its_number(siti: Resident) -> None:
    siti.whatsapps("lampu jalan mati di jl mawar margahayu")
    siti.house.work()
    number = siti.house.ticket()["number"]
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        siti.whatsapps("lampu jalan mati di jl mawar margahayu")
        siti.house.work()
    assert siti.house.ticket()["number"] == number in siti.whatsapp_inbox[-1] and len(siti.whatsapp_inbox) == 2


def test_the_same_words_after_the_end_are_a_new_report(siti: Resident) -> None:
    siti.whatsapps("lampu jalan mati di jl mawar margahayu")
    first = siti.house.ticket()["number"]
    siti.house.move(first, "resolved", "--note", "lampu diganti")
    siti.house.work()
    siti.whatsapps("5").whatsapps("lampu jalan mati di jl mawar margahayu")
    siti.house.work()
    (second,) = (ticket for ticket in siti.house.tickets() if ticket["number"] != first)
    assert second["category"] == "lampu-jalan" and second["number"] in siti.whatsapp_inbox[-1]
    assert "jl mawar" in siti.house.ticket(second["number"])["notes"][0]["text"]


def test_the_same_caption_at_another_spot_is_another_report(siti: Resident) -> None:
    for north in (-6.2489, -6.2589):
        siti.whatsapps("lampu jalan mati", place=(north, 107.0102))
    siti.house.work()
    assert len(siti.house.tickets()) == 2


def test_a_sticker_is_no_report(siti: Resident) -> None:
    siti.whatsapps(photo=photo(kind="WEBP"))
    siti.house.work()
    assert siti.house.tickets() == [] and pictures() == []
    assert siti.whatsapp_inbox[-1].startswith("Halo, ini 1500-444")
