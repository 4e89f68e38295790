"""Every place that says which Node runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.model.build import NodePin
from fixtures.model.platform import Service
from fixtures.probes.build.node_pins import image_pins
from tests.probes.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two services in a workspace."""
    made = Repository(
        tmp_path,
        Service(name="worker", host="railway", root="services/worker", dockerfile="services/worker/Dockerfile"),
        Service(name="web", host="vercel", root="services/web"),
    )
    made.write("package.json", {"name": "mono"})
    made.write("services/worker/package.json", {"name": "worker"})
    made.write("services/web/package.json", {"name": "web"})
    made.write("services/worker/Dockerfile", "FROM scratch\n")
    return made


def pins(repository: Repository) -> list[tuple[str, tuple[str, ...]]]:
    found = repository.build().node(repository.app).value
    return [(pin.where, pin.versions or (f"? {pin.unresolved}",)) for pin in found]


def job(steps: str, above: str = "") -> str:
    return f"on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n{above}    steps:\n{steps}"


SETUP = "      - uses: actions/setup-node@v4\n        with:\n          node-version: {}\n"


def test_package_json_is_asked_from_the_service_upwards(repository: Repository) -> None:
    """engines, devEngines and Volta, each at its line."""
    repository.write("services/worker/package.json", '{\n  "engines": {\n    "node": ">=20"\n  }\n}\n')
    root = {"engines": {"npm": ">=10", "node": "20.x"}, "volta": {"node": "20.11.1"}}
    repository.write("package.json", root | {"devEngines": {"runtime": {"name": "node", "version": "^20"}}})
    assert pins(repository) == [
        ("services/worker/package.json:3", (">=20",)),
        ("package.json:4", ("20.x",)),
        ("package.json:12", ("^20",)),
        ("package.json:7", ("20.11.1",)),
    ]


@pytest.mark.parametrize(
    ("path", "text", "line", "version"),
    [
        (".nvmrc", "\ufeffv20.11.1\r\n", 1, "v20.11.1"),
        (".nvmrc", "# ours\n\nlts/iron # the long one\n", 3, "lts/iron"),
        ("services/worker/.node-version", "20\n", 1, "20"),
        (".tool-versions", "python 3.11\nnodejs 20.11.1 system\n", 2, "20.11.1"),
        ("mise.toml", '[env]\nA = "b"\n[tools]\nnode = "20"\n', 4, "20"),
        (".mise.toml", '[tools]\nnode = { version = "20" }\n', 2, "20"),
    ],
)
def test_version_files_are_read(repository: Repository, path: str, text: str, line: int, version: str) -> None:
    """Each kind of version file, in the service's folder or above it."""
    repository.write(path, text)
    assert pins(repository) == [(f"{path}:{line}", (version,))]


def test_nearest_version_file_of_a_kind_holds(repository: Repository) -> None:
    """As for the tools themselves, the nearest file wins."""
    repository.write(".nvmrc", "18\n")
    repository.write("services/worker/.nvmrc", "20\n")
    assert pins(repository) == [("services/worker/.nvmrc:1", ("20",))]


def test_every_stage_of_the_dockerfile_counts(repository: Repository) -> None:
    """Build arguments are filled in, stages built on stages are not images, and COPY --from names images too."""
    repository.write(
        "services/worker/Dockerfile",
        'ARG NODE="20.11.1"\nARG OPEN\n'
        "FROM --platform=$BUILDPLATFORM docker.io/library/node:${NODE}-alpine AS build\n"
        "FROM build AS test\nFROM node:$OPEN\nFROM node:${OPEN:-22}-slim@sha256:abc\n"
        "FROM gcr.io/distroless/nodejs20-debian12\nCOPY --from=build /a /b\nCOPY --from=node:18 /a /b\n"
        "FROM node\nFROM node@sha256:abc\nFROM postgres:16\n",
    )
    assert pins(repository) == [
        ("services/worker/Dockerfile:3", ("20.11.1-alpine",)),
        ("services/worker/Dockerfile:5", ("? node:$OPEN",)),
        ("services/worker/Dockerfile:6", ("22-slim",)),
        ("services/worker/Dockerfile:7", ("20",)),
        ("services/worker/Dockerfile:9", ("18",)),
        ("services/worker/Dockerfile:10", ("latest",)),
        ("services/worker/Dockerfile:11", ("? node",)),
    ]


