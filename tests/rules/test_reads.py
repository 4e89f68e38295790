"""The rules of ENV-007 and ENV-008, each way they can end."""

from __future__ import annotations

import pytest

from checks.rules.reads import SET_BY_OTHERS, is_really_read, reads_only_its_contract
from fixtures.model.platform import Binding, Service, Variable
from fixtures.model.source import EnvRead, EnvReads, Extent, Place
from fixtures.model.verdicts import Evidence, NotObserved, Verdict

EXTENT = Extent(3, 1)
APP = Service(name="app", host="other", root="app")


def read(name: str, via: str = "process.env", *, tool: bool = False) -> EnvRead:
    return EnvRead(name, f"app/{name.lower()}.ts:1", via, "tooling" if tool else "runtime")


def contract(*reads: EnvRead, service: Service = APP, **more: object) -> Verdict:
    """ENV-007 for a contract of A and B."""
    seen = EnvReads(EXTENT, frozenset({"A", "B"}), reads, **more)  # type: ignore[arg-type]  # fields by name
    return reads_only_its_contract(service, Evidence("asked", "app", seen=seen))


def test_declared_names_pass_and_are_counted() -> None:
    """Reads of declared names pass; the sentence says how many files and names were held."""
    verdict = contract(read("A"), read("B"))
    assert (verdict.findings, verdict.warnings) == ((), ())
    assert verdict.observed == "3 files (1 of them imported from outside its folder) read 2 names, 2 of them declared"


def test_a_stray_name_fails_once_with_its_place() -> None:
    """A name outside the contract is one finding, however often it is read."""
    verdict = contract(read("A"), read("X"), EnvRead("X", "app/z.ts:9", "process.env"))
    assert [str(finding) for finding in verdict.findings] == [
        "app/x.ts:1: reads X (and at 1 more places), which no variable of app in the manifest declares"
    ]


@pytest.mark.parametrize(
    "name",
    ["NODE_ENV", "CI", "TZ", "HOME", "PATH", "VERCEL", "VERCEL_URL", "NEXT_PUBLIC_VERCEL_ENV", "RAILWAY_GIT_COMMIT_SHA",
     "NEXT_RUNTIME", "npm_package_version", "GITHUB_SHA", "SKIP_ENV_VALIDATION"],
)  # fmt: skip
def test_names_that_the_platform_sets_need_no_row(name: str) -> None:
    """What Node.js, the host, CI or the framework set is exempt, and said."""
    verdict = contract(read(name))
    assert not verdict.findings
    assert name in verdict.observed


@pytest.mark.parametrize(
    "name", ["NODE_ENVIRONMENT", "MY_CI", "VERCELS", "PATHS", "DATABASE_PATH", "NPM_TOKEN", "MODE"]
)
def test_names_like_them_need_one(name: str) -> None:
    """An exemption is for whole names only."""
    assert len(contract(read(name)).findings) == 1


def test_the_port_is_the_hosts_where_a_port_is_declared() -> None:
    """PORT is exempt for a service that declares a port, and for no other."""
    assert len(contract(read("PORT")).findings) == 1
    assert not contract(read("PORT"), service=APP.model_copy(update={"port": 3001})).findings


def test_what_vite_builds_in_is_exempt_there_only() -> None:
    """MODE is Vite's in import.meta.env, and anybody's in process.env."""
    assert not contract(read("MODE", "import.meta.env")).findings


def test_a_tool_a_library_and_a_built_in_name_do_not_fail() -> None:
    """A script's stray read warns; a library's choice of names and names that the build sets are exempt."""
    verdict = contract(read("X", tool=True), read("Y", "a library"), read("Z"), built_in=frozenset({"Z"}))
    assert not verdict.findings
    assert [finding.where for finding in verdict.warnings] == ["app/x.ts:1"]


UNUSED = EnvRead("X", "packages/shared/x.ts:1", "process.env", "unused")


