"""HLT-005, HLT-007, HLT-009 to HLT-011: certificates, leaks, headers, refusals, unknown paths."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from checks.rules.endpoints import REFUSALS, came
from checks.rules.login_walls import wall
from fixtures.model.http import ANSWER_FIRST, Access, Answer, Site, Tls, Told, Unknown
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Endpoint, Service

FEW_DAYS, SOME_DAYS = 14, 30  # left; less for certificates that live shorter than 90 days
GONE = frozenset({404, 410})
PERMANENT = frozenset({301, 308})
HSTS = "strict-transport-security"
NOSNIFF = "x-content-type-options"
ON_PAGES = (HSTS, NOSNIFF, "content-security-policy", "x-frame-options", "referrer-policy")


def is_encrypted(sited_service: Service, site: Evidence[Site], today: date) -> Verdict:
    """Hold the certificate's last day and the protocol, and what plain HTTP does; loopback needs no TLS."""
    seen = site.value
    if urlsplit(seen.url).scheme == "http":
        if seen.loopback:
            return Verdict(site, "plain HTTP on loopback: no TLS to judge")
        return Verdict(site, "its address is plain HTTP", (Finding("its address is http:; expected https:", seen.url),))
    trouble = seen.answer.trouble
    if trouble is not None and trouble.kind.startswith("tls"):
        return Verdict(site, str(trouble), (Finding(str(trouble), seen.url),))
    if seen.answer.tls is None:
        site.cannot_tell(f"no certificate was seen: {trouble or 'the connection does not tell it'}", ANSWER_FIRST)
    tls = seen.answer.tls
    findings, warnings = _lifetime(tls, today)
    texts, advice, plain = _plain(seen.plain)
    left = (tls.not_after.date() - today).days
    observed = (
        f"{tls.version}; certificate for {tls.subject or 'its host'} by {tls.issuer or 'an unnamed issuer'}, "
        f"{left} days left (until {tls.not_after:%Y-%m-%d}); {plain}"
    )
    return Verdict(
        site,
        observed,
        tuple(Finding(text, seen.url) for text in (*findings, *texts)),
        tuple(Finding(text, seen.url) for text in (*warnings, *advice)),
    )


def _lifetime(tls: Tls, today: date) -> tuple[list[str], list[str]]:
    """Certificates that live six days or six weeks are renewed late by design: a sixth and a third of their life."""
    life = tls.not_after - tls.not_before
    left = timedelta(days=(tls.not_after.date() - today).days)
    text = f"the certificate ends on {tls.not_after:%Y-%m-%d}, in {left.days} days, and was not renewed"
    if left < min(timedelta(days=FEW_DAYS), life / 6):
        return [text], []
    return ([], [text]) if left < min(timedelta(days=SOME_DAYS), life / 3) else ([], [])


def _plain(answer: Answer | None) -> tuple[list[str], list[str], str]:
    """Findings, warnings and an observation about plain HTTP."""
    if answer is None:
        return [], [], "plain HTTP was not asked for"
    if answer.trouble is not None and not answer.status:
        return [], [], f"plain HTTP: {answer.trouble}"
    to = urlsplit(answer.location).scheme
    seen = f"plain HTTP answers {answer.status}" + (f" to {answer.location}" if answer.location else "")
    if to == "https":
        text = f"{answer.url} leads to https with {answer.status}; 308 or 301 is remembered by clients"
        return [], [] if answer.status in PERMANENT else [text], seen
    if answer.status == 400:  # what a TLS port answers to a caller without TLS
        return [], [], seen
    if to == "http" or answer.status < 400:
        return [f"{answer.url} answers {answer.status} in plain HTTP; expected a redirect to https"], [], seen
    return [], [f"{answer.url} answers {answer.status} in plain HTTP; expected a redirect to https"], seen


def keeps_quiet(sited_service: Service, told: Evidence[tuple[Told, ...]]) -> Verdict:
    """No answer tells an error's text, a stack, a host or a credential; naming software is a warning."""
    answers = told.value
    findings: list[Finding] = []
    banners: list[Finding] = []
    for one in answers:
        for leak in one.leaks:
            text = f"the answer ({one.answer.status}) tells {leak.what}: {leak.place}"
            (banners if leak.banner else findings).append(Finding(text, one.answer.url))
    unique = {finding.text: finding for finding in banners}  # the same header stands in every answer
    statuses = ", ".join(sorted({str(one.answer.status) for one in answers}))
    observed = f"{len(answers)} answers read ({statuses}), bodies and headers"
    return Verdict(told, observed, tuple(findings), tuple(unique.values()))


