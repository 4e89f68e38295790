"""The history's secrets, in real git repositories: what was removed, renamed, merged, cut off or never there."""

from __future__ import annotations

import subprocess
import traceback
from pathlib import Path
from typing import Any

import pytest

from fixtures.model.platform import Manifest, Platform, Settings
from fixtures.model.secrets import Buried, History
from fixtures.probes.files import Files
from fixtures.probes.secrets import SecretScan, history, search
from fixtures.probes.secrets.__main__ import main as command
from fixtures.probes.secrets.cache import Cache
from fixtures.probes.secrets.sightings import ScanFailed, Sightings
from fixtures.probes.secrets.tree import Subject
from tests.credentials import Mint
from tests.platforms import GIT

PLATFORM = Platform(Path(), Manifest(platform=Settings(name="acme")))


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, with an author."""
    done = subprocess.run(["git", *GIT, "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def committed(root: Path, **files: str | None) -> str:
    """Write or remove files, named by their stem, and commit them; the commit."""
    root.mkdir(parents=True, exist_ok=True)
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    for stem, text in files.items():
        file = root / f"{stem}.ts"
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    return git(root, "rev-parse", "HEAD")


def past(root: Path, baseline: str = "", cache: Path | None = None) -> History:
    """What the history of a folder holds."""
    subject = Subject(root.resolve(), "acme", baseline)
    kept = Cache(cache, subject.root, print) if cache else None
    return SecretScan(subject, Files(root), kept).history(PLATFORM).value


def places(told: History) -> list[tuple[str, str, int, bool]]:
    """Commit, path, line and whether HEAD holds it, of each finding."""
    return [(one.commit, one.path, one.line, one.in_head) for one in told.buried]


def test_removed_secret_is_found_at_the_commit_that_brought_it(tmp_path: Path) -> None:
    """The oldest commit that has it is named, with path and line, and that HEAD no longer has it."""
    key = Mint().shaped()["Groq key"]
    committed(tmp_path, a="export {};\n")
    brought = committed(tmp_path, a=f'\nconst key = "{key}";\n')
    committed(tmp_path, a=f'\n\n\nconst key = "{key}"; // moved\n')
    committed(tmp_path, a="export {};\n")
    told = past(tmp_path)
    assert places(told) == [(brought, "a.ts", 2, False)]
    assert (told.commits, told.contents) == (4, 3)


def test_secret_that_moved_is_still_in_head(tmp_path: Path) -> None:
    """Whether HEAD has it is a question about the value, not about its first file."""
    key = Mint().shaped()["Groq key"]
    first = committed(tmp_path, a=f'connect("{key}");\n')
    second = committed(tmp_path, a=None, b=f'import x;\nconnect("{key}");\n')
    assert places(past(tmp_path)) == [(first, "a.ts", 1, True), (second, "b.ts", 2, True)]


def test_secret_of_another_branch_or_tag_is_found(tmp_path: Path) -> None:
    """Every ref is read, and a branch that was merged after its secret was removed, below a subfolder too."""
    mint = Mint()
    committed(tmp_path / "app", a="1\n")
    for name in ("branch", "merged"):
        git(tmp_path / "app", "switch", "-q", "-c", name)
        committed(tmp_path / "app", **{name: mint.shaped()["Groq key"]})
        committed(tmp_path / "app", **{name: None if name == "merged" else "2\n"})
        git(tmp_path / "app", "switch", "-q", "main")
    git(tmp_path / "app", "merge", "-q", "--no-ff", "-m", "x", "merged")
    assert {one.path for one in past(tmp_path / "app").buried} == {"branch.ts", "merged.ts"}


def test_platform_in_a_subfolder_has_its_folder_s_history_alone(tmp_path: Path) -> None:
    """Paths are those below the platform's folder; a side branch there is read though git would simplify it away."""
    mint = Mint()
    committed(tmp_path, outside=mint.shaped()["Groq key"])
    app = tmp_path / "app"
    app.mkdir()
    (app / "x.ts").write_text("1\n")
    committed(tmp_path)
    git(tmp_path, "switch", "-q", "-c", "side")
    (app / "y.ts").write_text(mint.shaped()["Stripe secret key"])
    committed(tmp_path)
    (app / "y.ts").unlink()
    committed(tmp_path)
    git(tmp_path, "switch", "-q", "main")
    committed(tmp_path, other="1\n")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "x", "side")
    git(tmp_path, "branch", "-q", "-D", "side")
    assert [(one.kind, one.path) for one in past(app).buried] == [("Stripe secret key", "y.ts")]


