"""The settings of a machine: made secrets, defaults that agree, and what production will not do without."""

import json
import os
import threading
from pathlib import Path

import pytest

from config.settings import Settings, settings, settings_with

WHOLE = {
    "HOTLINE_ENV": "production",
    "PUBLIC_URL": "https://1500444.bekasikota.go.id",
    "DATABASE_URL": "postgresql+psycopg://hotline@db/hotline?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem",
    "REDIS_URL": "rediss://:secret@redis:6379/0",
    "SECRET_KEY": "s" * 40,
    "LOOKUP_KEY": "l" * 40,
    "DATA_KEYS": "1:" + "A" * 43,
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "SMTP_URL": "smtp://mail.bekasikota.go.id:587?tls=required",
    "TRACKING_URL": "lacak.bekasikota.go.id/",
}


def read(monkeypatch: pytest.MonkeyPatch, var: Path, **environment: str) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"VAR_DIR": str(var), **environment}.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def test_a_machine_that_was_told_nothing_has_a_whole_house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = read(monkeypatch, tmp_path, PORT="8100")
    assert (here.public_url, here.tracking_url) == ("http://127.0.0.1:8100", "http://127.0.0.1:8100/t/")
    assert (here.twilio_api_url, here.smtp_url) == ("http://127.0.0.1:8101", "smtp://127.0.0.1:8102")
    assert here.database_url == f"sqlite:///{tmp_path}/hotline.db"
    assert here.simulated and here.embedded_redis and not here.production
    assert here.problems() == []
    assert len(here.secret_key) >= 32


def test_secrets_are_made_once_and_are_nobody_s_business(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found: list[Settings] = []
    first = threading.Barrier(6)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))

    def process() -> None:
        first.wait()
        found.append(Settings(_env_file=None))

    processes = [threading.Thread(target=process) for _ in range(6)]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    assert len({(one.secret_key, one.data_keys, one.lookup_key, one.twilio_auth_token) for one in found}) == 1
    path = tmp_path / "var" / "secrets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(set(json.loads(path.read_text()).values())) == 3


def test_a_given_secret_wins_and_an_empty_one_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = read(monkeypatch, tmp_path, SECRET_KEY="given", LOOKUP_KEY="")
    assert here.secret_key == "given"
    assert len(here.lookup_key) >= 32


def test_a_carrier_account_ends_the_simulation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = read(monkeypatch, tmp_path, TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN="new, old")
    assert not here.simulated
    assert here.twilio_api_url == "https://api.twilio.com"
    assert here.auth_tokens == ("new", "old")
    assert here.smtp_url == ""


