"""The hotline inside the test's own process, watched as a campaign watches it: for scenarios small enough to show what
a single protection is worth. What is switched off is switched off here, never in the product."""

import contextlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from people import ACCOUNT, TOKEN, House, use
from sqlalchemy import Select, make_url

from chaos import closing
from chaos.check import check_history
from chaos.history import History
from chaos.load import Caller
from chaos.proxy import Proxy
from chaos.sinks import Mailboxes
from chaos.witness import Exchange, Witness
from config.settings import settings
from ivr.simulator.network.wire import Wire
from ticketing.calls import call_log


class Watched:
    """A house and its history."""

    def __init__(self, house: House, history: History, proxy: Proxy, database: "psycopg.Connection[Any]") -> None:
        self.house, self.history, self.proxy, self.database = house, history, proxy, database
        self.faults = house.carrier.faults
        self.threads: list[threading.Thread] = []  # what a scenario leaves at work

    @classmethod
    @contextlib.contextmanager
    def over(cls, house: House, folder: Path) -> Iterator["Watched"]:
        history = History(folder / "history.jsonl")
        house.carrier.__class__ = Exchange
        house.carrier.history = history
        house.carrier.wire = Wire(ACCOUNT, TOKEN, house.carrier.faults, Witness(history, house.url))
        url = make_url(settings().database_url)
        where = url.query.get("host", url.host)
        proxy = Proxy(f"{where}/.s.PGSQL.{url.port or 5432}")
        mailboxes = Mailboxes(history)
        through = f"postgresql+psycopg://{url.username}@127.0.0.1:{proxy.port}/{url.database}"
        with psycopg.connect(host=str(where), user=url.username, dbname=url.database, autocommit=True) as database:
            use(DATABASE_URL=through, SMTP_URL=f"smtp://127.0.0.1:{mailboxes.port}")
            watched = cls(house, history, proxy, database)
            try:
                yield watched
            finally:
                proxy.set("pass")
                house.carrier.faults.clear()
                for thread in watched.threads:
                    thread.join(20)
                use(DATABASE_URL=url.render_as_string(hide_password=False))
                proxy.close()
                mailboxes.close()

    def caller(self) -> Caller:
        """Somebody on the line, who never waits."""
        found = Caller(self.house.carrier, self.history, random.Random(1), "+6281200001111", lambda _: None)
        found.dial()
        return found

    def at_the_tone(self) -> Caller:
        found = self.caller()
        found.to_the_recording(("2", "2"), "")
        return found

    def reported(self) -> Caller:
        """A whole call, with a number at its end."""
        found = self.at_the_tone()
        found.record(8)
        found.press("1")
        found.hang_up()
        return found

    def time_passes(self) -> None:
        closing.a_quarter_of_an_hour(self.database)

    def found(self) -> set[str]:
        """Which invariants the check finds broken, at the end."""
        closing.write_down(self.house.carrier, self.database, self.history)
        report = check_history(History.read(self.history.path))
        print(report.table)
        return {broken.split()[0] for broken in report.violations}


def without_row_locks(patch: Any) -> None:
    """Neither a question that is made now nor one that was made at import locks a row."""
    patch.setattr(Select, "with_for_update", lambda self, **_: self)
    for name in ("_LOCKED", "_WITH_TURN"):
        made = getattr(call_log, name)._generate()
        made._for_update_arg = None
        patch.setattr(call_log, name, made)