def test_what_is_accepted_in_head_is_accepted_in_its_history(tmp_path: Path) -> None:
    """A pragma that came later, and a baseline's verdict, hold for the older versions of the value too."""
    mint = Mint()
    one, two, three = (mint.shaped()["Groq key"] for _ in range(3))
    committed(tmp_path, a=f"{one}\n", b=f"{two}\n", c=f"{three}\n")
    committed(tmp_path, a=f"{one} // pragma: allowlist secret\n", d=f"{two}\n", b=None)
    assert command([str(tmp_path)]) == 0
    file = tmp_path / ".secrets.baseline"
    file.write_text(file.read_text().replace('"filename": "d.ts",', '"filename": "d.ts", "is_secret": false,'))
    told = past(tmp_path, ".secrets.baseline")
    assert [found.path for found in told.buried] == ["c.ts"]
    assert ("values allowed by a pragma", 1) in [(passed.rule, passed.count) for passed in told.passed]


def test_history_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second scan reads what is new alone, and finds the same."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    committed(root, a=Mint().shaped()["Groq key"], b="1\n", c="2\n")
    committed(root, a="3\n")
    first = past(root, cache=cache)
    committed(root, b="4\n")
    requests: list[list[history.Content]] = []
    results = history.Past._results

    def noted(self: history.Past, contents: list[history.Content]) -> list[history.Read]:
        requests.append(contents)
        return results(self, contents)

    monkeypatch.setattr(history.Past, "_results", noted)
    second = past(root, cache=cache)
    assert [content.path for (content,) in requests] == ["b.ts"]
    assert (first.known, first.contents) == (0, 4)
    assert (second.known, second.contents) == (3, 5)
    assert places(second) == places(first)


def test_what_a_tree_scan_found_clean_says_nothing_of_the_history(tmp_path: Path) -> None:
    """A filter may give the working tree another content than git has: each is read for itself."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    committed(root, a="clean\n")
    subject = Subject(root.resolve(), "acme")
    assert SecretScan(subject, Files(root), Cache(cache, subject.root, print)).tracked_files().known == 0
    assert past(root, cache=cache).known == 0


def test_binaries_large_texts_and_names_are_passed_over_as_in_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A binary, a lock file and a source map are counted or left out; a text that is too large is unread."""
    key = Mint().shaped()["Groq key"]
    committed(tmp_path, binary="\0" + key, lock="1\n")
    for name in ("package-lock.json", "app.js.map"):
        (tmp_path / name).write_text(key)
    committed(tmp_path, large="x" * 9_000)
    monkeypatch.setattr(history, "LARGEST", 8_999)
    told = past(tmp_path)
    assert told.buried == ()
    assert [(passed.rule, passed.count) for passed in told.passed] == [("binary files", 1)]
    assert [one.path for one in told.unread] == ["large.ts"]


@pytest.mark.parametrize("name", ["new\nline.ts", "tab\t.ts", 'quote".ts', "\x01one.ts", ":colon.ts"])
def test_strange_names_in_the_history_are_shown_on_one_line(name: str, tmp_path: Path) -> None:
    """Line breaks, quotes and what git's own output uses as marks do not lose a finding."""
    committed(tmp_path)
    (tmp_path / name).write_text(Mint().shaped()["Groq key"])
    brought = committed(tmp_path)
    (tmp_path / name).unlink()
    committed(tmp_path)
    (one,) = past(tmp_path).buried
    assert (one.commit, one.path) == (brought, name.encode("unicode_escape").decode())


def test_shallow_clone_is_told(tmp_path: Path) -> None:
    """A clone without older commits says so; what it has is read."""
    key = Mint().shaped()["Groq key"]
    committed(tmp_path / "whole", a=key)
    committed(tmp_path / "whole", a="1\n")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/whole", "shallow")
    whole, shallow = past(tmp_path / "whole"), past(tmp_path / "shallow")
    assert (len(whole.buried), whole.shallow) == (1, False)
    assert (len(shallow.buried), shallow.shallow) == (0, True)


