"""ENV-007 and ENV-008: the environment that code reads, held against the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.model.platform import Binding, Service
    from fixtures.model.source import EnvRead, EnvReads, Extent, Place

# Names that nobody declares, since the platform under the code sets them: a pattern, and who sets it.
SET_BY_OTHERS: tuple[tuple[str, str], ...] = (
    (
        r"NODE_(ENV|OPTIONS|PATH|DEBUG|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|NODE_V8_COVERAGE|UV_THREADPOOL_SIZE",
        "Node.js",
    ),
    (r"PATH|HOME|PWD|USER|SHELL|TERM|TMPDIR|TMP|TEMP|LANG|LC_\w+|TZ|HOSTNAME|EDITOR|COLUMNS", "the operating system"),
    (r"APPDATA|LOCALAPPDATA|USERPROFILE|XDG_\w+", "the operating system"),
    (r"CI|GITHUB_\w+|GITLAB_CI|RUNNER_\w+|BUILD_ID", "the CI system"),
    (r"npm_\w+|INIT_CWD|PNPM_\w+|BUN_\w+", "the package manager"),
    (r"FORCE_COLOR|NO_COLOR|DEBUG", "the terminal"),
    (r"VERCEL|VERCEL_\w+|NEXT_PUBLIC_VERCEL_\w+|NOW_REGION", "Vercel"),
    (r"RAILWAY_\w+", "Railway"),
    (r"NEXT_(RUNTIME|PHASE|TELEMETRY_DISABLED|DEPLOYMENT_ID|MANUAL_SIG_HANDLE)|__NEXT_\w+|TURBOPACK", "Next.js"),
    (r"AWS_(LAMBDA_\w+|REGION|EXECUTION_ENV)|LAMBDA_TASK_ROOT|KUBERNETES_\w+|FLY_\w+|RENDER|RENDER_\w+", "the host"),
    (r"VITEST|VITEST_\w+|JEST_WORKER_ID|PLAYWRIGHT_\w+", "the test runner"),
    (r"SKIP_ENV_VALIDATION|ANALYZE|STORYBOOK", "whoever builds, as a switch"),
)
BUILT_IN = frozenset(
    {"MODE", "DEV", "PROD", "SSR", "BASE_URL", "ASSETS_PREFIX", "SITE"}
)  # of import.meta.env: Vite, Astro
READ_BY_RUNTIME = frozenset({"NODE_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "TZ"})  # without a line of this code
LIBRARY = "a library"
MANY = 3


def reads_only_its_contract(service: Service, reads: Evidence[EnvReads]) -> Verdict:
    """Hold each name that the service's code reads against the names that its contract declares.

    A stray read in a script or a tool's configuration warns: it does not run with the service. So does a name that
    is worked out at run time. Reads in functions of a shared package that the service does not use are named only.
    """
    seen = reads.value
    counted = [read for read in seen.reads if read.role != "unused"]
    findings: list[Finding] = []
    warnings = [Finding(f"{place.text}, a name worked out at run time", place.where) for place in seen.computed]
    exempt: set[str] = set()
    names = {read.name for read in counted}
    for name in sorted(names):
        of_name = [read for read in counted if read.name == name and read.via != LIBRARY]
        if name in seen.contract or not of_name:
            continue
        if name in seen.built_in or set_by(name, of_name, service):
            exempt.add(name)
            continue
        running = [read for read in of_name if read.role == "runtime"]
        first = (running or of_name)[0]
        more = f" (and at {len(of_name) - 1} more places)" if len(of_name) > 1 else ""
        text = f"reads {name}{more}, which no variable of {service.name} in the manifest declares"
        (findings if running else warnings).append(Finding(text, first.where))
    observed = f"{_files(seen.extent)} read {len(names)} names, {len(names & seen.contract)} of them declared"
    observed += f", {len(exempt)} set by the platform ({', '.join(sorted(exempt))})" if exempt else ""
    observed += f"; the whole environment is handed on at {_places(seen.whole)}" if seen.whole else ""
    unused = ", ".join(sorted({read.name for read in seen.reads} - names - seen.contract))
    observed += f"; only shared functions that {service.name} does not use read {unused}" if unused else ""
    return Verdict(reads, observed + _misread(seen.extent), tuple(findings), tuple(warnings))


def set_by(name: str, reads: Iterable[EnvRead], service: Service) -> str:
    """Who sets a name that needs no declaration; '' where it needs one."""
    if name == "PORT" and service.port is not None:
        return "the host"
    if name in BUILT_IN and all(read.via == "import.meta.env" for read in reads):
        return "Vite"
    return next((who for pattern, who in SET_BY_OTHERS if re.fullmatch(pattern, name)), "")


def is_really_read(binding: Binding, reads: Evidence[EnvReads]) -> Verdict:
    """Expect one read of the variable in the code of the service.

    A name that a schema names and that is never handed to the schema is not read. A variable that the manifest marks
    `platform_reads` is somebody else's. Where names are worked out at run time, no read is no proof: unverified.
    """
    name, service = binding.variable.name, binding.service.name
    if binding.variable.platform_reads:
        return Verdict(reads, f"the manifest says that a library or the host reads {name} for {service}")
    seen = reads.value
    found = sorted(seen.of(name), key=lambda read: ("unused", "tooling", "runtime").index(read.role))
    if found:
        more = f" and {len(found) - 1} more places" if len(found) > 1 else ""
        only = {"tooling": ", in tools only", "unused": ", in shared functions only that it does not use"}
        only_there = only.get(found[-1].role, "")
        return Verdict(reads, f"{service} reads {name} at {found[-1].where}{more} ({found[-1].via}{only_there})")
    unfed = [place for place in seen.unfed if place.text == name]
    if unfed:
        text = f"a schema names {name}, but nothing hands {name} to it: the variable is never read from the environment"
        return Verdict(reads, f"{name} is named and not read", tuple(Finding(text, place.where) for place in unfed))
    if name in READ_BY_RUNTIME:
        return Verdict(reads, f"Node.js and its libraries read {name}; the code of {service} does not")
    doubtful = (*seen.computed, *seen.whole)
    if doubtful:
        reads.cannot_tell(
            f"no code of {service} reads {name} by name, but names are worked out at run time at {_places(doubtful)}",
            f"Read {name} by its name, or set platform_reads = true in its row.",
        )
    mentioned = [place for place in seen.mentioned if place.text == name]
    text = f"no code of {service} reads {name}, which the manifest declares for it"
    text += ", though it is named here" if mentioned else ""
    where = mentioned[0].where if mentioned else binding.service.root
    observed = f"{_files(seen.extent)} of {service} were read, none reads {name}" + _misread(seen.extent)
    return Verdict(reads, observed, (Finding(text, where),))


def _files(extent: Extent) -> str:
    outside = f" ({extent.outside} of them imported from outside its folder)" if extent.outside else ""
    return f"{extent.files} files{outside}"


def _misread(extent: Extent) -> str:
    return f"; not fully understood: {_places(extent.misread)}" if extent.misread else ""


def _places(places: tuple[Place, ...]) -> str:
    named = ", ".join(place.where for place in places[:MANY])
    return named + (f" and {len(places) - MANY} more" if len(places) > MANY else "")
