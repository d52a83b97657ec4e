"""The list of conversations by text: intent -> function. What a text says is answered from the start (`talk.args` is
what was understood), so only what is missing is asked; the acts are those of the telephone. Nothing is said in a
prompt: every answer leaves through ticketing/messages/texts.py."""

from ivr.conversations.written import about, danger, doubt, reports, services
from ivr.talk import Conversation

WRITTEN: dict[str, Conversation] = {
    "report": reports.report,
    "other_city": reports.report,
    "proposal": reports.report,
    "emergency": reports.emergency,
    "status": about.status,
    "add_detail": about.add_detail,
    "not_fixed": about.not_fixed,
    "fixed": about.fixed,
    "rating": about.rating,
    "want_person": services.want_person,
    "cancel_callback": services.cancel_callback,
    "info": services.info,
    "help": services.help_,
    "language_en": services.language,
    "language_id": services.language,
    "stop": services.stop,
    "start": services.start,
    "noise": services.noise,
    "doubt": doubt.doubt,
    "danger": danger.danger,
}
