"""The share of texts that is understood as people write them: a set that was written apart from the tables and is not
tuned to.

`python tests/ivr/understanding/test_written_messages.py` prints the figures by intent and every row that was misread.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROWS = Path(__file__).parent / "written" / "messages.jsonl"
MIN_RIGHT, MIN_EMERGENCIES = 0.95, 0.97  # what was measured when it was written, less a little


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines() if line.strip()]


def misread() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    from ivr.operations import explain  # noqa: PLC0415 - also run as a script

    found = []
    for row in rows():
        asked = {"text": row["text"], "context": row["context"]}
        told = json.loads(explain.line("message", json.dumps(asked)))
        if told["intent"] != row["intent"] or told["number"] != row["number"]:
            found.append((row, told))
    return found


def test_the_set_is_large_and_has_every_intent() -> None:
    from ivr.understanding.intents import INTENTS  # noqa: PLC0415

    counts = Counter(row["intent"] for row in rows())
    assert sum(counts.values()) >= 300
    assert set(counts) == set(INTENTS)


def test_no_row_of_it_was_used_for_tuning() -> None:
    tuned = (Path(__file__).parent / "test_intents.py").read_text(encoding="utf-8")
    long = [row["text"] for row in rows() if len(row["text"].split()) > 2]
    assert [text for text in long if f'"{text}"' in tuned] == []


def test_what_people_write_is_understood() -> None:
    wrong = misread()
    assert 1 - len(wrong) / len(rows()) >= MIN_RIGHT, [(row["text"], told["intent"]) for row, told in wrong]


def test_who_is_in_danger_is_heard() -> None:
    emergencies = [row for row in rows() if row["intent"] == "emergency"]
    missed = [row["text"] for row, told in misread() if row["intent"] == "emergency" and told["intent"] != "emergency"]
    assert 1 - len(missed) / len(emergencies) >= MIN_EMERGENCIES, missed


def print_figures() -> None:
    wrong = misread()
    counts, missed = Counter(row["intent"] for row in rows()), Counter(row["intent"] for row, _ in wrong)
    print(f"{len(rows())} messages, {1 - len(wrong) / len(rows()):.1%} understood")
    for intent, count in counts.most_common():
        taken = Counter(told["intent"] for row, told in wrong if row["intent"] == intent)
        print(f"{intent:<16} {count:4} {count - missed[intent]:4}  {dict(taken) or ''}")
    for row, told in wrong:
        print(f"{row['context']:<12} {row['intent']:>15} read as {told['intent']:<15} {row['text']!r}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    print_figures()
