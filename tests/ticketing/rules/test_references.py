"""The ticket number catches what ears and fingers get wrong."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.rules.references import check, clean, in_sequence, new, new_tracking_code, threes, written

NUMBERS = ["123456786", *(new() for _ in range(50))]


def test_new_numbers_check_and_differ():
    numbers = {new() for _ in range(500)}
    assert len(numbers) == 500
    assert all(check(number) and len(number) == 9 and number[0] != "0" for number in numbers)


def test_an_explorer_gets_the_same_numbers_each_time():
    runs = []
    for _ in range(2):
        with in_sequence():
            runs.append([new() for _ in range(50)])
    assert runs[0] == runs[1] == sorted(set(runs[0]))
    assert all(check(number) for number in runs[0])
    assert not {new(), new(), new()} <= set(runs[0]), "at random again"


def test_every_single_wrong_digit_is_caught():
    for number in NUMBERS:
        for at, right in enumerate(number):
            for wrong in set("0123456789") - {right}:
                assert not check(number[:at] + wrong + number[at + 1 :]), number


def test_every_swap_of_neighbours_is_caught():
    for number in NUMBERS:
        for at in range(8):
            swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            assert swapped == number or not check(swapped), number


@pytest.mark.parametrize(
    "wrong", ["", "12345678", "1234567860", "123-456-786", "１２３４５６７８６", "000000000", "012345678"]
)
def test_check_takes_nine_plain_digits(wrong):
    assert not check(wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("123456786", "123456786"),
        ("123-456-786", "123456786"),
        (" 123.456.786\n", "123456786"),
        ("123 456 786", "123456786"),
        ("123–456–786", "123456786"),
        ("l23-456-786", "123456786"),
        ("I23456786", "123456786"),
        ("123456785", None),
        ("213456786", None),
        ("12345678", None),
        ("tiket 123456786", None),
        ("", None),
        ("1" * 10_000, None),
    ],
)
def test_clean(typed, number):
    assert clean(typed) == number


def test_clean_takes_the_letter_o_for_nought():
    number = next(number for number in iter(new, None) if "0" in number)
    assert clean(number.replace("0", "O")) == clean(number.replace("0", "o")) == number


@given(st.text(st.characters()))
def test_clean_never_raises(text):
    number = clean(text)
    assert number is None or check(number)


def test_written_and_in_threes():
    assert written("123456786") == "123-456-786"
    assert threes("123456786") == ["123", "456", "786"]


def test_tracking_codes_are_eight_clear_characters():
    codes = {new_tracking_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch("[1-9A-HJ-NP-Za-km-z]{8}", code) for code in codes)
