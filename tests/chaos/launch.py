"""Runs one module of the hotline as the campaign wants its city: it is noon there, so that status texts may leave, and
some departments have systems of their own. `python -m chaos.launch gunicorn ...`; nothing else of the product differs.

CHAOS_SYSTEMS names those systems (`dlh=http://127.0.0.1:1/dlh,...`), CHAOS_AHEAD by how many seconds this process's
clock is wrong, CHAOS_SABOTAGE how the product is broken on purpose (sabotage.py).
"""

import importlib
import os
import runpy
import sys
from datetime import UTC, datetime, timedelta, timezone

from config import clock, hotline


def main() -> None:
    """Change the surroundings, then be the module that the command line names."""
    clock.CITY_ZONE = where_it_is_noon(datetime.now(UTC))
    ahead = timedelta(seconds=float(os.environ.get("CHAOS_AHEAD", "0")))
    if ahead:
        clock.now = lambda: datetime.now(UTC) + ahead
    _give_systems(dict(pair.split("=", 1) for pair in os.environ.get("CHAOS_SYSTEMS", "").split(",") if pair))
    del sys.argv[0]
    if sabotage := os.environ.get("CHAOS_SABOTAGE"):  # which knows the whole product, so the clock comes first
        importlib.import_module("chaos.sabotage").SABOTAGES[sabotage]()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def where_it_is_noon(now: datetime) -> timezone:
    hours = 12 - now.hour
    return timezone(timedelta(hours=hours if hours > -12 else hours + 24))


def _give_systems(addresses: dict[str, str]) -> None:
    load = hotline.load

    def changed(*where: object) -> object:
        city = load(*where)
        for key, address in addresses.items():
            city.departments[key].__dict__["webhook"] = address
        return city

    hotline.load = changed


if __name__ == "__main__":
    main()
