"""Pages for everyone but callers. A set of pages is its module and its line here."""

from flask import Blueprint

from ticketing.web import health, recordings, tracking

PAGES: tuple[Blueprint, ...] = (health.health, recordings.pages, tracking.pages)
