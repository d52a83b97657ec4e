"""People who talked with us: found again by a keyed hash, readable only with the data key, with the language of this
year.
"""

import os
import threading

import pytest
import time_machine
from factories import ANI, caller, opened, seen, texts, wib
from people import House, Resident, use
from sqlalchemy import func, select, text

from config import stores, vault
from config.settings import settings
from config.vault import SealBroken
from ticketing.contacts import contacts
from ticketing.models import Contact, Message, Ticket

NEW_KEY = "2:" + "A" * 43 + "="


def count() -> int:
    with stores.reading() as session:
        return session.scalar(select(func.count()).select_from(Contact)) or 0


def known(phone: str = ANI) -> Contact:
    with stores.transaction() as session:
        found = caller(session, phone)
        assert found is not None
        return found


def test_the_chosen_language_lasts_twelve_months(house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        with stores.transaction() as session:
            contacts.choose_language(caller(session), "en")
        for at, language in [("2026-03-02 09:00", "en"), ("2027-03-02 08:59", "en"), ("2027-03-02 09:00", "id")]:
            now.move_to(wib(at))
            assert contacts.language(known(), "id") == language, at
        Resident(house).dials().hears("Layanan Warga")
    assert contacts.language(None, "id") == "id"


def test_numbers_that_are_nobody_s_make_no_contact(house: House) -> None:
    with stores.transaction() as session:
        for nobody in ("anonymous", "", "1500444", "+621500444", "112", "restricted", "abc", "+62", "\x00"):
            assert caller(session, nobody) is None, nobody
    assert count() == 0


def test_one_number_is_one_contact_however_it_is_written_and_however_often_at_once(house: House) -> None:
    together, failed = threading.Barrier(8), []

    def call(written: str) -> None:
        together.wait()
        try:
            known(written)
        except Exception as fault:
            failed.append(fault)

    calls = [threading.Thread(target=call, args=(way,)) for way in (ANI, "081200001111", "6281200001111", ANI) * 2]
    for one in calls:
        one.start()
    for one in calls:
        one.join()
    assert failed == []
    assert count() == 1


def test_lookup_keys_rotate_without_losing_anybody(house: House) -> None:
    first, number = known(), opened()
    old = settings().lookup_key
    use(LOOKUP_KEY=f"a-new-lookup-key-of-forty-characters-0001,{old}")
    try:
        assert known().id == first.id
        assert count() == 1
        assert known("+6281200002222").phone_hash == vault.lookups("+6281200002222")[0]
        page = house.app.test_client().get(f"/t/{seen(number).tracking_code}")
        assert page.status_code == 200, "the tracking code is found by the old key too"
    finally:
        forget("LOOKUP_KEY")


def test_data_keys_rotate_without_losing_a_word(house: House) -> None:
    number = opened(words="depan masjid")
    old = settings().data_keys
    use(DATA_KEYS=f"{NEW_KEY},{old}")
    try:
        assert seen(number).contact_id is not None
        assert known().phone == ANI, "the old key still opens"
        assert number in texts(number)[0].body
        fresh = known("+6281200002222")
        assert sealed(Contact, fresh)[0] == 2, "the new key seals"
        use(DATA_KEYS=NEW_KEY)
        assert known("+6281200002222").phone == "+6281200002222"
        with pytest.raises(SealBroken, match="no key"):
            _ = known().phone
    finally:
        forget("DATA_KEYS")


def test_a_sealed_value_does_not_open_in_another_place(house: House) -> None:
    ani, budi = known(), known("+6281200002222")
    number = opened()
    with stores.transaction() as session:
        session.execute(
            text(
                "UPDATE contacts SET phone = (SELECT phone FROM contacts WHERE phone_hash = :a) WHERE phone_hash = :b"
            ),
            {"a": ani.phone_hash, "b": budi.phone_hash},
        )
        session.execute(text("UPDATE messages SET body = (SELECT tracking_code FROM tickets)"))
    with pytest.raises(SealBroken):
        _ = known("+6281200002222").phone
    with pytest.raises(SealBroken), stores.reading() as session:
        _ = session.scalars(select(Message)).one().body
    assert known().phone == ANI
    with pytest.raises(SealBroken):
        vault.unseal(sealed(Contact, ani), f"contacts.name.{ani.id}")
    assert seen(number).tracking_code


def sealed(table: type, row: object) -> bytes:
    with stores.reading() as session:
        return bytes(session.scalar(select(table.__table__.c.phone).where(table.__table__.c.id == row.id)))


def forget(name: str) -> None:
    """Back to the key that was made for this house."""
    del os.environ[name]
    use()


def test_sealing_twice_gives_two_values_and_both_open(house: House) -> None:
    """Nobody can tell from the rows who texted the same words."""
    with stores.transaction() as session:
        for nth in (1, 2):
            session.add(Message(inbound=True, sid=f"SM{nth}", body="air mati", status="received"))
    with stores.reading() as session:
        first, second = session.scalars(select(Message._body))
        assert first != second
        assert [message.body for message in session.scalars(select(Message))] == ["air mati", "air mati"]
        assert session.scalars(select(Ticket)).all() == []
