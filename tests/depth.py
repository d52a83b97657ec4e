"""The depth of the tests: the one place that sets it.

The environment variable TESTS has three kinds of value:

    (nothing)     `make test`: every story and every rule, on PostgreSQL; what takes long goes less deep, or is left out
    long          `make test-long`: everything, at full depth
    2026-12-01    `make test-long DAY=2026-12-01`: only the long parts that this day draws, at full depth. CI does this
                  after `make test`, with the day of today; seven days in a row draw every part.

A long part is a line of PARTS; how deep it goes is a line above them. No test is in neither.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import wraps
from itertools import product
from typing import Any
from unittest.mock import patch

from config import stores
from ivr.conversations import CONVERSATIONS
from ivr.talk import Conversation, Talk

TESTS = os.environ.get("TESTS", "")
DAY = date.fromisoformat(TESTS) if TESTS not in ("", "long") else None
FULL = TESTS != ""

# -- how deep ------------------------------------------------------------------------------------------------------

HOSTILE_SHARE = 1.0 if FULL else 0.03  # of the hostile corpus, and of the framings of requests
PAGE_SHARE = 0.12 if FULL else 0.03  # of the corpus on a page in a browser
EXAMPLES = 150 if FULL else 20  # inputs for each property that must hold for any input
WALK_DEPTH = 6 if FULL else 3  # answers up to which every key is pressed; a world may ask for less
CAMPAIGN_SECONDS = 90 if FULL else 20  # of load while things break
SABOTAGE_SECONDS = 20  # of load on a product that is broken on purpose
CAMPAIGN_SEED = DAY.toordinal() if DAY else 14  # of the campaign whose faults are drawn
KILLS = FULL  # whether processes of `make run` are killed


def pairs(some: Sequence[Any], others: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each of some with each of the others; in short, each of them at least once. Of the looks of a page."""
    if FULL:
        return list(product(some, others))
    most = max(len(some), len(others))
    return [(some[nth % len(some)], others[nth % len(others)]) for nth in range(most)]


# -- the long parts ------------------------------------------------------------------------------------------------

# Each conversation has a story that is told on SQLite too, whatever else is left to the long run.
SQLITE_STORIES = {
    "main": "test_a_ghost_is_let_go_kindly_and_counted[sqlite]",
    "emergency": "test_after_an_emergency_nobody_is_asked",
    "report": "test_a_street_light_is_reported_and_reaches_its_department[sqlite]",
    "status": "test_v30_status_never_says_a_name_an_address_or_what_was_said",
    "information": "test_star_goes_to_the_root_also_after_a_text",
    "department": "test_the_callback_of_a_department_is_a_task_of_that_department",
    "proposal": "test_a_proposal_is_supported_by_its_number_once_for_each_telephone[sqlite]",
    "person": "test_the_officer_accepts_with_one_and_talks[sqlite]",
    "callback": "test_the_callback_of_a_department_is_a_task_of_that_department",
    "message": "test_hanging_up_in_the_message_keeps_it[sqlite]",
    "survey": "test_hanging_up_while_saying_why_keeps_it",
    "news": "test_a_landline_is_told_and_objects_by_key[sqlite]",
    "alarm": "test_a_telephone_rings_at_night_until_somebody_presses_1",
}
_TOLD = "|".join(re.escape(f"::{name}") + "$" for name in SQLITE_STORIES.values())
_ALL, _NONE = "", "$^"


@dataclass(frozen=True)
class Part:
    """Tests that take long: those whose ids have `tests` in them, as a regular expression. `make test` runs those of
    them that have `short` too. `seconds` is what all of them take at full depth, one after the other."""

    name: str
    seconds: int
    tests: str
    short: str = _NONE


