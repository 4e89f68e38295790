"""ALR-005: Slack is connected, and alerts post where people look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.notices import Post, SlackUse
    from fixtures.model.vendors import Slack


def is_connected_and_used(slack: Slack, told: Evidence[SlackUse]) -> Verdict:
    """Expect a connection that works, an alert that posts to the declared channel, and that channel not archived.

    A connection that is out of date or in its grace period is advice. The bot's view counts where it was asked.
    """
    seen = told.value
    findings: list[str] = []
    observed: list[str] = []
    warnings: list[str] = []
    if seen.workspaces is not None:
        working = [each for each in seen.workspaces if not each.trouble]
        findings += _unconnected(seen, working != [])
        warnings += [f"Sentry's connection to {each.name} {each.ages}" for each in working if each.ages]
        mine = [post for post in seen.posts if _is_to(post, slack.channel)]
        sound = [post for post in mine if not post.trouble and post.notice.tells(seen.environment)]
        if working and not sound:
            findings.append(_unused(slack, seen, mine))
        if working and sound:
            alerts = dict.fromkeys(post.notice.name for post in sound)
            observed.append(f"{working[0].name} is connected to Sentry; {len(alerts)} alerts post to {slack.channel}")
    if seen.channel is not None:
        state = "is archived" if seen.channel.archived else "is open"
        observed.append(f"#{seen.channel.name} of {seen.channel.team} {state}")
        if seen.channel.archived:
            findings.append(f"#{seen.channel.name} is archived: nothing can be posted to it")
    return Verdict(
        told,
        "; ".join(observed or findings),
        tuple(Finding(text, told.where) for text in findings),
        tuple(Finding(text, told.where) for text in warnings),
    )


def _unconnected(seen: SlackUse, working: bool) -> list[str]:
    if working:
        return []
    broken = [f"Sentry's connection to {each.name} {each.trouble}" for each in seen.workspaces or ()]
    return broken or ["Sentry has no connection to Slack"]


def _unused(slack: Slack, seen: SlackUse, mine: list[Post]) -> str:
    silent = [why for post in mine for why in post.notice.silent(seen.environment)]
    others = sorted({post.channel or post.id for post in seen.posts})
    beside = (
        f": {'; '.join(dict.fromkeys(silent))}" if silent else f"; they post to {', '.join(others)}" if others else ""
    )
    return f"no alert posts to {slack.channel}{beside}"


def _is_to(post: Post, channel: str) -> bool:
    names = {post.channel.removeprefix("#").casefold(), post.id.casefold()}
    return channel.removeprefix("#").casefold() in names
