"""Names the wiring. No logic here, and nobody imports it."""

pytest_plugins = (
    "fixtures.wiring.garbage",
    "fixtures.wiring.late",
    "fixtures.wiring.stage",
    "fixtures.wiring.stdin",
    "fixtures.wiring.options",
    "fixtures.wiring.targets",
    "fixtures.wiring.provide",
    "fixtures.wiring.live",
    "fixtures.wiring.ledger",
    "fixtures.wiring.progress",
    "fixtures.wiring.page",
    "fixtures.wiring.spread",
)
