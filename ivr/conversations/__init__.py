"""What we can talk about: name -> function. A conversation is its module and its line here."""

from ivr.conversations import emergency, main, message, person, report
from ivr.talk import Conversation

CONVERSATIONS: dict[str, Conversation] = {
    "main": main.main,
    "emergency": emergency.emergency,
    "report": report.report,
    "person": person.person,
    "message": message.message,
}
