"""HLT-001 to HLT-004, HLT-006, HLT-008: what endpoints answer, how fast, how fresh."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from checks.rules import health_body
from checks.rules.login_walls import wall
from fixtures.model.http import ANSWER_FIRST, Answer, Exchange, Health, Samples
from fixtures.model.verdicts import Evidence, Finding, Verdict
from fixtures.model.versions import same_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixtures.model.health import HealthBody, Mark
    from fixtures.model.live import LiveSettings
    from fixtures.model.platform import Endpoint

TOO_MANY = 429
REFUSALS = frozenset({401, 403})  # RFC 9110, 15.5.2 and 15.5.4
NETWORK = {  # troubles on this side, and what to do: nothing was learned about the other
    "network": "Look at the network of the machine that runs this.",
    "ask": "Look for a line end or a space in the value of its address or token.",
}
# What a header says of an answer that a cache gave; of a chain of caches each tells its own.
CACHE_STATES = {
    name: re.compile(rf"(?<![\w.-])(?:{states})(?![\w.-])", re.IGNORECASE)
    for name, states in {
        "x-vercel-cache": "HIT|STALE|PRERENDER|REVALIDATED",
        "x-nextjs-cache": "HIT|STALE",
        "x-nextjs-prerender": "1",
        "cf-cache-status": "HIT|STALE|UPDATING|REVALIDATED",
        "x-cache": "HIT|TCP_(?:MEM_|REFRESH_|IMS_)?HIT|RefreshHit|STALE",
        "x-cache-status": "HIT|STALE|UPDATING|REVALIDATED",
        "x-proxy-cache": "HIT|STALE|UPDATING|REVALIDATED",
        "cache-status": r"hit(?!=\?0)",  # RFC 9211
    }.items()
}
# Headers that are for caches in between alone, and go before Cache-Control there: RFC 9213, and what came before it.
CDN_CONTROLS = ("cdn-cache-control", "vercel-cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control")
KEEPS = re.compile(r"(?:s-maxage|stale-while-revalidate)=[1-9]")  # whatever max-age says
REPLICA = "another replica, or it changed meanwhile"
OLD = timedelta(minutes=5)  # beyond what clocks differ by
COARSE = timedelta(seconds=1.5)  # from an answer to the next ask, before a clock that tells seconds must have moved
FINE = timedelta(milliseconds=20)  # between two asks


def came(evidence: Evidence[object], answer: Answer) -> Answer:
    """An answer that came whole and from the service itself; ends as unverified otherwise: HLT-001 says more."""
    if answer.trouble is not None:
        evidence.cannot_tell(f"{answer.url} gave no whole answer: {answer.trouble}", ANSWER_FIRST)
    if (name := wall(answer)) != "":
        evidence.cannot_tell(f"{name} answered, not the service", ANSWER_FIRST)
    return answer


def answers_in_time(endpoint: Endpoint, exchange: Evidence[Exchange]) -> Verdict:
    """Hold status and time against the row; exactly at the budget is in time.

    A protected endpoint without a token may refuse instead: that shows it alive, and HLT-010 judges it.
    """
    answer = exchange.value.answer
    if answer.trouble is not None and answer.trouble.kind in NETWORK:
        exchange.cannot_tell(str(answer.trouble), NETWORK[answer.trouble.kind])
    if answer.trouble is not None:
        return Verdict(exchange, "no whole answer came", (Finding(str(answer.trouble), answer.url),))
    took = f"{answer.status} after {answer.total_ms:.0f} ms ({answer.version}, {answer.size} bytes)"
    findings = [*_wrong_status(endpoint, exchange.value), *_too_late(endpoint, answer)]
    if answer.truncated and endpoint.kind != "other":
        took += f"; its body was read up to {answer.size} bytes only"
    if not exchange.value.known:
        took += f"; its {endpoint.status} was not asked for: no bearer_env names a token"
    return Verdict(exchange, took, tuple(Finding(text, answer.url) for text in findings))


def _wrong_status(endpoint: Endpoint, exchange: Exchange) -> list[str]:
    answer = exchange.answer
    if (name := wall(answer)) != "":
        return [f"{name} answered {answer.status}, not the service; expected {endpoint.status}"]
    expected = {endpoint.status} if exchange.known else {endpoint.status, *REFUSALS}
    if answer.status in expected:
        return []
    to = f" to {answer.location}" if answer.location else ""
    return [f"answered {answer.status}{to}; expected {endpoint.status}"]


def _too_late(endpoint: Endpoint, answer: Answer) -> list[str]:
    if answer.total_ms <= endpoint.budget_ms:
        return []
    return [f"took {answer.total_ms:.0f} ms; its budget is {endpoint.budget_ms} ms"]


def says_healthy(health_endpoint: Endpoint, health: Evidence[Health]) -> Verdict:
    """Hold the body's words: its own, those about each dependency, and those that the row says must be there."""
    answer, body = health.value.answer, health.value.body
    if (name := wall(answer)) != "":
        text = f"{name} answered {answer.status}; nothing is known of the service"
        return Verdict(health, "somebody else answered", (Finding(text, answer.url),))
    came(health, answer)
    observed = f"{answer.status}; the body {body.problem or health_body.summary(body)}"
    texts = list(health_body.problems(health_endpoint, body))
    if answer.truncated:
        texts = [f"the body is larger than {answer.size} bytes; no health answer is"]
    if 300 <= answer.status < 400:
        texts = [f"it answers {answer.status} to {answer.location or 'nowhere'}: there is no body that says how it is"]
    if not texts and answer.status >= 400 and answer.status != health_endpoint.status:
        texts = [f"the status is {answer.status} while the body says that all is well"]
    texts += _of_replicas(health_endpoint, health.value, texts)
    findings = tuple(Finding(text, answer.url) for text in texts)
    bodies = (body, *(other for _, other in health.value.others))
    strange = next((text for one in bodies if (text := health_body.unclear(health_endpoint, one))), "")
    if not findings and strange:
        health.cannot_tell(strange, 'Map it in the manifest: [endpoint.body] status = "…", healthy = ["…"].')
    warnings = tuple(Finding(text, answer.url) for text in health_body.advice(health_endpoint, body))
    return Verdict(health, observed, findings, warnings)


