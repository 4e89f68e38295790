"""BLD: the build. It compiles, it lints, it installs what was tested, on one Node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import build as rules
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.build import BuildProbe
    from fixtures.model.platform import Service

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item("BLD-001", severity="critical", remediation="Mend each type error at its file and line.")
def test_every_tsconfig_compiles(node_service: Service, build: BuildProbe, conclude: Conclude) -> None:
    """The platform's own tsc finds no error in any tsconfig of the service or of the workspace packages it uses.

    Hosts that only strip types (tsx, esbuild, SWC) start a program that does not compile, and it fails on the first
    request that meets the error. Project references are followed; nothing is written into the platform.
    """
    conclude(rules.compiles(node_service, build.types(node_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "BLD-002", severity="medium", remediation="Mend each ESLint error, or change the rule that the team does not hold."
)
def test_service_lints_without_error(node_service: Service, build: BuildProbe, conclude: Conclude) -> None:
    """The platform's own ESLint, with its own configuration, finds no error in the service; warnings are advisory.

    It catches what types do not: a promise nobody awaits, a console.log in place of the logger. An ESLint that has no
    configuration, or looks at none of the service's files, proves nothing.
    """
    conclude(rules.lints(node_service, build.lint(node_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "BLD-003",
    severity="high",
    remediation="Install with the platform's one package manager, commit its lock file and delete every other.",
)
def test_lock_file_agrees_with_package_json(node_service: Service, build: BuildProbe, conclude: Conclude) -> None:
    """One tracked lock file covers the service, and it locks what each package.json asks for.

    `npm ci` and its like refuse a lock file that is out of step, so the deploy stops; `npm install` in its place
    brings versions that nobody tested. With two lock files the host and the developers may follow different ones.
    Source: docs.npmjs.com, npm-ci.
    """
    conclude(rules.lock_agrees(node_service, build.installation(node_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "BLD-004",
    severity="medium",
    remediation="Pin one major of Node in engines, version file, Dockerfile and workflows.",
)
def test_one_node_version_is_pinned(node_service: Service, build: BuildProbe, conclude: Conclude) -> None:
    """A major version of Node is pinned, and engines, version files, Dockerfile and workflows name the same.

    Tests on one major say little about production on another. Full versions must be equal where two places give
    them. Vercel takes the major from engines.node; an open range there means the newest it offers.
    Source: vercel.com/docs/functions/runtimes/node-js/node-js-versions.
    """
    conclude(rules.node_agrees(node_service, build.node(node_service)))
