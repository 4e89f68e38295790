"""What a document names, and whether it is there (DOC-005)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rules.docs import names_what_exists
from fixtures.probes.markdown import page
from fixtures.probes.mentions import mentions
from tests.rules.papers import documents, outcome, runbook, sentences, tracked

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "package.json": '{"scripts": {"build": "tsc -b", "test": "vitest"}}',
    "services/worker/package.json": '{"scripts": {"dev": "tsx src/index.ts"}}',
    "services/worker/src/index.ts": "",
    "services/worker/Dockerfile": "FROM node:22",
    "scripts/backup.sh": "",
    "Makefile": ".PHONY: all\nall clean: deps\n\techo\nbackup:\n\tbash scripts/backup.sh\nX := 1\n",
    "docs/OTHER.md": '# Другая страница\n\n## Как `всё` починить?\n\n## Twice\n\n## Twice\n\n<a id="own"></a>\n',
    "docs/img/a b.png": "x",
    ".github/workflows/deploy.yml": "",
    ".gitignore": "dist/\n.env.*\nbackups/\n",
}
GITHUB = {"github": {"token_env": "GITHUB_TOKEN", "repository": "acme/papers"}}
FENCE = "```"


def judge(root: Path, text: str, **row: object) -> str:
    """What DOC-005 finds in docs/RUNBOOK.md of this text, '' where nothing."""
    tracked(root, {**FILES, "docs/RUNBOOK.md": text})
    document = runbook(**row)
    return sentences(names_what_exists(document, documents(root, **GITHUB).references(document)))


@pytest.mark.parametrize(
    "text",
    [
        "[a](OTHER.md) [b](./OTHER.md) [c](../package.json) [d](/scripts/backup.sh) [e](../services/worker/)",
        "[a](OTHER.md#как-всё-починить) [b](OTHER.md#twice-1) [c](OTHER.md#own) [d](#top) [e](#)",
        "[a](OTHER.md#%D0%BA%D0%B0%D0%BA-%D0%B2%D1%81%D1%91-%D0%BF%D0%BE%D1%87%D0%B8%D0%BD%D0%B8%D1%82%D1%8C)",
        "# Воркер: «не» работает ⚠️\n[a](#воркер-не-работает-️) [b](#воркер-не-работает-)",
        "![i](<img/a b.png>) ![j](img/a%20b.png) [r][ref]\n\n[ref]: OTHER.md 'x'",
        "<https://example.org/x.md> [a](https://example.org) [m](mailto:a@b.c) [t](tel:+1) //cdn.example.org/x.js",
        "`scripts/backup.sh` `./scripts/backup.sh` `backup.sh` `services/worker/src` `services/worker/src/index.ts:12`",
        "`/health` `/etc/nginx/nginx.conf` `~/.ssh/id_rsa` `$HOME/x.sh` `<name>.sh` `scripts/*.sh` `path/to/file.ts`",
        "`application/json` `origin/main` `feature/x` `@scope/pkg` `node:22-alpine` `ghcr.io/a/b:1` `next/server`",
        "`dist/index.js` `.env.production` `services/worker/dist/main.js` `backups/newest.dump`",
        "`example.org/a.md` `sentry.io/settings` `502/503` `--config=x.yml` `key=value` `*.md` `a.b.c`",
        "`npm run build` `npm run dev -w services/worker` `pnpm run test` `npm test` `npm run <name>` `npm ci`",
        "`services/worker/src/index` `docs/OTHER`",
        "`git checkout feature/x.md` `docker run web/app.sh` `ssh host scripts/none.sh`",
        f"{FENCE}sh\ncd services/worker && npm run dev\nnode src/index.ts\n{FENCE}",
        f"{FENCE}bash\npg_dump -f dumps/x.sql\ncp scripts/backup.sh copies/y.sh\n{FENCE}\n`copies/y.sh` `dumps/x.sql`",
        f"{FENCE}bash\nsh scripts/backup.sh > logs/out.json\ncat logs/out.json\n{FENCE}",
        f"{FENCE}bash\ncd /opt/app\nbash deploy/none.sh\n{FENCE}",
        f"{FENCE}bash\ncd $DIR\n./none.sh\n{FENCE}",
        f"{FENCE}console\n$ bash scripts/backup.sh\nsrc/none.ts: done\n{FENCE}",
        f"{FENCE}\n├── scripts/none.sh\nERROR at src/none.ts\n{FENCE}",
        f"{FENCE}yaml\npath: scripts/none.sh\n{FENCE}",
        f"{FENCE}sh\ncurl -fsSL https://example.org/install.sh -o install.sh\nbash install.sh\n{FENCE}",
        f"{FENCE}sh\ngit clone https://example.org/tool.git\ncd tool\n./run.sh\n{FENCE}",
        f"{FENCE}sh\n# see scripts/none.sh\necho done\n{FENCE}",
        '<a href="OTHER.md">a</a> <img src="img/a%20b.png"> <a href="https://example.org/none.md">x</a>',
        "`pnpm tsc --noEmit` `yarn jest` `pnpm --filter worker dev` `yarn workspace worker dev` `make -C infra up`",
        "`make backup` `make clean all`",
        "[a](https://github.com/acme/papers/blob/main/docs/OTHER.md#twice) [b](https://github.com/acme/none/blob/main/x.md)",
        "A footnote[^1].\n\n[^1]: word\n",
        "<!-- [a](none.md) -->",
    ],
)
def test_what_exists_or_is_no_path_is_let_pass(tmp_path: Path, text: str) -> None:
    """Nothing that is there, made, ignored, elsewhere, an address or a placeholder is reported."""
    assert judge(tmp_path, text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x\n\n[a](NONE.md)", "NONE.md"),
        ("x\n\n[a][r]\n\n[r]: ./NONE.md", "NONE.md"),
        ("x\n\n![a](img/none.png)", "img/none.png"),
        ("x\n\n[a](#nowhere)", "#nowhere"),
        ("x\n\n[a](OTHER.md#нигде)", "OTHER.md#нигде"),
        ("x\n\n[a](OTHER.md#twice-2)", "#twice-2"),
        ("x\n\n[a](/docs/none.md)", "/docs/none.md"),
        ("x\n\n[a](other.md)", "other.md"),
        ("x\n\n`scripts/none.sh`", "scripts/none.sh"),
        ("x\n\n`none.sh`", "none.sh"),
        ("x\n\n`services/worker/src/none.ts`", "services/worker/src/none.ts"),
        ("x\n\n`services/none`", "services/none"),
        ("x\n\n`.github/workflows/none.yml`", ".github/workflows/none.yml"),
        ("x\n\n`bash scripts/none.sh --now`", "scripts/none.sh"),
        ("x\n\n`npm run none`", "npm script `none`"),
        ("x\n\n- run `npm run none:all`\n", "npm script `none:all`"),
        (f"{FENCE}sh\nls\nbash scripts/none.sh\n{FENCE}", "scripts/none.sh"),
        (f"{FENCE}sh\nls\n$ ./none.sh\n{FENCE}", "./none.sh"),
        (f"{FENCE}\n$ ls\n$ ./none.sh\n{FENCE}", "./none.sh"),
        (f"{FENCE}sh\nls\ncd services/wroker\n{FENCE}", "services/wroker"),
        (f"{FENCE}sh\ncd services/worker\nnode src/none.ts\n{FENCE}", "src/none.ts"),
        ("| a | b |\n|---|---|\n| `scripts/none.sh` | x |", "scripts/none.sh"),
        ('x\n\n<a href="NONE.md">a</a>', "NONE.md"),
        ("x\n\ny <img src='img/none.png'>", "img/none.png"),
        ("x\n\n`pnpm --filter worker run none`", "npm script `none`"),
        ("x\n\n`pnpm -F worker db:none`", "npm script `db:none`"),
        ("x\n\n`yarn workspace worker run none`", "npm script `none`"),
        ("x\n\n`make none`", "make target `none`"),
        ("x\n\n[a](https://github.com/Acme/papers/blob/main/docs/NONE.md)", "docs/NONE.md"),
    ],
)
def test_what_is_named_and_missing_is_found_with_its_line(tmp_path: Path, text: str, name: str) -> None:
    """Links, anchors, paths in code and npm scripts that do not exist are reported, on line 3."""
    for ending in ("\n", "\r\n"):
        found = judge(tmp_path, "\ufeff" * (ending == "\r\n") + text.replace("\n", ending))
        assert name in found
        assert found.startswith("docs/RUNBOOK.md:3: ")
        assert found.count("\n") == 0


@pytest.mark.parametrize("makefile", ["%:\n\techo $@\n", "include rules.mk\n"])
def test_a_makefile_that_makes_any_target_is_not_judged(tmp_path: Path, makefile: str) -> None:
    """Patterns and includes may give a target of any name."""
    tracked(tmp_path, {**FILES, "Makefile": makefile, "docs/RUNBOOK.md": "`make none`"})
    document = runbook()
    assert not names_what_exists(document, documents(tmp_path).references(document)).findings


def test_roots_are_tried_too(tmp_path: Path) -> None:
    """Paths may start from a folder that the manifest names."""
    text = "`src/index.ts`\n"
    assert "src/index.ts" in judge(tmp_path, text)
    assert judge(tmp_path, text, roots=(".", "services/worker")) == ""


def test_what_leads_out_is_counted(tmp_path: Path) -> None:
    """Web addresses and paths beyond the platform are not asked, and the sentence says how many."""
    tracked(tmp_path, {**FILES, "docs/RUNBOOK.md": "https://a.example [b](https://b.example) [c](../../issues)\n"})
    row = runbook()
    observed = names_what_exists(row, documents(tmp_path).references(row)).observed
    assert "2 web addresses were not asked" in observed
    assert "1 names lead out of the platform" in observed


def test_an_untracked_file_is_missing(tmp_path: Path) -> None:
    """A link to a file that only this machine has is broken for everybody else."""
    tracked(tmp_path, {**FILES, "docs/RUNBOOK.md": "[a](NEW.md)\n"})
    (tmp_path / "docs/NEW.md").write_text("# New\n")
    row = runbook()
    assert "NEW.md" in sentences(names_what_exists(row, documents(tmp_path).references(row)))


def test_odd_files_end_as_evidence(tmp_path: Path) -> None:
    """An absent page and one in another encoding are faults, a huge one and no git are unverified."""
    tracked(tmp_path, FILES)
    for name, body in {
        "cp1251.md": "Ошибка".encode("cp1251"),
        "huge.md": b"# x\n" * 100_000,
        "nul.md": b"# a\0b\n",
    }.items():
        (tmp_path / name).write_bytes(body)
    probe = documents(tmp_path)

    def ends(file: str) -> str:
        row = runbook(file=file)
        return outcome(lambda: names_what_exists(row, probe.references(row)))

    assert [ends(f) for f in ("none.md", "cp1251.md", "huge.md", "nul.md")] == ["fail", "fail", "unverified", "pass"]


def test_without_git_nothing_is_claimed(tmp_path: Path) -> None:
    """Outside a work tree the page cannot be held against what is tracked."""
    (tmp_path / "RUNBOOK.md").write_text("# Runbook\n")
    row = runbook(file="RUNBOOK.md")
    assert outcome(lambda: names_what_exists(row, documents(tmp_path).references(row))) == "unverified"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("abё./#`[]()<>!-:$&|;\"'\\ \n\t~*_cdnpmrun"), max_size=200))
def test_no_text_crashes_the_extraction(text: str) -> None:
    """Any text yields mentions with a line in it."""
    for wrapped in (text, f"{FENCE}sh\n{text}\n{FENCE}"):
        assert all(mention.line >= 1 for mention in mentions(page("x.md", wrapped)))
