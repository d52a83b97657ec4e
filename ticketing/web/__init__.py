"""Pages for everyone but callers. A set of pages is its module and its line here."""

from flask import Blueprint

from ticketing.web import health, metrics, recordings, tracking

PAGES: tuple[Blueprint, ...] = (health.health, metrics.metrics, recordings.pages, tracking.pages)
