"""The build items judge what compilers, lock files and pins say; nothing unseen passes."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.rules import build as rules
from checks.rules import versions
from fixtures.model.build import Compilation, Lint, Linting, Message, NodePin, Project
from fixtures.model.platform import Service
from fixtures.model.verdicts import Evidence, NotObserved, Verdict

WORKER = Service(name="worker", host="railway", root="services/worker")
WEB = Service(name="web", host="vercel", root="services/web")
SOURCES = ("services/worker/a.ts", "services/worker/b.ts")
WRONG = Message("services/worker/a.ts:3:7", "TS2322", "Type 'string' is not assignable to type 'number'.")


def compiled(*projects: Project, sources: tuple[str, ...] = SOURCES) -> Evidence[Compilation]:
    return Evidence("tsc", seen=Compilation(projects, sources))


def linted(*runs: Lint, sources: tuple[str, ...] = SOURCES) -> Evidence[Linting]:
    return Evidence("eslint", seen=Linting(runs, sources))


def texts(verdict: Verdict) -> list[str]:
    return [str(finding) for finding in verdict.findings]


def test_sound_project_passes_with_its_figures() -> None:
    """The sentence says how many tsconfigs and files were checked, and what no tsconfig includes."""
    verdict = rules.compiles(WORKER, compiled(Project("services/worker/tsconfig.json", ("services/worker/a.ts",))))
    assert verdict.findings == ()
    assert verdict.observed == "tsc found 0 errors in 1 tsconfig (1 file); 1 of 2 tracked files are in no tsconfig"


def test_type_error_fails_once_however_many_projects_see_it() -> None:
    """The same message of the same place counts once."""
    verdict = rules.compiles(WORKER, compiled(Project("a", SOURCES, (WRONG,)), Project("b", SOURCES, (WRONG,))))
    assert texts(verdict) == ["services/worker/a.ts:3:7: Type 'string' is not assignable to type 'number'. (TS2322)"]


def test_project_not_judged_is_unverified_unless_another_has_errors() -> None:
    """An error elsewhere is an error all the same; without one the question stays open."""
    blind = Project("b", unseen="typescript is not installed", hint="Run `npm ci`.")
    with pytest.raises(NotObserved) as unseen:
        rules.compiles(WORKER, compiled(Project("a", SOURCES), blind, blind))
    assert unseen.value.evidence.error == "typescript is not installed, and 1 more"
    assert unseen.value.evidence.hint == "Run `npm ci`."
    verdict = rules.compiles(WORKER, compiled(Project("a", SOURCES, (WRONG,)), blind))
    assert len(verdict.findings) == 1
    assert "not judged: typescript is not installed" in verdict.observed


def test_packages_without_eslint_are_told_in_one_sentence() -> None:
    """A workspace on another linter has one thing to do, not one for each of its packages."""
    runs = (Lint(at, unconfigured="Biome lints here") for at in ("services/worker", "packages/a", "packages/b"))
    assert texts(rules.lints(WORKER, linted(*runs))) == [
        "services/worker: Biome lints here (so in packages/a, packages/b)"
    ]


def test_typescript_that_no_tsconfig_includes_fails() -> None:
    """A tsconfig that checks none of the service's files proves nothing."""
    verdict = rules.compiles(WORKER, compiled(Project("a", ("packages/shared/c.ts",))))
    assert texts(verdict) == ["services/worker: no tsconfig includes any of its 2 TypeScript files"]


def test_typescript_without_tsconfig_fails_and_plain_javascript_passes() -> None:
    """No tsconfig is a finding where there is TypeScript, and nothing to judge where there is none."""
    assert len(rules.compiles(WORKER, compiled()).findings) == 1
    verdict = rules.compiles(WORKER, compiled(sources=()))
    assert verdict.findings == ()
    assert "no TypeScript file" in verdict.observed


def test_long_lists_are_cut_and_counted() -> None:
    """Fifty findings are listed, the rest is counted."""
    many = tuple(Message(f"a.ts:{line}:1", "TS1", "wrong") for line in range(51))
    verdict = rules.compiles(WORKER, compiled(Project("a", SOURCES, many)))
    assert len(verdict.findings) == 51
    assert texts(verdict)[-1] == "and 1 more errors"
    assert "51 errors" in verdict.observed
    assert len(rules.compiles(WORKER, compiled(Project("a", SOURCES, many[:50]))).findings) == 50


def test_lint_errors_fail_and_warnings_warn() -> None:
    """A warning alone is advisory."""
    warning = Message("a.ts:1:1", "no-console", "Unexpected console statement.")
    calm = rules.lints(WORKER, linted(Lint(".", SOURCES, (), (warning,))))
    assert (len(calm.findings), len(calm.warnings)) == (0, 1)
    assert calm.observed == "ESLint found 0 errors and 1 warning in 2 files"
    strict = rules.lints(WORKER, linted(Lint(".", SOURCES, (warning,))))
    assert (len(strict.findings), len(strict.warnings)) == (1, 0)


@pytest.mark.parametrize(
    "run",
    [
        Lint("services/worker", unconfigured="ESLint finds no configuration file here"),
        Lint("services/worker"),
        Lint("services/worker", ("services/worker/x.js",)),
    ],
)
def test_linter_that_proves_nothing_fails(run: Lint) -> None:
    """No configuration, no file, no TypeScript among the files: none of them is green."""
    assert len(rules.lints(WORKER, linted(run)).findings) == 1


def test_linter_not_run_is_unverified() -> None:
    """What could not be asked is not green, and a service with nothing to lint is not asked."""
    with pytest.raises(NotObserved):
        rules.lints(WORKER, linted(Lint(".", SOURCES), Lint("packages/shared", unseen="no ESLint")))
    assert "nothing to lint" in rules.lints(WORKER, linted(Lint(".", unseen="no ESLint"), sources=())).observed


