"""The report on its way into a department's own system: what is told, how it is signed, and what its answers mean."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests
import time_machine
from deliveries import NEW, OLD, PHONE, add_recording, again, delivery, state
from factories import changing, opened, row, seen, wib
from people import House, Resident, use
from pretenders import System, says
from pydantic import ValidationError
from snapshots import BEKASI, photo
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from config import stores
from config.city import Department
from config.hotline import city
from ticketing.media import photos
from ticketing.models import Breaker
from ticketing.tickets import additions, history, intake

# -- what it is told -----------------------------------------------------------------------------------------------


def test_a_department_with_a_system_is_called_and_not_mailed(house: House, system: System) -> None:
    number = opened(area="kayuringinjaya", words="depan masjid Al Barkah")
    with changing(number) as (session, ticket):
        history.note(session, ticket, "sudah dua kali dilaporkan", by="Rina")
    other = opened(category="banjir")
    house.work()
    (got,) = system.got
    assert got.path == "/laporan?dari=1500444"
    assert got.headers["Content-Type"] == "application/json"
    ticket = seen(number)
    assert json.loads(got.body) == {
        "type": "ticket.assigned",
        "timestamp": delivery(number).created_at.isoformat(),
        "data": {
            "number": number,
            "revision": 1,
            "category": {"key": "sampah", "name": city().category("sampah").name["id"]},
            "department": "dlh",
            "area": {"key": "kayuringinjaya", "kelurahan": "Kayuringinjaya", "kecamatan": "Bekasi Selatan"},
            "priority": ticket.priority,
            "state": "received",
            "received_at": ticket.created_at.isoformat(),
            "answer_due_at": ticket.answer_due_at.isoformat(),
            "due_at": ticket.due_at.isoformat(),
            "confidential": False,
            "notes": [
                {"kind": "said", "text": "depan masjid Al Barkah"},
                {"kind": "remark", "text": "sudah dua kali dilaporkan"},
            ],
            "recording": None,
            "added_recordings": [],
            "recordings_until": None,
            "point": None,
            "photos": [],
            "photos_until": None,
        },
    }
    assert ticket.created_at.utcoffset() == timedelta(0)
    assert house.ticket(number)["status"] == house.ticket(other)["status"] == "forwarded"
    assert {"kind": "webhook", "destination": "dlh", "state": "sent"} in house.ticket(number)["deliveries"]
    assert [mail.to for mail in house.mails()] == ["bpbd@bekasikota.invalid"]


def test_an_area_may_be_a_whole_kecamatan_or_unknown(sqlite_house: House, system: System) -> None:
    opened(area="kec-bekasiselatan")
    opened()
    sqlite_house.work()
    assert [got.report["area"] for got in system.got] == [
        {"key": "kec-bekasiselatan", "kelurahan": None, "kecamatan": "Bekasi Selatan"},
        None,
    ]


def test_of_a_confidential_report_only_that_it_exists(
    sqlite_house: House, system: System, give: Callable[..., None]
) -> None:
    give(inspektorat=system.url)
    use(WEBHOOK_SECRETS=f"inspektorat={NEW}")
    number = opened(category="keluhan-petugas", words="di loket tiga")
    add_recording(number)
    sqlite_house.work()
    got = system.got[-1]
    assert got.report == got.report | {
        "number": number, "confidential": True, "notes": [], "recording": None, "added_recordings": [],
        "recordings_until": None, "point": None, "photos": [], "photos_until": None,
    }  # fmt: skip
    assert "loket" not in got.body.decode()


def test_what_was_written_the_point_and_the_photos(sqlite_house: House, system: System) -> None:
    number = opened(held=True)
    with changing(number) as (session, ticket):
        shot = additions.keep_upload(session, ticket, photo(place=BEKASI), by="resident", kind=photos.REPORT)
        history.note(session, ticket, "tumpukan di trotoar", by="resident", kind="words", quiet=True)
        history.note(session, ticket, "makin tinggi", by="resident", kind="added", quiet=True)
        intake.release(session, ticket)
    sqlite_house.work()
    told = system.got[-1].report
    assert told["notes"] == [
        {"kind": "written", "text": "tumpukan di trotoar"},
        {"kind": "written_more", "text": "makin tinggi"},
    ]
    assert told["point"] == {"latitude": BEKASI[0], "longitude": BEKASI[1]}
    (link,) = told["photos"]
    assert requests.get(link, timeout=60).content == photos.picture(shot)
    assert told["photos_until"] > told["received_at"]


def test_nothing_personal_is_in_it(house: House, system: System) -> None:
    Resident(house, PHONE).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    number = house.ticket()["number"]
    with changing(number) as (session, ticket):
        history.note(session, ticket, "truk tidak datang", by="Siti Kenari")
    house.work()
    ticket, (got,) = seen(number), system.got
    sent = got.body.decode() + json.dumps(got.headers)
    assert "truk tidak datang" in sent
    canaries = [PHONE, PHONE[3:], PHONE[-8:], "Kenari", ticket.report_key.partition(":")[0], ticket.tracking_code]
    for canary in [*canaries, *map(str, (ticket.id, ticket.contact_id, ticket.call_id))]:
        assert canary not in sent
    assert got.headers["webhook-id"] == str(delivery(number).id)


# -- signed --------------------------------------------------------------------------------------------------------


def test_the_signature_is_ours_and_of_this_body(house: House, system: System) -> None:
    number = opened()
    house.work()
    (got,) = system.got
    assert Webhook(NEW).verify(got.body, got.headers)["data"]["number"] == number
    for secret, body, headers in (
        (OLD, got.body, got.headers),
        (NEW, got.body.replace(b"sampah", b"banjir"), got.headers),
        (NEW, got.body, got.headers | {"webhook-id": "another"}),
        (NEW, got.body, got.headers | {"webhook-timestamp": str(int(got.headers["webhook-timestamp"]) + 1)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("written", [f"dlh={NEW},dlh={OLD}", f" dlh={OLD} , bpbd={NEW}, dlh={NEW}"])
def test_while_a_secret_is_rotated_both_sign(sqlite_house: House, system: System, written: str) -> None:
    use(WEBHOOK_SECRETS=written)
    opened()
    sqlite_house.work()
    (got,) = system.got
    for secret in (NEW, OLD):
        Webhook(secret).verify(got.body, got.headers)
    assert len(got.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("written", ["", f"bpbd={NEW}", "dlh", "dlh=", "dlh=whsec_short", f"dlh={NEW[6:]}"])
def test_without_a_secret_it_waits_until_there_is_one(sqlite_house: House, system: System, written: str) -> None:
    use(WEBHOOK_SECRETS=written)
    number = opened()
    sqlite_house.work()
    assert state(number) == ("pending", "WEBHOOK_SECRETS has no secret for this department")
    assert system.got == []
    with stores.reading() as session:
        assert session.scalars(select(Breaker)).all() == [], "it is not the department's fault"
    use(WEBHOOK_SECRETS=f"dlh={NEW}")
    assert again(sqlite_house, number) == ("sent", None)


def test_every_try_carries_the_same_id(house: House, system: System) -> None:
    system.answers = [says(500), b"", b"HTTP/1.1 2", says(503)]
    number = opened()
    house.work()
    for why in ("RemoteDisconnected", "BadStatusLine"):
        assert again(house, number) == ("pending", f"no answer: {why}")
    again(house, number)
    assert again(house, number) == ("sent", None)
    assert len(system.got) == 5
    assert {got.headers["webhook-id"] for got in system.got} == {str(row(delivery(number)).id)}
    for got in system.got:
        Webhook(NEW).verify(got.body, got.headers)
    opened()
    house.work()
    assert len({got.headers["webhook-id"] for got in system.got}) == 2


# -- what is answered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected", "why"),
    [
        (200, "sent", None),
        (202, "sent", None),
        (299, "sent", None),
        (301, "dead", "the address redirects: 301"),
        (304, "dead", "the address redirects: 304"),
        (308, "dead", "the address redirects: 308"),
        (400, "dead", "the department's system refuses it: 400"),
        (401, "dead", "the department's system refuses it: 401"),
        (404, "dead", "the department's system refuses it: 404"),
        (408, "pending", "the department's system says 408"),
        (410, "dead", "the department's system is gone: 410"),
        (425, "pending", "the department's system says 425"),
        (429, "pending", "the department's system says 429"),
        (499, "dead", "the department's system refuses it: 499"),
        (500, "pending", "the department's system says 500"),
        (503, "pending", "the department's system says 503"),
        (103, "pending", "the department's system says 103"),
        (999, "pending", "the department's system says 999"),
        (1000, "pending", "no answer: BadStatusLine"),
    ],
)
def test_what_an_answer_means(sqlite_house: House, system: System, status: int, expected: str, why: str | None) -> None:
    system.answers = [says(status)]
    number = opened()
    sqlite_house.work()
    assert state(number) == (expected, why), "and never a word of the answer itself"
    assert sqlite_house.ticket(number)["status"] == ("forwarded" if expected == "sent" else "received")
    assert len(system.got) == 1


NOW = wib("2026-03-02 10:00")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("90", 90),
        ("3600", 3600),
        ("86400", 3600),
        ("9" * 5000, 3600),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), None),
        ("Mon, 02 Mar 2026 12:00:00 -0000", None),
        ("0", None),
        ("-5", None),
        ("\xb2", None),
        ("soon", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_asked_to(
    sqlite_house: House, system: System, status: int, said: str, seconds: float | None
) -> None:
    head = f"HTTP/1.1 {status} Later\r\nRetry-After: {said}\r\n\r\n"
    system.answers = [head.encode("latin-1")]
    with time_machine.travel(NOW, tick=False):
        number = opened()
        sqlite_house.work()
        waits = (delivery(number).not_before - NOW).total_seconds()
    assert state(number)[0] == "pending"
    if seconds is None:
        assert 10 <= waits <= 20, "the usual back-off"
    else:
        assert waits == seconds


# -- what the city's file and the secrets may say ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("", True),
        ("https://laporan.dlh.bekasikota.go.id/v1/masuk?dari=1500444", True),
        ("https://dlh.bekasikota.go.id:8443", True),
        ("http://127.0.0.1:9000/masuk", True),
        ("http://localhost/masuk", True),
        ("http://dlh.bekasikota.go.id/masuk", False),
        ("http://127.0.0.1.nip.io/masuk", False),
        ("http://localhost.go.id/masuk", False),
        ("ftp://dlh.bekasikota.go.id/", False),
        ("file:///etc/passwd", False),
        ("https://user:secret@dlh.bekasikota.go.id/", False),
        ("https://dlh.bekasikota.go.id/dua kata", False),
        ("https://dlh.bekasikota.go.id/a\nb", False),
        ("https://dlh.bekasikota.go.id/#bagian", False),
        ("https://dlh.bekasikota.go.id\\@elsewhere/", False),
        ("https://", False),
        ("dlh.bekasikota.go.id", False),
    ],
)
def test_which_addresses_the_city_file_may_name(url: str, fine: bool) -> None:
    known = city().department("dlh").model_dump()
    if fine:
        assert Department(**known | {"webhook": url}).webhook == url
    else:
        with pytest.raises(ValidationError, match="webhook"):
            Department(**known | {"webhook": url})


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (f"dlh={NEW}", ["ok    webhooks: signed for dlh"]),
        (f"dlh={NEW},dlh={OLD}", ["ok    webhooks: signed for dlh"]),
        ("", ["FAIL  webhooks: dlh has a webhook, and no secret in WEBHOOK_SECRETS"]),
        (
            f"dlh={NEW},bpbd={OLD}",
            ["FAIL  webhooks: WEBHOOK_SECRETS names bpbd, which has no webhook", "ok    webhooks: signed for dlh"],
        ),
        (
            f"dlh={NEW},dlh=whsec_short",
            [
                "FAIL  webhooks: 1 of WEBHOOK_SECRETS: not department=whsec_ and 24 bytes or more in base64",
                "ok    webhooks: signed for dlh",
            ],
        ),
    ],
)
def test_the_doctor_compares_addresses_and_secrets(
    sqlite_house: House, system: System, written: str, lines: list[str]
) -> None:
    use(WEBHOOK_SECRETS=written)
    result = sqlite_house.app.test_cli_runner().invoke(args=["doctor"])
    assert [line for line in result.output.splitlines() if "webhooks:" in line] == lines
    assert result.exit_code == (1 if "FAIL" in str(lines) else 0)
    assert f"{len(city().departments) - 1} departments have addresses that end in .invalid" in result.output
    assert NEW not in result.output


def test_without_any_the_doctor_has_nothing_to_say(sqlite_house: House) -> None:
    assert "webhooks" not in sqlite_house.flask("doctor")
