"""`make rehearsal`: a production house on this machine, made as docs/running.md says, behind nginx, with Debian's
PostgreSQL and Redis, in a folder and on ports of its own. Prints a line for each step and what differed; ends with 1
when a step did not come out as written. It needs root and apt-get, touches no server that runs here, and leaves
nothing but Debian's packages."""

import os
import shutil
import signal
import sys
import time

from rehearsal.steps import Rehearsal


def main() -> int:
    if os.geteuid() or not shutil.which("apt-get"):
        sys.stderr.write("The rehearsal needs root and Debian's apt-get.\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began, rehearsal, amiss = time.monotonic(), Rehearsal(), False
    try:
        for step in rehearsal.steps():
            print("\n".join(step.lines()), flush=True)
            amiss = amiss or bool(step.amiss)
        if amiss:
            for log in sorted(rehearsal.machine.folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text()[-1500:]}")
    finally:
        rehearsal.end()
    print(f"{'AMISS' if amiss else 'as written'}, in {time.monotonic() - began:.0f} s")
    return int(amiss)


if __name__ == "__main__":
    sys.exit(main())