def pin(place: Literal["engines", "file", "image", "workflow"], *versions: str) -> NodePin:
    return NodePin(f"{place}:1", place, versions, "" if versions else "${{ vars.NODE }}")


def node(*pins: NodePin, service: Service = WORKER) -> Verdict:
    return rules.node_agrees(service, Evidence("pins", seen=pins))


SOUND = (pin("image", "20.11.1-alpine"), pin("engines", "^20.9.0"), pin("file", "v20.11.1"), pin("workflow", "20.x"))


def test_one_node_everywhere_passes() -> None:
    """Versions agree as far as both are given, and the range allows them."""
    verdict = node(*SOUND)
    assert verdict.findings == ()
    assert verdict.observed.startswith("Node 20.11.1: image:1 (20.11.1-alpine), engines:1 (^20.9.0)")


@pytest.mark.parametrize(
    "odd",
    [
        pin("image", "22-alpine"),
        pin("file", "18"),
        pin("file", "20.12.0"),
        pin("workflow", "22"),
        pin("workflow", "18", "22"),
        pin("workflow", "^22"),
        pin("workflow", "lts/*"),
        pin("workflow", "latest"),
        pin("workflow", ""),
        pin("image", "latest"),
        pin("image", "alpine"),
        pin("file", "lts/hydrogen"),
        pin("file", "no such"),
        pin("engines", ">=22"),
        pin("engines", "20.11.0"),
        pin("engines", "twenty"),
    ],
)
def test_the_odd_place_out_is_the_finding(odd: NodePin) -> None:
    """One place that differs, floats or cannot be read is one finding, at that place."""
    (finding,) = node(*SOUND, odd).findings
    assert finding.where == odd.where


@pytest.mark.parametrize(
    "fitting",
    [
        pin("workflow", "18", "20", "latest"),
        pin("workflow", "lts/iron"),
        pin("workflow", ">=20 <21"),
        pin("image", "iron-slim"),
        pin("file", "20.11"),
        pin("engines", ">=18"),
        pin("engines", ">= 20.9.0 || ^22"),
        pin("engines", "*"),
    ],
)
def test_other_ways_to_say_the_same_agree(fitting: NodePin) -> None:
    """A matrix that holds the version, a code name, a wider range."""
    assert node(*SOUND, fitting).findings == ()


@pytest.mark.parametrize("pins", [(), (pin("engines", ">=18"),), (pin("workflow", "18", "20"),)])
def test_no_pin_at_all_fails(pins: tuple[NodePin, ...]) -> None:
    """An open range and a matrix pin nothing."""
    (finding,) = node(*pins).findings
    assert "nothing pins" in finding.text


def test_version_that_only_a_run_decides_is_unverified_or_said() -> None:
    """An image's unknown version leaves the item open, as do workflows that all have one; among others it is said."""
    for pins in ((pin("image"), pin("file", "20")), (pin("workflow"), pin("file", "20")), (pin("workflow"),)):
        with pytest.raises(NotObserved):
            node(*pins)
    verdict = node(*SOUND, pin("workflow"))
    assert verdict.findings == ()
    assert "not resolved: workflow:1" in verdict.observed
    assert len(node(*SOUND, pin("image"), pin("file", "18")).findings) == 1


def test_vercel_takes_the_major_from_engines() -> None:
    """Without engines, or with an open range, a service on Vercel gets a warning and no finding."""
    for pins, warnings in (((pin("file", "20"),), 1), (SOUND, 0), ((pin("file", "20"), pin("engines", ">=20")), 1)):
        verdict = node(*pins, service=WEB)
        assert (len(verdict.findings), len(verdict.warnings)) == (0, warnings)


@pytest.mark.parametrize(
    ("wanted", "version", "fits"),
    [
        ("^1.2.3", "1.9.0", True),
        ("^1.2.3", "2.0.0", False),
        (">= 1.2.3 < 2", "1.9.0", True),
        ("~> 1.2", "1.3.0", False),
        ("v1.2.3", "1.2.3", True),
        ("1 || 2", "2.5.0", True),
        ("", "1.0.0", True),
        ("1.x", "1.0.0+build.5", True),
        ("^1.0.0", "1.1.0-beta.1", False),
        ("latest", "1.0.0", None),
        ("github:a/b", "1.0.0", None),
        ("workspace:*", "1.0.0", None),
        ("^1.0.0", "link:../a", None),
    ],
)
def test_ranges_are_read_as_npm_reads_them(wanted: str, version: str, fits: bool | None) -> None:
    """What npm's grammar says; None where it says nothing."""
    assert versions.satisfies(wanted, version) is fits


@settings(deadline=None)
@example("0 - :")
@given(st.text() | st.text(alphabet="0123456789.xX*v^~<>=| -+abl/t"))
def test_any_version_text_is_read(text: str) -> None:
    """No text makes a reader of versions fail, nor the rule."""
    spec = versions.parse(text)
    assert spec is None or isinstance(versions.majors(spec), tuple)
    versions.satisfies("^1.0.0", text)
    for place in ("engines", "file", "image", "workflow"):
        try:
            verdict = node(*SOUND, NodePin("a:1", place, (text,)))
        except NotObserved:
            continue
        assert len(verdict.findings) <= 1


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_full_version_lies_in_its_caret_range_only(major: int, minor: int, patch: int) -> None:
    """A caret range above 0 stays within one major, and holds the version it was made of."""
    text = f"{major}.{minor}.{patch}"
    spec = versions.parse(f"^{text}")
    assert spec is not None
    assert versions.majors(spec) == (major,)
    assert versions.overlaps(spec, (major, minor, patch))
