"""Pages for everyone but callers. A set of pages is its module and its line here."""

from flask import Blueprint

from ticketing.web import files
from ticketing.web.monitoring import health, metrics
from ticketing.web.residents import find, forms, tracking

PAGES: tuple[Blueprint, ...] = (
    health.health,
    metrics.blueprint,
    files.recordings,
    files.pictures,
    find.blueprint,
    forms.forms,
    tracking.blueprint,
)
