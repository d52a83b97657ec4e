"""A person asks what we hold about them, has it put right, has it rest, and goes; and nothing of them is left but
counts. Every column that may hold something personal is named here, in docs/privacy.md, in the copy and in erasure."""

import io
import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from factories import caller, changing, moved, opened, rows, seen, wib
from people import House, Resident
from PIL import Image
from sqlalchemy import make_url, select

from config import clock, stores, vault
from config.hotline import city
from config.settings import ROOT, settings
from config.stores import Base
from ivr.channels import inbox
from ivr.simulator.calls import audio
from ticketing.calls import callbacks
from ticketing.contacts import disclosure, erased, followers
from ticketing.models import (
    Call,
    Chat,
    Contact,
    Message,
    Recording,
    Sealed,
    Survey,
)
from ticketing.outgoing import promises
from ticketing.privacy import erasure, retention
from ticketing.tickets import additions, history, moves, ratings
from ticketing.tickets.register import find

pytestmark = pytest.mark.usefixtures("unlimited")

ANI, LOCAL, BUDI, CITRA = "+6281377204951", "0813-7720-4951", "+6281377204952", "+6281377204953"
NAME, SAID, HIS = "sulastri widyaningrum", "pagar hijau tua", "warung pak budiman"
VOICE = audio.stand_in(7)
NOON = wib("2026-11-24 12:00")

# Where a person finds it in their copy; None for keyed hashes, which say nothing more than what they are the hash of.
PERSONAL: dict[str, str | None] = {
    "contacts.phone": "person.number",
    "contacts.phone_hash": None,
    "contacts.language": "person.language",
    "contacts.language_at": "person.language_chosen_at",
    "contacts.opted_out_at": "person.stopped_texts_at",
    "contacts.last_area": "person.area_of_the_last_report",
    "contacts.channel": "person.wrote_last_by",
    "contacts.whatsapp_at": "person.last_whatsapp_at",
    "contacts.sms_refused": "person.sms_refused_by_carrier",
    "contacts.whatsapp_refused": "person.whatsapp_refused_by_carrier",
    "contacts.refused_at": "person.refused_at",
    "contacts.restricted_at": "person.restricted_at",
    "calls.contact_id": "calls",
    "calls.memory": "calls.answers_kept",
    "turns.reply": "calls.replies_kept",
    "tickets.contact_id": "reports",
    "tickets.latitude": "reports.point",
    "tickets.longitude": "reports.point",
    "tickets.tracking_code": "reports.tracking_code",
    "tickets.tracking_hash": None,
    "notes.text": "reports.notes",
    "followers.contact_id": "followed",
    "surveys.contact_id": "ratings",
    "ratings.contact_id": "ratings",
    "ratings.code": "ratings",
    "ratings.code_hash": None,
    "chats.contact_id": "talk_by_text",
    "chats.memory": "talk_by_text",
    "messages.contact_id": "texts",
    "messages.body": "texts.words",
    "messages.details": "texts.with_it",
    "photos.fingerprint": "reports.photos",
}
# Points at the row of somebody who is nobody any more, or must outlive what it tells of.
STAYS = {"callbacks.contact_id", "outbox.destination", "privacy_register.subject", "failed_lookups.source"}
IMPERSONAL = {
    "contacts": "id sms created_at erased_at",
    "calls": "id sid caller_kind status started_at ended_at ghost prank outbound transfers menu goal goal_at "
    "announcement_id",
    "turns": "id call_id number node key result milliseconds at",
    "tickets": "id number report_key channel category department area priority state language call_id created_at "
    "changed_at answer_due_at due_at paused_at closed_at refusals flagged_at quiet revision reopenings late_at "
    "warn_at merged_into_id",
    "events": "id ticket_id position at by action before after why chain",
    "notes": "id ticket_id at by kind",
    "followers": "id ticket_id at",
    "wrong_tries": "id ticket_id at tries",
    "callbacks": "id key ticket_id department topic language urgent state attempts from_at until_at next_at created_at "
    "closed_at closed_by",
    "surveys": "id call_id score solved at",
    "ratings": "id ticket_id call_id asked_at score solved answered_at channel",
    "announcements": "id kind areas words details ticket_id by starts_at ends_at",
    "recordings": "id sid call_id turn ticket_id seconds kind completed current silent media_type created_at "
    "fetched_at lost_at removed_at",
    "photos": "id ticket_id message_id source kind by width height unusable created_at fetched_at removed_at",
    "chats": "id changed_at",
    "messages": "id inbound sid ticket_id template channel reply_to_id intent status error created_at",
    "outbox": "id kind queue dedupe_key subject_id contents ticket_id repeatable held state attempts faults deaths "
    "not_before give_up_at lease_until lease_token unknown_since declined provider_ref last_error created_at "
    "finished_at",
    "breakers": "destination failures open_until",
    "beats": "name at",
    "failed_lookups": "id kind at",
    "switches": "name by reason at",
    "privacy_register": "id kind by at due_at done_at counts",
    "tallies": "name count",
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=True) as watch:
        yield watch


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def reports(house: House, number: str, words: str) -> str:
    """A whole report by telephone, with a place in the caller's own words."""
    call = Resident(house, number).dials().presses("2", "2").says(f"{words} kayuringin jaya").presses("1")
    call.talks(7, sound=VOICE).presses("1").hangs_up()
    house.work()
    return call.ticket_number


