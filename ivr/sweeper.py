"""python -m ivr.sweeper: the sweeper with everything that is on the schedule, and with what only this room can do: read
the texts that were stored and not yet understood, and settle those that nobody was sure of."""

from datetime import timedelta

from config import clock, logs
from config.settings import settings
from ivr.channels import doubts, inbox
from workers import schedule
from workers.schedule import Regular

READ = Regular("read", timedelta(seconds=30), inbox.read_late)
DOUBTS = Regular("doubts", timedelta(minutes=1), doubts.settle)


def main() -> None:
    """Do what is on the schedule, until told to stop."""
    logs.set_up()
    clock.follow_database()
    if settings().problems():
        raise SystemExit("\n".join(f"refusing to start: {problem}" for problem in settings().problems()))
    schedule.run((*schedule.SCHEDULE, READ, DOUBTS))


if __name__ == "__main__":
    main()
