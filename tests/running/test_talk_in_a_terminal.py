"""`make talk`: a whole call typed at a terminal, with and without a house that is already running."""

import subprocess
import sys
from pathlib import Path

import pytest
from ports import free_port
from standing import Standing, clean_environment

from config.settings import ROOT

# Report, rubbish, skip the place, talk for eight seconds, send, enough.
TYPED = "2\n2\n*\n8 #\n1\n/hang\n"


def talk(typed: str, *words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ivr.terminal", *words],
        cwd=ROOT,
        env=clean_environment(**environment),
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        (
            TYPED,
            [
                "Layanan Warga Kota Bekasi",
                "Laporan tentang apa?",
                "Setelah nada",
                "Nomor laporan",
                "(the call is over)",
            ],
        ),
        ("8\n" + TYPED, ["Report", "after the tone", "SMS: Bekasi 1500-444: report"]),
        ("", ["Layanan Warga Kota Bekasi", "(the call is over)"]),
        ("1\n", ["hubungi 1 1 2", "(the call is over)"]),
        ("abc\n\n9\n/hang\n", ["(the call is over)"]),
    ],
)
def test_a_call_without_a_running_house(tmp_path: Path, typed: str, heard: list[str]) -> None:
    said = talk(typed, VAR_DIR=str(tmp_path / "var"), PORT=str(free_port(3)))
    for words in heard:
        assert words.casefold() in said.casefold(), said
    if typed == TYPED:
        assert "SMS: 1500-444 Kota Bekasi: laporan" in said
        assert "Mail to dlh@bekasikota.invalid" in said


def test_what_was_reported_is_kept_and_the_next_call_knows_it(tmp_path: Path) -> None:
    here = {"VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port(3))}
    talk("2\n2\nkayuringin jaya\n1\n8 #\n1\n/hang\n", **here)
    assert "lagi? Ya, tekan 1" in talk("2\n2\n/hang\n", **here)
    assert "lagi? Ya, tekan 1" not in talk("2\n2\n/hang\n", "+6281200002222", **here)


def test_a_call_to_a_house_that_is_running(standing: Standing) -> None:
    standing.start()
    said = talk(TYPED, VAR_DIR=str(standing.var), PORT=str(standing.port))
    assert "Texts and mail are on the simulator's page." in said
    assert len(standing.tickets()) == 1
    standing.stop()


def test_a_real_carrier_is_not_called_from_a_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ivr.terminal"],
        cwd=ROOT,
        env=clean_environment(VAR_DIR=str(tmp_path), TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN="t"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
