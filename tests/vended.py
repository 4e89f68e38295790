"""A copy of the demo whose vendors are stood in for: one change of what they tell, or of the platform, from broken."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from fixtures.demo.vendors.world import TOKENS, serve, values
from fixtures.model.live import moment_of
from tests.dumps import dump
from tests.loopback import PATIENCE_MS, PATIENCE_S
from tests.platforms import DEMO_DAY, Copy, Finished

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.demo.vendors.standin import StandIn

DRILL = "drill.sql"

# More time for an outside API than production gives it: tests share their machine.
PATIENT = ("min_credit = 20 ", f"budget_ms = {PATIENCE_MS}\nmin_credit = 20 ")


class Vended(Copy):
    """The copy, and the stand-ins that its manifest leads to; and a dump of its database. `heal` makes all sound.

    In options `{copy}` stands for its folder.
    """

    def __init__(self, root: Path) -> None:
        """Copy the demo to `root`, and commit it."""
        super().__init__(root)
        self._git("commit", "-q", "-m", "sound")
        self._sound = self._git("rev-parse", "HEAD").strip()
        self._values = {path: path.read_text("utf-8") for path in root.glob("services/*/.env.production")}
        self.standin: StandIn | None = None
        self.tokens: dict[str, str] = {}
        self.heal()

    def vendor(self, name: str) -> Any:
        """The object behind a vendor's API: its data is there to be changed."""
        assert self.standin is not None
        return self.standin.vendors[name]

    def run(self, *arguments: str, environ: dict[str, str] | None = None, phase: str = "readiness") -> Finished:
        """Run a phase against the stand-ins, as of the demo's day."""
        given = (argument.format(copy=self.root) for argument in arguments)
        return super().run("-p", "tests.patience", *given, environ=self.tokens | (environ or {}), phase=phase)

    def heal(self) -> None:
        """Files, history, values and vendors as at the start."""
        self.close()
        self._git("reset", "-q", "--hard", self._sound)
        self._git("clean", "-fdq")
        for path, text in self._values.items():
            path.write_text(text, "utf-8")
        self.standin = serve(moment_of(date.fromisoformat(DEMO_DAY)))
        self.tokens = {variable: self.vendor(name).token for name, variable in TOKENS.items()}
        for service, own in values(self.standin).items():
            for name, value in own.items():
                self.env(service, name, value)
        text = self.read("preflight.toml")
        for name in self.standin.vendors:
            lines = f'[{name}]\nurl = "{self.standin.url(name)}"\nbudget_s = {PATIENCE_S:.0f}'
            text, found = re.subn(rf"(?m)^\[{name}\]$", lines, text)
            assert found == 1, f"the demo's manifest has {found} tables [{name}]"
        assert PATIENT[0] in text
        self.write("preflight.toml", text.replace(*PATIENT))
        self.write(DRILL, dump(moment_of(date.fromisoformat(DEMO_DAY))))
        self.git_was_called = False

    def close(self) -> None:
        """Serve no more."""
        if self.standin is not None:
            self.standin.close()
            self.standin = None