def _of_replicas(endpoint: Endpoint, health: Health, known: list[str]) -> list[str]:
    """What later answers say that the first does not: another replica gave them."""
    told = Counter(text for _, body in health.others for text in dict.fromkeys(health_body.problems(endpoint, body)))
    meant = (endpoint.status, TOO_MANY)  # the second is what asking several times may bring about by itself
    told.update(f"answered {stray.status}" for stray in health.strays if stray.status not in meant)
    return [
        f"{count} of {len(health.others) + len(health.strays)} later answers: {text}; {REPLICA}"
        for text, count in told.items()
        if text not in known
    ]


def is_fast(sampled_endpoint: Endpoint, samples: Evidence[Samples]) -> Verdict:
    """Hold the 95th percentile (nearest rank) of the whole answers' times; exactly at the limit is in time.

    Samples that are refused for being many tell nothing of the service: they are left out, and that is advice.
    """
    asked, limits = samples.value.answers, samples.value.limits
    first = came(samples, asked[0])
    answers = [answer for answer in asked if answer is first or answer.status != TOO_MANY]
    times = sorted(answer.total_ms for answer in answers if answer.trouble is None)
    p95 = times[math.ceil(0.95 * len(times)) - 1]
    fails = sampled_endpoint.p95_ms or limits.p95_critical_ms
    warns = sampled_endpoint.p95_ms or limits.p95_warn_ms
    observed = (
        f"p95 of {len(times)} answers, at most 5 at a time: {p95:.0f} ms; median {times[len(times) // 2]:.0f} ms, "
        f"slowest {times[-1]:.0f} ms"
    )
    findings = _lost(sampled_endpoint, answers)
    if p95 > fails:
        findings.append(Finding(f"its p95 is {p95:.0f} ms; the limit is {fails} ms", answers[0].url))
    warnings = []
    if warns < p95 <= fails:
        warnings.append(f"its p95 is {p95:.0f} ms; above {warns} ms it is slow")
    if len(answers) < len(asked):
        refused = f"{len(asked) - len(answers)} of {len(asked)} samples were refused with {TOO_MANY}"
        warnings.append(f"{refused}: it limits how often it may be asked; give it fewer `samples`")
    return Verdict(samples, observed, tuple(findings), tuple(Finding(text, first.url) for text in warnings))


def _lost(endpoint: Endpoint, answers: Sequence[Answer]) -> list[Finding]:
    """Samples that failed or answered otherwise than the first: they have no time to be counted."""
    troubles = [answer.trouble.text for answer in answers if answer.trouble is not None]
    others = [str(a.status) for a in answers if a.trouble is None and a.status != answers[0].status]
    if not troubles and not others:
        return []
    causes = "; ".join(sorted({*troubles, *(f"answered {status}, the first {answers[0].status}" for status in others)}))
    text = f"{len(troubles) + len(others)} of {len(answers)} samples went wrong: {causes}"
    return [Finding(text, answers[0].url)]


