"""The compiler and the linter as the build room runs them, sound ones and ones that misbehave."""

from __future__ import annotations

import json
import os
import shutil
import time
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.model.build import Lint, Project
from fixtures.model.platform import Service
from fixtures.probes.build import process
from fixtures.probes.build.compiler import read_output
from fixtures.probes.build.linter import read_report
from fixtures.probes.build.process import Limits
from fixtures.probes.build.tools import masked
from fixtures.probes.observe import observe
from tests.loopback import PATIENCE_S, wait_until
from tests.platforms import DEMO
from tests.probes.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A TypeScript service with nothing installed."""
    made = Repository(tmp_path)
    made.write("package.json", {"name": "app", "devDependencies": {"typescript": "5.9.3", "eslint": "9.39.5"}})
    made.write("package-lock.json", {"lockfileVersion": 3, "packages": {"": {}}})
    made.write("tsconfig.json", {"include": ["src"]})
    made.write("src/index.ts", "export const one = 1;\n")
    return made


@pytest.fixture
def installed(repository: Repository) -> Repository:
    """The same, with the demo's own TypeScript and ESLint."""
    (repository.root / "node_modules").symlink_to(DEMO / "node_modules")
    repository.write(
        "tsconfig.json", {"compilerOptions": {"strict": True, "types": [], "composite": True}, "include": ["src"]}
    )
    repository.write(
        "eslint.config.mjs",
        'import tseslint from "typescript-eslint";\n'
        'export default [...tseslint.configs.recommended, { rules: { "no-console": "warn" } }];\n',
    )
    return repository


def project(repository: Repository, limits: Limits | None = None) -> Project:
    build = repository.build(limits) if limits else repository.build()
    (only,) = build.types(repository.app).value.projects
    return only


def run_of_eslint(repository: Repository) -> Lint:
    (only,) = repository.build().lint(repository.app).value.runs
    return only


def test_real_compiler_finds_a_type_error_and_nothing_else(installed: Repository) -> None:
    """A type error is told with its file, line, column and code; a sound file beside it is compiled in silence."""
    installed.write("src/wrong.ts", 'export const count: number = "many";\n')
    seen = project(installed)
    assert [(error.where, error.rule) for error in seen.errors] == [("src/wrong.ts:1:14", "TS2322")]
    assert set(seen.files) == {"src/index.ts", "src/wrong.ts"}


def test_real_compiler_writes_nothing(installed: Repository) -> None:
    """A composite project, which keeps its state in a file, leaves the platform's folder as it was."""
    before = sorted(installed.root.rglob("*.*"))
    assert project(installed).errors == ()
    assert sorted(installed.root.rglob("*.*")) == before


def test_references_are_followed_and_the_solution_itself_is_not_compiled(installed: Repository) -> None:
    """A tsconfig that only refers to others stands for them."""
    installed.write("tsconfig.json", {"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./node"}]})
    installed.write("tsconfig.app.json", '{\n  // an application\n  "include": ["src"],\n}\n')
    installed.write("node/tsconfig.json", {"files": ["tool.ts"]})
    installed.write("node/tool.ts", "export const two = 2;\n")
    seen = installed.build().types(installed.app).value
    assert [p.tsconfig for p in seen.projects] == ["node/tsconfig.json", "tsconfig.app.json"]
    assert [p.errors for p in seen.projects] == [(), ()]


def test_reference_that_leads_nowhere_is_a_fault(repository: Repository) -> None:
    """A project reference to a file that does not exist is the platform's fault."""
    repository.write("tsconfig.json", {"files": [], "references": [{"path": "./gone"}]})
    fault = repository.build().types(repository.app).fault
    assert fault is not None
    assert "gone/tsconfig.json" in fault.text


