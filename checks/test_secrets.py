"""SEC: no credential is committed, and what is accepted was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import secrets
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.platform import Platform, Settings
    from fixtures.model.secrets import SecretProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "SEC-001",
    severity="critical",
    remediation=(
        "Replace the secret at its vendor, then read it from the environment. Is it none? End its line with "
        "`pragma: allowlist secret`, or run `python -m fixtures.probes.secrets PLATFORM --audit` in the suite's folder."
    ),
)
def test_tracked_files_hold_no_secret(platform: Platform, secret_scan: SecretProbe, conclude: Conclude) -> None:
    """No file that git tracks holds a credential.

    Whoever can read the repository, a fork or a build log can use it, and deleting the line leaves
    it in the history. Source: OWASP Secrets Management Cheat Sheet, section 2.
    """
    conclude(secrets.no_secret_in_tracked_files(platform, secret_scan.tracked(platform)))


@pytest.mark.readiness
@pytest.mark.item(
    "SEC-002",
    severity="critical",
    remediation=(
        "Replace the secret at its vendor: whoever has a clone has it, and rewriting the history takes it from nobody. "
        "Then, or where it is none, put its fingerprint into secrets_replaced in [platform]."
    ),
)
def test_git_history_holds_no_secret(platform: Platform, secret_history: SecretProbe, conclude: Conclude) -> None:
    """No commit of any branch or tag holds a credential.

    A secret that was deleted from a file is still in every clone and fork. Source: OWASP Secrets
    Management Cheat Sheet, section 2; GitHub, Removing sensitive data from a repository.
    """
    conclude(secrets.no_secret_in_history(platform, secret_history.history(platform)))


@pytest.mark.predeploy
@pytest.mark.item(
    "SEC-003",
    severity="medium",
    remediation=(
        "Run `python -m fixtures.probes.secrets PLATFORM --audit` in the suite's folder: it drops stale entries "
        "and asks about those that nobody has judged."
    ),
)
def test_secrets_baseline_is_audited_and_current(
    baseline: Settings, secret_scan: SecretProbe, conclude: Conclude
) -> None:
    """Every entry of the secrets baseline was judged to be no secret, and still stands in its file.

    An entry that nobody judged hides a secret as well as a false alarm, and a stale one accepts a
    value that may come back. Source: detect-secrets, docs/audit.md.
    """
    conclude(secrets.baseline_audited_and_current(baseline, secret_scan.baseline(baseline)))