def test_a_read_that_the_service_cannot_reach_is_named_only() -> None:
    """A shared function that the service does not use asks for no row; the same name read elsewhere does."""
    verdict = contract(read("A"), UNUSED)
    assert (verdict.findings, verdict.warnings) == ((), ())
    assert verdict.observed.endswith("1 of them declared; only shared functions that app does not use read X")
    assert [finding.where for finding in contract(UNUSED, read("X")).findings] == ["app/x.ts:1"]
    assert "does not use" not in contract(UNUSED, read("X")).observed


def test_a_computed_name_warns_and_a_whole_environment_is_said() -> None:
    """What cannot be held against the contract is told with its place."""
    verdict = contract(computed=(Place("reads process.env[name]", "app/a.ts:3"),), whole=(Place("x", "app/b.ts:4"),))
    assert [finding.where for finding in verdict.warnings] == ["app/a.ts:3"]
    assert "app/b.ts:4" in verdict.observed


def test_each_exemption_names_who_sets_it() -> None:
    """The table of exemptions says whose each name is."""
    assert all(pattern and who for pattern, who in SET_BY_OTHERS)


def binding(*reads: EnvRead, name: str = "A", platform_reads: bool = False, **more: object) -> Verdict:
    """ENV-008 for one variable."""
    row = Variable(name=name, services=("app",), platform_reads=platform_reads)
    seen = EnvReads(EXTENT, frozenset({name}), reads, **more)  # type: ignore[arg-type]  # fields by name
    return is_really_read(Binding(APP, row), Evidence("asked", "app", seen=seen))


def test_a_read_passes_with_its_place() -> None:
    """One read is enough, a schema's too; a tool's is said to be one."""
    assert binding(read("A", "schema")).observed == "app reads A at app/a.ts:1 (schema)"
    assert "in tools only" in binding(read("A", tool=True)).observed


def test_a_read_that_the_service_cannot_reach_keeps_its_row() -> None:
    """A shared function that reads the variable is enough, and is said to be unused; a used one is named before it."""
    assert "in shared functions only that it does not use" in binding(UNUSED, name="X").observed
    assert "at app/x.ts:1 and 1 more places (process.env)" in binding(UNUSED, read("X"), name="X").observed


def test_no_read_fails() -> None:
    """A declared variable that no code reads is a finding, at the place that mentions it."""
    assert [finding.where for finding in binding(read("B")).findings] == ["app"]
    mentioned = binding(mentioned=(Place("A", "app/package.json:4"),))
    assert [finding.where for finding in mentioned.findings] == ["app/package.json:4"]


def test_a_name_never_handed_to_its_schema_fails_at_the_schema() -> None:
    """A schema's name that nothing hands over fails, also where other names are computed."""
    computed = (Place("reads process.env[name]", "app/a.ts:3"),)
    verdict = binding(unfed=(Place("A", "app/env.ts:7"),), computed=computed)
    assert [finding.where for finding in verdict.findings] == ["app/env.ts:7"]
    assert "nothing hands A to it" in verdict.findings[0].text


def test_a_name_handed_over_elsewhere_is_read() -> None:
    """A read somewhere outweighs a schema that does not get the name."""
    assert not binding(read("A"), unfed=(Place("A", "app/env.ts:7"),)).findings


def test_no_read_beside_computed_names_is_unverified() -> None:
    """Where names are worked out at run time, absence of a read proves nothing."""
    place = (Place("reads process.env[name]", "app/a.ts:3"),)
    with pytest.raises(NotObserved, match=r"app/a\.ts:3"):
        binding(computed=place)
    with pytest.raises(NotObserved, match=r"app/a\.ts:3"):
        binding(whole=place)


def test_a_variable_of_the_platform_passes() -> None:
    """platform_reads, and what Node.js itself reads, need no line of code."""
    assert not binding(platform_reads=True).findings
    assert not binding(name="NODE_ENV").findings


def test_code_that_was_not_seen_is_unverified() -> None:
    """Both rules end as unverified on evidence that has an error."""
    unseen: Evidence[EnvReads] = Evidence("asked", "app", error="no git")
    with pytest.raises(NotObserved):
        reads_only_its_contract(APP, unseen)
    with pytest.raises(NotObserved):
        is_really_read(Binding(APP, Variable(name="A", services=("app",))), unseen)
