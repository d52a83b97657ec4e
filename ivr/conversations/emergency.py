"""Life in danger: the emergency desk's own line rings at once, else the number to dial, twice. We never dial 112 for
the caller, ask nothing, record nothing, and let nobody wait."""

from config.hotline import city
from config.settings import settings
from ivr.talk import Talk
from ticketing.rules import numbers

MAX_ATTEMPTS = 3


def emergency(talk: Talk) -> None:
    talk.goal_met()
    desk = talk.look("desk", _desk)
    if desk:
        talk.say("emergency_connect")
        for attempt in range(1, MAX_ATTEMPTS + 1):
            ended = talk.hand_over(f"desk {attempt}", str(desk), seconds=city().emergency.ring_seconds, whisper=False)
            if ended == "talked":
                talk.finish("safe_goodbye")
            if ended == "unanswered" or attempt == MAX_ATTEMPTS:
                break
            talk.say("emergency_busy")
    talk.finish("emergency")


def _desk() -> str:
    """The desk's own line, none where the setting names 112 or its like."""
    line = settings().emergency_phone or city().emergency.desk_phone
    return "" if numbers.read(line).kind == "emergency" else line