def a_whole_life(house: House) -> tuple[str, str]:
    """Ani reports, writes, sends a photo, follows Budi's report, is to be called, and says how content she is. Gives
    her report and Budi's."""
    his, hers = reports(house, BUDI, HIS), reports(house, ANI, NAME)
    Resident(house, ANI).texts(f"saya {NAME}, {SAID}")
    house.work()
    with changing(hers) as (session, ticket):
        ani = caller(session, ANI)
        assert ani is not None
        history.note(session, ticket, f"hubungi ibu {NAME} di {ANI}", by="Rina")
        ticket.latitude, ticket.longitude = -6.2383, 106.9756
        additions.keep_upload(session, ticket, jpeg(), by="resident")
        followers.follow(session, find(session, his), ani)
        window = callbacks.window(clock.now())
        callbacks.promise(session, ticket, ani, window, key="cb:1", department="call-centre", language="id")
        call = session.scalars(select(Call).where(Call.contact_id == ani.id)).first()
        session.add(Survey(call_id=call.id, contact_id=ani.id, score=4, solved=True))
        ratings.answer(session, ticket, contact=ani, score=5, solved=True, channel="page")
        ratings.ask(session, ani, call=call)
        if session.scalar(select(Chat).where(Chat.contact_id == ani.id)) is None:
            session.add(Chat(contact_id=ani.id))
        session.flush()
        chat = session.scalars(select(Chat).where(Chat.contact_id == ani.id)).one()
        chat.memory = json.dumps({"words": SAID})
        for name in ("language_at", "opted_out_at", "whatsapp_at", "refused_at", "restricted_at"):
            setattr(ani, name, clock.now() + timedelta(microseconds=len(name)))
        ani.language, ani.last_area, ani.channel = "id", "kayuringinjaya", "sms"
        ani.sms_refused = ani.whatsapp_refused = "63024"
        disclosure.proves(session, ticket, "0000")
    return hers, his


def reporter(number: str) -> Contact | None:
    with stores.reading() as session:
        return find(session, number).contact


def values(name: str) -> set[Any]:
    """What a column holds, opened where it is sealed."""
    table, _, column = name.partition(".")
    model = next(one.class_ for one in Base.registry.mappers if one.class_.__tablename__ == table)
    with stores.reading() as session:
        return {getattr(row, column) for row in session.scalars(select(model))} - {None}


def everything() -> str:
    """Every value of every table, opened; and what lies in plain under var/ and in a SQLite database."""
    found = []
    with stores.reading() as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                found += [str(getattr(row, attribute.key)) for attribute in mapper.column_attrs]
                sealed = [name for name, one in vars(mapper.class_).items() if isinstance(one, Sealed)]
                found += [str(getattr(row, name)) for name in sealed]
    stores.disconnect()
    files = [path for path in settings().var_dir.rglob("*") if path.is_file()]
    if stores.is_sqlite():
        files.append(Path(str(make_url(settings().database_url).database)))
    return "\n".join(found + [path.read_bytes().decode(errors="replace") for path in files])


