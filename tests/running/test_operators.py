"""The command line of the operators: what it prints, what it refuses, and the doctor who looks the house over."""

import json
import re
from datetime import datetime

import pytest
from factories import ANI, change, make_due, moved, opened, rows
from people import House, use

KEYS = [
    "number", "category", "department", "area", "status", "priority", "flagged", "channel", "created_at", "due_at",
    "reporter", "deliveries",
]  # fmt: skip
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def refused(house: House, *words: str) -> str:
    """What a command says that cannot be done: one line, no trace."""
    result = house.app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code != 0, result.output
    assert "Traceback" not in result.output
    return str(result.stderr).strip().splitlines()[-1]


def test_the_list_has_exactly_these_keys(house: House) -> None:
    number = opened(category="lampu-jalan", area="kayuringinjaya")
    landline = opened("+62218840000", "sampah")
    house.work()
    first, second = sorted(house.tickets(), key=lambda ticket: ticket["number"] != number)
    assert list(first) == KEYS
    assert re.fullmatch(r"[1-9]\d{8}", first["number"])
    assert UTC.fullmatch(first["created_at"])
    assert UTC.fullmatch(first["due_at"])
    assert datetime.fromisoformat(first["due_at"]) > datetime.fromisoformat(first["created_at"])
    assert first == first | {
        "category": "lampu-jalan", "department": "dishub", "area": "Kayuringinjaya", "status": "forwarded",
        "priority": "P3", "channel": "voice", "reporter": "+62812****1111",
    }  # fmt: skip
    assert sorted(first["deliveries"], key=lambda row: row["kind"]) == [
        {"kind": "email", "destination": "dishub", "state": "sent"},
        {"kind": "sms", "destination": "contact", "state": "delivered"},
    ]
    assert (second["number"], second["area"]) == (landline, None)
    assert [row["kind"] for row in second["deliveries"]] == ["email"]
    assert ANI not in json.dumps([first, second])


def test_the_list_is_newest_first_and_can_be_narrowed(house: House) -> None:
    numbers = [opened(), opened(category="banjir"), opened()]
    moved(numbers[0], "resolved")
    assert [ticket["number"] for ticket in house.tickets()] == numbers[::-1]
    for options, expected in (
        (["--state", "resolved"], [numbers[0]]),
        (["--department", "bpbd"], [numbers[1]]),
        (["--most", "1"], [numbers[2]]),
    ):
        found = json.loads(house.flask("tickets", "list", "--json", *options))
        assert [ticket["number"] for ticket in found] == expected
    assert house.flask("tickets", "list").count("\n") == 3


def test_an_empty_house_has_empty_lists(house: House) -> None:
    assert house.tickets() == []
    assert json.loads(house.flask("outbox", "--json")) == {"counts": {}, "oldest_due_seconds": None, "dead": []}


def test_the_outbox_by_kind_and_state_with_the_age_of_the_oldest(house: House) -> None:
    opened()
    house.work()
    number = opened()
    moved(number, "withdrawn")
    for row in rows(number, kind="email"):
        make_due(row)
    found = json.loads(house.flask("outbox", "--json"))
    assert found["counts"] == {"email": {"sent": 1, "pending": 1}, "sms": {"delivered": 1, "pending": 1}}
    assert found["oldest_due_seconds"] >= 0
    house.work()
    found = json.loads(house.flask("outbox", "--json"))
    assert found["counts"]["email"] == {"sent": 1, "dead": 1}
    assert found["oldest_due_seconds"] is None
    (dead,) = found["dead"]
    assert dead == dead | {
        "kind": "email", "destination": "dlh", "number": number, "reason": "the ticket is no longer this department's",
    }  # fmt: skip


