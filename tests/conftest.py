"""Invented examples are the same in each run, and none has to be quick: tests share their machine."""

from __future__ import annotations

from hypothesis import settings

settings.load_profile("ci")  # hypothesis's own: no deadline, no complaint of slowness, nothing by chance
