"""Rules about where names and values stand: browser code, examples, the repository."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from checks.rules import env_files
from fixtures.model.source import EnvReads, Extent, Inlined
from fixtures.model.verdicts import Evidence
from tests.contracts import contract, environment, hexadecimal, jwt, outcome, repository

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.environment import EnvironmentProbe
    from fixtures.model.platform import Platform

OPENROUTER = "sk-or-" + "v1-"
RANDOM = hexadecimal(32)
SERVICES = {"web": {"host": "vercel", "env_file": ".env.production", "env_example": ".env.example"}}


def web(root: Path, values: str | None, *variables: dict[str, Any]) -> tuple[Platform, EnvironmentProbe]:
    if values is not None:
        (root / ".env.production").write_text(values)
    platform = contract(root, *variables, services=SERVICES)
    return platform, environment(platform)


def exposed(root: Path, values: str | None, *variables: dict[str, Any]) -> str:
    platform, probe = web(root, values, *variables)
    (service,) = platform.tables.services
    reads = Evidence("code", seen=EnvReads(Extent(0, 0)))
    return outcome(lambda: env_files.browsers_get_no_secret(service, probe.exposure(service), reads))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{0}", "fail"),
        ("v1:{0}", "fail"),
        ("'Bearer {0}'", "fail"),
        ("{1}", "fail"),
        ("'key={1}'", "fail"),
        ("'v1:{1}'", "fail"),
        ("{0}x", "pass"),
    ],
)
def test_a_secret_within_a_browser_value_fails(tmp_path: Path, form: str, expected: str) -> None:
    """Behind a word, or in base64, it is the secret all the same."""
    encoded = base64.b64encode(RANDOM.encode()).decode()
    values = f"CRON_SECRET={RANDOM}\nNEXT_PUBLIC_X={form.format(RANDOM, encoded)}\n"
    assert exposed(tmp_path, values, {"name": "CRON_SECRET"}) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name": "CRON_SECRET"}, "fail"),
        ({"name": "CACHE", "kind": "redis-url", "secret": False}, "fail"),
        ({"name": "SALT", "secret": True}, "fail"),
        ({"name": "API_BASE"}, "warn"),
        ({"name": "API_BASE", "secret": False}, "pass"),
        ({"name": "SENTRY_DSN", "kind": "sentry-dsn"}, "pass"),
        (None, "pass"),
    ],
)
def test_what_a_build_configuration_inlines(tmp_path: Path, row: dict[str, Any] | None, expected: str) -> None:
    """A secret that the build writes into browser code fails under any name; an undeclared one is ENV-007's."""
    platform, probe = web(tmp_path, "X=1\n", *([row] if row else []))
    (service,) = platform.tables.services
    variable = next((v for v in platform.tables.variables), None)
    inlined = Inlined(variable.name if variable else "APP_VERSION", "APP", "next.config.ts:3", variable)
    reads = Evidence("code", seen=EnvReads(Extent(1, 0), inlined=(inlined,)))
    assert outcome(lambda: env_files.browsers_get_no_secret(service, probe.exposure(service), reads)) == expected