def exported(house: House, phone: str = LOCAL, by: str = "Rina") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.flask("privacy", "export", "--phone", phone, "--by", by))
    return found


def register(house: House, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(house.flask("privacy", "register", "--json", *words))
    return found


def dug(found: Any, path: str) -> list[Any]:
    """What stands at `path`, in every part of a list."""
    here = [found]
    for name in path.split("."):
        here = [one.get(name) for part in here for one in (part if isinstance(part, list) else [part])]
    return [one for one in here if one not in (None, [], {}, False, "")]


# -- the copy ------------------------------------------------------------------------------------------------------


def test_the_copy_has_everything_and_nobody_elses(house: House) -> None:
    hers, his = a_whole_life(house)
    found = exported(house)
    text = json.dumps(found, ensure_ascii=False)
    for piece in (ANI, NAME, SAID, hers, his, str(seen(hers).tracking_code), "Kayuringin", "petugas"):
        assert piece in text, piece
    for other in (BUDI, HIS, str(seen(his).tracking_code), "Rina", ANI[4:] + "0"):
        assert other not in text, other
    for column, path in PERSONAL.items():
        assert path is None or dug(found, path), f"{column} is not in the copy"
    assert len(found["explained"]) == 8
    assert "365" in found["explained"][0]
    assert found["recipients"]
    (entry,) = register(house)
    assert (entry["kind"], entry["by"], entry["late"]) == ("export", "Rina", False)
    assert entry["done_at"] is not None
    assert entry["counts"]["reports"] == len(found["reports"])
    assert NAME not in json.dumps(entry)


def test_the_copy_brings_voice_and_photos_for_its_maker_alone(sqlite_house: House, tmp_path: Path) -> None:
    hers, _ = a_whole_life(sqlite_house)
    folder = tmp_path / "ani"
    folder.mkdir()
    said = sqlite_house.flask("privacy", "export", "--phone", ANI, "--by", "Rina", "--to", str(folder))
    assert " reports" in said
    assert NAME not in said
    assert {path.name for path in folder.iterdir()} == {"data.json", f"{hers}-1.wav", f"{hers}-1.jpg"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert (folder / f"{hers}-1.wav").read_bytes().startswith(b"RIFF")
    assert (folder / f"{hers}-1.jpg").read_bytes().startswith(b"\xff\xd8")
    sqlite_house.flask("privacy", "export", "--phone", ANI, "--by", "Rina", "--to", str(tmp_path / "ani.json"))
    assert stat.S_IMODE((tmp_path / "ani.json").stat().st_mode) == 0o600
    again = sqlite_house.refused(
        "privacy", "export", "--phone", ANI, "--by", "Rina", "--to", str(tmp_path / "ani.json")
    )
    assert "exists" in again


def test_a_confidential_report_is_copied_by_its_readers_alone(sqlite_house: House) -> None:
    category = next(key for key, one in city().categories.items() if one.confidential and one.readers)
    number, reader = opened(ANI, category, words=NAME), city().category(category).readers[0]
    assert exported(sqlite_house)["reports"] == [{"number": number, "confidential": True}]
    assert NAME not in json.dumps(exported(sqlite_house))
    assert NAME in json.dumps(exported(sqlite_house, by=reader))
    assert [one["action"] for one in sqlite_house.ticket(number)["history"]].count("read") == 1


def test_of_a_stranger_nothing_is_held(sqlite_house: House) -> None:
    assert exported(sqlite_house, CITRA) == {}
    assert "nothing was held" in sqlite_house.flask("privacy", "erase", "--phone", CITRA, "--by", "Rina")
    for command in (("restrict",), ("correct", "--language", "en")):
        assert "nothing is held" in sqlite_house.refused("privacy", *command, "--phone", CITRA, "--by", "Rina")
    assert [one["kind"] for one in register(sqlite_house)] == ["erase", "export"]


@pytest.mark.parametrize("number", ["1500444", "anonymous", "abc", "112", ""])
def test_a_number_that_is_nobodys_is_refused(sqlite_house: House, number: str) -> None:
    assert "no resident's number" in sqlite_house.refused("privacy", "export", "--phone", number, "--by", "Rina")
    assert register(sqlite_house) == []


# -- the register --------------------------------------------------------------------------------------------------


def test_a_request_has_seventy_two_hours_and_doing_it_closes_it(sqlite_house: House, noon: Any) -> None:
    opened(ANI)
    for _ in range(2):  # asked twice
        sqlite_house.flask("privacy", "open", "--phone", LOCAL, "--kind", "export", "--by", "Rina")
    (entry,) = register(sqlite_house)
    assert (entry["at"], entry["due_at"], entry["done_at"]) == (
        "2026-11-24T12:00+07:00",
        "2026-11-27T12:00+07:00",
        None,
    )
    doctor = sqlite_house.app.test_cli_runner().invoke(args=["doctor"]).output
    assert "overdue" not in doctor
    noon.shift(timedelta(hours=73))
    assert register(sqlite_house)[0]["late"]
    assert "LATE" in sqlite_house.flask("privacy", "register")
    doctor = sqlite_house.app.test_cli_runner().invoke(args=["doctor"]).output
    assert "1 requests of privacy are overdue" in doctor
    exported(sqlite_house, by="Budi")
    (entry,) = register(sqlite_house)
    assert (entry["by"], entry["counts"]["done_by"], entry["late"]) == ("Rina", "Budi", False)
    assert register(sqlite_house, "--phone", CITRA) == []
    assert len(register(sqlite_house, "--phone", ANI)) == 1


def test_the_register_names_nobody(sqlite_house: House) -> None:
    a_whole_life(sqlite_house)
    exported(sqlite_house)
    sqlite_house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
    shown = json.dumps(register(sqlite_house))
    for piece in (ANI, ANI[1:], NAME, SAID):
        assert piece not in shown


# -- correction ----------------------------------------------------------------------------------------------------


def test_everything_moves_to_the_right_number(house: House) -> None:
    number = opened(ANI)
    old_code = seen(number).tracking_code
    house.flask("privacy", "correct", "--phone", ANI, "--by", "Rina", "--new-phone", "0813 7720 4953")
    house.work()
    assert house.carrier.inbox(ANI) == []
    (text,) = house.carrier.inbox(CITRA)
    ticket = seen(number)
    assert ticket.tracking_code != old_code, "the old number may be a stranger's"
    assert exported(house, CITRA)["person"]["number"] == CITRA
    assert exported(house, ANI) == {}
    assert register(house, "--phone", ANI)[-1]["kind"] == "correct"
    assert str(old_code) in text.body or str(ticket.tracking_code) in text.body


def test_a_number_that_has_data_of_its_own_is_left_alone(sqlite_house: House) -> None:
    first, second = opened(ANI), opened(BUDI)
    refused = sqlite_house.refused("privacy", "correct", "--phone", ANI, "--by", "Rina", "--new-phone", BUDI)
    assert "data of its own" in refused
    assert [reporter(number).phone for number in (first, second)] == [ANI, BUDI]


def test_language_and_place_are_put_right(sqlite_house: House) -> None:
    number, other = opened(ANI, area="kayuringinjaya"), opened(BUDI)
    sqlite_house.work()
    correct = ("privacy", "correct", "--phone", ANI, "--by", "Rina")
    sqlite_house.flask(*correct, "--language", "en")
    sqlite_house.flask(*correct, "--ticket", number, "--place", "Margahayu")
    ani = reporter(number)
    assert (seen(number).area, ani.language, ani.last_area) == ("margahayu", "en", "margahayu")
    before = len(sqlite_house.mails())
    sqlite_house.work()
    assert len(sqlite_house.mails()) == before + 1, "the department hears of it"
    for words, sentence in (
        (("--language", "xx"), "there is no language xx"),
        (("--ticket", other, "--place", "Margahayu"), "is no report of this number"),
        (("--ticket", number, "--place", "Atlantis"), "there is no kelurahan Atlantis"),
        (("--ticket", number), "name what is right"),
        ((), "name what is right"),
    ):
        assert sentence in sqlite_house.refused(*correct, *words)


# -- restriction ---------------------------------------------------------------------------------------------------


def test_restricted_data_rests_until_that_is_lifted(sqlite_house: House) -> None:
    number = opened(ANI)
    sqlite_house.work()
    texts = len(sqlite_house.carrier.inbox(ANI))
    sqlite_house.flask("privacy", "restrict", "--phone", ANI, "--by", "Rina")
    reveal = ("tickets", "reveal", number, "--reason", "telepon", "--by", "Rina")
    assert ANI in sqlite_house.flask(*reveal), "what is under way is finished"
    moved(number, "in_progress", "resolved")
    sqlite_house.work()
    assert len(sqlite_house.carrier.inbox(ANI)) == texts
    assert "restricted" in sqlite_house.refused(*reveal)
    sqlite_house.flask("privacy", "restrict", "--phone", ANI, "--by", "Rina", "--lift")
    assert ANI in sqlite_house.flask(*reveal)
    assert "is not restricted" in sqlite_house.refused("privacy", "restrict", "--phone", ANI, "--by", "Rina", "--lift")


# -- erasure -------------------------------------------------------------------------------------------------------


def test_nothing_is_left_of_a_person_but_counts(house: House) -> None:
    hers, his = a_whole_life(house)
    before = {name: values(name) for name in PERSONAL}
    assert [name for name, held in before.items() if not held] == [], "every personal column was filled"
    budis = exported(house, BUDI)
    codes = {str(seen(hers).tracking_code)}
    for piece in (ANI, NAME, SAID):
        assert piece in everything()
    assert hers in house.refused("privacy", "erase", "--phone", ANI, "--by", "Rina")
    assert NAME in everything(), "a refusal changes nothing"
    said = house.flask("privacy", "erase", "--phone", LOCAL, "--by", "Rina", "--even-open")
    assert " reports" in said
    left = everything()
    for piece in (ANI, ANI[1:], "0" + ANI[3:], NAME, "sulastri", SAID, *codes):
        assert [line[:90] for line in left.splitlines() if piece in line] == [], piece
    assert vault.lookup(ANI) not in values("contacts.phone_hash")
    assert sealed_files() == sealed_of(his)
    ticket = house.ticket(hers)
    assert (ticket["category"], ticket["area"]) == (house.ticket(his)["category"], "Kayuringinjaya")
    assert ticket["history"][-1]["action"] == "erased"
    assert values("surveys.score") | values("ratings.score") == {4, 5}, "counts stay"
    changed = exported(house, BUDI)
    assert [changed[part] for part in ("person", "reports", "texts", "calls")] == [
        budis[part] for part in ("person", "reports", "texts", "calls")
    ]
    house.flask("privacy", "erase", "--phone", BUDI, "--by", "Rina", "--even-open")
    assert {name: held & values(name) for name, held in before.items()} == {name: set() for name in before}
    assert sealed_files() == set()


def sealed_files() -> set[str]:
    return {path.name[:32] for folder in erasure.KEPT for path in (settings().var_dir / folder).rglob("*.sealed")}


def sealed_of(number: str) -> set[str]:
    with stores.reading() as session:
        return {one.id.hex for one in session.scalars(select(Recording).where(Recording.ticket_id == seen(number).id))}


def test_erasing_twice_changes_nothing_and_who_comes_back_is_new(house: House) -> None:
    a_whole_life(house)
    house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
    first = everything()
    assert "nothing was held" in house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina")
    assert erasure.erase_again() == 0
    assert len(everything().splitlines()) >= len(first.splitlines())
    again = reports(house, ANI, "rumah baru")
    retention.forget()
    assert erasure.erase_again() == 0, "the list is about who was here before"
    assert reporter(again).phone == ANI


def test_a_report_under_way_goes_on_without_its_reporter(house: House) -> None:
    number = opened(ANI, words=NAME)
    with changing(number) as (session, ticket):
        history.note(session, ticket, "Tim ke lokasi", by="Rina")
    followed = opened(BUDI)
    with changing(followed) as (session, ticket):
        followers.follow(session, ticket, caller(session, ANI))
        moves.move(session, ticket, "in_progress", by="Rina")  # promises news to followers
    with stores.transaction() as session:  # a text that nobody has understood yet
        early, contact = clock.now() - timedelta(minutes=5), caller(session, ANI)
        text = Message(inbound=True, sid="SM1", contact_id=contact.id, body=NAME, status="received", created_at=early)
        session.add(text)
    waiting = [row.id for row in rows(number) if row.kind == "sms"]
    assert waiting
    house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
    house.work()
    assert house.carrier.inbox(ANI) == []
    assert {row.faults for row in rows()} == {0}
    assert {row.last_error for row in rows() if row.id in waiting} == {"the person was erased"}
    assert inbox.read_late() == 0
    (mail,) = [one for one in house.mails() if one.number == number]
    assert NAME not in mail.text + mail.html
    for state in ("accepted", "in_progress", "waiting", "in_progress", "resolved", "reopened", "resolved", "confirmed"):
        moved(number, state)
        house.work()
    assert house.carrier.inbox(ANI) == []
    assert not any(row.faults for row in rows())


def test_a_call_under_way_ends_kindly(sqlite_house: House) -> None:
    ani = Resident(sqlite_house, ANI).dials().presses("2")
    sqlite_house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina")
    ani.presses("2")
    assert not ani.is_connected
    assert sqlite_house.errors == []
    retention.forget()


def test_a_recording_that_was_never_fetched_is_deleted_at_the_carrier(sqlite_house: House) -> None:
    ani = Resident(sqlite_house, ANI).dials().presses("2", "2", "*").talks(7).presses("1").hangs_up()
    assert len(sqlite_house.carrier.ledger.listed("recordings")) == 1
    for row in rows(kind="recording"):  # three days of an outage
        with stores.transaction() as session:
            promises.drop(session.merge(row), "no answer")
    sqlite_house.flask("privacy", "erase", "--phone", ani.number, "--by", "Rina", "--even-open")
    sqlite_house.work()
    assert sqlite_house.carrier.ledger.listed("recordings") == []
    assert sealed_files() == set()


def test_a_crash_before_the_end_is_made_good(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a_whole_life(sqlite_house)
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_contact", _dies)
        assert (
            sqlite_house.app.test_cli_runner()
            .invoke(args=["privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open"])
            .exception
        )
    assert NAME in everything(), "all of it or nothing"
    retention.forget()
    assert NAME not in everything()
    assert [one["counts"].get("again") for one in register(sqlite_house) if one["kind"] == "erase"] == [1]
    with monkeypatch.context() as patch:  # after the commit, before the files are gone
        number = reports(sqlite_house, CITRA, NAME)
        patch.setattr(erasure, "remove_files", lambda _: None)
        sqlite_house.flask("privacy", "erase", "--phone", CITRA, "--by", "Rina", "--even-open")
        kept = sealed_of(number)
        assert kept & sealed_files()
    assert retention.forget()["files"] == 1
    assert not kept & sealed_files()


def _dies(_contact: Contact) -> None:
    raise SystemError("the machine went down")


def test_a_list_that_was_cut_short_is_read_as_far_as_it_goes(sqlite_house: House) -> None:
    erased.write_down(ANI)
    path = settings().var_dir / "erased.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"at": "2026-')
    erased.write_down(BUDI)
    assert len(erased.entries()) == 2
    erased.take_over(whole)
    assert len(erased.entries()) == 2
    assert ANI not in path.read_text()


# -- every column --------------------------------------------------------------------------------------------------


def columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}


def test_every_column_is_judged() -> None:
    impersonal = {f"{table}.{name}" for table, names in IMPERSONAL.items() for name in names.split()}
    judged = [*PERSONAL, *STAYS, *impersonal]
    assert sorted(judged) == sorted(set(judged))
    assert columns() - set(judged) == set(), "is it personal? Then the copy, the erasure and docs/privacy.md need it"
    assert set(judged) - columns() == set()


def test_every_sealed_column_is_personal() -> None:
    sealed = {
        f"{mapper.class_.__tablename__}.{name}"
        for mapper in Base.registry.mappers
        for name, one in vars(mapper.class_).items()
        if isinstance(one, Sealed)
    }
    assert sealed <= set(PERSONAL)


@pytest.mark.parametrize("column", [*PERSONAL, *sorted(STAYS)])
def test_every_personal_column_is_in_the_register_of_processing(column: str) -> None:
    assert f"`{column}`" in (ROOT / "docs" / "privacy.md").read_text()
