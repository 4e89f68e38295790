"""The gate as a badge: a static SVG for a README or a dashboard, that screen readers read and no script needs."""

from __future__ import annotations

from html import escape

from fixtures.model.ledger import OUTCOMES, Ledger, Outcome
from reports import text, words

LONGEST = 60  # characters of each half
HEIGHT, PAD, BASELINE = 20, 6, 14  # px
NARROW, WIDE = frozenset("iljtf.,:;'|! ()[]"), frozenset("mwMWGOQ%")
LABEL, GO, NO_GO = "#555555", "#2e7d32", "#c62828"  # white on them has a contrast of 4.5 at least
SAID: tuple[Outcome, ...] = ("fail", "error", "unverified", "waived", "warn")


def render(ledger: Ledger) -> str:
    """The SVG: left the phase, right the answer with what does not pass; its title has all counts."""
    label = text.line(f"preflight {ledger.phase}", LONGEST)
    counts = ledger.counts
    figures = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in SAID if counts[verdict])
    value = text.line(f"{words.go(ledger)}{figures and ': '}{figures}", LONGEST)
    every = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in reversed(OUTCOMES))
    told = escape(text.line(f"{ledger.platform}, {ledger.phase}: {words.headline(ledger)} ({every})", LONGEST * 10))
    left, right = _width(label) + 2 * PAD, _width(value) + 2 * PAD
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img"'
        f' aria-label="{told}"><title>{told}</title>'
        f'<rect width="{left + right}" height="{HEIGHT}" rx="3" fill="{GO if ledger.go else NO_GO}"/>'
        f'<rect width="{left}" height="{HEIGHT}" rx="3" fill="{LABEL}"/>'
        f'<rect x="{left - 3}" width="3" height="{HEIGHT}" fill="{LABEL}"/>'
        f'<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
        f"{_text(label, PAD)}{_text(value, left + PAD)}</g></svg>\n"
    )


def _text(said: str, x: int) -> str:
    # textLength: whatever font the reader has, the text fills the room that was made for it.
    return f'<text x="{x}" y="{BASELINE}" textLength="{_width(said)}">{escape(said)}</text>'


def _width(said: str) -> int:
    """About how wide Verdana at 11 px sets a text, in px."""
    return round(sum(4.2 if letter in NARROW else 9.2 if letter in WIDE else 7 for letter in said))
