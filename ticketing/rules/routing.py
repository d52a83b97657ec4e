"""Routing of a report: its department on a day, and how urgent it is; pure, from the city's dated rules.

The narrowest rule that holds wins (kelurahan, kecamatan, whole city), else the category's owner. What cannot be routed
goes to the call centre, which sorts it by hand.
"""

from dataclasses import dataclass
from datetime import date

from config.city import Area, City, Rule, Term

TRIAGE = "call-centre"
EMERGENCY = "darurat"  # the category of what somebody in danger wrote


@dataclass(frozen=True)
class Routed:
    """A department and the reason in words, for the history of the ticket and for whoever asks why."""

    department: str
    rule: str


def route(city: City, category: str, area: str | None, at: date) -> Routed:
    """The owner of `category` in `area` (a key of city.area, or None) on the day `at` of the city's calendar."""
    known = city.categories.get(category)
    if known is None:
        return Routed(TRIAGE, f"{category} -> {TRIAGE}: no such category")
    place = city.area(area) if area else None
    rules = [rule for rule in city.routing if rule.category == category and rule.holds(at)]
    applying = [(width, rule) for rule in rules if (width := _width(rule, place))]
    if applying:
        _, rule = min(applying, key=lambda found: found[0])
        return Routed(rule.department, _words(rule))
    if known.owner:
        return Routed(known.owner, f"{category} -> {known.owner}: owner of the category")
    return Routed(TRIAGE, f"{category} -> {TRIAGE}: no rule for {at}")


def more_urgent(city: City, priority: str) -> str:
    """The next higher priority; the highest stays."""
    higher = [key for key in sorted(city.priorities) if key < priority]
    return higher[-1] if higher else priority


def priority(city: City, category: str) -> str:
    """The key of the priority; what nobody knows is as urgent as anything ordinary."""
    known = city.categories.get(category) or city.categories["lainnya"]
    return known.priority


def terms(city: City, category: str, priority: str) -> tuple[Term, Term]:
    """How soon the first answer and the end are due: the category's own terms, which no urgency shortens, else those of
    the priority."""
    known = city.categories.get(category) or city.categories["lainnya"]
    usual = city.priorities.get(priority) or city.priorities[known.priority]
    return known.answer or usual.answer, known.due or usual.due


def _width(rule: Rule, place: Area | None) -> int:
    """How wide a rule that claims `place` is, 0 when it does not claim it."""
    if not rule.kelurahan and not rule.kecamatan:
        return 3
    if place is None:
        return 0
    if place.kelurahan is not None and place.key in rule.kelurahan:
        return 1
    return 2 if place.kecamatan in rule.kecamatan else 0


def _words(rule: Rule) -> str:
    until = f" until {rule.valid_until}" if rule.valid_until else ""
    where = ", ".join((*rule.kelurahan, *rule.kecamatan))
    return (
        f"{rule.category} -> {rule.department} since {rule.valid_from}{until}{where and f' in {where}'} ({rule.source})"
    )
