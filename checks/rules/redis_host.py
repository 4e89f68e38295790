"""QUE: the Redis that queues live on: what it does when it is full, how full it is, how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import QueueRedis
    from fixtures.model.queues import Link, Memory

FULL, NEARLY = 0.9, 0.8  # shares of the memory: the first fails, the second warns
SLOW_MS = 250
MEBIBYTE = 1024 * 1024
UPSTASH = "On Upstash declare [upstash]: its Developer API tells whether eviction is on."


def never_evicts(redis: QueueRedis, told: Evidence[Memory]) -> Verdict:
    """Hold the policy: noeviction, under which a full Redis refuses writes and drops nothing."""
    memory = told.value
    if memory.policy is None and memory.hosted is not None:
        hosted = memory.hosted.value
        observed = f"eviction is {'on' if hosted.evicts else 'off'} (told by {hosted.vendor})"
        text = "eviction is on; expected off: a full Redis drops jobs and locks"
        return Verdict(told, observed, (Finding(text),) if hosted.evicts else ())
    if memory.policy is None:
        told.cannot_tell("this Redis does not tell its maxmemory-policy", UPSTASH)
    observed = f"maxmemory-policy is {memory.policy} ({memory.policy_source})"
    if memory.policy == "noeviction":
        return Verdict(told, observed)
    text = f"maxmemory-policy is {memory.policy}; expected noeviction: any other may drop jobs and locks"
    return Verdict(told, observed, (Finding(text),))


def has_memory_left(redis: QueueRedis, told: Evidence[Memory]) -> Verdict:
    """Hold used memory against maxmemory, or where that is not set against the machine's; a limit is still allowed.

    Without maxmemory it is not known when memory ends: a container may have much less than its machine. A Redis that
    cannot write its log refuses writes, and so does one that cannot save a snapshot, unless it is told otherwise.
    """
    memory = told.value
    limit, name = memory.limit, "maxmemory"
    if limit is None and memory.hosted is not None:
        limit, name = memory.hosted.value.limit, f"the limit that {memory.hosted.value.vendor} tells"
    whole, name = (limit, name) if limit else (memory.system, "the machine's memory, no maxmemory set")
    if memory.used is None or limit is None or not whole:
        told.cannot_tell("this Redis does not tell how much memory it has", "See the size limit of its plan.")
    share = memory.used / whole
    observed = (
        f"{_size(memory.used)} of {_size(whole)} used, {share:.0%} ({name}); {NEARLY:.0%} warns, {FULL:.0%} fails"
    )
    text = f"{share:.0%} of {_size(whole)} is used"
    findings = [f"{text}; expected at most {FULL:.0%}"] if share > FULL else []
    warnings = [f"{text}; expected at most {NEARLY:.0%}"] if NEARLY < share <= FULL else []
    if not limit:
        warnings.append("maxmemory is not set: when memory ends, this Redis is ended rather than writes refused")
    unsaved = {what: f"it could not write its {what} to disk: is the disk full?" for what in memory.unsaved}
    findings += [text for what, text in unsaved.items() if what == "log"]
    warnings += [text for what, text in unsaved.items() if what != "log"]
    return Verdict(told, observed, tuple(map(Finding, findings)), tuple(map(Finding, warnings)))


def is_reached_safely(redis: QueueRedis, connection: Evidence[Link]) -> Verdict:
    """Hold the connection: encrypted unless it stays on this machine or in a private network, and quick."""
    link = connection.value
    said = f"{link.tls or 'TLS'}" if link.secure else "in clear"
    observed = (
        f"{link.carrier}, {said}, {_network(link)}; round trip {link.round_trip_ms:.1f} ms "
        f"(median of {link.samples}); more than {SLOW_MS} ms warns"
    )
    findings: list[Finding] = []
    warnings: list[Finding] = []
    if not link.secure and link.reach not in ("loopback", "railway"):
        scheme = "https://" if link.carrier == "REST" else "rediss://"
        text = f"passwords and jobs go in clear to {_network(link)}; expected {scheme}"
        (warnings if link.reach == "private" else findings).append(Finding(text))
    if link.replica:
        findings.append(Finding("it is a replica, which takes no writes: no job can be added or taken here"))
    if link.round_trip_ms > SLOW_MS:
        warnings.append(
            Finding(f"a round trip takes {link.round_trip_ms:.0f} ms from here; expected {SLOW_MS} ms at most")
        )
    return Verdict(connection, observed, tuple(findings), tuple(warnings))


def _network(link: Link) -> str:
    named = {"loopback": "this machine", "railway": "Railway's private network", "private": "a private network"}
    return named.get(link.reach, "a public host")


def _size(count: int) -> str:
    return f"{count / MEBIBYTE:.0f} MiB" if count < 1024 * MEBIBYTE else f"{count / MEBIBYTE / 1024:.1f} GiB"
