"""EXT: the outside APIs that the platform pays for go on serving it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.model.externals import Account, Model
    from fixtures.model.platform import External

SOON = timedelta(days=14)


def key_has_credit(external: External, told: Evidence[Account], moment: datetime) -> Verdict:
    """Expect an accepted key that has not expired, with at least the row's credit (inclusive), and the named models.

    An end within 14 days and a free tier are advice.
    """
    account = told.value
    findings = [*_expired(account, moment), *_spent(external, account), *_missing(account, moment)]
    if account.credit.left is None and not findings:
        told.cannot_tell(account.credit.unread or "nobody tells what the key may still spend", account.credit.hint)
    left = "an unknown sum" if account.credit.left is None else f"${account.credit.left:,.2f} {account.credit.source}"
    models = f", and {len(account.models)} named models are offered" if account.models else ""
    ends = "it does not expire" if account.expires is None else f"it expires on {account.expires:%Y-%m-%d}"
    observed = f"the key is accepted, {ends}, {left} is left, ${external.min_credit:,.2f} needed{models}"
    return Verdict(told, observed, _placed(findings, told.where), _placed(_advice(account, moment), told.where))


def answers_in_time(external: External, took: Evidence[float]) -> Verdict:
    """Hold the time of one answer, its connection included, against the row's budget (inclusive)."""
    text = f"it answered in {took.value:.0f} ms, {external.budget_ms} ms allowed"
    late = took.value > external.budget_ms
    return Verdict(took, text, (Finding(text, took.where),) if late else ())


def _expired(account: Account, moment: datetime) -> Iterator[str]:
    if account.expires is not None and account.expires <= moment:
        yield f"the key expired on {account.expires:%Y-%m-%d}"


def _spent(external: External, account: Account) -> Iterator[str]:
    left = account.credit.left
    if left is not None and left < external.min_credit:
        yield f"${left:,.2f} {account.credit.source} is left, ${external.min_credit:,.2f} needed"


def _missing(account: Account, moment: datetime) -> Iterator[str]:
    for model in account.models:
        if not model.offered or _ended(model, moment):
            yield f"model {model.name} is not offered"


def _advice(account: Account, moment: datetime) -> Iterator[str]:
    if account.expires is not None and moment < account.expires <= moment + SOON:
        yield f"the key expires on {account.expires:%Y-%m-%d}"
    if account.credit.left is not None and account.credit.unread:
        yield f"the account's credit was not seen, which may be less: {account.credit.unread}"
    if account.free_tier:
        yield "the key is of the free tier, which limits requests a day"
    for model in account.models:
        if model.offered and model.ends is not None and not _ended(model, moment) and model.ends <= moment + SOON:
            yield f"model {model.name} is offered until {model.ends:%Y-%m-%d}"


def _ended(model: Model, moment: datetime) -> bool:
    return model.ends is not None and model.ends <= moment


def _placed(texts: Iterator[str] | list[str], where: str) -> tuple[Finding, ...]:
    return tuple(Finding(text, where) for text in texts)