def test_real_linter_tells_errors_and_warnings_apart(installed: Repository) -> None:
    """ESLint's severities, rules and places arrive."""
    installed.write("src/noisy.ts", 'const unused = 1;\nconsole.log("hello");\n')
    seen = run_of_eslint(installed)
    assert [(e.where, e.rule) for e in seen.errors] == [("src/noisy.ts:1:7", "@typescript-eslint/no-unused-vars")]
    assert [(w.where, w.rule) for w in seen.warnings] == [("src/noisy.ts:2:1", "no-console")]
    assert "src/index.ts" in seen.files


def test_real_linter_reports_a_file_that_does_not_parse(installed: Repository) -> None:
    """A fatal parsing error is an error without a rule."""
    installed.write("src/broken.ts", "const = ;\n")
    (error,) = run_of_eslint(installed).errors
    assert error.rule == ""
    assert error.where.startswith("src/broken.ts:1:")


def test_real_linter_without_configuration_says_so(installed: Repository) -> None:
    """ESLint that finds no configuration is the platform's fault, not a crash."""
    (installed.root / "eslint.config.mjs").unlink()
    assert run_of_eslint(installed).unconfigured


def test_real_linter_with_a_broken_configuration_is_not_judged(installed: Repository) -> None:
    """A configuration that cannot be loaded leaves the question open, and says why."""
    installed.write("eslint.config.mjs", 'import "eslint-plugin-that-is-not-there";\n')
    assert "eslint-plugin-that-is-not-there" in run_of_eslint(installed).unseen


@pytest.mark.parametrize(
    ("lock", "text", "command"),
    [
        ("package-lock.json", "{}", "npm ci"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "pnpm install --frozen-lockfile"),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn install --frozen-lockfile"),
        ("yarn.lock", "__metadata:\n  version: 8\n", "yarn install --immutable"),
        ("bun.lock", "{}", "bun install --frozen-lockfile"),
    ],
)
def test_what_is_not_installed_is_unseen_with_the_command(
    repository: Repository, lock: str, text: str, command: str
) -> None:
    """The hint is the command of the platform's own package manager."""
    (repository.root / "package-lock.json").unlink()
    repository.write(lock, text)
    seen = project(repository)
    assert "typescript is not installed" in seen.unseen
    assert f"`{command}`" in seen.hint


def test_plug_n_play_is_said(repository: Repository) -> None:
    """Yarn's Plug'n'Play keeps no tools in node_modules; the suite says so and names the command."""
    repository.write(".pnp.cjs", "")
    seen = project(repository)
    assert "Plug'n'Play" in seen.unseen
    assert "yarn tsc" in seen.hint


@pytest.mark.parametrize(
    ("package", "named"), [("@biomejs/biome", "Biome"), ("oxlint", "Oxlint"), ("left-pad", "asks for ESLint")]
)
def test_platform_without_eslint_is_told_what_stands_in_its_place(
    repository: Repository, package: str, named: str
) -> None:
    """Another linter is named; none at all is said plainly."""
    repository.write("package.json", {"devDependencies": {package: "1.0.0"}})
    assert named in run_of_eslint(repository).unconfigured


def test_tool_sees_no_secret_of_the_parent(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool gets PATH and the like, and none of the variables that hold the platform's values."""
    monkeypatch.setenv("ENCRYPTION_KEY", "canary-3f9a")
    monkeypatch.setenv("NODE_OPTIONS", "--require=canary-3f9a")
    repository.tool("tsc", 'env > "$PWD/seen.txt"; echo "/x.ts"')
    project(repository)
    seen = (repository.root / "seen.txt").read_text("utf-8")
    assert "canary-3f9a" not in seen
    names = {line.partition("=")[0] for line in seen.splitlines()}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} <= {"PATH", "HOME", "LANG", "TMPDIR", "CI", "NO_COLOR"}


