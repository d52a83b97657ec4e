"""Keys are rotated: after `flask rotate` the old ones can go, and everything opens and is found as before."""

import base64
import json
import secrets
from typing import Any

import pytest
import requests
from factories import ANI, changing, opened, seen
from people import House, Resident, use
from snapshots import photo
from sqlalchemy import delete, select, update

from config import stores, vault
from config.settings import settings
from ivr.operations import rotation
from ticketing.contacts import erased
from ticketing.media import photos, recordings
from ticketing.models import Call, Chat, Contact, Photo, Recording
from ticketing.tickets import additions, ratings, register

NEW_KEY = f"200:{base64.b64encode(secrets.token_bytes(32)).decode()}"
NEW_LOOKUP = secrets.token_hex(32)


def a_life(house: House) -> str:
    """Something in every sealed column and folder; gives the number of a report."""
    caller = Resident(house).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    caller.texts("lampu jalan mati di kranji")
    house.work()
    number = opened()
    with changing(number) as (session, ticket):
        additions.keep_upload(session, ticket, photo(), by="resident")
        session.execute(delete(Chat))
        session.add(Chat(contact_id=ticket.contact_id, memory=json.dumps({"asked": "kranji"})))
        ratings.ask(session, None, call=session.scalars(select(Call)).first())
    house.flask("privacy", "export", "--phone", ANI, "--by", "Rina")
    return number


def opened_values() -> dict[str, list[str]]:
    """Every sealed value by its column, opened."""
    with stores.reading() as session:
        return {
            f"{table.__tablename__}.{name}": sorted(
                str(getattr(row, name)) for row in session.scalars(select(table)) if getattr(row, name) is not None
            )
            for table in rotation._tables()
            for name in rotation._sealed(table)
        }


def opened_files() -> list[bytes]:
    with stores.reading() as session:
        found: list[Any] = [recordings.audio(row.id) for row in session.scalars(select(Recording))]
        for row in session.scalars(select(Photo)):
            found += [photos.picture(row, thumb=False), photos.picture(row, thumb=True)]
    return found


def rotating() -> tuple[str, str]:
    """From now on new keys stand before the old ones; gives the old ones."""
    old = settings().data_keys, settings().lookup_key
    use(DATA_KEYS=f"{NEW_KEY},{old[0]}", LOOKUP_KEY=f"{NEW_LOOKUP},{old[1]}")
    return old


def test_after_rotating_the_old_keys_can_go(house: House) -> None:
    number = a_life(house)
    values, files, code = opened_values(), opened_files(), seen(number).tracking_code
    assert [name for name, held in values.items() if not held] == [], "there is something of every kind"
    assert None not in files and len(files) == 3
    rotating()
    said = house.flask("rotate").splitlines()
    assert said[-1] == "nothing is left with an older key"
    assert {line.partition(":")[0] for line in said[:-1]} == {
        *values, *(f"{table.__tablename__}.{hashed}" for table, _, hashed in rotation.HASHED),
        "privacy_register.subject", "photos", "recordings",
    }  # fmt: skip
    assert house.flask("rotate") == "nothing is left with an older key\n", "done twice it changes nothing"

    use(DATA_KEYS=NEW_KEY, LOOKUP_KEY=NEW_LOOKUP)
    assert opened_values() == values and opened_files() == files
    Resident(house).dials().presses("3").hears("laporan").hangs_up()
    assert requests.get(f"{house.url}/t/{code}", timeout=60).status_code == 200
    assert len(json.loads(house.flask("privacy", "register", "--json", "--phone", ANI))) == 1
    with stores.reading() as session:
        assert len(session.scalars(select(Contact)).all()) == 1, "nobody was taken for somebody new"


def test_without_it_the_old_keys_cannot_go(sqlite_house: House) -> None:
    number = a_life(sqlite_house)
    rotating()
    use(DATA_KEYS=NEW_KEY, LOOKUP_KEY=NEW_LOOKUP)
    with pytest.raises(vault.SealBroken):
        opened_values()
    assert requests.get(f"{sqlite_house.url}/t/{number}", timeout=60).status_code == 404
    assert "left" in sqlite_house.refused("rotate")


def test_what_was_cut_short_goes_on(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a_life(sqlite_house)
    values, files = opened_values(), opened_files()
    rotating()
    monkeypatch.setattr(rotation, "BATCH", 1)
    seal, done = vault.seal, []

    def dies(plain: bytes, place: str) -> bytes:
        done.append(place)
        if len(done) > 5:
            raise SystemError("the machine went down")
        return seal(plain, place)

    with monkeypatch.context() as patch:
        patch.setattr(vault, "seal", dies)
        with pytest.raises(SystemError):
            rotation.rotate()
    first = sum(rotation.rotate().anew.values())
    assert first > 0 and not rotation.rotate().anew
    use(DATA_KEYS=NEW_KEY, LOOKUP_KEY=NEW_LOOKUP)
    assert opened_values() == values and opened_files() == files


def test_what_the_hotline_changes_meanwhile_stays(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number, unseal = opened(), vault.unseal
    rotating()
    with stores.reading() as session:
        contact = register.find(session, number).contact

    def meanwhile(sealed: bytes, place: str) -> bytes:
        if place == f"contacts.phone.{contact.id}" and not vault.is_newest(sealed):
            anew = vault.seal(b"+6281288887777", place)
            rows.execute(update(Contact).where(Contact.id == contact.id).values(_phone=anew))
        return unseal(sealed, place)

    with stores.transaction() as rows, monkeypatch.context() as patch:
        patch.setattr(vault, "unseal", meanwhile)
        found = rotation.Rotated()
        rotation._seal(rows, Contact, [contact.id], found)
    assert not +found.anew and not found.left
    with stores.reading() as session:
        assert session.get_one(Contact, contact.id).phone == "+6281288887777"


def test_an_erased_number_stays_on_the_list(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
    rotating()
    sqlite_house.flask("rotate")
    assert erased.since(ANI, seen(number).created_at)
