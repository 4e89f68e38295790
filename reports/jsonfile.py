"""The ledger as JSON: the one source of the other reports, for machines and for the next run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fixtures.model.ledger import OUTCOMES, SEVERITIES, Ledger

if TYPE_CHECKING:
    from pathlib import Path

_SURROGATES = re.compile("[\ud800-\udfff]")


def render(ledger: Ledger) -> str:
    """The ledger, indented; text stays readable (no `\\u` for Cyrillic), an unpaired surrogate becomes U+FFFD."""
    return _SURROGATES.sub("\ufffd", json.dumps(ledger.to_json(), ensure_ascii=False, indent=1)) + "\n"


def read(path: Path) -> Ledger:
    """A ledger that `render` wrote; ValueError with one sentence for a person where the file holds none."""
    try:
        ledger = Ledger.from_json(json.loads(path.read_bytes()))
    except OSError as error:
        raise ValueError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no ledger: no JSON in line {error.lineno}") from None
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"{path} is no ledger of this suite; give the .json that a run left in reports/") from None
    except ValueError as error:
        raise ValueError(f"{path} cannot be read by this version of the suite: {error}") from None
    if not all(row.verdict in OUTCOMES and row.severity in SEVERITIES for row in ledger.rows):
        raise ValueError(f"{path} is no ledger of this suite: a row of it has a verdict or severity that none has")
    return ledger