def test_tool_that_hangs_costs_its_budget_and_leaves_nothing_behind(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hung tool is ended with all that it started."""
    repository.tool("tsc", 'sleep 300 & echo $! > "$PWD/child"; echo $$ > "$PWD/parent"; wait')
    parent = repository.root / "parent"
    minutes = count()  # that go by between two looks, once it has begun
    clock = lambda: next(minutes) * 60.0 if parent.exists() and parent.read_text() else 0.0  # noqa: E731
    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=clock))
    seen = project(repository, Limits(seconds=1))
    assert seen.unseen == "tsc -p tsconfig.json took longer than 1 s"
    for name in ("parent", "child"):
        pid = int((repository.root / name).read_text())
        assert _gone(pid)


def test_tool_that_closes_its_output_and_hangs_is_ended_too(repository: Repository) -> None:
    """The budget holds also when nothing is left to read."""
    repository.tool("tsc", "exec >&- 2>&-; sleep 300")
    assert "took longer" in project(repository, Limits(seconds=1)).unseen


def test_tool_whose_child_lives_on_is_not_waited_for(repository: Repository) -> None:
    """A tool that has ended has ended, though a child of it holds the pipe open."""
    repository.tool("tsc", 'sleep 300 & echo $! > "$PWD/child"; echo "/x.ts"')
    assert project(repository).unseen == ""
    assert _gone(int((repository.root / "child").read_text()))


def test_tool_that_floods_is_cut_off(repository: Repository) -> None:
    """Output beyond the limit leaves the question open."""
    repository.tool("tsc", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done")
    assert "printed more than 200,000 bytes" in project(repository).unseen


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'heap out of memory' >&2; exit 134", "ended with code 134: heap out of memory"),
        ("kill -9 $$", "ended with code -9"),
        ("exit 1", "ended with code 1"),
        ("exit 0", "names no file that it checked"),
        ("echo 'This is not the tsc command you are looking for'; exit 1", "ended with code 1: This is not"),
    ],
)
def test_compiler_that_ends_oddly_is_not_judged(repository: Repository, script: str, said: str) -> None:
    """A crash, a silent failure and a silent success are no verdict on the platform's types."""
    repository.tool("tsc", script)
    assert said in project(repository).unseen


def test_tool_that_may_not_run_is_unseen(repository: Repository) -> None:
    """A file without the right to run is named, with the command that mends it."""
    repository.leave("node_modules/.bin/tsc", "#!/bin/sh\n").chmod(0o644)
    seen = project(repository)
    assert "is not executable" in seen.unseen
    assert "npm ci" in seen.hint


def test_tool_that_is_no_program_is_unseen(repository: Repository) -> None:
    """A file that the system cannot start is the installation's fault, not the suite's."""
    repository.leave("node_modules/.bin/tsc", "").chmod(0o755)
    repository.leave("node_modules/.bin/tsc", "#!/no/such/interpreter\n")
    assert "does not start" in project(repository).unseen


def test_old_compiler_that_would_write_files_is_not_run(repository: Repository) -> None:
    """TypeScript before 4 cannot check a project without writing its state."""
    repository.tool("tsc", 'touch "$PWD/ran"', version="3.9.10")
    assert "3.9.10" in project(repository).unseen
    assert not (repository.root / "ran").exists()


@pytest.mark.parametrize("script", ["echo '[{'", "echo '{}'", "echo '[1]'", "true", "exit 2", "echo boom >&2; exit 2"])
def test_linter_that_prints_no_report_is_not_judged(repository: Repository, script: str) -> None:
    """What is not ESLint's report is no verdict."""
    repository.tool("eslint", script)
    assert run_of_eslint(repository).unseen


def test_old_linter_gets_the_platforms_own_extensions(repository: Repository) -> None:
    """ESLint before 9 lints only .js unless told: the platform's lint script says what."""
    package = {"devDependencies": {"eslint": "8.57.0"}, "scripts": {"lint": "eslint . --ext .ts,.tsx --max-warnings 0"}}
    repository.write("package.json", package)
    repository.tool("eslint", 'echo "$@" > "$PWD/arguments"; echo "[]"', version="8.57.0")
    run_of_eslint(repository)
    assert (repository.root / "arguments").read_text() == ". --format json --ext .ts,.tsx\n"


def test_each_command_is_announced_once(tmp_path: Path) -> None:
    """Two services that share a package compile and lint it once, and each command is told before it starts."""
    services = [Service(name=name, host="other", root=f"services/{name}") for name in ("web", "worker")]
    repository = Repository(tmp_path, *services)
    wanted = {"eslint": "9.39.5", "typescript": "5.9.3"}
    repository.write("package.json", {"workspaces": ["services/*", "packages/*"], "devDependencies": wanted})
    repository.write("package-lock.json", {"lockfileVersion": 3, "packages": {"": {}}})
    for folder, name in (("packages/shared", "shared"), ("services/web", "web"), ("services/worker", "worker")):
        repository.write(
            f"{folder}/package.json", {"name": name, "dependencies": {"shared": "*"} if name != "shared" else {}}
        )
        repository.write(f"{folder}/tsconfig.json", {"include": ["."]})
        repository.write(f"{folder}/index.ts", "export {};\n")
    repository.tool("tsc", 'echo "/x.ts"')
    repository.tool("eslint", 'echo "[]"')
    build = repository.build()
    for service in services:
        assert len(build.types(service).value.projects) == 2
        assert len(build.lint(service).value.runs) == 2
    assert repository.said == [
        "tsc -p services/web/tsconfig.json …",
        "tsc -p packages/shared/tsconfig.json …",
        "eslint in services/web …",
        "eslint in packages/shared …",
        "tsc -p services/worker/tsconfig.json …",
        "eslint in services/worker …",
    ]


def test_import_of_a_workspace_package_that_is_not_built_leaves_it_open(tmp_path: Path) -> None:
    """A checkout that nobody built is not full of type errors; it is not judged, and the hint says what to build."""
    repository = Repository(tmp_path, Service(name="web", host="other", root="web"))
    repository.write("package.json", {"workspaces": ["*"], "devDependencies": {"typescript": "5.9.3"}})
    repository.write("package-lock.json", {"lockfileVersion": 3, "packages": {"": {}}})
    exports = {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}}
    repository.write("shared/package.json", {"name": "@app/a-rather-long-name-for-it", "exports": exports})
    repository.write("web/package.json", {"name": "web", "dependencies": {"@app/a-rather-long-name-for-it": "*"}})
    repository.write("web/tsconfig.json", "{}")
    told = "web/a.ts(1,1): error TS2307: Cannot find module '@app/a-rather-long-name-for-it' or its types."
    repository.tool("tsc", f'echo "{told}"; exit 2')
    assert "whose types are not built in shared" in project(repository).unseen
    repository.leave("shared/dist/index.d.ts", "export {};\n")
    assert len(project(repository).errors) == 1


