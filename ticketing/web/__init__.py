"""Pages for everyone but callers. A set of pages is its module and its line here."""

from flask import Blueprint

from ticketing.web import finding, forms, health, metrics, photos, recordings, tracking

PAGES: tuple[Blueprint, ...] = (
    health.health,
    metrics.metrics,
    recordings.pages,
    photos.pages,
    finding.pages,
    forms.forms,
    tracking.pages,
)
