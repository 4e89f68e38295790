"""Holds answers against what vendors publish of their APIs, where those documents lie beside the repository."""

from __future__ import annotations

import json
import re
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

if TYPE_CHECKING:
    from collections.abc import Sequence

SPECIFICATIONS = Path(__file__).parents[2] / "shared" / "specs"
DOCUMENT = "urn:specification"


class Unpublished(Exception):
    """The specification has no such answer: the path or the status is wrong, or was never published."""


def misfits(
    vendor: str, path: str, body: object, *, status: int = 200, method: str = "get", besides: Sequence[str] = ()
) -> tuple[str, ...]:
    """How a JSON answer departs from `<vendor>.openapi.json`; nothing where it fits.

    `path` is as asked, without query, below the document's server. `besides` are regular expressions of places
    (`0.triggers.conditions`) where the document itself is known to be wrong. Where the document is not there, a
    warning says that nothing was held against it. Raises Unpublished.
    """
    file = SPECIFICATIONS / f"{vendor}.openapi.json"
    if not file.is_file():
        warnings.warn(f"{file.name} is not there: {path} was held against no specification", stacklevel=2)
        return ()
    found = _validator(file, path, status, method).iter_errors(body)
    told = {".".join(map(str, error.absolute_path)): error.message[:200] for error in found}
    return tuple(
        f"{place or 'the whole'}: {text}"
        for place, text in told.items()
        if not any(re.fullmatch(allowed, place) for allowed in besides)
    )


@cache
def _validator(file: Path, path: str, status: int, method: str) -> Any:
    document, registry = _document(file)
    places = [template for template in document["paths"] if re.fullmatch(_pattern(template), path)]
    place = max(places, key=_literal, default="")
    answers = document["paths"].get(place, {}).get(method, {}).get("responses", {})
    if "schema" not in answers.get(str(status), {}).get("content", {}).get("application/json", {}):
        raise Unpublished(f"{method.upper()} {path}: {status}")
    steps = ("paths", place, method, "responses", str(status), "content", "application/json", "schema")
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
    return OAS30Validator({"$ref": f"{DOCUMENT}#/{pointer}"}, registry=registry)


@cache
def _document(file: Path) -> tuple[dict[str, Any], Registry[Any]]:
    document = json.loads(file.read_text("utf-8"))
    return document, Registry().with_resource(DOCUMENT, DRAFT4.create_resource(document))


def _pattern(template: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", template))


def _literal(template: str) -> int:
    """How much of a path is no parameter: the more, the better it fits."""
    return len(re.sub(r"\{[^}]*\}", "", template))