def test_next_types_that_are_not_generated_leave_asset_imports_open(repository: Repository) -> None:
    """Next.js writes next-env.d.ts, which scaffolds do not track; without it a style sheet cannot be resolved."""
    repository.write("tsconfig.json", {"include": ["next-env.d.ts", "**/*.ts"]})
    repository.tool("tsc", "echo \"a.ts(1,1): error TS2307: Cannot find module './page.module.css' or.\"; exit 2")
    assert "next typegen" in project(repository).hint
    repository.leave("next-env.d.ts", "")
    assert len(project(repository).errors) == 1


def test_files_of_a_nested_service_are_its_own(tmp_path: Path) -> None:
    """A service at the platform's root does not answer for one below it, nor for fixtures."""
    root, nested = Service(name="web", host="other", root="."), Service(name="worker", host="other", root="worker")
    repository = Repository(tmp_path, root, nested)
    for path in ("a.ts", "worker/b.ts", "tests/fixtures/c.ts", "types.d.ts"):
        repository.write(path, "export {};\n")
    assert repository.build().types(root).value.sources == ("a.ts",)
    assert repository.build().types(nested).value.sources == ("worker/b.ts",)


def test_outside_git_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git there is no telling which files are the platform's."""
    repository = Repository(tmp_path)
    shutil.rmtree(tmp_path / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert repository.build().types(repository.app).error


def test_long_quotes_of_the_source_are_masked() -> None:
    """Messages keep names and lose values: a string literal may be a key that somebody left in the source."""
    key = "sk" + "-live-" + "4eC39HqLyjWDarjtT1zdp7dc"
    for told in (
        f"Type '\"{key}\"' is not assignable to type 'number'.",
        f"Type '{{ a: \"{key}\"; }}' is wrong",
        f"'{key}' is assigned a value but never used.",
        f"You can't use `{key}` here",
        f"You can't use '{key} here",
        f"Unexpected {key} in the source",
    ):
        assert key not in masked(told)
        assert key[8:] not in masked(told)
    kept = "Type 'string' is not assignable to type '\"agent-jobs\"'."
    assert masked(kept) == kept


@settings(deadline=None)
@given(st.text())
def test_any_compiler_output_is_read(text: str) -> None:
    """No output makes the reader fail."""
    told = read_output(text)
    assert all(error.rule.startswith("TS") for error in told.errors)


@settings(deadline=None)
@given(st.text(alphabet="(),:0123456789 abcTS./'error\n\r"))
def test_near_misses_of_compiler_output_are_read(text: str) -> None:
    """Nor does output that looks almost like a message."""
    read_output("src/(group)/a.ts(1,2): error TS1: " + text)


def test_folder_in_brackets_is_part_of_the_path() -> None:
    """Next.js has folders like (auth), which are no line numbers."""
    (error,) = read_output("app/(auth)/page.tsx(3,5): error TS2304: Cannot find name 'x'.\r\n").errors
    assert error.where == "app/(auth)/page.tsx:3:5"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["filePath", "messages", "line", "severity", "message", "ruleId", "fatal"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_report_is_read_or_said_to_be_none(value: object) -> None:
    """No JSON makes the reader fail."""
    seen = observe("report", ".", lambda: read_report(".", json.dumps(value), "/"))
    assert seen.error or isinstance(seen.value, Lint)


def _gone(pid: int) -> bool:
    """Whether a process has ended, or ends within a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
    return False


MEETING = "touch here-{own}; while [ ! -e here-{other} ]; do sleep 0.02; done; echo {says}"


def test_tools_run_at_the_same_time_and_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiler and linter each wait until the other has begun; the questions afterwards start nothing."""
    monkeypatch.setattr("fixtures.probes.build._processors", lambda: 2)
    repository.tool("tsc", MEETING.format(own="tsc", other="eslint", says="$PWD/src/index.ts"), version="5.9.3")
    repository.tool("eslint", MEETING.format(own="eslint", other="tsc", says="[]"), version="9.39.5")
    build = repository.build()
    build.prefetch([repository.app, repository.app], [repository.app])
    (compiled,), (linted,) = build.types(repository.app).value.projects, build.lint(repository.app).value.runs
    assert (compiled.unseen, linted.unseen) == ("", "")
    assert sorted(repository.said) == ["eslint in . …", "tsc -p tsconfig.json …"]


def test_what_breaks_ahead_of_time_breaks_its_own_question_alone(repository: Repository) -> None:
    """A reference that leads nowhere is told where it is asked for; the linter has run."""
    repository.write("tsconfig.json", {"files": [], "references": [{"path": "./gone"}]})
    repository.tool("eslint", "echo '[]'", version="9.39.5")
    build = repository.build()
    build.prefetch([repository.app], [repository.app])
    assert build.types(repository.app).fault is not None
    assert repository.said == ["eslint in . …"]


def test_interrupt_ends_the_tools_that_run(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C does not wait for a compiler, and leaves none behind."""
    repository.tool("tsc", "echo $$ > pid; exec sleep 600", version="5.9.3")
    pid = repository.root / "pid"

    def interrupted(running: object) -> None:
        wait_until(lambda: pid.exists() and pid.read_text())
        raise KeyboardInterrupt

    monkeypatch.setattr("fixtures.probes.build.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        repository.build().prefetch([repository.app], [])
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
