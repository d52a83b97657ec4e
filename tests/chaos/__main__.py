"""python -m chaos [--seed N] [--minutes M] [--faults F1,F8] [--once] [--sabotage mails]: a fault campaign against the
real house. All on the loopback. Prints its seed first and its table last; the exit code says whether every promise was
kept. With a sabotage the product is broken on purpose, and the promises should not be kept."""

import argparse
import random
import sys
from pathlib import Path

from chaos.campaign import run
from chaos.load import RATE
from chaos.nemesis import FAULTS
from chaos.sabotage import SABOTAGES


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    given.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given.add_argument("--minutes", type=float, default=3.0)
    given.add_argument("--faults", default=",".join(FAULTS))
    given.add_argument("--once", action="store_true", help="end when every fault was there once")
    given.add_argument("--rate", type=float, default=RATE, help="calls and texts a second")
    given.add_argument("--sabotage", default="", choices=("", *SABOTAGES), help="break the product itself")
    given.add_argument("--keep", type=Path, help="a folder that keeps the history, and the logs of a run that failed")
    asked = given.parse_args()
    names = [name for name in asked.faults.split(",") if name]
    if unknown := set(names) - FAULTS.keys():
        given.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    print(f"seed {asked.seed}, {asked.minutes:g} minutes, {len(names)} faults", flush=True)
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    result = run(
        asked.seed,
        asked.minutes * 60,
        names,
        once=asked.once,
        keep=asked.keep,
        rate=asked.rate,
        sabotage=asked.sabotage,
    )
    print("\n".join(result.lines()))
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
