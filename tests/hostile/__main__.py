"""`PYTHONPATH=tests python -m hostile [share]`: the whole corpus against a throw-away house, and a table of what came
of it. Ends with 1 when anything failed."""

import sys
import tempfile
from pathlib import Path

from hostile import frames
from hostile.attacked import Tally
from hostile.corpus import SEED
from hostile.doors import everything, tried
from hostile.house import throw_away
from hostile.server import gunicorn

LINE = "{:<22}{:>8}{:>10}{:>13}{:>10}{:>12}"


def main() -> int:
    share, out, done = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, sys.stdout, []

    def tell(name: str, tally: Tally) -> None:
        done.append(tally)
        failed, slowest = len(tally.failures), round(tally.slowest * 1000)
        print(LINE.format(name, tally.inputs, tally.requests, tally.checks, failed, slowest), file=out, flush=True)
        for failure in tally.failures[:3]:
            print("    " + failure[:600], file=out, flush=True)

    print(f"seed {SEED}, share {share:g}", file=out)
    print(LINE.format("class", "inputs", "requests", "sink checks", "failures", "slowest ms"), file=out, flush=True)
    with throw_away() as into:
        for name, inputs in everything(into, share).items():
            tell(name, tried(into, name, inputs))
    with tempfile.TemporaryDirectory(prefix="hotline-hostile-") as folder, gunicorn(Path(folder)) as (address, token):
        tell("C16 framing", frames.tried(address, token, share))
    total = [sum(one) for one in zip(*((t.inputs, t.requests, t.checks, len(t.failures)) for t in done), strict=True)]
    print(LINE.format("all", *total, round(max(tally.slowest for tally in done) * 1000)), file=out)
    return 1 if total[3] else 0


if __name__ == "__main__":
    sys.exit(main())
