"""Our texts as WhatsApp wants them registered: numbered places instead of names, a button instead of the link, and a
fixed end, so that none begins or ends with a place or puts two side by side. Says when words may be free.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from ticketing.models import Contact

WINDOW = timedelta(hours=24)  # after a message of the resident; in it words are free
LINK = "link"
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Form:
    """A text to be registered. `places` names what fills {{1}}, {{2}} and so on; a button's code is the last."""

    text: str
    places: tuple[str, ...]

    @property
    def has_button(self) -> bool:
        return LINK in self.places


def templates() -> list[str]:
    """Those that go out by WhatsApp: of a text with a one-way form for SMS it is the other one."""
    names = city().languages[CITY_LANGUAGE].night
    return [name for name in names if name.removesuffix("b") not in names or not name.endswith("b")]


def form(template: str, language: str) -> Form:
    written = city().text(language, "sms", template)
    named = dict.fromkeys(_PLACE.findall(written))
    places = (*(name for name in named if name != LINK), *(name for name in named if name == LINK))
    text = _below(written, city().text(language, "words", "link_below"))
    text = _PLACE.sub(lambda found: f"{{{{{places.index(found[1]) + 1}}}}}", text)
    text = re.sub(r"(\}\}) (\{\{)", r"\1, \2", text)  # two places may not stand side by side
    thanks = city().text(language, "words", "thanks")
    return Form(f"{text.removesuffix('.').removesuffix(f' {thanks}').removesuffix('.')}. {thanks}.", places)


def _below(written: str, words: str) -> str:
    """Where the address stood, a few words say where its button is; after an address no full stop was written."""
    words_first = words[0].upper() + words[1:]
    ended = re.sub(r"\{link\} (?=[A-Z\d])", "{link}. ", written)
    return ended.replace(". {link}", f". {words_first}").replace("{link}", words)


def variables(template: str, language: str, fills: dict[str, Any]) -> str:
    """What fills the places, as the carrier takes it; of the link its code alone."""
    code = str(fills.get(LINK, "")).removeprefix(settings().tracking_url)
    values = [code if name == LINK else str(fills[name]) for name in form(template, language).places]
    return json.dumps({str(at): value for at, value in enumerate(values, 1)}, ensure_ascii=False)


def filled(template: str, language: str, fills: dict[str, Any]) -> str:
    """The registered text as the resident reads it, and as the carrier's list shows it."""
    wanted = form(template, language)
    return re.sub(r"\{\{(\d+)\}\}", lambda found: str(fills[wanted.places[int(found[1]) - 1]]), wanted.text)


def content(template: str, language: str) -> str | None:
    """The id under which this text is registered."""
    return city().whatsapp.contents.get(template, {}).get(language)


def is_free(contact: Contact) -> bool:
    """The resident wrote so lately that any words may be sent."""
    return contact.whatsapp_at is not None and clock.now() - contact.whatsapp_at < WINDOW


def takes(contact: Contact, template: str) -> bool:
    """Whether this text can be sent by WhatsApp at all now: the number wrote there once, and words are free or these
    are registered."""
    if not settings().whatsapp_sender or contact.whatsapp_at is None or contact.whatsapp_refused:
        return False
    return is_free(contact) or template in city().whatsapp.contents
