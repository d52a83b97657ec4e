"""Deadlines on real Indonesian dates of 2026: 17 March is a Tuesday, Nyepi and Idul Fitri close 18 to 24 March."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from time import thread_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.clock import CITY_ZONE
from ticketing.rules.working_time import Calendar, Hours, due, explain, is_holiday, is_open, next_opening

OFFICE = Hours.read("Mon-Thu 07:30-16:00; Fri 07:30-16:30")
LUNCH = Hours.read("Mon-Thu 08:00-12:00, 13:00-16:00; Fri 08:00-11:30, 13:00-16:30")
ALWAYS = Hours.read("24x7")
EVERY_HOURS = [OFFICE, LUNCH, ALWAYS, Hours.read("Sat,Sun 00:00-24:00")]


def at(text):
    return datetime.fromisoformat(text if text[:2] == "20" else f"2026-{text}")


def spans(text):
    """`03-17T10:00/03-17T11:00 ...` as pauses."""
    return [tuple(map(at, span.split("/"))) for span in text.split()]


@pytest.mark.parametrize(
    ("start", "days", "end", "why"),
    [
        ("03-17T10:00", 1, "03-25T16:00", "over Nyepi, Idul Fitri and their shared leave"),
        ("03-17T10:00", 3, "03-27T16:30", "Wed 25, Thu 26, Fri 27, closing on Friday's hour"),
        ("03-20T10:00", 1, "03-25T16:00", "starts on shared leave"),
        ("03-21T10:00", 1, "03-25T16:00", "starts on Idul Fitri, a Saturday"),
        ("04-30T15:00", 1, "05-04T16:00", "over 1 May, a Friday, and the weekend"),
        ("05-13T09:00", 1, "05-18T16:00", "over Ascension and its shared leave on Friday"),
        ("08-14T09:00", 1, "08-18T16:00", "over Independence Day, a Monday"),
        ("08-14T09:00", 2, "08-19T16:00", "and one more"),
        ("12-23T09:00", 1, "12-28T16:00", "over the shared leave of 24 December, Christmas and the weekend"),
        ("12-23T09:00", 5, "2027-01-04T16:00", "over New Year, a Friday"),
        ("06-08T05:00", 1, "06-09T16:00", "before opening: the day itself does not count"),
        ("06-08T00:00", 1, "06-09T16:00", "not even from midnight"),
        ("06-08T23:59", 1, "06-09T16:00", "after closing"),
        ("06-11T12:00", 1, "06-12T16:30", "Friday closes later"),
        ("06-12T12:00", 1, "06-15T16:00", "Friday to Monday"),
        ("06-13T12:00", 1, "06-15T16:00", "on a Saturday"),
        ("06-14T12:00", 2, "06-17T16:00", "Mon 15, Wed 17: Islamic New Year between"),
        ("01-02T09:00", 60, "04-09T16:00", "sixty days for an examination"),
    ],
)
def test_working_days(start, days, end, why):
    assert due(at(start), days, "working_days", OFFICE) == at(end), why


@pytest.mark.parametrize(
    ("start", "hours", "end", "why"),
    [
        ("06-08T08:00", 6, "06-08T14:00", "within the day"),
        ("06-08T05:00", 6, "06-08T13:30", "before opening: from opening"),
        ("06-08T16:00", 6, "06-09T13:30", "at closing: from the next opening"),
        ("06-08T20:00", 6, "06-09T13:30", "after closing"),
        ("06-08T07:30", 8.5, "06-08T16:00", "ends exactly at closing: due at closing"),
        ("06-08T14:00", 6, "06-09T11:30", "over the night"),
        ("06-12T14:00", 6, "06-15T11:00", "Friday closes 16:30"),
        ("06-13T10:00", 6, "06-15T13:30", "on a Saturday"),
        ("03-17T15:00", 6, "03-25T12:30", "over Nyepi and Idul Fitri"),
        ("05-01T10:00", 1, "05-04T08:30", "on Labour Day"),
        ("08-14T16:00", 1, "08-18T08:00", "over Independence Day"),
        ("12-23T15:30", 1, "12-28T08:00", "over Christmas"),
        ("06-08T08:00", 0.25, "06-08T08:15", "a quarter of an hour"),
    ],
)
def test_working_hours(start, hours, end, why):
    assert due(at(start), hours, "working_hours", OFFICE) == at(end), why


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("06-08T11:00", 1, "06-08T12:00"),
        ("06-08T11:00", 2, "06-08T14:00"),
        ("06-08T12:30", 1, "06-08T14:00"),
        ("06-12T11:00", 1, "06-12T13:30"),
        ("06-08T08:00", 7, "06-08T16:00"),
    ],
)
def test_several_windows_a_day(start, hours, end):
    assert due(at(start), hours, "working_hours", LUNCH) == at(end)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("03-17T10:00", 1, "working_days", "03-19T00:00"),  # the whole of the 18th, shared leave or not
        ("06-12T10:00", 2, "working_days", "06-15T00:00"),
        ("03-17T22:00", 6, "working_hours", "03-18T04:00"),
        ("03-19T10:00", 15, "hours", "03-20T01:00"),
        ("03-19T10:00", 7, "days", "03-26T10:00"),
    ],
)
def test_round_the_clock_knows_no_holidays(start, amount, unit, end):
    assert due(at(start), amount, unit, ALWAYS) == at(end)


@pytest.mark.parametrize("unit", ["hours", "days"])
def test_clock_time_knows_no_office(unit):
    assert due(at("03-17T10:00"), 2, unit, OFFICE) == at("03-17T10:00") + timedelta(**{unit: 2})


DAY = "06-08T09:00"  # a Monday; four working hours end at 13:00


@pytest.mark.parametrize(
    ("pauses", "end", "why"),
    [
        ("06-05T09:00/06-05T10:00", "06-08T13:00", "before the start"),
        ("06-08T08:00/06-08T10:00", "06-08T14:00", "over the start"),
        ("06-08T09:00/06-08T10:00", "06-08T14:00", "from the start"),
        ("06-08T10:00/06-08T11:30", "06-08T14:30", "in the middle"),
        ("06-08T12:00/06-08T15:00", "06-08T16:00", "ends exactly at closing"),
        ("06-08T12:30/06-08T20:00", "06-09T08:00", "over closing"),
        ("06-08T13:00/06-08T14:00", "06-08T13:00", "from the deadline on: too late to matter"),
        ("06-09T10:00/06-09T11:00", "06-08T13:00", "after the deadline"),
        ("06-08T10:00/06-08T12:00 06-08T11:00/06-08T11:30", "06-08T15:00", "one inside another"),
        ("06-08T11:00/06-08T12:00 06-08T10:00/06-08T11:30", "06-08T15:00", "overlapping and unsorted"),
        ("06-08T10:00/06-08T11:00 06-08T11:00/06-08T12:00", "06-08T15:00", "touching"),
        ("06-08T10:00/06-08T10:00", "06-08T13:00", "empty"),
        ("06-08T10:00/06-12T10:00", "06-12T13:00", "several days"),
        ("06-08T10:00/06-13T10:00", "06-15T10:30", "until a Saturday"),
    ],
)
def test_pauses_in_working_hours(pauses, end, why):
    assert due(at(DAY), 4, "working_hours", OFFICE, pauses=spans(pauses)) == at(end), why


@pytest.mark.parametrize(
    ("pauses", "end", "why"),
    [
        ("06-09T08:00/06-09T15:59", "06-10T16:00", "over before closing: the day counts"),
        ("06-09T08:00/06-09T16:00", "06-10T16:00", "ends at closing: the clock runs again"),
        ("06-09T16:00/06-10T07:30", "06-10T16:00", "begins at closing: nothing was taken from the day"),
        ("06-09T15:00/06-09T17:00", "06-11T16:00", "over closing"),
        ("06-08T09:00/06-11T09:00", "06-12T16:30", "several days"),
        ("06-10T16:00/06-11T09:00", "06-10T16:00", "begins when it is due"),
        ("06-10T15:59/06-11T09:00", "06-11T16:00", "over the last day's closing"),
        ("06-09T07:00/06-09T16:00", "06-11T16:00", "takes the whole day, and ends at closing"),
        ("06-08T09:00/06-08T17:00", "06-10T16:00", "only on the first day, which never counts"),
    ],
)
def test_pauses_in_working_days(pauses, end, why):
    assert due(at(DAY), 2, "working_days", OFFICE, pauses=spans(pauses)) == at(end), why


@pytest.mark.parametrize(
    ("start", "hours", "pauses", "end", "why"),
    [
        ("02-02T09:00", OFFICE, "02-03T16:00/02-04T07:30", "02-04T16:00", "from closing to opening: no open time"),
        ("02-02T09:00", OFFICE, "02-03T15:59/02-04T07:30", "02-05T16:00", "a minute before closing: over closing"),
        ("02-02T09:00", OFFICE, "02-04T05:00/02-04T07:30", "02-04T16:00", "before opening, until opening"),
        ("02-02T09:00", OFFICE, "02-04T05:00/02-04T12:00", "02-04T16:00", "from before opening to noon: it counts"),
        ("02-02T09:00", OFFICE, "02-04T07:30/02-04T16:00", "02-05T16:00", "exactly the open time of a day"),
        ("02-02T09:00", OFFICE, "02-04T00:00/02-05T00:00", "02-05T16:00", "exactly one day of the calendar"),
        ("02-02T09:00", OFFICE, "02-04T16:00/02-04T16:00", "02-04T16:00", "empty, at closing"),
        ("02-02T09:00", OFFICE, "02-03T15:00/02-03T16:00 02-03T16:00/02-04T07:30", "02-05T16:00", "touch at closing"),
        ("02-02T09:00", OFFICE, "02-03T14:00/02-03T17:00 02-03T15:00/02-03T18:00", "02-05T16:00", "overlap: one day"),
        ("02-02T09:00", OFFICE, "02-03T15:00/02-03T17:00 02-04T15:00/02-04T17:00", "02-06T16:30", "two closings"),
        ("02-05T09:00", OFFICE, "02-06T16:30/02-09T07:30", "02-09T16:00", "over a weekend, from Friday's own closing"),
        ("02-05T09:00", OFFICE, "02-06T16:00/02-09T07:30", "02-10T16:00", "over a weekend and Friday's closing"),
        ("02-05T09:00", OFFICE, "02-07T00:00/02-08T23:59", "02-09T16:00", "only on the weekend"),
        ("04-29T09:00", OFFICE, "04-30T16:00/05-04T07:30", "05-04T16:00", "over 1 May and the weekend"),
        ("04-29T09:00", OFFICE, "05-01T08:00/05-01T17:00", "05-04T16:00", "only on a holiday"),
        ("03-17T09:00", OFFICE, "03-17T16:00/03-25T07:30", "03-26T16:00", "over Nyepi and Idul Fitri"),
        ("02-02T09:00", LUNCH, "02-03T08:00/02-03T12:00 02-03T13:00/02-03T16:00", "02-05T16:00", "all but lunch"),
        ("02-02T09:00", LUNCH, "02-03T08:00/02-03T11:59 02-03T13:00/02-03T16:00", "02-04T16:00", "a minute was open"),
        ("02-02T09:00", LUNCH, "02-03T12:00/02-03T13:00", "02-04T16:00", "only at lunch"),
        ("02-02T09:00", ALWAYS, "02-03T00:00/02-04T00:00", "02-06T00:00", "round the clock: midnight to midnight"),
        ("02-02T09:00", ALWAYS, "02-04T00:00/02-04T08:00", "02-05T00:00", "round the clock: begins at closing"),
    ],
)  # fmt: skip
def test_edges_of_pauses_in_two_working_days(start, hours, pauses, end, why):
    assert due(at(start), 2, "working_days", hours, pauses=spans(pauses)) == at(end), why


@pytest.mark.parametrize(
    ("pauses", "end", "why"),
    [
        ("02-03T16:00/02-04T07:30", "02-04T08:30", "from closing to opening: takes nothing"),
        ("02-03T15:00/02-04T08:30", "02-04T10:30", "an hour on either day"),
        ("02-04T07:30/02-04T16:00", "02-05T08:30", "exactly the open time of a day"),
        ("02-03T15:30/02-03T15:30", "02-04T08:30", "empty"),
        ("02-03T00:00/02-04T00:00", "02-05T08:30", "one day of the calendar"),
    ],
)
def test_edges_of_pauses_in_working_hours(pauses, end, why):
    """Sixteen and a half from Monday 09.00: seven of Monday, eight and a half of Tuesday, one of Wednesday."""
    assert due(at("02-02T09:00"), 16.5, "working_hours", OFFICE, pauses=spans(pauses)) == at(end), why


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ("06-07T09:00/06-08T08:00", "06-08T15:00"),
        ("06-08T08:00/06-08T10:00", "06-08T16:00"),
        ("06-08T10:00/06-08T12:00", "06-08T17:00"),
        ("06-08T15:00/06-08T16:00", "06-08T15:00"),
        ("06-08T10:00/06-08T12:00 06-08T16:00/06-09T16:00", "06-09T17:00"),
        ("06-08T10:00/06-08T12:00 06-08T11:00/06-08T13:00", "06-08T18:00"),
    ],
)
def test_pauses_in_clock_time(pauses, end):
    assert due(at(DAY), 6, "hours", OFFICE, pauses=spans(pauses)) == at(end)


def test_aware_times_come_back_as_utc():
    start = at("2026-03-17T10:00").replace(tzinfo=CITY_ZONE).astimezone(UTC)
    end = due(start, 3, "working_days", OFFICE)
    assert (end.isoformat(), end.tzinfo) == ("2026-03-27T09:30:00+00:00", UTC)


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0, "hours", "more than 0"),
        (-1, "working_days", "more than 0"),
        (float("nan"), "hours", "more than 0"),
        (float("inf"), "working_hours", "at most 87600"),
        (3651, "days", "at most 3650"),
        (3651, "working_days", "at most 3650"),
        (10**400, "hours", "at most"),
        (2.5, "working_days", "whole"),
        (1, "weeks", "unit must be one of"),
    ],
)
def test_absurd_amounts_are_refused(amount, unit, text):
    with pytest.raises(ValueError, match=text):
        due(at(DAY), amount, unit, OFFICE)


@pytest.mark.parametrize("unit", ["working_hours", "working_days"])
def test_an_office_that_never_opens_is_refused_soon(unit):
    begun = thread_time()
    for hours, closed in [(Hours(((),) * 7), is_holiday), (OFFICE, lambda _: True)]:
        with pytest.raises(ValueError, match="no open time"):
            due(at(DAY), 1, unit, hours, is_holiday=closed)
    assert thread_time() - begun < 2


def test_reversed_pauses_and_the_end_of_time_are_refused():
    with pytest.raises(ValueError, match="before it begins"):
        due(at(DAY), 1, "hours", OFFICE, pauses=spans("06-08T11:00/06-08T10:00"))
    with pytest.raises(ValueError, match="beyond the calendar"):
        due(datetime.fromisoformat("9999-12-31T10:00"), 3, "working_days", OFFICE)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("Mon-Thu 7:30-16:00; Fri 07.30-16.30;", OFFICE),
        ("friday 07:30-16:30; MON-thu 07:30–16:00", OFFICE),
        ("Mon,Tue , Wed-Thu 07:30-16:00; Fri 12:00-16:30, 07:30-12:00", None),
        ("24/7", ALWAYS),
        (" 24X7 ", ALWAYS),
    ],
)
def test_hours_are_read_leniently(text, same_as):
    assert same_as in (None, Hours.read(text))


def test_a_range_of_days_may_pass_sunday():
    assert Hours.read("Sat-Mon 08:00-12:00").windows == (((480, 720),), (), (), (), (), ((480, 720),), ((480, 720),))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no day"),
        (" ; ", "no day"),
        ("08:00-16:00", "must read like"),
        ("Mon-Fri", "must read like"),
        ("Mon-Fri 8-16", "time window"),
        ("Senin 08:00-16:00", "no weekday"),
        ("Mon-Wed-Fri 08:00-16:00", "no weekday"),
        ("Mon 16:00-08:00", "before it closes"),
        ("Mon 08:00-08:00", "before it closes"),
        ("Mon 08:00-24:30", "before it closes"),
        ("Mon 08:60-12:00", "before it closes"),
        ("Mon 08:00-12:00, 11:00-16:00", "on Mon overlap"),
        ("Mon-Tue 08:00-12:00; Tue 08:00-12:00", "on Tue overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        Hours.read(text)


@given(st.text(st.sampled_from("MonTueFri08:1-;, x47")))
def test_reading_hours_raises_nothing_else(text):
    try:
        assert any(Hours.read(text).windows)
    except ValueError as error:
        assert str(error)[-1] in ".!"


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2026-03-17", False),
        ("2026-03-18", True),  # shared leave (cuti bersama)
        ("2026-03-19", True),  # Nyepi
        ("2026-03-24", True),  # shared leave
        ("2026-03-25", False),
        ("2026-05-01", True),
        ("2026-08-17", True),
        ("2026-12-24", True),  # shared leave
        ("2026-12-26", False),
        ("2027-01-01", True),
    ],
)
def test_holidays(day, closed):
    assert is_holiday(date.fromisoformat(day)) is closed


def test_the_city_corrects_the_calendar():
    election, leave = date(2026, 6, 9), date(2026, 12, 24)
    calendar = Calendar(extra=frozenset({election}), not_holidays=frozenset({leave}))
    assert calendar(election)
    assert not calendar(leave)
    assert calendar(date(2026, 12, 25))
    assert due(at(DAY), 1, "working_days", OFFICE, is_holiday=calendar) == at("06-10T16:00")
    assert due(at("12-23T09:00"), 1, "working_days", OFFICE, is_holiday=calendar) == at("12-24T16:00")


@pytest.mark.parametrize(
    ("moment", "is_it", "then"),
    [
        ("06-08T07:29", False, "06-08T08:00"),
        ("06-08T08:00", True, "06-08T08:00"),
        ("06-08T12:00", False, "06-08T13:00"),
        ("06-08T15:59", True, "06-08T15:59"),
        ("06-08T16:00", False, "06-09T08:00"),
        ("06-12T17:00", False, "06-15T08:00"),
        ("03-17T17:00", False, "03-25T08:00"),
        ("08-17T10:00", False, "08-18T08:00"),
    ],
)
def test_open_now_or_when(moment, is_it, then):
    assert is_open(LUNCH, at(moment)) is is_it
    assert next_opening(LUNCH, at(moment)) == at(then)
    assert is_open(ALWAYS, at(moment))
    aware = at(moment).replace(tzinfo=CITY_ZONE)
    assert is_open(LUNCH, aware) is is_it
    assert next_opening(LUNCH, aware) == at(then).replace(tzinfo=CITY_ZONE)


def test_explain():
    asked = {"start": "2026-03-17T10:00", "amount": 3, "unit": "working_days"}
    asked["hours"] = "Mon-Thu 07:30-16:00; Fri 07:30-16:30"
    answer = explain(asked)
    assert answer["due"] == "2026-03-27T16:30:00"
    assert answer["why"].startswith("3 working days after 2026-03-17 10:00, open Mon-Thu")
    paused = explain({**asked, "pauses": [["2026-03-25T12:00", "2026-03-25T18:00"]]})
    assert paused["due"] == "2026-03-30T16:00:00"
    assert explain({**asked, "start": "2026-03-17T03:00:00Z"})["due"] == answer["due"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": None},
        {"start": "yesterday"},
        {"start": "0001-01-01T00:00+14:00"},
        {"amount": "3"},
        {"amount": True},
        {"amount": None},
        {"unit": ["days"]},
        {"unit": "weeks"},
        {"hours": None},
        {"hours": "always"},
        {"pauses": "none"},
        {"pauses": [["2026-03-25T12:00"]]},
        {"pauses": [["2026-03-25T12:00", None]]},
        {"pauses": [["2026-03-25T12:00", "2026-03-25T11:00"]]},
    ],
)
def test_explain_refuses_in_a_sentence(wrong):
    asked = {"start": "2026-03-17T10:00", "amount": 3, "unit": "days", "hours": "24x7", **wrong}
    with pytest.raises(ValueError, match=r"\.$"):
        explain(asked)


def test_holidays_are_loaded_only_when_asked():
    code = "import sys, ticketing.rules.working_time; assert 'holidays' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


moments = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-12-31")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
pauses_of = st.lists(
    st.tuples(moments, st.integers(0, 20_000)).map(lambda p: (p[0], p[0] + timedelta(minutes=p[1]))), max_size=4
)
units = st.sampled_from(["working_hours", "working_days", "hours", "days"])
amounts = st.integers(1, 90)
any_hours = st.sampled_from(EVERY_HOURS)
quick = settings(max_examples=60, deadline=None)


@given(moments, amounts, amounts, units, any_hours, pauses_of)
@quick
def test_more_is_never_earlier(start, less, more, unit, hours, pauses):
    assume(less <= more)
    assert start < due(start, less, unit, hours, pauses=pauses) <= due(start, more, unit, hours, pauses=pauses)


@given(moments, amounts, units, any_hours, pauses_of, pauses_of)
@quick
def test_pauses_never_make_it_earlier(start, amount, unit, hours, some, others):
    without, with_some = due(start, amount, unit, hours), due(start, amount, unit, hours, pauses=some)
    assert without <= with_some <= due(start, amount, unit, hours, pauses=others + some)


@given(moments, amounts, units, any_hours, pauses_of)
@quick
def test_naive_and_aware_agree(start, amount, unit, hours, pauses):
    aware = [tuple(moment.replace(tzinfo=CITY_ZONE).astimezone(UTC) for moment in pause) for pause in pauses]
    begun = start.replace(tzinfo=CITY_ZONE).astimezone(UTC)
    naive = due(start, amount, unit, hours, pauses=pauses)
    assert due(begun, amount, unit, hours, pauses=aware) == naive.replace(tzinfo=CITY_ZONE)


@given(moments, amounts, st.sampled_from(["working_hours", "working_days"]), any_hours, pauses_of)
@quick
def test_due_while_open_or_at_closing(start, amount, unit, hours, pauses):
    end = due(start, amount, unit, hours, pauses=pauses)
    assert is_open(hours, end - timedelta(minutes=1))
    assert unit == "working_hours" or hours is ALWAYS or not is_open(hours, end) or end.time() == datetime.min.time()


@given(moments, st.integers(1, 12), any_hours, pauses_of)
@quick
def test_working_hours_are_counted_minute_by_minute(start, amount, hours, pauses):
    moment, left = start, amount * 60
    while left:
        left -= is_open(hours, moment) and not any(since <= moment < until for since, until in pauses)
        moment += timedelta(minutes=1)
    assert due(start, amount, "working_hours", hours, pauses=pauses) == moment