def test_production_with_everything_may_serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = read(monkeypatch, tmp_path, **WHOLE)
    assert here.problems() == []
    assert not here.simulated
    assert not (tmp_path / "secrets.json").exists(), "nothing is made up"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is missing"),
        ("DATA_KEYS", "", "DATA_KEYS is missing"),
        ("LOOKUP_KEY", "", "LOOKUP_KEY is missing"),
        ("TWILIO_ACCOUNT_SID", "", "TWILIO_ACCOUNT_SID is missing"),
        ("TWILIO_AUTH_TOKEN", "", "TWILIO_AUTH_TOKEN is missing"),
        ("SECRET_KEY", "short", "SECRET_KEY is a default or too short"),
        ("LOOKUP_KEY", "short", "LOOKUP_KEY is a default or too short"),
        ("SECRET_KEY", "change-me-change-me-change-me-change-me", "SECRET_KEY is a default"),
        ("PUBLIC_URL", "http://1500444.bekasikota.go.id", "PUBLIC_URL must be the https address"),
        ("PUBLIC_URL", "1500444.bekasikota.go.id", "PUBLIC_URL must be the https address"),
        ("TWILIO_AUTH_TOKEN", "t" * 31, "TWILIO_AUTH_TOKEN is too short"),
        ("TWILIO_AUTH_TOKEN", "t" * 32 + ",old", "TWILIO_AUTH_TOKEN is too short"),
        ("TWILIO_API_KEY", "SK" + "1" * 32, "TWILIO_API_KEY and TWILIO_API_SECRET go together"),
        ("TWILIO_API_SECRET", "secret", "TWILIO_API_KEY and TWILIO_API_SECRET go together"),
        ("TWILIO_API_URL", "http://api.carrier.example", "TWILIO_API_URL must be an https address"),
        ("TWILIO_API_URL", "http://127.0.0.1.carrier.example", "TWILIO_API_URL must be an https address"),
        ("TWILIO_API_URL", "ftp://127.0.0.1", "TWILIO_API_URL must be an https address"),
        ("AGGREGATOR_MEDIA_URL", "http://sms.example.id/", "AGGREGATOR_MEDIA_URL must be an https address"),
        *(
            ("DATABASE_URL", f"postgresql://hotline{where}", "DATABASE_URL names another machine")
            for where in (
                "@db/hotline",
                "@db/hotline?sslmode=require",
                "@db/hotline?sslmode=verify-ca",
                "@db/hotline?sslmode=verify-full&sslmode=disable",
                "@127.0.0.1.example/hotline",
                "@/hotline?host=db",
                "@/hotline?host=/run/postgresql,db",
                "@127.0.0.1/hotline?hostaddr=10.0.0.1",
            )
        ),
        ("OWNER_DATABASE_URL", "postgresql://owner@db/hotline", "OWNER_DATABASE_URL names another machine"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0", "REDIS_URL needs a password"),
        ("REDIS_URL", "redis://:@localhost/0", "REDIS_URL needs a password"),
        ("REDIS_URL", "redis://:secret@redis:6379/0", "REDIS_URL names another machine"),
        ("REDIS_URL", "rediss://:secret@redis:6379/0?ssl_cert_reqs=none", "REDIS_URL names another machine"),
        ("REDIS_URL", "rediss://redis:6379/0", "REDIS_URL needs a password"),
        ("SMTP_URL", "smtp://mail.bekasikota.go.id:587", "SMTP_URL names another machine"),
        ("SMTP_URL", "smtp://127.mail.example", "SMTP_URL names another machine"),
        ("SMTP_URL", "smtp://[mail", "one of the addresses"),
    ],
)
def test_production_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, words: str
) -> None:
    (problem,) = read(monkeypatch, tmp_path, **{**WHOLE, name: value}).problems()
    assert problem.startswith(words)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://hotline:secret@127.0.0.1/hotline"),
        ("DATABASE_URL", "postgresql://hotline@/hotline?host=/run/postgresql"),
        ("DATABASE_URL", "postgres://hotline@[::1]/hotline"),
        ("REDIS_URL", "unix:///run/redis/redis-server.sock?db=0"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:6379/0"),
        ("REDIS_URL", "redis://localhost:6379/0?password=secret"),
        ("REDIS_URL", ""),
        ("SMTP_URL", "smtp://127.0.0.1:25"),
        ("SMTP_URL", "smtps://mail.bekasikota.go.id"),
        ("SMTP_URL", "smtp://hotline:secret@mail.bekasikota.go.id:587"),
        ("TWILIO_API_URL", "http://127.0.0.1:8080"),
        ("TWILIO_AUTH_TOKEN", "t" * 32 + ", " + "o" * 32),
    ],
)
def test_where_nobody_can_listen_production_serves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    assert read(monkeypatch, tmp_path, **{**WHOLE, name: value}).problems() == []


def test_a_key_is_used_towards_the_carrier_and_the_token_only_by_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = {"TWILIO_API_KEY": "SK" + "1" * 32, "TWILIO_API_SECRET": "secret"}
    here = read(monkeypatch, tmp_path, **WHOLE, **key)
    assert here.problems() == []
    assert here.carrier_login == (key["TWILIO_API_KEY"], "secret")
    assert read(monkeypatch, tmp_path, **WHOLE).carrier_login == ("AC" + "1" * 32, "t" * 32)
    (problem,) = read(monkeypatch, tmp_path, **{**WHOLE, **key, "TWILIO_API_KEY": "AC" + "1" * 32}).problems()
    assert problem == "TWILIO_API_KEY is no key: it begins with SK"


def test_an_address_of_a_database_is_taken_as_hosts_give_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = read(monkeypatch, tmp_path, DATABASE_URL="postgres://hotline:postgres://@db/hotline")
    assert here.database_url == "postgresql://hotline:postgres://@db/hotline"


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert len(read(monkeypatch, tmp_path, HOTLINE_ENV="production").problems()) >= 5


def test_a_deep_folder_gets_a_socket_whose_path_fits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    here = read(monkeypatch, deep)
    path = here.redis_url.removeprefix("unix://").partition("?")[0]
    assert len(os.fsencode(path)) < 107
    assert here.embedded_redis
    assert read(monkeypatch, deep).redis_url == here.redis_url, "a flask command finds the same one"


def test_another_machine_for_a_while() -> None:
    own = settings()
    with pytest.raises(ZeroDivisionError), settings_with({"duty_phone": ""}):
        assert (settings().duty_phone, settings().database_url) == ("", own.database_url)
        _ = 1 / 0
    assert settings() is own and own.duty_phone
