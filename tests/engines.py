"""Engines that outlive a test. Every test has a database of its own, and SQLAlchemy forgets with an engine all the SQL
that it compiled: a third of what a story costs. So an engine is kept for each kind of database, without connections,
and connects to the database of the test that is running.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event, make_url

from config import stores
from config.settings import settings

_make: Callable[[str], Engine] = stores._engine.__wrapped__
_kept: dict[tuple[Any, ...], Engine] = {}
OURS = {"connect_timeout", "options"}  # what stores says itself, whatever the address


def keep() -> None:
    """From now on stores takes the engines that are kept here."""
    stores._engine = _Kept()  # type: ignore[assignment]


class _Kept:
    """Stands for stores._engine: asked for a role, and told to forget what the settings were."""

    def __init__(self) -> None:
        self._now: dict[str, Engine] = {}

    def __call__(self, role: str) -> Engine:
        found = self._now.get(role)
        return found if found is not None else self._now.setdefault(role, _kept_for(role))

    def cache_clear(self) -> None:
        self._now.clear()


def _kept_for(role: str) -> Engine:
    kind = (role, make_url(stores._address(role)).get_backend_name(), settings().database_seconds)
    if kind not in _kept:
        made = _kept[kind] = _make(role)
        connects = event.contains(made, "do_connect", stores._connect_bounded)
        if connects:  # so it must come last
            event.remove(made, "do_connect", stores._connect_bounded)
        event.listen(made, "do_connect", _to_the_database_of_now(made, role))
        if connects:
            event.listen(made, "do_connect", stores._connect_bounded)
    return _kept[kind]


def _to_the_database_of_now(made: Engine, role: str) -> Callable[..., None]:
    """What the address of the settings says takes the place of all that the address said the engine was made for."""
    before = made.dialect.create_connect_args(made.url)[1].keys() - OURS

    def connects(dialect: Any, _record: Any, words: list[Any], options: dict[str, Any]) -> None:
        where, named = dialect.create_connect_args(make_url(stores._address(role)))
        words[:] = where
        for name in before:
            options.pop(name, None)
        options.update({name: value for name, value in named.items() if name not in OURS})

    return connects
