"""Two questions after a handled call: how good it was, and whether the matter is solved. Who is not content may say
why."""

from functools import partial

from ivr.conversations.parts import menus
from ivr.conversations.parts.kept import keep
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.calls import surveys
from ticketing.tickets import intake, register

SCORES = [Option(str(score), str(score)) for score in range(1, 6)]
SOLVED = [Option("1", "yes"), Option("2", "no")]
POOR = 2
NOTHING = "nothing"


def survey(talk: Talk) -> None:
    if not talk.look("due", lambda: surveys.due(talk.session, talk.call)):
        talk.goodbye()
    score = talk.choose("score", partial(menus.say, talk, "survey_score"), SCORES, silence=NOTHING)
    if score == NOTHING:
        talk.goodbye()
    talk.once("score", lambda: surveys.note(talk.session, talk.call, score=int(score)))
    solved = talk.choose("solved", partial(menus.say, talk, "survey_solved"), SOLVED, silence=NOTHING)
    if solved != NOTHING:
        talk.once("solved", lambda: surveys.note(talk.session, talk.call, solved=solved == "yes"))
    if int(score) <= POOR or solved == "no":
        _opinion(talk)
    talk.goodbye()


def _opinion(talk: Talk) -> None:
    details = {"nth": "feedback", "category": "masukan", "quiet": "yes"}
    take = talk.record("feedback", "record_feedback", keep=details)
    if take is None:
        return
    number = str(talk.once("keep", partial(keep, talk.session, talk.call, details, take, talk.memory)))
    talk.once("send", lambda: intake.release(talk.session, register.find(talk.session, number, change=True)))
    talk.say("survey_thanks")