def test_partial_clone_is_told_and_nothing_is_fetched(tmp_path: Path) -> None:
    """Contents that a clone left out are unread; the remote, which is gone, is not asked for them."""
    committed(tmp_path / "whole", a=Mint().shaped()["Groq key"])
    committed(tmp_path / "whole", a="1\n")
    git(tmp_path / "whole", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{tmp_path}/whole", "partial")
    (tmp_path / "whole").rename(tmp_path / "gone")
    told = past(tmp_path / "partial")
    assert told.buried == ()
    assert [(one.path, one.reason) for one in told.unread] == [
        ("1 contents", "missing in this clone, which is partial or damaged")
    ]


def error_of(root: Path) -> str:
    """Why the history of a folder could not be read."""
    evidence = SecretScan(Subject(root.resolve(), "acme"), Files(root)).history(PLATFORM)
    assert evidence.hint
    return evidence.error


def test_no_commit_and_no_git_are_unverified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was committed there is nothing to be green about."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    assert "no git work tree" in error_of(tmp_path / "plain")
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    assert "nothing has been committed" in error_of(tmp_path / "empty")


def test_damaged_repository_is_unverified(tmp_path: Path) -> None:
    """An object that is gone is not skipped in silence."""
    committed(tmp_path, a="one\n")
    blob = git(tmp_path, "rev-parse", "HEAD:a.ts")
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    told = past(tmp_path)
    assert [one.path for one in told.unread] == ["1 contents"]


def test_budget_that_is_used_up_is_unverified_and_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that runs out is said, and the next run goes on from there."""
    monkeypatch.setattr(history, "BUDGET", -1)
    committed(tmp_path, a="one\n")
    assert "was not read within" in error_of(tmp_path)


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long history is read by two processes, announced, and with the same result."""
    mint = Mint()
    committed(tmp_path, **{f"f{n}": f"{n}\n" + (mint.shaped()["Groq key"] if n % 40 == 0 else "") for n in range(200)})
    one = past(tmp_path)
    monkeypatch.setattr(history, "AVERAGE", 2**20)
    monkeypatch.setattr(history, "AT_ONCE", 8)
    monkeypatch.setattr(history, "LONG", 200)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    said: list[str] = []
    scan = SecretScan(Subject(tmp_path.resolve(), "acme"), Files(tmp_path), None, said.append)
    assert scan.past() == one
    assert len(one.buried) == 5
    assert said == ["Secrets in the git history: reading 200 contents."]


def test_command_prints_the_history_without_a_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--history` names commit, place, kind, fingerprint and the vendor's page, and exits with 1."""
    key = Mint().shaped()["Groq key"]
    brought = committed(tmp_path, a=f'"{key}"')
    committed(tmp_path, a="1\n")
    assert command([str(tmp_path), "--history", "--no-cache"]) == 1
    said = capsys.readouterr().out
    assert f"{brought[:12]}:a.ts:1:2-57: Groq key, fingerprint" in said
    assert "not in HEAD" in said
    assert "https://console.groq.com/keys" in said
    assert not [key[n : n + 8] for n in range(4, len(key) - 7) if key[n : n + 8] in said]


def test_record_holds_no_part_of_a_value(tmp_path: Path) -> None:
    """What is handed on has neither the value nor its plain hash."""
    key = Mint().shaped()["Groq key"]
    committed(tmp_path, a=key)
    (one,) = past(tmp_path).buried
    assert isinstance(one, Buried)
    assert key[4:12] not in repr(one)


def test_failure_while_reading_leaves_no_value_in_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception from the frames that hold a content is replaced by one that does not know them."""
    committed(tmp_path, a=Mint().shaped()["Groq key"])

    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(search, "search_bytes", broken)
    with pytest.raises(ScanFailed, match=r"the git history: the secret scan failed \(ValueError\)") as caught:
        past(tmp_path)
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert Mint().shaped()["Groq key"][:12] not in told


def test_secret_in_a_commit_s_message_is_found(tmp_path: Path) -> None:
    """Messages go with every clone: the oldest that holds it is named, and one of another folder's commits is not."""
    mint = Mint()
    key, other = (mint.shaped()["Groq key"] for _ in range(2))
    app = tmp_path / "app"
    app.mkdir()
    committed(tmp_path, outside="1\n")
    git(tmp_path, "commit", "-q", "--amend", "-m", f"Use {other}")
    (app / "a.ts").write_text("1\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", f"Add a\n\nIt answers to {key} now.")
    brought = git(tmp_path, "rev-parse", "HEAD")
    (app / "a.ts").write_text(f'connect("{key}");\n')
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", f"Again {key}")
    second = git(tmp_path, "rev-parse", "HEAD")
    assert places(past(app)) == [(second, "a.ts", 1, True), (brought, "commit message", 3, True)]
    assert {(one.path, one.in_head) for one in past(tmp_path).buried if one.path == "commit message"} == {
        ("commit message", True),
        ("commit message", False),
    }


def test_messages_are_searched_again_only_where_one_is_new_or_holds_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found clean is known by its hash; what holds a credential is read and told each time."""
    root, cache, read = tmp_path / "root", tmp_path / "cache", list[str]()
    committed(root, a="export {};\n")
    search_bytes = search.search_bytes

    def counted(path: str, *rest: Any) -> Sightings:
        read.append(path)
        return search_bytes(path, *rest)

    monkeypatch.setattr(search, "search_bytes", counted)
    for expected in (["a.ts", "commit message"], []):
        assert not places(past(root, cache=cache))
        assert read == expected
        read.clear()
    key = Mint().shaped()["Groq key"]
    git(root, "commit", "-q", "--allow-empty", "-m", f"Use {key}")
    brought = git(root, "rev-parse", "HEAD")
    for _ in range(2):
        assert places(past(root, cache=cache)) == [(brought, "commit message", 1, False)]
    assert read == ["commit message"] * 2
    assert key.encode() not in b"".join(path.read_bytes() for path in cache.iterdir())


def test_a_message_s_secret_that_was_audited_or_replaced_is_let_pass(tmp_path: Path) -> None:
    """A pragma in HEAD clears the value wherever it stands."""
    key = Mint().shaped()["Groq key"]
    committed(tmp_path, a=f'connect("{key}"); // pragma: allowlist secret\n')
    git(tmp_path, "commit", "-q", "--amend", "-m", f"Use {key}")
    assert places(past(tmp_path)) == []
