"""Rules about where names and values stand: browser code, example files, the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixtures.model.secrecy import exposed
from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from fixtures.model.environment import EnvFiles, Example, Exposure
    from fixtures.model.platform import Platform, Service
    from fixtures.model.source import EnvReads


def browsers_get_no_secret(service: Service, evidence: Evidence[Exposure], reads: Evidence[EnvReads]) -> Verdict:
    """Hold the names with a browser prefix against what their rows and their values say.

    So too what a build configuration inlines. Code that could not be looked at inlines nothing that is known.
    """
    seen = evidence.value
    inlined = reads.seen.inlined if reads.seen is not None else ()
    findings = [Finding(f"{e.name} {e.problem}", e.place) for e in seen.exposed if e.problem]
    doubts = [Finding(f"{e.name} {e.doubt}", e.place) for e in seen.exposed if e.doubt]
    for each in inlined:
        problem, doubt = exposed(each.name, each.row) if each.row else ("", "")
        if not each.name:
            problem = "the whole environment reaches every browser"
        if problem or doubt:
            text = " ".join(filter(None, (each.name, problem or doubt)))
            text += f": the build configuration writes it into code (as {each.under})"
            (findings if problem else doubts).append(Finding(text, each.where))
    doubts += [Finding("does not parse, so what it sets was not judged", place) for place in seen.broken]
    if not findings and seen.unread:
        evidence.cannot_tell(seen.unread, seen.hint)
    names = list(dict.fromkeys(e.name for e in seen.exposed))
    listed = f" ({', '.join(names[:6])}{', …' if len(names) > 6 else ''})" if names else ""
    listed += f", {len(inlined)} by a build configuration" if inlined else ""
    others = f"; not compared with the secrets of {', '.join(seen.unseen)}" if names and seen.unseen else ""
    return Verdict(
        evidence,
        f"{seen.judged} names of {service.name} looked at, {len(names)} reach browsers{listed},"
        f" {len(findings) or 'none'} with something secret{others}",
        tuple(findings),
        tuple(doubts),
    )


def example_documents_the_contract(service: Service, evidence: Evidence[Example]) -> Verdict:
    """Hold an example file's names against the contract, both ways, and its values against being real.

    An optional variable may be commented out; a required one may not.
    """
    example, path = evidence.value, service.env_example or ""
    live = {name.name for name in example.names if not name.commented}
    all_names = {name.name for name in example.names}
    declared = dict(example.contract)
    findings = [] if example.tracked else [Finding("is not tracked by git, so nobody gets it", path)]
    for name, required in declared.items():
        if name not in all_names:
            findings.append(Finding(f"{name} is in the contract of {service.name} and not in the example", path))
        elif required and name not in live:
            place = next(n.place for n in example.names if n.name == name)
            findings.append(Finding(f"{name} is required and commented out", place))
    strays = [n for n in example.names if n.name not in declared]
    findings += [
        Finding(f"{n.name} is not in the contract of {service.name}", n.place) for n in strays if not n.commented
    ]
    findings += [Finding(f"{n.name} {n.real}", n.place) for n in example.names if n.real]
    doubts = [
        Finding(f"{n.name} is commented out and not in the contract of {service.name}", n.place)
        for n in strays
        if n.commented and n.name.isupper()
    ]
    doubts += [Finding("does not parse", place) for place in example.broken]
    compared = (
        "compared with production's" if example.compared else "not compared with production's, which could not be read"
    )
    observed = f"{path} names {len(all_names)} variables, the contract {len(declared)}; its values were {compared}"
    return Verdict(evidence, observed, tuple(findings), tuple(doubts))


def env_files_stay_out_of_git(platform: Platform, evidence: Evidence[EnvFiles]) -> Verdict:
    """Hold tracked env files against having values, and .gitignore against the names of the others."""
    seen = evidence.value
    findings: list[Finding] = []
    doubts: list[Finding] = []
    for file in seen.tracked:
        findings += [Finding(f"is tracked by git and {problem}", place) for place, problem in file.real[:3]]
        if len(file.real) > 3:
            findings.append(Finding(f"is tracked by git with {len(file.real) - 3} more values", file.path))
        if file.harmless and not file.shown and not file.real:
            text = "is tracked by git, its values public or placeholders: keep it so, or give it an example's name"
            doubts.append(Finding(text, file.path))
        if file.unread:
            findings.append(Finding(f"is tracked by git and could not be read: {file.unread}", file.path))
    findings += [
        Finding(f"{path} is not covered by any .gitignore of the repository", ".gitignore") for path in seen.bare
    ]
    names = f" ({', '.join(file.path for file in seen.tracked)})" if seen.tracked else ""
    values = sum(len(file.real) for file in seen.tracked)
    observed = (
        f"git tracks {len(seen.tracked)} env files besides the declared examples{names}, with {values} real values;"
        f" a .gitignore covers {len(seen.covered)} of {len(seen.covered) + len(seen.bare)} names asked for"
    )
    return Verdict(evidence, observed, tuple(findings), tuple(doubts))