PARTS = (
    Part("SQLite twins", 120, r"\[(.*-)?sqlite(-.*)?\]$", short=_TOLD),
    Part("campaign on web and PostgreSQL", 130, r"test_every_promise_holds\[web"),
    Part("walks of every key, mobile", 20, r"test_every_key_at_every_question\[new", short=r"-id\]$"),
    Part("walks of every key, landline", 20, r"test_every_key_at_every_question\[landline", short=r"-id\]$"),
    Part("walks of every key, withheld number", 15, r"test_every_key_at_every_question\[withheld", short=r"-id\]$"),
    Part("walks of every key, no officer", 20, r"test_every_key_at_every_question\[(emerg|no off)", short=r"-id\]$"),
    Part("walks of every key, flood night", 25, r"test_every_key_at_every_question\[flood", short=r"-id\]$"),
    Part("walks of every key, calls we make", 15, r"test_every_key_at_every_question_of_a_call", short=r"-id\]$"),
    Part("walks to the end", 35, r"test_every_way_to_its_end", short=r"\[new mobile caller\]$"),
    Part("menu drawn in English", 15, r"test_the_command_draws\[en"),
    Part("hostile corpus, text", 115, r"test_corpus.*\[C2 ", short=_ALL),
    Part("campaign on Valkey and workers", 130, r"test_every_promise_holds\[Valkey"),
    Part("prefixes of calls", 50, r"test_every_prefix_of_a_call\[", short=r"\[mobile"),
    Part("hostile corpus, markup and mail", 115, r"test_corpus.*\[C([5-9]|10) ", short=_ALL),
    Part("make run with kills", 200, r"test_make_run", short=r"test_a_house_that_is_hurt"),
    Part("hostile corpus, reports and commands", 145, r"test_corpus.*\[C[134] ", short=_ALL),
    Part("drill that is killed", 35, r"test_a_drill_that_ends_while"),
    Part("pieces of a report in any order", 30, r"test_pieces_in_any_order", short=r"\[what-"),
    Part("protections that hold", 30, r"test_with_it_nothing_breaks"),
    Part("campaign on the carrier and the disk", 130, r"test_every_promise_holds\[the carrier"),
    Part("hostile corpus, wire", 60, r"test_corpus.*(\[C(12|14|15|17|18) |test_no_framing)", short=_ALL),
    Part("hostile requests on kept connections", 60, r"test_no_webhook_behind", short=_ALL),
    Part("hostile page and properties", 60, r"hostile/test_(page|properties)", short=_ALL),
    Part(
        "looks of pages",
        160,
        r"test_tracking_page\.py::test_(a_fault_is|an_unknown_link|every_confirm|every_form|every_state_is|the_look_up|the_pages)",
        short=r"every_form|\[(id-360|en-1280|id-[a-z]+|id|received|waiting|scheduled|merged|resolved|added|again|reopened)\]$",
    ),
    Part("garbage in every field", 60, r"test_garbage\.py::.*\[.*from \d+\]", short=r"from (0|24|48|72|96)\]"),
    Part("calls in a terminal", 30, r"test_(a_call_without_a|what_was_reported_is_kept)", short=r"heard0\]$"),
    Part(
        "packages as they lie in a virtual environment",
        40,
        r"test_packages\.py::test_(a_virtual|the_list_of_what_runs_has)",
    ),
    Part("rehearsal of the steps to production", 120, r"test_every_step_comes_out_as_written"),
    Part("production with a secret missing", 20, r"test_one_missing_secret", short=r"\[SECRET_KEY\]"),
    Part("sabotaged campaigns", 400, r"test_a_sabotaged_campaign|thrown_away_is_found\[\w+-1\]"),
    Part("campaign of drawn faults", 130, r"test_every_promise_holds\[drawn", short=_ALL),
)
A_DAY = 800  # seconds of tests that a day draws; the parts in which they end may be longer


def drawn(day: date) -> list[Part]:
    """The parts of this day. They lie on a circle, each as long as it takes, and every day goes on along it from where
    the day before ended."""
    around = sum(part.seconds for part in PARTS)
    start, begin, found = day.toordinal() * A_DAY % around, 0, []
    for part in PARTS:
        if (begin - start) % around < A_DAY:
            found.append(part)
        begin += part.seconds
    return found


def part_of(test: str) -> Part | None:
    """The long part to which the test with this id belongs."""
    return next((part for part in PARTS if re.search(part.tests, test)), None)


def runs(test: str, how: str = TESTS) -> bool:
    """Whether the test with this id runs when TESTS is so."""
    part = part_of(test)
    if how == "long":
        return True
    if how:
        return part in drawn(date.fromisoformat(how))
    return part is None or re.search(part.short, test) is not None


@contextmanager
def coming_to(names: Collection[str]) -> Iterator[None]:
    """What is done meanwhile comes to these conversations, in a house on SQLite."""
    missing = set(names)

    def noticed(name: str, conversation: Conversation) -> Conversation:
        @wraps(conversation)
        def run(talk: Talk) -> None:
            if stores.is_sqlite():
                missing.discard(name)
            conversation(talk)

        return run

    with patch.dict(CONVERSATIONS, {name: noticed(name, CONVERSATIONS[name]) for name in names}):
        yield
    assert missing == set(), "a conversation whose story on SQLite this is"


# -- in which order ------------------------------------------------------------------------------------------------

# What begins first, the longest before the others, so that nobody waits for it at the end.
FIRST = (
    "test_campaign", "test_corpus", "test_every_way_through_the_menu", "test_every_conversation_is_repeatable",
    "test_fallback_drill", "test_make_run", "test_talk_in_a_terminal", "test_backup_and_restore",
    "test_protections",
)  # fmt: skip


def place(test: str) -> int:
    """Where the test with this id stands in the order of a run; most stand last, as they were."""
    return next((nth for nth, name in enumerate(FIRST) if f"/{name}.py::" in test), len(FIRST))
