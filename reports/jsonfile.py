"""The ledger as JSON: the one source of the other reports, for machines and for the next run."""

from __future__ import annotations

import json
import re

from fixtures.model.ledger import Ledger

_SURROGATES = re.compile("[\ud800-\udfff]")


def render(ledger: Ledger) -> str:
    """The ledger, indented; text stays readable (no `\\u` for Cyrillic), an unpaired surrogate becomes U+FFFD."""
    return _SURROGATES.sub("\ufffd", json.dumps(ledger.to_json(), ensure_ascii=False, indent=1)) + "\n"
