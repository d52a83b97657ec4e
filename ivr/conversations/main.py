"""The root: who we are, the emergency key first, then what can be done here."""

from config import clock
from config.hotline import city
from ivr.prompts import Option
from ivr.talk import Talk

KEYS = [Option("1", "emergency"), Option("2", "report")]


def main(talk: Talk) -> None:
    def menu(slow: bool) -> None:
        talk.say("root_emergency", slow=slow)
        talk.say("root_english", slow=slow, foreign=True)
        talk.say("root_options", slow=slow)

    if not talk.args.get("again"):
        talk.say("greeting", daypart=talk.look("daypart", lambda: city().daypart(talk.language, clock.now())))
    talk.go(talk.choose("root", menu, KEYS))
