"""Life in danger: the emergency desk's own line rings at once, else the number to dial, twice, with what to do until
then. We never dial 112 for the caller, ask nothing, record nothing, and let nobody wait. What a caller said that was
understood as danger goes to the duty team."""

from functools import partial

from config.hotline import city
from config.settings import settings
from ivr.conversations.parts import wording
from ivr.talk import Talk
from ivr.understanding import intents
from ticketing.calls import alarms
from ticketing.rules import numbers, places, routing
from ticketing.tickets import additions, intake

MAX_ATTEMPTS = 3


def emergency(talk: Talk) -> None:
    talk.goal_met()
    words = str(talk.args.get("words", ""))
    if words:
        talk.once("alarm", partial(_alarm, talk, words))
    desk = talk.look("desk", _desk)
    if desk:
        talk.say("emergency_connect")
        for attempt in range(1, MAX_ATTEMPTS + 1):
            ended = talk.hand_over(f"desk {attempt}", str(desk), seconds=city().emergency.ring_seconds, whisper=False)
            if ended == "talked":
                talk.finish("safe_goodbye")
            if ended == "unanswered" or attempt == MAX_ATTEMPTS:
                break
            talk.say("emergency_busy" if ended == "busy" else "emergency_again")
    talk.say("emergency")
    if words:
        wording.do_now(talk, intents.peril(words))
        talk.say("emergency_told")
    talk.finish("emergency_once_more")


def _alarm(talk: Talk, words: str) -> None:
    """A report of the highest priority from what was said; one of the same half hour is the same."""
    ticket = alarms.going_on(talk.session, talk.contact)
    if ticket is None:
        peril, place = city().danger(intents.peril(words)), places.recognise(words)
        given = intake.Report(
            key=f"{talk.call.sid}:danger", channel="voice", category=routing.EMERGENCY, language=talk.language,
            area=place.area, words=words, written=True, receipt="", quiet=peril.private,
        )  # fmt: skip
        ticket = intake.open_ticket(talk.session, given, contact=talk.contact, call=talk.call, by="caller")
    else:
        additions.add(talk.session, ticket, by="caller", words=words, place=additions.Place(), told=False)
    alarms.sound(talk.session, ticket)


def _desk() -> str:
    """The desk's own line, none where the setting names 112 or its like."""
    line = settings().emergency_phone or city().emergency.desk_phone
    return "" if numbers.read(line).kind == "emergency" else line
