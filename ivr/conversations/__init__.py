"""The list of conversations: name -> function. A conversation is its module and its line here."""

from ivr.conversations import (
    alarm,
    callback,
    department,
    emergency,
    information,
    main,
    message,
    news,
    person,
    proposal,
    report,
    status,
    survey,
)
from ivr.talk import Conversation

CONVERSATIONS: dict[str, Conversation] = {
    "main": main.main,
    "emergency": emergency.emergency,
    "report": report.report,
    "status": status.status,
    "information": information.information,
    "department": department.department,
    "proposal": proposal.proposal,
    "person": person.person,
    "callback": callback.callback,
    "message": message.message,
    "survey": survey.survey,
    "news": news.news,
    "alarm": alarm.alarm,
}
