"""Lock files of every package manager, held against package.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules import build as rules
from fixtures.model.build import Lock, Need, Package
from fixtures.model.platform import Service
from fixtures.model.verdicts import NotObserved, NotReady, Verdict
from fixtures.probes.build import lock_files
from fixtures.probes.jsonc import lenient
from fixtures.probes.observe import observe
from tests.probes.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

WEB = {
    "name": "web",
    "version": "1.0.0",
    "dependencies": {"@x/a": "1.0.0", "ms": "^2.1.2"},
    "devDependencies": {"semver": ">= 7.5"},
}
A = {
    "name": "@x/a",
    "version": "1.0.0",
    "dependencies": {"ms2": "npm:ms@~2.1.0"},
    "peerDependencies": {"semver": ">=7"},
    "optionalDependencies": {"picocolors": "^1.0.0"},
}

NPM = json.dumps(
    {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "mono", "workspaces": ["apps/*", "packages/*"]},
            "apps/web": {k: v for k, v in WEB.items() if k != "name"},
            "packages/a": A,
            "node_modules/@x/a": {"resolved": "packages/a", "link": True},
            "node_modules/web": {"resolved": "apps/web", "link": True},
            "node_modules/ms": {"version": "1.0.0"},
            "apps/web/node_modules/ms": {"version": "2.1.3"},
            "node_modules/ms2": {"name": "ms", "version": "2.1.2"},
            "node_modules/semver": {"version": "7.6.0"},
            "node_modules/picocolors": {"version": "1.1.1"},
        },
    },
    indent=2,
)
PNPM = """\
lockfileVersion: '9.0'
importers:
  .: {}
  apps/web:
    dependencies:
      '@x/a':
        specifier: 1.0.0
        version: link:../../packages/a
      ms:
        specifier: ^2.1.2
        version: 2.1.3
    devDependencies:
      semver:
        specifier: '>= 7.5'
        version: 7.6.0
  packages/a:
    dependencies:
      ms2:
        specifier: npm:ms@~2.1.0
        version: ms@2.1.2
      semver:
        specifier: '>=7'
        version: 7.6.0
    optionalDependencies:
      picocolors:
        specifier: ^1.0.0
        version: 1.1.1(react@18.2.0)