def is_fresh(uncached_endpoint: Endpoint, health: Evidence[Health]) -> Verdict:
    """Hold the headers that caches leave, and the clocks in two bodies: they must have moved."""
    answer, later = came(health, health.value.answer), health.value.later
    answers = [answer] if later is None or later.trouble is not None else [answer, later]
    findings = dict.fromkeys(text for one in answers for text in _from_cache(one))
    findings |= dict.fromkeys(_stopped_clock(health.value))
    control = answer.header("cache-control").lower()
    warnings = []
    if not re.search(r"no-store|no-cache|max-age=0(?!\d)|private", control) or KEEPS.search(control):
        kept = f"Cache-Control is {control!r}" if control else "Cache-Control is missing"
        warnings.append(f"{kept}: a cache may keep the answer; expected no-store")
    warnings += [
        f"{name} is {told!r}: a cache in between may keep the answer; expected no-store"
        for name in CDN_CONTROLS
        if re.search(r"max-?age=[1-9]", told := answer.header(name).lower())
    ]
    clocks = ", ".join(mark.key for mark in health.value.body.marks) or "none"
    observed = (
        f"{len(answers)} answers; Age {answer.header('age') or 'none'}, Cache-Control {control or 'none'}, "
        f"cache state {_cache_state(answer) or 'none'}, clocks in the body: {clocks}"
    )
    return Verdict(
        health,
        observed,
        tuple(Finding(text, answer.url) for text in findings),
        tuple(Finding(text, answer.url) for text in warnings),
    )


def _cache_state(answer: Answer) -> str:
    told = ((name, answer.header(name).upper().split(" ")[0].strip(",")) for name in CACHE_STATES)
    return ", ".join(f"{name} {state}" for name, state in told if state)


def _from_cache(answer: Answer) -> list[str]:
    age = answer.header("age").split(",")[0].strip()  # the first counts: RFC 9111, 5.1
    found = [f"it came from a cache: Age is {age} s"] if age.isdigit() and int(age) > 0 else []
    for name, states in CACHE_STATES.items():
        if state := states.search(answer.header(name)):
            found.append(f"it came from a cache: {name} is {state[0].upper()}")
    return found


def _stopped_clock(health: Health) -> list[str]:
    early = [mark for mark in health.body.marks if mark.at is not None and health.answer.at - mark.at > OLD]
    found = [f"its body was made at {mark.value} ({mark.key}), before it was asked for" for mark in early]
    if health.later is None or health.later_body is None or health.later.trouble is not None:
        return found
    between = health.later.at - health.answer.at
    apart = between - timedelta(milliseconds=health.answer.total_ms)  # a slow body may be made at the very end
    same = {mark.key: mark for mark in health.later_body.marks}
    stopped = [
        mark.key
        for mark in health.body.marks
        if _same(mark, same.get(mark.key)) and (between >= FINE if mark.fine else apart >= COARSE)
    ]
    return found + [f"{key} is the same in two answers asked {between.total_seconds():.1f} s apart" for key in stopped]


def _same(mark: Mark, later: Mark | None) -> bool:
    return later is not None and later.value == mark.value


def runs_version(health_endpoint: Endpoint, health: Evidence[Health], live: LiveSettings) -> Verdict:
    """Hold the version that body or headers tell against the expected one; abbreviated commits from 7 characters."""
    answer = came(health, health.value.answer)
    told = _versions(answer, health.value.body)
    shown = ", ".join(f"{version} ({key})" for version, key in told.items()) or "no version"
    expected = live.expect_version
    if expected is None:
        text = f"no version was expected, so {shown} is not judged: give --expect-version"
        return Verdict(health, f"tells {shown}", warnings=(Finding(text, answer.url),))
    observed = f"tells {shown}; expected {expected}"
    if any(same_version(version, expected) for version in told):
        others = [_versions(*other) for other in health.value.others]
        strays = [other for other in others if not any(same_version(one, expected) for one in other)]
        versions = ", ".join(sorted({*chain(*strays)})) or "no version"
        text = f"{len(strays)} of {len(others)} later answers tell {versions}; {REPLICA}"
        return Verdict(health, observed, (Finding(text, answer.url),) if strays else ())
    return Verdict(health, observed, (Finding(f"tells {shown}; expected {expected}", answer.url),))


def _versions(answer: Answer, body: HealthBody) -> dict[str, str]:
    return {said.word: said.key for said in body.versions} | answer.versions


def answers_head(headed_endpoint: Endpoint, answers: Evidence[tuple[Answer, Answer]]) -> Verdict:
    """Hold the status of HEAD against that of GET (RFC 9110, 9.3.2: HEAD is GET without the content)."""
    get, head = answers.value
    came(answers, get)
    observed = f"GET {get.status}, HEAD {head.status or 'no answer'} after {head.total_ms:.0f} ms"
    if head.trouble is not None:
        return Verdict(answers, observed, (Finding(f"HEAD: {head.trouble}", head.url),))
    if head.status != get.status:
        text = f"HEAD answers {head.status}, GET {get.status}; a monitor that sends HEAD sees another service"
        return Verdict(answers, observed, (Finding(text, head.url),))
    return Verdict(answers, observed)