def test_a_whole_environment_in_browser_code_fails(tmp_path: Path) -> None:
    """`env: process.env` hands over every secret at once."""
    platform, probe = web(tmp_path, "X=1\n")
    (service,) = platform.tables.services
    reads = Evidence("code", seen=EnvReads(Extent(1, 0), inlined=(Inlined("", "env", "next.config.ts:3"),)))
    assert outcome(lambda: env_files.browsers_get_no_secret(service, probe.exposure(service), reads)) == "fail"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("NEXT_PUBLIC_SUPABASE_ANON_KEY", jwt(role="anon"), "pass"),
        ("NEXT_PUBLIC_SUPABASE_KEY", jwt(role="service_role"), "fail"),
        ("NEXT_PUBLIC_SUPABASE_KEY", "sb_" + "publishable_" + RANDOM[:31], "pass"),
        ("NEXT_PUBLIC_SUPABASE_KEY", "sb_" + "secret_" + RANDOM[:31], "fail"),
        ("VITE_AI_KEY", OPENROUTER + RANDOM, "fail"),
        ("REACT_APP_SENTRY_DSN", f"https://{RANDOM[:32]}@o4507.ingest.sentry.io/4508", "pass"),
        ("PUBLIC_STRIPE_KEY", "pk_" + "live_" + RANDOM[:24], "pass"),
        ("EXPO_PUBLIC_STRIPE_KEY", "sk_" + "live_" + RANDOM[:24], "fail"),
        ("GATSBY_MAPS_KEY", "AIza" + RANDOM[:35], "pass"),
        ("NUXT_PUBLIC_API", "https://api.acme.io", "pass"),
        ("NEXT_PUBLIC_DB", f"postgres://app:{RANDOM[:20]}@db.acme.io/app", "fail"),
        ("PUBLICITY_KEY", OPENROUTER + RANDOM, "pass"),
    ],
)
def test_values_under_browser_names(tmp_path: Path, name: str, value: str, expected: str) -> None:
    """A credential under an exposed name fails, declared or not; keys made for browsers do not."""
    assert exposed(tmp_path, f"{name}={value}\n", {"name": name, "secret": False}) == expected
    assert exposed(tmp_path, f"X=1\n{name}={value}\n", {"name": "X"}) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name": "NEXT_PUBLIC_KEY", "secret": True}, "fail"),
        ({"name": "NEXT_PUBLIC_KEY", "kind": "openrouter-key", "secret": False}, "fail"),
        ({"name": "NEXT_PUBLIC_API_SECRET"}, "fail"),
        ({"name": "NEXT_PUBLIC_SITE_NAME"}, "warn"),
        ({"name": "NEXT_PUBLIC_SITE_NAME", "secret": False}, "pass"),
        ({"name": "NEXT_PUBLIC_SUPABASE_URL", "kind": "supabase-url"}, "pass"),
    ],
)
def test_contracts_with_browser_names(tmp_path: Path, row: dict[str, Any], expected: str) -> None:
    """A row that says secret under an exposed name fails, also when nothing is set."""
    assert exposed(tmp_path, "", row) == expected


def test_the_value_of_a_secret_under_a_browser_name(tmp_path: Path) -> None:
    """A copy of a secret is told by its equality, whatever it looks like."""
    rows = ({"name": "CRON_SECRET"}, {"name": "NEXT_PUBLIC_CRON", "secret": False})
    assert exposed(tmp_path, f"CRON_SECRET={RANDOM}\nNEXT_PUBLIC_CRON={RANDOM}\n", *rows) == "fail"
    assert exposed(tmp_path, f"CRON_SECRET={RANDOM}\nNEXT_PUBLIC_CRON={RANDOM[1:]}\n", *rows) == "pass"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${CRON_SECRET}", "fail"),
        ("v1-$CRON_SECRET", "fail"),
        ("'\\$CRON_SECRET'", "pass"),
        ("${SITE_NAME}", "pass"),
        ("${ELSEWHERE}", "pass"),
    ],
)
def test_a_browser_value_that_refers_to_a_secret(tmp_path: Path, value: str, expected: str) -> None:
    """Next.js and Vite fill in what a value of an env file refers to."""
    rows = ({"name": "CRON_SECRET"}, {"name": "SITE_NAME", "secret": False}, {"name": "NEXT_PUBLIC_X", "secret": False})
    assert exposed(tmp_path, f"CRON_SECRET={RANDOM}\nSITE_NAME=Acme\nNEXT_PUBLIC_X={value}\n", *rows) == expected


def test_exposure_that_was_not_seen(tmp_path: Path) -> None:
    """Without the env file nothing is green; what the contract gives away fails all the same."""
    assert exposed(tmp_path, None, {"name": "X"}) == "unverified"
    assert exposed(tmp_path, None, {"name": "NEXT_PUBLIC_X", "secret": True}) == "fail"


def test_lines_that_do_not_parse_are_a_warning(tmp_path: Path) -> None:
    """What a broken line sets was not judged, and that is said."""
    assert exposed(tmp_path, 'X=1\nNEXT_PUBLIC_Y="open\n', {"name": "X"}) == "warn"