@pytest.mark.parametrize("image", ["registry:5000/tools/node", "node-exporter:1.8", "my/nodejs:20", "nodejs20x:1"])
def test_ports_and_likenesses_are_no_versions(image: str) -> None:
    """A registry's port is no tag, and not every name with node in it is Node."""
    assert image_pins("Dockerfile:1", image) in ([], [NodePin("Dockerfile:1", "image", ("latest",))])


@pytest.mark.parametrize(
    ("steps", "above", "versions"),
    [
        (SETUP.format("20"), "", ("20",)),
        (SETUP.format("'20.x'"), "", ("20.x",)),
        (SETUP.format("${{ matrix.node }}"), "    strategy: {matrix: {node: [18, 20]}}\n", ("18", "20")),
        (
            SETUP.format("${{ matrix.node }}"),
            "    strategy: {matrix: {os: [a], include: [{os: b, node: 22}]}}\n",
            ("22",),
        ),
        (
            SETUP.format("${{ matrix.node }}"),
            "    strategy: {matrix: '${{ fromJSON(x) }}'}\n",
            ("? ${{ matrix.node }}",),
        ),
        (SETUP.format("${{ env.NODE }}"), "    env: {NODE: 20}\n", ("20",)),
        (SETUP.format("${{ vars.NODE }}"), "", ("? ${{ vars.NODE }}",)),
        (SETUP.format("''"), "", ("",)),
        ("      - uses: Actions/Setup-Node@v4\n", "", ("",)),
    ],
)
def test_versions_that_workflows_set_up_are_resolved(
    repository: Repository, steps: str, above: str, versions: tuple[str, ...]
) -> None:
    """Literals, a literal matrix and env are resolved; what only a run decides is said."""
    repository.write(".github/workflows/ci.yml", job(steps, above))
    ((where, found),) = pins(repository)
    assert found == versions
    assert where.startswith(".github/workflows/ci.yml:")


def test_version_file_named_by_a_workflow_is_followed(repository: Repository) -> None:
    """node-version-file leads to what that file says, also when the checkout lies in a folder of its own."""
    file = "      - uses: actions/setup-node@v4\n        with: {{node-version-file: {}}}\n"
    checkout = "      - uses: actions/checkout@v4\n        with: {path: ours}\n"
    other = "      - uses: actions/checkout@v4\n        with: {path: theirs, repository: them/tools}\n"
    repository.write(".nvmrc", "20.11.1\n")
    repository.write("package.json", {"engines": {"node": "^20"}})
    for name, steps in (
        ("a", file.format(".nvmrc")),
        ("b", checkout + other + file.format("ours/package.json")),
        ("c", checkout + other + file.format("theirs/.nvmrc")),
    ):
        repository.write(f".github/workflows/{name}.yml", job(steps))
    assert pins(repository)[2:] == [
        (".github/workflows/a.yml:6", ("20.11.1",)),
        (".github/workflows/b.yml:10", ("^20",)),
        (".github/workflows/c.yml:10", ("? theirs/.nvmrc",)),
    ]
    repository.write(".github/workflows/d.yml", job(file.format("gone/.nvmrc")))
    fault = repository.build().node(repository.app).fault
    assert fault is not None
    assert fault.where == ".github/workflows/d.yml:6"


def test_action_of_the_platform_itself_is_followed(repository: Repository) -> None:
    """A composite action sets up Node with its input, or with the input's default."""
    action = "inputs:\n  node:\n    default: '20'\nruns:\n  using: composite\n  steps:\n"
    repository.write(
        ".github/actions/setup/action.yml", action + SETUP.format("${{ inputs.node }}").replace("      ", "    ")
    )
    given = "      - uses: ./.github/actions/setup\n      - uses: ./.github/actions/setup\n        with: {node: 22}\n"
    repository.write(".github/workflows/ci.yml", job(given))
    assert [versions for _, versions in pins(repository)] == [("20",), ("22",)]


