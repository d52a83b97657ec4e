"""Routing: the department that owns a report on a given day, and how urgent it is."""

from datetime import date

import pytest

from config.hotline import city
from ticketing.rules.routing import more_urgent, priority, route, terms

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("category", "area", "at", "department"),
    [
        ("lampu-jalan", None, date(2024, 12, 31), "dbmsda"),
        ("lampu-jalan", None, date(2025, 1, 1), "dishub"),
        ("lampu-jalan", "kayuringinjaya", TODAY, "dishub"),
        ("lampu-jalan", None, date(2001, 1, 1), "call-centre"),
        ("jalan-rusak", "jatiasih", TODAY, "dbmsda"),
        ("sampah", None, TODAY, "dlh"),
        ("banjir", "jatirasa", TODAY, "bpbd"),
        ("lalu-lintas", None, TODAY, "dishub"),
        ("ketertiban", None, TODAY, "satpol-pp"),
        ("lainnya", None, TODAY, "call-centre"),
        ("pesan-petugas", None, TODAY, "call-centre"),
        ("keluhan-petugas", None, TODAY, "inspektorat"),
        ("air-bersih", None, TODAY, "perumda-tirta-patriot"),
        ("air-bersih", "harapanbaru", date(2024, 9, 29), "perumda-tirta-bhagasasi"),
        ("air-bersih", "harapanbaru", date(2024, 9, 30), "perumda-tirta-patriot"),
        ("air-bersih", "jatibening", date(2024, 9, 29), "perumda-tirta-bhagasasi"),
        ("air-bersih", "kec-pondokgede", date(2024, 9, 29), "perumda-tirta-bhagasasi"),
        ("air-bersih", "kec-bekasiutara", date(2024, 9, 29), "perumda-tirta-patriot"),
        ("air-bersih", "medansatria", date(2025, 12, 31), "perumda-tirta-bhagasasi"),
        ("air-bersih", "medansatria", date(2026, 1, 1), "perumda-tirta-patriot"),
        ("tidak-ada", None, TODAY, "call-centre"),
    ],
)
def test_the_owner_of_the_day(category: str, area: str | None, at: date, department: str) -> None:
    assert route(city(), category, area, at).department == department


@pytest.mark.parametrize(
    ("category", "rule"),
    [
        ("lampu-jalan", "lampu-jalan -> dishub since 2025-01-01 (press November 2025"),
        ("sampah", "sampah -> dlh: owner of the category"),
        ("tidak-ada", "tidak-ada -> call-centre: no such category"),
    ],
)
def test_the_rule_says_why(category: str, rule: str) -> None:
    assert route(city(), category, None, TODAY).rule.startswith(rule)


def test_every_category_has_an_owner_everywhere_today() -> None:
    for category in city().categories:
        for area in (None, *city().areas, *(kecamatan.key for kecamatan in city().kecamatan.values())):
            assert route(city(), category, area, TODAY).department in city().departments


@pytest.mark.parametrize(
    ("category", "urgency", "answer", "due"),
    [
        ("banjir", "P1", (0.25, "hours"), (2, "hours")),
        ("lalu-lintas", "P2", (6, "hours"), (3, "days")),
        ("sampah", "P3", (6, "working_hours"), (7, "days")),
        ("usulan", "P3", (5, "working_days"), (30, "working_days")),
        ("keluhan-petugas", "P3", (5, "working_days"), (14, "working_days")),
        ("pemeriksaan", "P3", (5, "working_days"), (60, "working_days")),
        ("tidak-ada", "P3", (6, "working_hours"), (7, "days")),
    ],
)
def test_how_soon(category: str, urgency: str, answer: tuple[float, str], due: tuple[float, str]) -> None:
    first, last = terms(city(), category, urgency)
    assert priority(city(), category) == urgency
    assert ((first.amount, first.unit), (last.amount, last.unit)) == (answer, due)


@pytest.mark.parametrize(
    ("category", "urgency", "answer", "due"),
    [
        ("sampah", "P2", (6, "hours"), (3, "days")),
        ("usulan", "P2", (5, "working_days"), (30, "working_days")),
        ("lalu-lintas", "P1", (0.25, "hours"), (2, "hours")),
    ],
)
def test_what_is_more_urgent_has_the_terms_of_its_priority_unless_its_category_has_terms_of_its_own(
    category: str, urgency: str, answer: tuple[float, str], due: tuple[float, str]
) -> None:
    first, last = terms(city(), category, urgency)
    assert ((first.amount, first.unit), (last.amount, last.unit)) == (answer, due)


def test_the_next_higher_priority() -> None:
    assert [more_urgent(city(), key) for key in ("P3", "P2", "P1")] == ["P2", "P1", "P1"]