def example(root: Path, text: str, values: str = "") -> str:
    repository(root, __env__example="")
    (root / ".env.example").write_text(text, newline="")
    platform, probe = web(
        root, values, {"name": "API_TOKEN"}, {"name": "LOG_LEVEL", "required": False, "secret": False}
    )
    (service,) = platform.tables.services
    return outcome(lambda: env_files.example_documents_the_contract(service, probe.example(service)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("API_TOKEN=\nLOG_LEVEL=info\n", "pass"),
        ("# Set by hand\nexport API_TOKEN=\n# LOG_LEVEL=info\n", "pass"),
        ("API_TOKEN=\r\n#LOG_LEVEL=info\r\n", "pass"),
        ("API_TOKEN=your-token-here\nLOG_LEVEL=\n", "pass"),
        ("API_TOKEN=generate-with-openssl-rand-base64-48\nLOG_LEVEL=\n", "pass"),
        ("# API_TOKEN=\nLOG_LEVEL=\n", "fail"),
        ("API_TOKEN=\n", "fail"),
        ("API_TOKEN=\nLOG_LEVEL=\nSTRAY=\n", "fail"),
        ("API_TOKEN=\nLOG_LEVEL=\n# OLD_NAME=\n", "warn"),
        (f"API_TOKEN={RANDOM}\nLOG_LEVEL=\n", "fail"),
        (f"API_TOKEN=\nLOG_LEVEL=\n# API_TOKEN={OPENROUTER}{RANDOM}\n", "fail"),
        ("API_TOKEN=\nLOG_LEVEL=\nnot a line\n", "warn"),
    ],
)
def test_an_example_documents_the_contract(tmp_path: Path, text: str, expected: str) -> None:
    """Both ways by name; optional ones may be commented out; real values fail, also in comments."""
    assert example(tmp_path, text) == expected


def test_an_example_holds_no_value_of_production(tmp_path: Path) -> None:
    """A credential that production uses fails; a level that both use does not."""
    value = "Vw8.Quiet-Harbour"
    assert example(tmp_path, f"API_TOKEN={value}\nLOG_LEVEL=info\n", f"API_TOKEN={value}\nLOG_LEVEL=info\n") == "fail"
    assert example(tmp_path, "API_TOKEN=\nLOG_LEVEL=info\n", f"API_TOKEN={value}\nLOG_LEVEL=info\n") == "pass"


def test_an_example_must_be_there_and_tracked(tmp_path: Path) -> None:
    """An example that git does not track reaches nobody; one that does not exist is a finding."""
    platform, probe = web(tmp_path, "", {"name": "X"})
    repository(tmp_path)
    (service,) = platform.tables.services
    assert outcome(lambda: env_files.example_documents_the_contract(service, probe.example(service))) == "fail"
    (tmp_path / ".env.example").write_text("X=\n")
    verdict = env_files.example_documents_the_contract(service, probe.example(service))
    assert [finding.text for finding in verdict.findings] == ["is not tracked by git, so nobody gets it"]


def kept(root: Path, **files: str) -> str:
    repository(root, **({"__gitignore": ".env*\n!.env.example\n"} | files))
    (root / ".env.example").write_text("X=\n")
    platform = contract(root, {"name": "X"}, services=SERVICES)
    probe = environment(platform)
    return outcome(lambda: env_files.env_files_stay_out_of_git(platform, probe.kept_files()))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "pass"),
        ({"__gitignore": ".env\n"}, "fail"),
        ({"__gitignore": ".env*\n!.env.production\n"}, "fail"),
        ({"config___prod__env": "DB_PASSWORD=hunter22\n"}, "fail"),
        ({"config___prod__env": "DB_PASSWORD=changeme\nPORT=3000\n"}, "warn"),
        ({"config___prod__env": ""}, "pass"),
        ({"config___prod__env": 'DB="encrypted:BASE"\n'}, "warn"),
        ({"config___test__env": "DATABASE_URL=postgres://test:test@localhost/test\n"}, "pass"),
        ({"config___test__env": f"AI={OPENROUTER}{RANDOM}\n"}, "fail"),
        ({"config___example__env": "DB_PASSWORD=\n"}, "pass"),
        ({"config___sample__env": f"API_SECRET={RANDOM}\n"}, "fail"),
        ({"types___env__ts": "export {}\n", "env__md": "A=b\n"}, "pass"),
    ],
)
def test_env_files_stay_out_of_git(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    """Values in tracked env files fail; examples, test settings and sealed values do not."""
    assert kept(tmp_path, **files) == expected


def test_without_git_nothing_is_known(tmp_path: Path) -> None:
    """Outside a work tree the item is not observed."""
    platform, probe = web(tmp_path, "", {"name": "X"})
    assert outcome(lambda: env_files.env_files_stay_out_of_git(platform, probe.kept_files())) == "unverified"
