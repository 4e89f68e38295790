"""The house keeps its shape: imports go one way, and every readiness item says what an item must say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.model.ledger import SEVERITIES
from fixtures.wiring.options import PHASES
from fixtures.wiring.targets import VIEWS
from tests.test_twins import TWINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
OURS = ("fixtures", "checks", "reports", "tests", "conftest")

# Room → the rooms that it may import. Whatever is not listed is forbidden, but for two things: tests may import
# all but conftest, and everybody the bare packages, which import nothing and hold no more than the version.
ARROWS = {
    "model": {"model"},
    "manifest": {"model"},
    "redact": {"model"},
    "provision": {"model"},
    "standins": {"standins"},
    "probes": {"model", "probes"},
    "rules": {"model", "rules"},
    "checks": {"model", "rules"},
    "reports": {"model", "reports"},
    "stage": {"model", "stage"},
    "wiring": {"model", "manifest", "redact", "provision", "standins", "stage", "probes", "reports", "wiring"},
    "conftest": {"wiring"},
    "package": set(),
}
PYTEST_ROOMS = {"wiring", "checks", "tests", "conftest"}
ROOMS = (  # the first that fits
    (r"conftest", "conftest"),
    (r"tests(\..*)?", "tests"),
    (r"checks\.rules(\..*)?", "rules"),
    (r"checks\.test_\w+", "checks"),
    (r"fixtures\.model(\..*)?", "model"),
    (r"fixtures\.manifest", "manifest"),
    (r"fixtures\.redact", "redact"),
    (r"fixtures\.demo\.provision", "provision"),
    (r"fixtures\.demo\.vendors(\..*)?", "standins"),
    (r"fixtures\.stage(\..*)?", "stage"),
    (r"fixtures\.probes(\..*)?", "probes"),
    (r"fixtures\.wiring(\..*)?", "wiring"),
    (r"reports(\..*)?", "reports"),
    (r"fixtures(\.demo)?|checks", "package"),
)

CATALOGUE: dict[str, dict[str, Iterable[int]]] = {  # the items by phase and area
    "predeploy": {
        "BLD": range(1, 5),
        "ENV": (*range(1, 13), 14),
        "FIL": range(1, 3),
        "DEP": range(1, 7),
        "IMG": range(1, 9),
        "SEC": (1, 3),
        "WIR": range(1, 6),
        "CIW": range(1, 5),
        "DOC": range(1, 10),
        "WVR": range(1, 3),
    },
    "smoke": {
        "HLT": range(1, 12),
        "MET": range(1, 7),
        "QUE": range(1, 14),
        "LOG": range(1, 8),
        "DBS": range(1, 6),
    },
    "readiness": {
        "ALR": range(1, 10),
        "ROT": range(1, 3),
        "BCK": range(1, 4),
        "ENV": (13,),
        "DEP": (7,),
        "SEC": (2,),
        "EXT": range(1, 3),
    },
}


@dataclass(frozen=True)
class Check:
    """A test function in checks/, as its source says it."""

    where: str
    node: ast.FunctionDef
    phases: tuple[str, ...] = ()
    items: tuple[ast.Call, ...] = ()
    words: dict[str, str] = field(default_factory=dict)

    @property
    def item(self) -> str:
        """The id in its one item mark."""
        (mark,) = self.items
        return _text(mark.args[0]) if mark.args else ""


def _modules() -> dict[str, Path]:
    """Every Python module of the project by its dotted name."""
    folders = [ROOT / name for name in OURS[:-1]]
    files = [ROOT / "conftest.py", *(path for folder in folders for path in folder.rglob("*.py"))]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in named.items() if "node_modules" not in path.parts}


MODULES = _modules()


def imported(name: str, source: str, *, package: bool = False) -> Iterator[tuple[int, str]]:
    """Line and module of every import in a source, lazy and relative ones and import_module("…") included.

    `from a import b` is a.b where that is a module, else a.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                above = name.split(".")[: None if package and node.level == 1 else (1 if package else 0) - node.level]
                origin = ".".join([*above, *([origin] if origin else [])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield node.lineno, inner if inner in MODULES else origin
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield node.lineno, str(node.args[0].value)


def room(module: str) -> str:
    """The room that a module lies in; "" for one from outside."""
    if module.split(".")[0] not in OURS:
        return ""
    return next((name for pattern, name in ROOMS if re.fullmatch(pattern, module)), "unknown")


def objection(importer: str, target: str) -> str:
    """Why a module may not import another, "" where it may."""
    here, there = room(importer), room(target)
    if target.split(".")[0] in ("pytest", "_pytest") and here not in PYTEST_ROOMS:
        return "pytest is for conftest, wiring, checks and tests"
    if not there:
        return ""
    if there == "conftest":
        return "nobody imports conftest"
    if here == "tests" or there == "package" or there in ARROWS.get(here, set()):
        return ""
    return f"{here} may not import {there}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_go_one_way(name: str) -> None:
    """A module imports only from the rooms that its own room may see."""
    path = MODULES[name]
    assert room(name) not in ("", "unknown"), f"{name} lies in no room of the house"
    found = [
        f"{path.relative_to(ROOT)}:{line}: imports {target}: {why}"
        for line, target in imported(name, path.read_text("utf-8"), package=path.name == "__init__.py")
        if (why := objection(name, target))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("checks.rules.env", "from fixtures.probes.files import Files"),
        ("checks.rules.env", "from fixtures import probes"),
        ("checks.rules.env", "from ...fixtures.wiring import judge"),
        ("checks.rules.env", "import pytest"),
        ("checks.rules.env", "def late():\n    from fixtures.probes import files"),
        ("checks.test_env", "import fixtures.probes.files"),
        ("checks.test_env", "from fixtures.manifest import load"),
        ("fixtures.probes.files", "from checks.rules import env"),
        ("fixtures.probes.files", "from ..wiring import judge"),
        ("fixtures.probes.files", "from _pytest import main"),
        ("fixtures.model.ledger", "from fixtures.redact import Redactor"),
        ("fixtures.wiring.judge", "import importlib\nimportlib.import_module('checks.rules.env')"),
        ("reports.page", "from fixtures.wiring.options import RUN"),
        ("tests.platforms", "import conftest"),
        ("conftest", "from fixtures.model import ledger"),
    ],
)
def test_forbidden_import_is_seen(importer: str, source: str) -> None:
    """The guard itself can fail: plain, relative, lazy and dynamic imports against the arrows are found."""
    assert any(objection(importer, target) for _, target in imported(importer, source))


def test_allowed_imports_are_not_objected_to() -> None:
    """And it can pass: each arrow of the house is free."""
    pairs = [
        ("checks.test_env", "checks.rules.env"),
        ("checks.rules.env", "fixtures.model.verdicts"),
        ("fixtures.probes.files", "fixtures.probes.observe"),
        ("fixtures.wiring.options", "fixtures.demo.provision"),
        ("fixtures.wiring.page", "reports.page"),
        ("reports.page", "fixtures.model.ledger"),
        ("tests.platforms", "fixtures.demo.provision"),
        ("checks.test_env", "pytest"),
        ("fixtures.model.ledger", "dataclasses"),
    ]
    assert [pair for pair in pairs if objection(*pair)] == []


def test_project_imports_without_pytest() -> None:
    """What is no pytest plugin works in a plain interpreter, and loads no pytest behind its back."""
    plain = sorted(name for name in MODULES if room(name) not in PYTEST_ROOMS and not name.endswith("__main__"))
    program = (
        "import importlib, sys\n"
        f"for name in {plain!r}: importlib.import_module(name)\n"
        "sys.exit('pytest was imported' if 'pytest' in sys.modules else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _text(node: ast.expr) -> str:
    value = ast.literal_eval(node)
    return value if isinstance(value, str) else ""


def _checks() -> list[Check]:
    found = []
    for path in sorted((ROOT / "checks").glob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = [(_mark(decorator), decorator) for decorator in node.decorator_list]
                items = tuple(call for name, call in marks if name == "item" and isinstance(call, ast.Call))
                words = {k.arg: _text(k.value) for call in items for k in call.keywords if k.arg}
                phases = tuple(name for name, _ in marks if name in PHASES)
                found.append(Check(f"{path.relative_to(ROOT)}:{node.lineno}", node, phases, items, words))
    return found


def _mark(decorator: ast.expr) -> str:
    """The name behind `@pytest.mark.`."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    dotted = ast.unparse(target)
    return dotted.removeprefix("pytest.mark.") if dotted.startswith("pytest.mark.") else ""


CHECKS = _checks()
EACH = pytest.mark.parametrize("check", [pytest.param(check, id=check.node.name) for check in CHECKS])


@EACH
def test_item_says_what_every_item_must(check: Check) -> None:
    """One phase, one item mark with a well-formed id, a known severity, a remediation, a docstring."""
    assert len(check.phases) == 1, f"{check.where}: phases {check.phases}"
    assert len(check.items) == 1, f"{check.where}: item marks {len(check.items)}"
    assert re.fullmatch(r"[A-Z]{3}-[0-9]{3}", check.item), check.where
    assert check.words.keys() == {"severity", "remediation"}, check.where
    assert check.words["severity"] in SEVERITIES, check.where
    assert re.fullmatch(r"[A-Z].*\.", check.words["remediation"]), f"{check.where}: no sentence"
    title = (ast.get_docstring(check.node) or "").split("\n\n")[0]
    assert re.fullmatch(r"\S.*\.", " ".join(title.split())), f"{check.where}: the docstring is no sentence"


@EACH
def test_check_is_one_statement(check: Check) -> None:
    """A check is its docstring and `conclude(rule(target, evidence))`: nothing in it branches, loops or asserts."""
    assert len(check.node.body) == 2, check.where
    statement = check.node.body[1]
    assert isinstance(statement, ast.Expr), check.where
    assert isinstance(statement.value, ast.Call), check.where
    assert ast.unparse(statement.value.func) == "conclude", check.where


@EACH
def test_check_names_what_it_runs_over(check: Check) -> None:
    """Exactly one parameter names a view of the manifest; it comes first."""
    names = [argument.arg for argument in check.node.args.args]
    assert names[0] in VIEWS, check.where
    assert not set(names[1:]) & VIEWS.keys(), check.where


@EACH
def test_item_has_a_twin(check: Check) -> None:
    """Each item has an edit of the sound demo that makes it fail."""
    assert TWINS.get(check.item), f"{check.where}: no twin for {check.item}"


def test_ids_are_unique() -> None:
    """No id stands for two items, no function name for two checks."""
    ids = [check.item for check in CHECKS]
    names = [check.node.name for check in CHECKS]
    assert sorted(set(ids)) == sorted(ids)
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("phase", PHASES)
def test_catalogue_is_complete(phase: str) -> None:
    """Every id of the catalogue has its check, in its phase, and no check has another id."""
    there = {check.item for check in CHECKS if check.phases == (phase,)}
    assert there == {f"{area}-{number:03}" for area, numbers in CATALOGUE[phase].items() for number in numbers}


def test_no_twin_is_left_without_its_item() -> None:
    """A twin of an item that is gone proves nothing."""
    assert sorted(TWINS.keys() - {check.item for check in CHECKS}) == []
