"""Parts that the pages for residents share: words and language, how they are shown, where a visitor comes from, and
that nobody on the way keeps or indexes them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup, escape

from config import clock
from config.city import Section
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from ticketing.contacts import lookups
from ticketing.outgoing import links

SCRIPTED = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; " \
    "form-action 'self'; frame-ancestors 'none'"  # fmt: skip


class _Words:
    """The sentences of one language, as the templates ask for them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, id_: str, section: Section = "page", **fills: str) -> Markup:
        return escape(city().text(self.language, section, id_)).format(**fills)


@dataclass
class Form:
    """A form of one link: what was typed into it, what is wrong with that (sentences by field), and the key by which it
    does its work once, if it came with one of ours."""

    code: str
    language: str
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def page(self) -> str:
        """Where it all is shown."""
        return url_for("tracking.track", code=self.code, bahasa=self.language)

    def key_for(self, what: str) -> str:
        """The key that the form of this name carries: the one it came with, else a new one."""
        return self.key or links.form_key(self.code, what)

    def to(self, what: str) -> str:
        """Where the form of this name is, and is sent to."""
        return url_for("forms.ask", code=self.code, what=what, bahasa=self.language)


def show(template: str, language: str, status: int = 200, **shown: Any) -> Response:
    """A page in one language."""
    return make_response(
        render_template(
            template,
            words=_Words(language),
            language=language,
            languages=city().languages,
            city=city(),
            loaded=city().clock_time(language, clock.now()),
            find=url_for("finding.ask", bahasa=language),
            **shown,
        ),
        status,
    )


def tell(title: str, words: str, status: int, language: str = "") -> Response:
    """A page that only says something, and how to reach us."""
    return show("told.html", language or asked_language(), status, title=title, told=words)


def go(where: str) -> Response:
    """To a page, after a form: loading it again sends nothing again."""
    return redirect(where, 303, Response)  # type: ignore[return-value]


def asked_language(default: str = CITY_LANGUAGE) -> str:
    """`?bahasa=en` changes the language; nonsense does not."""
    asked = request.args.get("bahasa", "")
    return asked if asked in city().languages else default


def source() -> str:
    """Where the visitor comes from: the address that the outermost of our own proxies saw."""
    hops = [hop.strip() for hop in ",".join(request.headers.getlist("X-Forwarded-For")).split(",")]
    trusted = settings().proxies
    named = hops[-trusted] if 0 < trusted <= len(hops) else ""
    return lookups.source(named or request.remote_addr or "")


def from_elsewhere() -> bool:
    """Whether another site sent this form, as far as the browser says. Our own pages say `null`: they tell nobody where
    they are."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host


def private(response: Response) -> Response:
    """Nothing of this is kept by anybody on the way, or found by a search."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
