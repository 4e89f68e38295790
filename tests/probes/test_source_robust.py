# ruff: noqa: E501  # tables of snippets read best
"""The source probe on input that nobody wrote for it: anything ends as evidence, and the cost grows with the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.platform import Queue, Service
from fixtures.probes.source.module import Module
from tests.probes.sources import source

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.probes.source import Source

WORDS = [
    "process", ".", "env", "?.", "[", "]", "{", "}", "(", ")", "const ", "let ", "x", "y", "=", "=>", ",", ":", "...", "`", "${",
    '"A"', "new ", "Queue", "Worker", 'from "bullmq"', 'from "./b"', "import ", "export ", "default ", "class ", "extends ", "this",
    "function ", "return ", "await ", "?", "??", "+", "enum ", "for ", "of ", "in ", "if ", "switch ", "case ", '"/health"', "listen",
    "z.object", ".parse", "Counter", '"# TYPE a gauge"', "\n", ";", "503", "try ", "catch ", "throw ", "createEnv", "require", "*", " as ",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


def ask_everything(probe: Source, service: Service) -> None:
    """Ask each question; reading `value` would raise for a bug only."""
    queue = Queue(name="a", producers=("app",), workers=("app",))
    for evidence in (
        probe.environment(service),
        probe.queues(service),
        probe.wired(queue),
        probe.metrics(),
        probe.routes(service),
        probe.ports(service),
    ):
        assert evidence.error or evidence.value is not None


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=SOUP, second=SOUP)
def test_no_source_text_breaks_the_probe(tmp_path: Path, first: str, second: str) -> None:
    """Whatever two files that import each other hold, every question is answered."""
    probe, service = source(tmp_path, {"app/a.ts": f'import * as b from "./b";\n{first}', "app/b.tsx": second})
    ask_everything(probe, service)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_probe(tmp_path: Path, data: bytes) -> None:
    """Code, package.json, tsconfig.json, a Dockerfile and an example file may hold any bytes."""
    names = ("app/a.ts", "app/package.json", "app/tsconfig.json", "app/Dockerfile", "app/.env.example", "app/p.prisma")
    row: dict[str, object] = {
        "name": "app",
        "host": "other",
        "root": "app",
        "dockerfile": "app/Dockerfile",
        "env_example": "app/.env.example",
    }
    row.update(health="/health", port=3001)
    probe, service = source(tmp_path, dict.fromkeys(names, data) | {"app/b.ts": 'import "./a"'}, service=[row])
    ask_everything(probe, service)


@pytest.mark.parametrize(
    "code",
    [
        "const a = b; const b = a; process.env[a]; new Queue(a)",
        "function f() { return f() } process.env[f()]",
        "export * from './a'; export { x } from './a'; import { x } from './a'; process.env[x]",
        "class A extends A { constructor() { super(this.x) } } new A()",
        "const o = { ...o }; process.env[o.a]; new Queue(o.a, o)",
        "function f(n: string) { f(n); return process.env[n] }",
        "process.env[" + "+".join(['"a"'] * 3000) + "]",
        "process.env[" + "(" * 400 + '"A"' + ")" * 400 + "]",
        "const e = process.env; "
        + "".join(f"const e{n} = {{ ...e{n - 1 if n else ''} }}; " for n in range(200))
        + "f(e199)",
        "`" + "${process.env[x]}" * 200 + "`",
    ],
)
def test_circles_and_depth_end(tmp_path: Path, code: str) -> None:
    """Names that depend on themselves, and nesting without end, are unknown and no endless work."""
    imports = 'import { Queue } from "bullmq";\n'
    probe, service = source(tmp_path, {"app/a.ts": imports + code})
    ask_everything(probe, service)


def test_each_file_is_parsed_once_and_only_if_it_can_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand files those are parsed whose text can hold what is asked, none of them twice."""
    parsed: list[str] = []
    begin = Module.__init__

    def counting(self: Module, path: str, text: str) -> None:
        parsed.append(path)
        begin(self, path, text)

    monkeypatch.setattr(Module, "__init__", counting)
    files = {
        f"app/src/f{n}.ts": f"import {{ v{n + 1} }} from './f{n + 1}';\nexport const v{n} = {n};\n" for n in range(1000)
    }
    files |= {f"app/src/e{n}.ts": f"export const e = process.env.V{n};" for n in range(10)}
    probe, service = source(tmp_path, files)
    ask_everything(probe, service)
    assert sorted(parsed) == sorted(f"app/src/e{n}.ts" for n in range(10))
    assert len(probe.environment(service).value.reads) == 10