packages:
  anything: [that is not read
"""
PNPM_5 = """\
lockfileVersion: 5.4
importers:
  .:
    specifiers: {}
  apps/web:
    specifiers:
      '@x/a': 1.0.0
      ms: ^2.1.2
      semver: '>= 7.5'
    dependencies:
      '@x/a': link:../../packages/a
      ms: 2.1.3
    devDependencies:
      semver: 7.6.0
  packages/a:
    specifiers:
      ms2: npm:ms@~2.1.0
      picocolors: ^1.0.0
    dependencies:
      ms2: /ms/2.1.2
    optionalDependencies:
      picocolors: 1.1.1_react@18.2.0
"""
YARN_1 = """\
# yarn lockfile v1


ms@1.0.0, ms@^2.1.2:
  version "2.1.3"

"ms2@npm:ms@~2.1.0":
  version "2.1.2"

picocolors@^1.0.0:
  version "1.1.1"

"semver@>= 7.5":
  version "7.6.0"
"""
YARN_4 = """\
__metadata:
  version: 8

"@x/a@npm:1.0.0, @x/a@workspace:packages/a":
  version: 0.0.0-use.local
  resolution: "@x/a@workspace:packages/a"
  dependencies:
    ms2: "npm:ms@~2.1.0"
    picocolors: "npm:^1.0.0"
  peerDependencies:
    semver: ">=7"

"mono@workspace:.":
  version: 0.0.0-use.local
  resolution: "mono@workspace:."

"ms2@npm:ms@~2.1.0, ms@npm:^2.1.2":
  version: 2.1.3
  resolution: "ms@npm:2.1.3"

"picocolors@npm:^1.0.0":
  version: 1.1.1
  resolution: "picocolors@npm:1.1.1"

"semver@npm:>= 7.5":
  version: 7.6.0
  resolution: "semver@npm:7.6.0"

"web@workspace:apps/web":
  version: 0.0.0-use.local
  resolution: "web@workspace:apps/web"
  dependencies:
    "@x/a": "npm:1.0.0"
    ms: "npm:^2.1.2"
    semver: "npm:>= 7.5"
"""
BUN = """\
{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "mono", },
    "apps/web": {
      "name": "web",
      "dependencies": { "@x/a": "1.0.0", "ms": "^2.1.2", },
      "devDependencies": { "semver": ">= 7.5", },
    },
    "packages/a": {
      "name": "@x/a",
      "dependencies": { "ms2": "npm:ms@~2.1.0", },
      "optionalDependencies": { "picocolors": "^1.0.0", },
      "peerDependencies": { "semver": ">=7", },
    },
  },
  "packages": {
    "@x/a": ["@x/a@workspace:packages/a"],
    "ms": ["ms@2.1.3", "", {}, "sha512-x"],
    "ms2": ["ms@2.1.2", "", {}, "sha512-x"],
    "semver": ["semver@7.6.0", "", {}, "sha512-x"],
    "picocolors": ["picocolors@1.1.1", "", {}, "sha512-x"],
  }
}
"""
LOCKS = {
    "npm": ("package-lock.json", NPM),
    "pnpm 9": ("pnpm-lock.yaml", PNPM),
    "pnpm 5": ("pnpm-lock.yaml", PNPM_5),
    "yarn 1": ("yarn.lock", YARN_1),
    "yarn 4": ("yarn.lock", YARN_4),
    "bun": ("bun.lock", BUN),
}


def monorepo(root: Path, lock: str) -> Repository:
    """Two packages in a workspace, installed by the manager that a lock belongs to."""
    made = Repository(root, Service(name="web", host="other", root="apps/web"))
    if lock.startswith("pnpm"):
        made.write("package.json", {"name": "mono"})
        made.write("pnpm-workspace.yaml", "packages:\n  - apps/*\n  - '!apps/old'\n  - \"packages/**\"\n")
    else:
        made.write("package.json", {"name": "mono", "workspaces": {"packages": ["apps/*", "./packages/a/"]}})
    made.write("apps/web/package.json", WEB)
    made.write("packages/a/package.json", A)
    path, text = LOCKS[lock]
    made.write(path, text)
    return made


def verdict(repository: Repository) -> Verdict:
    evidence = repository.build().installation(repository.app)
    try:
        return rules.lock_agrees(repository.app, evidence)
    except NotReady as fault:
        return fault.verdict


def told(repository: Repository) -> list[str]:
    return [str(finding) for finding in verdict(repository).findings]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_in_step_passes(tmp_path: Path, lock: str) -> None:
    """Each format in step with its package.json files has no finding, and the verdict tells the figures."""
    seen = verdict(monorepo(tmp_path, lock))
    assert seen.findings == ()
    assert "3 package.json, 6 dependencies: 0 differences" in seen.observed


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_with_windows_line_ends_is_read(tmp_path: Path, lock: str) -> None:
    """CRLF changes nothing."""
    repository = monorepo(tmp_path, lock)
    path, text = LOCKS[lock]
    repository.root.joinpath(path).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert told(repository) == []


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize(
    ("dependencies", "text"),
    [
        ({"@x/a": "1.0.0", "ms": "^3.0.0"}, "asks for ms ^3.0.0"),
        ({"@x/a": "1.0.0", "ms": "^2.1.2", "left-pad": "1.0.0"}, "asks for left-pad 1.0.0"),
    ],
)
def test_dependency_that_the_lock_does_not_know_is_found(
    tmp_path: Path, lock: str, dependencies: dict[str, str], text: str
) -> None:
    """Another range and a new dependency are one finding, at its line of package.json."""
    repository = monorepo(tmp_path, lock)
    repository.write("apps/web/package.json", {**WEB, "dependencies": dependencies})
    (finding,) = verdict(repository).findings
    assert text in finding.text
    assert finding.where.startswith("apps/web/package.json:")
    assert not finding.where.endswith(":1")


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "yarn 1"])
def test_dependency_that_is_no_longer_asked_for_is_found(tmp_path: Path, lock: str) -> None:
    """A lock that still holds a removed dependency is out of step. (Yarn 1 does not say who asked.)"""
    repository = monorepo(tmp_path, lock)
    repository.write("apps/web/package.json", {**WEB, "dependencies": {"@x/a": "1.0.0"}})
    (finding,) = told(repository)
    assert "still locks ms" in finding


@pytest.mark.parametrize("lock", ["npm", "pnpm 9", "pnpm 5", "bun"])
def test_dependency_that_moved_between_groups_is_found(tmp_path: Path, lock: str) -> None:
    """A dependency that production needs is not locked for development only."""
    repository = monorepo(tmp_path, lock)
    both = {"@x/a": "1.0.0", "ms": "^2.1.2", "semver": ">= 7.5"}
    repository.write("apps/web/package.json", {"name": "web", "version": "1.0.0", "dependencies": both})
    (finding,) = told(repository)
    assert "lists semver under dependencies" in finding


@pytest.mark.parametrize(
    ("lock", "old", "new"),
    [
        ("npm", '"version": "2.1.3"', '"version": "2.1.0"'),
        ("pnpm 9", "version: 2.1.3", "version: 2.1.0"),
        ("yarn 1", 'version "2.1.3"', 'version "2.1.0"'),
        ("yarn 4", "version: 7.6.0", "version: 7.4.0"),
        ("bun", "ms@2.1.3", "ms@3.0.0"),
    ],
)
def test_locked_version_outside_its_range_is_found(tmp_path: Path, lock: str, old: str, new: str) -> None:
    """A lock edited by hand holds a version that package.json does not allow."""
    repository = monorepo(tmp_path, lock)
    path, text = LOCKS[lock]
    repository.write(path, text.replace(old, new, 1))
    (finding,) = told(repository)
    assert "locks" in finding


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_that_does_not_parse_is_a_fault(tmp_path: Path, lock: str) -> None:
    """A lock file that is none is a finding at that file."""
    repository = monorepo(tmp_path, lock)
    path, _ = LOCKS[lock]
    repository.write(path, "<<<<<<< HEAD\n{[")
    (finding,) = told(repository)
    assert finding.startswith(path)


def test_overridden_package_is_said_not_judged(tmp_path: Path) -> None:
    """`resolutions` decide a version whatever a range says."""
    repository = monorepo(tmp_path, "yarn 1")
    root = {"name": "mono", "workspaces": ["apps/*", "packages/*"], "resolutions": {"**/ms": "1.0.0"}}
    repository.write("package.json", root)
    repository.write("yarn.lock", YARN_1.replace('version "2.1.3"', 'version "1.0.0"'))
    seen = verdict(repository)
    assert seen.findings == ()
    assert "only the name is compared" in seen.observed


def test_single_package_with_its_own_lock_passes(tmp_path: Path) -> None:
    """No workspace: the nearest lock file above a service is its own."""
    repository = Repository(tmp_path, Service(name="web", host="other", root="web/src"))
    repository.write("package.json", {"name": "other"})
    repository.write("package-lock.json", {"lockfileVersion": 3, "packages": {"": {"name": "other"}}})
    package: dict[str, Any] = {"name": "web", "dependencies": {"ms": "latest", "here": "file:../here"}}
    repository.write("web/package.json", package)
    packages = {"": package, "node_modules/ms": {"version": "2.1.3"}, "node_modules/here": {"link": True}}
    repository.write("web/package-lock.json", {"lockfileVersion": 2, "packages": packages})
    seen = verdict(repository)
    assert seen.findings == ()
    assert seen.observed.startswith("web/package-lock.json")
    assert "for 2 only the name is compared" in seen.observed


def test_oldest_format_of_npm_is_read(tmp_path: Path) -> None:
    """lockfileVersion 1 keeps versions and no ranges."""
    repository = Repository(tmp_path)
    repository.write("package.json", {"dependencies": {"ms": "^2.0.0"}, "optionalDependencies": {"absent": "1.0.0"}})
    repository.write("package-lock.json", {"lockfileVersion": 1, "dependencies": {"ms": {"version": "2.1.3"}}})
    assert told(repository) == []
    repository.write("package-lock.json", {"lockfileVersion": 1, "dependencies": {"ms": {"version": "1.9.0"}}})
    (finding,) = told(repository)
    assert "locks 1.9.0" in finding


def test_no_lock_two_locks_and_a_stray_one_are_found(tmp_path: Path) -> None:
    """One lock file, where the packages are installed from."""
    repository = monorepo(tmp_path, "npm")
    repository.write("apps/web/package-lock.json", "{}")
    assert told(repository) == [
        "apps/web/package-lock.json: a second lock file: packages are installed from the platform's folder"
    ]
    (tmp_path / "apps/web/package-lock.json").unlink()
    repository.write("yarn.lock", YARN_1)
    assert told(repository) == [
        ".: package-lock.json and yarn.lock both stand: it is open which one an install follows"
    ]
    (tmp_path / "yarn.lock").unlink()
    (tmp_path / "package-lock.json").unlink()
    assert told(repository) == [".: no lock file for web: each install may bring other versions"]


def test_untracked_lock_is_found(tmp_path: Path) -> None:
    """A lock file that only this checkout has locks nothing elsewhere."""
    repository = Repository(tmp_path)
    repository.write("package.json", "{}")
    repository.leave("package-lock.json", {"lockfileVersion": 3, "packages": {"": {}}})
    (finding,) = told(repository)
    assert "not tracked" in finding


@pytest.mark.parametrize(("manager", "findings"), [("npm@10.9.0", 0), ("pnpm@9.1.0+sha512.abc", 1)])
def test_package_manager_field_is_held_against_the_lock(tmp_path: Path, manager: str, findings: int) -> None:
    """packageManager names the manager whose lock file is there."""
    repository = Repository(tmp_path)
    repository.write("package.json", {"packageManager": manager})
    repository.write("package-lock.json", {"lockfileVersion": 3, "packages": {"": {}}})
    assert len(told(repository)) == findings


def test_binary_lock_is_unseen(tmp_path: Path) -> None:
    """bun.lockb cannot be read; the hint says how to keep a text."""
    repository = Repository(tmp_path)
    repository.write("package.json", "{}")
    repository.write("bun.lockb", "#!/usr/bin/env bun\n")
    with pytest.raises(NotObserved) as unseen:
        rules.lock_agrees(repository.app, repository.build().installation(repository.app))
    assert "save-text-lockfile" in unseen.value.evidence.hint


def test_service_without_package_json_is_a_fault(tmp_path: Path) -> None:
    """A Node service that no package.json describes cannot be installed."""
    (finding,) = told(Repository(tmp_path))
    assert "no package.json" in finding


def test_package_json_that_does_not_parse_is_a_fault(tmp_path: Path) -> None:
    """The finding stands at the line that does not parse."""
    repository = Repository(tmp_path)
    repository.write("package.json", '{\n  "name": "x",\n}\n')
    (finding,) = told(repository)
    assert finding.startswith("package.json:")


PACKAGES = (Package(".", "web", (Need("ms", "^2.1.2", "dependencies", "package.json:1"),)),)
KEYS = st.sampled_from(
    [
        "packages",
        "workspaces",
        "importers",
        ".",
        "dependencies",
        "ms",
        "specifier",
        "version",
        "lockfileVersion",
        "__metadata",
        "resolution",
        "ms@npm:^2.1.2",
        "web@workspace:.",
        "specifiers",
        "link",
        "resolved",
        "node_modules/ms",
        "",
    ]
)
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=16,
)


@settings(deadline=None)
@given(st.sampled_from([path for path, _ in LOCKS.values()]), st.text() | SHAPES.map(json.dumps))
def test_any_lock_file_is_read_or_refused(path: str, text: str) -> None:
    """No text makes a reader fail in any other way than with a finding or as unseen."""
    seen = observe("lock", path, lambda: lock_files.read(path, text, PACKAGES))
    assert seen.fault or seen.error or isinstance(seen.value, Lock)


@settings(deadline=None)
@given(st.sampled_from(list(LOCKS.values())), st.integers(0, 900), st.text(max_size=4))
def test_damaged_lock_file_is_read_or_refused(lock: tuple[str, str], at: int, scratch: str) -> None:
    """Nor does a real lock file with a scratch in it."""
    path, text = lock
    damaged = text[:at] + scratch + text[at + len(scratch) :]
    seen = observe("lock", path, lambda: lock_files.read(path, damaged, PACKAGES))
    assert seen.fault or seen.error or isinstance(seen.value, Lock)


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{" * 100_000, "? " * 100_000])
@pytest.mark.parametrize("path", ["pnpm-lock.yaml", "yarn.lock", "package-lock.json", "bun.lock"])
def test_lock_file_nested_without_end_is_refused(path: str, text: str) -> None:
    """A text that would overflow a parser's stack ends neither the process nor in an error."""
    header = "__metadata:\n  version: 8\nx: " if path == "yarn.lock" else ""
    seen = observe("lock", path, lambda: lock_files.read(path, header + text, PACKAGES))
    assert seen.fault or seen.error


def test_comments_and_commas_are_allowed_where_people_write_them() -> None:
    """What looks like a comment or a trailing comma inside a string stays."""
    text = '{ // one\n "a": "//,]", /* , } */ "b": [1, 2, /* x */ ], "c": "\\"/*", }'
    assert lenient(text, "tsconfig.json") == {"a": "//,]", "b": [1, 2], "c": '"/*'}