def test_a_dead_row_is_tried_again_when_somebody_says_so(house: House) -> None:
    number = opened()
    mail = rows(number, kind="email")[0]
    change(mail, state="dead", last_error="the address is refused: {550}")
    house.flask("outbox", "--json", "--replay", str(mail.id))
    house.work()
    assert len(house.mails()) == 1
    assert "no dead row" in refused(house, "outbox", "--replay", str(mail.id))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tickets", "show", "123456789"], "there is no ticket 123456789"),
        (["tickets", "show", "nonsense"], "there is no ticket nonsense"),
        (["tickets", "move", "NUMBER", "forwarded", "--by", "Budi", "--json"], ""),
        (
            ["tickets", "move", "NUMBER", "confirmed", "--by", "Budi"],
            "a ticket that is received cannot become confirmed",
        ),
        (["tickets", "move", "NUMBER", "accepted"], "Missing option '--by'"),
        (["tickets", "move", "NUMBER", "flying", "--by", "Budi"], "flying is no state"),
        (["tickets", "assign", "NUMBER", "dlh", "--by", "Budi"], "dlh has this ticket already"),
        (["tickets", "assign", "NUMBER", "nobody", "--by", "Budi"], "there is no department nobody"),
        (["tickets", "note", "NUMBER", "  ", "--by", "Budi"], "a note needs words"),
        (["tickets", "list", "--state", "flying"], "Invalid value for '--state'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(sqlite_house: House, words: list[str], said: str) -> None:
    number = opened()
    words = [number if word == "NUMBER" else word for word in words]
    if said:
        assert said in refused(sqlite_house, *words)
        assert sqlite_house.ticket(number)["status"] == "received"
    else:
        assert json.loads(sqlite_house.flask(*words))["status"] == "forwarded"


@pytest.mark.parametrize("written", ["{a}-{b}-{c}", "{a} {b} {c}", "{a}.{b}.{c}"])
def test_a_number_is_read_as_people_write_it(sqlite_house: House, written: str) -> None:
    number = opened()
    typed = written.format(a=number[:3], b=number[3:6], c=number[6:])
    assert json.loads(sqlite_house.flask("tickets", "show", typed, "--json"))["number"] == number


def doctor(house: House) -> tuple[int, dict[str, str]]:
    """The exit code, and the mark of each thing that was looked at (the worst of them)."""
    result = house.app.test_cli_runner().invoke(args=["doctor"])
    marks: dict[str, str] = {}
    for line in result.output.splitlines():
        found = re.fullmatch(r"(ok|WARN|FAIL) +([a-z ]+): .+", line)
        assert found, line
        marks[found[2]] = max(marks.get(found[2], ""), found[1], key=["", "ok", "WARN", "FAIL"].index)
    return result.exit_code, marks


def test_the_doctor_finds_a_whole_house_well(durable_postgres: str, house: House) -> None:
    code, marks = doctor(house)
    assert code == 0
    assert set(marks) >= {
        "settings",
        "city file",
        "secrets",
        "database",
        "redis",
        "carrier",
        "mail",
        "numbers",
        "links",
    }
    assert "FAIL" not in marks.values()


@pytest.mark.parametrize(
    ("environment", "what", "mark"),
    [
        ({"SMTP_URL": "smtp://127.0.0.1:1"}, "mail", "FAIL"),
        ({"TWILIO_API_URL": "http://127.0.0.1:1"}, "carrier", "FAIL"),
        ({"TWILIO_AUTH_TOKEN": "wrong"}, "carrier", "FAIL"),
        ({"REDIS_URL": "unix:///nowhere"}, "redis", "WARN"),
        ({"SMS_SENDER": "a name that is far too long"}, "numbers", "FAIL"),
        ({"DATA_KEYS": "1:short"}, "secrets", "FAIL"),
        ({"DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/hotline"}, "database", "FAIL"),
        ({"TRACKING_URL": "https://a-very-long-name.bekasikota.go.id/pantau/"}, "links", "WARN"),
    ],
)
def test_the_doctor_names_what_is_ill(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], what: str, mark: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    use()
    try:
        code, marks = doctor(sqlite_house)
        assert (marks[what], code) == (mark, 1 if mark == "FAIL" else 0)
        assert [other for other, found in marks.items() if found == "FAIL" and other != what] == []
    finally:
        monkeypatch.undo()
        use()
