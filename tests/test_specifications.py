"""An answer that departs from its vendor's specification is told, and so is a specification that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import specifications
from tests.specifications import Unpublished, misfits

if TYPE_CHECKING:
    from pathlib import Path

MONITORS = """{"openapi": "3.0.0", "paths": {
 "/monitors/{id}": {"get": {"responses": {"200": {"content": {"application/json": {
   "schema": {"$ref": "#/components/schemas/Monitor"}}}}}}},
 "/monitors/all": {"get": {"responses": {"200": {"content": {"application/json": {
   "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Monitor"}}}}}}}}},
 "components": {"schemas": {"Monitor": {"type": "object", "required": ["id"], "properties": {
   "id": {"type": "integer"}, "name": {"type": "string", "nullable": true}}}}}}"""


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the specification of one vendor."""
    (tmp_path / "robot.openapi.json").write_text(MONITORS, "utf-8")
    monkeypatch.setattr(specifications, "SPECIFICATIONS", tmp_path)


def test_fitting_answer_has_no_misfits() -> None:
    """References are followed, and null is a value where the document says so."""
    assert misfits("robot", "/monitors/7", {"id": 7, "name": None}) == ()


def test_departure_is_told_with_its_place() -> None:
    """Each departure has its path; the most literal path of the document is the one that counts."""
    assert misfits("robot", "/monitors/all", [{"id": 7}, {"id": "8"}]) == ("1.id: '8' is not of type 'integer'",)


def test_known_departure_is_let_through() -> None:
    """A place where the document is wrong is named by a pattern."""
    assert misfits("robot", "/monitors/7", {"id": "7"}, besides=(r"id",)) == ()


@pytest.mark.parametrize(("path", "status"), [("/monitor/7", 200), ("/monitors/7", 201), ("/monitors/7/x", 200)])
def test_unpublished_answer_is_an_error(path: str, status: int) -> None:
    """A path or status that the document lacks is never taken for one that fits."""
    with pytest.raises(Unpublished):
        misfits("robot", path, {"id": 7}, status=status)


def test_missing_document_is_said() -> None:
    """Where nothing is published, a warning says that nothing was compared."""
    with pytest.warns(UserWarning, match=r"other\.openapi\.json is not there"):
        assert misfits("other", "/monitors/7", {}) == ()
