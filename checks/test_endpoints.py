"""HLT: what was deployed answers, says that it is well, and says no more than it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import endpoints, sites
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.http import HttpProbe
    from fixtures.model.live import LiveSettings
    from fixtures.model.platform import Endpoint, Service

Conclude = Callable[[Verdict], None]


@pytest.mark.smoke
@pytest.mark.item(
    "HLT-001", severity="critical", remediation="Read the service's log and roll back if the deploy broke it."
)
def test_endpoint_answers_in_time(endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """The endpoint answers with its status within its budget.

    A redirect, a login wall in front of it and a body that does not end within the budget are no such answer.
    """
    conclude(endpoints.answers_in_time(endpoint, http.exchange(endpoint)))


@pytest.mark.smoke
@pytest.mark.item(
    "HLT-002", severity="critical", remediation="Mend the dependency that it names, or let the health route name it."
)
def test_health_body_says_healthy(health_endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """The health body says that the service is well, and so is every dependency that it has.

    Many health routes answer 200 while they tell of a dead database in the body: monitors that look at
    the status alone are then green through the outage.
    """
    conclude(endpoints.says_healthy(health_endpoint, http.health(health_endpoint)))


@pytest.mark.smoke
@pytest.mark.item("HLT-003", severity="medium", remediation="Find what is slow: cold starts, a far region, a query.")
def test_endpoint_is_fast(sampled_endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """95 of 100 answers of the endpoint come within its limit.

    One fast answer says little; the samples are few and five at a time, so it is no load test.
    """
    conclude(endpoints.is_fast(sampled_endpoint, http.samples(sampled_endpoint)))


@pytest.mark.smoke
@pytest.mark.item(
    "HLT-004", severity="high", remediation="Answer with Cache-Control: no-store; in Next.js, force-dynamic."
)
def test_endpoint_is_not_cached(uncached_endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """A health answer is made when it is asked for, and comes from no cache.

    Next.js up to 14 prerenders GET handlers that read nothing of the request: such a health route was
    well at build time and says so for ever. Source: nextjs.org/docs, Route Handlers, caching.
    """
    conclude(endpoints.is_fresh(uncached_endpoint, http.health(uncached_endpoint)))


@pytest.mark.smoke
@pytest.mark.item("HLT-005", severity="critical", remediation="Renew the certificate and redirect http to https.")
def test_service_is_encrypted(sited_service: Service, http: HttpProbe, today: date, conclude: Conclude) -> None:
    """The service speaks TLS 1.2 or later with a trusted certificate that does not end soon, and http leads to https.

    Two weeks before its end a certificate of 90 days should have been renewed for two weeks.
    """
    conclude(sites.is_encrypted(sited_service, http.site(sited_service), today))


@pytest.mark.smoke
@pytest.mark.item("HLT-006", severity="high", remediation="Look whether the deploy failed or was rolled back.")
def test_service_runs_expected_version(
    health_endpoint: Endpoint, http: HttpProbe, live_settings: LiveSettings, conclude: Conclude
) -> None:
    """What answers is the version that was deployed.

    Without this a smoke run after a failed deploy proves that the old version still works.
    """
    conclude(endpoints.runs_version(health_endpoint, http.health(health_endpoint), live_settings))


@pytest.mark.smoke
@pytest.mark.item(
    "HLT-007", severity="high", remediation="Log errors, answer with a fixed text; rotate what was shown."
)
def test_answers_leak_nothing(sited_service: Service, http: HttpProbe, conclude: Conclude) -> None:
    """No answer of the service holds an error's text, a stack, an internal host or a credential.

    Health, refusals and unknown paths are what strangers ask first. Source: OWASP, Error Handling Cheat Sheet.
    """
    conclude(sites.keeps_quiet(sited_service, http.told(sited_service)))


@pytest.mark.smoke
@pytest.mark.item("HLT-008", severity="medium", remediation="Serve HEAD with the status that GET has.")
def test_endpoint_answers_head(headed_endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """HEAD answers with the status of GET.

    Uptime monitors send HEAD to save traffic: where it is refused they alarm for nothing, where it is a
    fixed 200 they sleep through an outage. Source: RFC 9110, section 9.3.2.
    """
    conclude(endpoints.answers_head(headed_endpoint, http.heads(headed_endpoint)))


@pytest.mark.smoke
@pytest.mark.item("HLT-009", severity="low", remediation="Set the headers in vercel.json, next.config or the server.")
def test_answers_have_security_headers(sited_service: Service, http: HttpProbe, conclude: Conclude) -> None:
    """Every answer has the security headers that browsers heed for its type.

    Source: OWASP, HTTP Headers Cheat Sheet; RFC 6797 for HSTS.
    """
    conclude(sites.sets_security_headers(sited_service, http.told(sited_service)))


@pytest.mark.smoke
@pytest.mark.item(
    "HLT-010", severity="critical", remediation="Put the route behind the guard, or say that it is public."
)
def test_endpoint_admits_only_who_may(endpoint: Endpoint, http: HttpProbe, conclude: Conclude) -> None:
    """A protected endpoint refuses the anonymous with 401 or 403, and a public one does not refuse.

    A 404 or a redirect is no refusal: it may as well mean that the route is gone.
    """
    conclude(sites.admits_only_who_may(endpoint, http.access(endpoint)))


@pytest.mark.smoke
@pytest.mark.item("HLT-011", severity="medium", remediation="Answer unknown paths with 404.")
def test_unknown_path_is_told(sited_service: Service, http: HttpProbe, conclude: Conclude) -> None:
    """A path that nobody serves answers 404, neither 500 nor a page with 200.

    A catch-all that answers 200 also answers for every route that was lost in the deploy.
    """
    conclude(sites.tells_unknown_paths(sited_service, http.unknown(sited_service)))