def test_action_that_uses_itself_ends(repository: Repository) -> None:
    """A circle of actions is followed a few times, not for ever."""
    repository.write("a/action.yml", "runs:\n  steps:\n    - uses: ./a\n    - uses: ./a\n")
    repository.write(".github/workflows/ci.yml", job("      - uses: ./a\n"))
    assert pins(repository) == []


def test_reusable_workflow_takes_the_default_of_its_input(repository: Repository) -> None:
    """workflow_call inputs are resolved by their defaults."""
    text = job(SETUP.format("${{ inputs.node }}"))
    called = "on:\n  workflow_call:\n    inputs:\n      node:\n        default: 20\n"
    repository.write(".github/workflows/ci.yml", text.replace("on: push\n", called))
    assert [versions for _, versions in pins(repository)] == [("20",)]


def test_container_of_a_job_counts(repository: Repository) -> None:
    """A job that runs in a Node image runs that Node."""
    repository.write(".github/workflows/a.yml", job("      - run: npm test\n", "    container: node:20-slim\n"))
    repository.write(".github/workflows/b.yml", job("      - run: x\n", "    container: {image: 'postgres:16'}\n"))
    assert pins(repository) == [(".github/workflows/a.yml:5", ("20-slim",))]


@pytest.mark.parametrize(
    ("folder", "concerns"),
    [("services/web", False), ("services/worker", True), ("docs", True), ("services/web/lib", False)],
)
def test_job_that_works_in_another_services_folder_is_theirs(
    repository: Repository, folder: str, concerns: bool
) -> None:
    """Two services may run on two majors, each with a job of its own."""
    above = f"    defaults: {{run: {{working-directory: ./{folder}/}}}}\n"
    repository.write(".github/workflows/ci.yml", job(SETUP.format("22"), above))
    assert bool(pins(repository)) is concerns


def test_workflow_that_does_not_parse_is_a_fault(repository: Repository) -> None:
    """The finding stands at the line that does not parse."""
    repository.write(".github/workflows/ci.yml", "jobs:\n  test: [\n")
    fault = repository.build().node(repository.app).fault
    assert fault is not None
    assert fault.where.startswith(".github/workflows/ci.yml:")


YAML_KEYS = st.sampled_from(
    [
        "jobs",
        "steps",
        "uses",
        "with",
        "node-version",
        "node-version-file",
        "strategy",
        "matrix",
        "include",
        "env",
        "container",
        "image",
        "on",
        "workflow_call",
        "inputs",
        "default",
        "defaults",
        "run",
        "working-directory",
        "path",
    ]
)
YAML_VALUES = st.sampled_from(
    ["actions/setup-node@v4", "actions/checkout@v4", "${{ matrix.x }}", "./", "..", "node:20"]
)
YAML = st.recursive(
    YAML_VALUES | st.text(alphabet="ab:-[{&*!|> \n'\"#", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(YAML_KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.data())
def test_any_workflow_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """No workflow, version file or Dockerfile makes the probe fail in another way than with a clean answer."""
    repository = Repository(
        tmp_path_factory.mktemp("any"), Service(name="app", host="other", root=".", dockerfile="Dockerfile")
    )
    steps = data.draw(YAML)
    workflow = json.dumps({"jobs": {"a": {"steps": steps}, "b": steps}, "on": steps})
    repository.write(".github/workflows/a.yml", data.draw(st.just(workflow) | st.text()))
    repository.write(".nvmrc", data.draw(st.text()))
    repository.write("mise.toml", data.draw(st.text()))
    repository.write("package.json", {"engines": data.draw(YAML), "volta": data.draw(YAML)})
    repository.write("Dockerfile", "FROM " + data.draw(st.text(alphabet="node:2$ {}-\n@/AS")))
    seen = repository.build().node(repository.app)
    assert seen.fault or seen.error or isinstance(seen.value, tuple)