def sets_security_headers(sited_service: Service, told: Evidence[tuple[Told, ...]]) -> Verdict:
    """Warn for each missing header once, with the answers that lack it.

    Of data, only what browsers heed for data is expected: HSTS over TLS, and nosniff. Metrics are for no browser.
    """
    lacking: defaultdict[str, list[str]] = defaultdict(list)
    answers = [one.answer for one in told.value if one.kind != "metrics" and not wall(one.answer)]
    for answer in answers:
        for name in _expected(sited_service, answer):
            if not _has(answer, name):
                lacking[name].append(urlsplit(answer.url).path or "/")
    warnings = tuple(
        Finding(f"{name} is missing on {', '.join(dict.fromkeys(paths))}", told.where)
        for name, paths in lacking.items()
    )
    return Verdict(told, f"{len(answers)} answers read; {len(lacking)} expected headers missing", warnings=warnings)


def _expected(service: Service, answer: Answer) -> list[str]:
    if service.security_headers is not None:
        return [name.lower() for name in service.security_headers]
    names = ON_PAGES if "html" in answer.media_type else (HSTS, NOSNIFF)
    encrypted = urlsplit(answer.url).scheme == "https"  # RFC 6797, 7.2: HSTS is not sent over plain HTTP
    return [name for name in names if name != HSTS or encrypted]


def _has(answer: Answer, name: str) -> bool:
    if name == "x-frame-options" and "frame-ancestors" in answer.header("content-security-policy").lower():
        return True
    value = answer.header(name).strip().lower()
    if name == NOSNIFF:
        return value.split(",")[0].strip() == "nosniff"
    return bool(re.search(r"max-age=\"?0*[1-9]", value)) if name == HSTS else bool(value)  # 0 takes HSTS back


def admits_only_who_may(endpoint: Endpoint, access: Evidence[Access]) -> Verdict:
    """A protected endpoint refuses with 401 or 403; a public one does neither.

    Anything refuses where nothing is served, so a refusal needs a control: the token's answer, or
    an unknown path beside it that is not refused as well.
    """
    seen = access.value
    answer = seen.anonymous
    if answer.trouble is not None:
        access.cannot_tell(f"{answer.url} gave no whole answer: {answer.trouble}", ANSWER_FIRST)
    observed = f"the anonymous gets {answer.status}" + (f" to {answer.location}" if answer.location else "")
    if (name := wall(answer)) != "":
        text = f"{name} answered {answer.status}, so it is not known whom the service lets in"
        return Verdict(access, observed, (Finding(text, answer.url),))
    if not endpoint.protected:
        refused = answer.status in REFUSALS and answer.status != endpoint.status
        text = f"it is public, and the anonymous gets {answer.status}"
        return Verdict(access, observed, (Finding(text, answer.url),) if refused else ())
    if answer.status not in REFUSALS:
        text = f"the anonymous gets {answer.status}; expected 401 or 403"
        return Verdict(access, observed, (Finding(text, answer.url),))
    return _control(endpoint, access, observed)


def _control(endpoint: Endpoint, access: Evidence[Access], observed: str) -> Verdict:
    seen = access.value
    if seen.entitled is not None:
        came(access, seen.entitled)
        observed += f", the bearer of {seen.token} gets {seen.entitled.status}"
        if seen.entitled.status == endpoint.status:
            return Verdict(access, observed)
        text = f"the bearer of {seen.token} gets {seen.entitled.status}; expected {endpoint.status}: who is let in?"
        return Verdict(access, observed, (Finding(text, seen.entitled.url),))
    beside = seen.beside
    if beside is None or beside.trouble is not None:
        return Verdict(access, f"{observed}; no control was had")
    observed += f", an unknown path beside it {beside.status}"
    if beside.status in REFUSALS:
        text = f"a path beside it that does not exist is refused too ({beside.status}): name a bearer_env to prove it"
        return Verdict(access, observed, warnings=(Finding(text, seen.anonymous.url),))
    return Verdict(access, observed)


def tells_unknown_paths(sited_service: Service, unknown: Evidence[Unknown]) -> Verdict:
    """A path that nobody serves answers 404 or 410; a page with 200, or a redirect to one, hides broken links."""
    answer = came(unknown, unknown.value.answer)
    moved = urlsplit(answer.url).path.rstrip("/") != urlsplit(unknown.value.asked).path.rstrip("/")
    way = f" at {urlsplit(answer.url).path}, where it led" if moved else ""
    to = f" to {answer.location}" if answer.location else ""
    observed = f"an unknown path answers {answer.status}{way}{to}"
    text = f"{observed}; expected 404"
    if answer.status in GONE:
        return Verdict(unknown, observed)
    refused = answer.status in (400, 401, 403, 405) or (moved and _is_login(answer)) or answer.location != ""
    if refused and answer.status < 500:
        return Verdict(unknown, observed, warnings=(Finding(text, unknown.value.asked),))
    return Verdict(unknown, observed, (Finding(text, unknown.value.asked),))


def _is_login(answer: Answer) -> bool:
    """Whether a redirect led to a login page of the app itself, as middleware does with every path."""
    path = urlsplit(answer.url).path.lower()
    return any(word in path for word in ("login", "signin", "sign-in", "auth"))
