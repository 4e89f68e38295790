"""HLT-002: what a health body must say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.health import Dependency, HealthBody, Said, State, state_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.platform import Endpoint

ALIASES = (
    frozenset({"database", "db", "postgres", "postgresql", "pg", "sql", "prisma", "drizzle", "mysql"}),
    frozenset({"redis", "cache", "upstash", "kv", "valkey", "ioredis"}),
    frozenset({"queue", "queues", "bullmq", "bull", "jobs"}),
)


def problems(endpoint: Endpoint, body: HealthBody) -> Iterator[str]:
    """What a body says that it should not, and what it should say and does not."""
    if body.problem:
        yield f"the body {body.problem}; expected one that says how the service is"
        return
    for said in body.said:
        if _state(endpoint, said) == "ill":
            yield f"the body says {said.word!r} ({said.key})"
    for dependency in body.dependencies:
        yield from _ill(endpoint, dependency)
    inside = tuple(dependency.key for dependency in body.dependencies)
    yield from (f"the body tells an error ({key})" for key in body.errors if not key.startswith(inside))
    for name in endpoint.depends_on:
        yield from _missing(name, body)


def advice(endpoint: Endpoint, body: HealthBody) -> Iterator[str]:
    """What deserves a look: `warn`, a dependency that is not in use, a body that says nothing."""
    if body.form == "empty" and not endpoint.depends_on:
        yield "the body is empty: the status alone says that it is well"
    for said in (*body.said, *(said for dependency in body.dependencies for said in dependency.said)):
        if _state(endpoint, said) == "warned":
            yield f"the body says {said.word!r} ({said.key})"


def unclear(endpoint: Endpoint, body: HealthBody) -> str:
    """Why it cannot be told whether the body says that all is well; "" where it can."""
    statements = [*body.said, *(said for dependency in body.dependencies for said in dependency.said)]
    strange = [said for said in statements if _state(endpoint, said) is None]
    if strange:
        said = strange[0]
        return f"{said.key} says {said.word!r}, which is not a word that is known to mean well or ill"
    if body.form in ("json", "text") and not statements:
        return "the body has no status that is understood"
    return ""


def summary(body: HealthBody) -> str:
    """What it says, in figures and names."""
    own = ", ".join(dict.fromkeys(said.word for said in body.said)) or "nothing about itself"
    names = dict.fromkeys(_label(dependency) for dependency in body.dependencies)
    return f"says {own}" + (f"; {', '.join(names)}" if names else "; names no dependency")


def _label(dependency: Dependency) -> str:
    words = dict.fromkeys(said.word for said in dependency.said)
    return f"{dependency.name} {'/'.join(words) or 'without a status'}"


def _state(endpoint: Endpoint, said: Said) -> State | None:
    if said.word in {word.lower() for word in endpoint.body.healthy}:
        return "well"
    return state_of(said.word)


def _ill(endpoint: Endpoint, dependency: Dependency) -> Iterator[str]:
    words = dict.fromkeys(said.word for said in dependency.said if _state(endpoint, said) == "ill")
    if words:
        shown = " and ".join("is not well" if word == "false" else f"is {word!r}" for word in words)
        yield f"{dependency.name} {shown} ({dependency.key})"


def _missing(name: str, body: HealthBody) -> Iterator[str]:
    found = [dependency for dependency in body.dependencies if _same(name, dependency.name)]
    if not found:
        told = ", ".join(dict.fromkeys(dependency.name for dependency in body.dependencies)) or "none"
        yield f"the body does not tell of {name}, on which it depends; it names {told}"
    elif not any(dependency.said for dependency in found):
        yield f"the body names {name} ({found[0].key}) without saying whether it is well"
    elif all(state_of(said.word) == "unused" for dependency in found for said in dependency.said):
        yield f"the body says that {name}, on which it depends, is {found[0].said[0].word!r}"


def _same(name: str, told: str) -> bool:
    """Whether a dependency is told of under a name: the same word, a usual other one, or one of several words."""
    wanted, words = frozenset(words_of(name)), frozenset(words_of(told))
    return bool(wanted) and (wanted <= words or any(wanted & group and words & group for group in ALIASES))
