"""The columns of an outbox row, kind by kind. Two releases work on the same rows during a deploy, so none of it may
change unseen.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from people import House

from config import clock
from ticketing.outgoing import kinds, promises
from workers import transactions

ROWS = {
    "sms": ("texts", "contact:", 4),
    "call": ("texts", "contact:", 96),
    "email": ("mail", "department:", 72),
    "webhook": ("dispatch", "department:", 72),
    "recording": ("recordings", "recording:", 72),
    "photo": ("recordings", "photo:", 72),
    "news": ("texts", "followers:", 72),
    "alert": ("texts", "alert:", 6),
    "notice": ("mail", "notice:", 72),
    "alarm": ("texts", "alarm:", 1),
    "rescue": ("dispatch", "call:", 72),
}


def test_every_kind_is_written_here() -> None:
    assert ROWS.keys() == kinds.KINDS.keys()


@pytest.mark.parametrize("kind", ROWS)
def test_the_kind_gives_a_row_its_queue_its_destination_and_its_budget(sqlite_house: House, kind: str) -> None:
    queue, addressee, hours = ROWS[kind]
    subject, due = uuid4(), clock.now() + timedelta(minutes=5)
    with transactions.transaction() as session:
        own = promises.promise(session, kind, subject, key="own", ticket=None, not_before=due)
        other = promises.promise(session, kind, subject, to="dlh", key="other", ticket=None, not_before=due)
        assert own is not None and other is not None
    assert (own.kind, own.subject_id, other.subject_id) == (kind, subject, subject)
    assert (own.destination, other.destination) == (f"{addressee}{subject}", f"{addressee}dlh")
    assert {(row.queue, row.give_up_at) for row in (own, other)} == {(queue, due + timedelta(hours=hours))}
