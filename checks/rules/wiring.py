"""WIR: what no single file shows. Queues, metrics, health path, port and runbook, held against each other."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fixtures.model.verdicts import Evidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fixtures.model.document import Page, Section
    from fixtures.model.monitoring import AlertRule, Asked, Expressions, Ruled
    from fixtures.model.platform import Alert, Dashboard, Queue, Service
    from fixtures.model.source import ComputedName, MetricNames, PortNote, Ports, QueueUse, QueueUses, Route, Routes

# Prometheus makes these itself. Source: prometheus.io, Jobs and instances; Alerting rules.
OF_PROMETHEUS = re.compile(r"up|ALERTS|ALERTS_FOR_STATE|scrape_\w+")
# Names that well-known exporters give: no code of the platform makes them, and no file tells whether one is scraped.
OF_EXPORTERS = re.compile(
    r"(node|container|kube|kubelet|redis|pg|postgres|pgbouncer|probe|nginx|haproxy|traefik|machine|cadvisor|windows|blackbox"
    r"|prometheus|alertmanager|grafana|loki|go|promhttp|railway|upstash|supabase|vercel|cloudflare|otelcol|apiserver)_\w+"
)
ADDRESS = re.compile(r"(REDIS|KV|VALKEY|CACHE|QUEUE|BULL|UPSTASH|BROKER).*(URL|URI)")
LITERAL = 4  # characters of a computed name that must be known for it to tell anything
MANY = 5
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


# WIR-001


def names_one_queue(queue: Queue, uses: Evidence[Mapping[str, QueueUses]]) -> Verdict:
    """Expect a `Queue` in each producer and a `Worker` in each worker, with the row's name, prefix and Redis variable.

    All must use one database of Redis. A connection, a prefix or a part of the name that could not be followed warns;
    a name that could not be, where no other fits, is unverified.
    """
    findings: list[Finding] = []
    databases: dict[str, set[int]] = {}
    warnings: list[Finding] = []
    doubtful: list[QueueUse] = []
    seen: list[str] = []
    sides = [(name, "Queue") for name in queue.producers] + [(name, "Worker") for name in queue.workers]
    for service, kind in sides:
        made = uses.value[service]
        fitting = [use for use in made.of(kind) if queue.key in use.names]
        unsure = [use for use in made.of(kind, *(("FlowProducer",) if kind == "Queue" else ())) if not _known(use)]
        for use in fitting:
            seen.append(f"{service} makes {kind}({queue.key!r}) at {use.where}")
            findings += _differences(queue, service, use)
            databases.setdefault(f"{service}'s {kind}", set()).update(use.databases or (0,))
            warnings += _unfollowed(queue, service, use)
        if fitting and all(use.unloaded for use in fitting):
            text = f"no file of {service} loads the one that makes its {kind}, and nothing names it: it may never run"
            warnings.append(Finding(text, fitting[0].where))
        if not fitting and unsure:
            doubtful += unsure
        elif not fitting:
            findings.append(_no_use(queue, service, kind, made))
    findings += _apart(databases, uses.where)
    if doubtful and not findings:
        uses.cannot_tell(
            f"the queue's name is worked out at run time at {', '.join(use.where for use in doubtful[:MANY])}",
            "Write the queue's name as a constant that producer and worker share.",
        )
    observed = "; ".join(seen) or f"nobody makes {queue.key!r}"
    return Verdict(
        uses, f"{observed}; prefix {queue.prefix!r}, Redis from {queue.redis}", tuple(findings), tuple(warnings)
    )


def _apart(databases: Mapping[str, set[int]], where: str) -> Iterator[Finding]:
    """Sides that have no database of Redis in common with the first."""
    sides = list(databases.items())
    for who, numbers in sides[1:]:
        if numbers.isdisjoint(sides[0][1]):
            first = f"{sides[0][0]} uses database {_numbers(sides[0][1])} of Redis"
            yield Finding(f"{first}, {who} uses {_numbers(numbers)}: jobs never meet their worker", where)


def _numbers(numbers: set[int]) -> str:
    return " or ".join(str(number) for number in sorted(numbers))


def _known(use: QueueUse) -> bool:
    return use.named and use.kind != "FlowProducer"


def _no_use(queue: Queue, service: str, kind: str, made: QueueUses) -> Finding:
    others = made.of(kind)
    expected = f'expected new {kind}("{queue.key}") from the manifest row {queue.name}'
    if not others:
        return Finding(f"the code of {service} makes no {kind}; {expected}", service)
    names = ", ".join(repr(name) for use in others for name in use.names)
    return Finding(f"{service} makes {kind} {names}; {expected}", others[0].where)


def _differences(queue: Queue, service: str, use: QueueUse) -> Iterator[Finding]:
    if use.prefixed and queue.prefix not in use.prefixes:
        prefixes = ", ".join(map(repr, use.prefixes))
        yield Finding(f"{service} uses the prefix {prefixes}; the manifest says {queue.prefix!r}", use.where)
    if use.connected and queue.redis not in use.redis:
        said = f"connects through {', '.join(use.redis)}" if use.redis else "connects without any environment variable"
        yield Finding(f"{service} {said}; the manifest says {queue.redis}", use.where)
    if use.idle:
        yield Finding(f"{service} makes its worker with autorun: false, and no code calls run()", use.where)
    if use.gives_up:
        text = f"{service} gives its worker a Redis client without maxRetriesPerRequest: null, which BullMQ refuses"
        yield Finding(text, use.where)
    if use.key_prefixes:
        keys = ", ".join(map(repr, use.key_prefixes))
        yield Finding(f"{service} gives its Redis client the keyPrefix {keys}, which BullMQ refuses", use.where)


def _unfollowed(queue: Queue, service: str, use: QueueUse) -> Iterator[Finding]:
    if use.deciders:
        names = ", ".join(use.deciders)
        yield Finding(
            f"{service} takes the queue's name from {names}, {queue.key!r} only where that is unset", use.where
        )
    if not use.prefixed:
        yield Finding(f"the prefix that {service} gives could not be followed; expected {queue.prefix!r}", use.where)
    if not use.connected and queue.redis not in use.redis:
        yield Finding(f"the connection that {service} gives could not be followed to {queue.redis}", use.where)
    others = [name for name in use.redis if name != queue.redis and ADDRESS.search(name)]
    if queue.redis in use.redis and others:
        yield Finding(f"the connection of {service} may be {queue.redis} or {', '.join(others)}", use.where)


# WIR-002


def names_exported_metrics(
    source: Alert | Dashboard, expressions: Evidence[Expressions], exported: Evidence[MetricNames]
) -> Verdict:
    """Hold each metric that rules or panels name against the raw names that code exports.

    Prometheus' own names need no exporter. A name with the prefix of a well-known exporter that no code exports warns.
    Names that only a computed name could be are unverified.
    """
    asked, known = expressions.value, exported.value
    names = {metric.name for metric in known.names} | asked.recorded
    findings = [Finding(f"{each.by}: the expression {each.why}", each.where) for each in asked.unread if each.broken]
    warnings = [Finding(f"{each.by}: not judged, {each.why}", each.where) for each in asked.unread if not each.broken]
    doubtful: list[str] = []
    for each in asked.asked:
        if _is_known(each, names):
            continue
        maker = _maker(each, known.computed)
        if not each.pattern and OF_EXPORTERS.fullmatch(each.name):
            warnings.append(
                Finding(f"{each.by} names {each.name}, which only an exporter beside this code could give", each.where)
            )
        elif maker is not None and len(re.sub(r"\[.*?\]\*|\W", "", maker.pattern)) >= LITERAL:
            warnings.append(
                Finding(f"{each.by} names {each.name}, which {maker.where} may make under a computed name", each.where)
            )
        elif maker is not None or known.elsewhere:
            doubtful.append(each.name)
        else:
            findings.append(
                Finding(f"{each.by} names {each.name}, which no code exports{_near(each.name, names)}", each.where)
            )
    if doubtful and not findings:
        places = [maker.where for maker in known.computed] + [place.where for place in known.elsewhere]
        whom = ", ".join(dict.fromkeys(doubtful))
        expressions.cannot_tell(
            f"{whom} may be exported under a name worked out at run time ({', '.join(places[:MANY])})",
            "Write the metric's name as a constant.",
        )
    observed = f"{asked.expressions} {'rules' if asked.kind == 'rules' else 'queries'} of {expressions.where} name "
    observed += f"{len({each.name for each in asked.asked})} metrics; code exports {len(known.names)}"
    observed += f"; other data sources passed over: {', '.join(asked.passed_over)}" if asked.passed_over else ""
    return Verdict(expressions, observed, tuple(findings), tuple(warnings))


def _is_known(asked: Asked, names: set[str] | frozenset[str]) -> bool:
    if not asked.pattern:
        return asked.name in names or OF_PROMETHEUS.fullmatch(asked.name) is not None
    try:
        pattern = re.compile(asked.name)
    except re.error:  # RE2 knows forms that Python does not
        return True
    return any(pattern.fullmatch(name) for name in names)


def _maker(asked: Asked, computed: tuple[ComputedName, ...]) -> ComputedName | None:
    fitting = (each for each in computed if re.fullmatch(each.pattern, asked.name))
    return max(fitting, key=lambda each: len(each.pattern), default=None)


def _near(name: str, names: set[str] | frozenset[str]) -> str:
    family = [name + ending for ending in ("_bucket", "_count", "_sum", "_total") if name + ending in names]
    near = family or difflib.get_close_matches(name, names, 2, 0.8)
    return f" (it exports {', '.join(near)})" if near else ""


# WIR-003


def serves_health_path(service: Service, routes: Evidence[Routes]) -> Verdict:
    """Expect code that answers the health path; warn where what answers first can only answer 2xx, or an old answer."""
    seen = routes.value
    if seen.serving:
        first = [route for route in seen.serving if route.ahead and route.fails == "never"]
        places = ", ".join(route.where for route in seen.serving)
        ways = {route.fails for route in seen.serving}
        how = {
            "status": "it can answer an error status",
            "throw": "it fails by throwing",
            "unknown": "its handler was not followed",
        }
        said = next((text for way, text in how.items() if way in ways), "it can only answer 2xx")
        deaf = first or [route for route in seen.serving if ways == {"never"}]
        warnings = [_deaf(service, deaf[0])] if deaf else []
        for route in seen.serving:
            if route.stored:
                text = f"{route.stored}: {seen.path} hands out an answer of earlier, not the state of now"
                warnings.append(Finding(text, route.where))
        return Verdict(routes, f"{seen.path} is served at {places}; {said}", warnings=tuple(warnings))
    if seen.mentions:
        places = ", ".join(place.where for place in seen.mentions[:MANY])
        routes.cannot_tell(
            f"{seen.path} stands at {places}, in a form that is not followed",
            "Compare the request's path with the constant, or register the route with it.",
        )
    others = ", ".join(f"{route.path} ({route.where})" for route in seen.others[:MANY])
    text = f"no code of {service.name} serves {seen.path}, the health path of the manifest"
    text += f"; it has {others}" if others else ""
    where = seen.others[0].where if seen.others else service.root
    return Verdict(routes, f"{seen.extent.files} files were read, none serves {seen.path}", (Finding(text, where),))


def _deaf(service: Service, route: Route) -> Finding:
    who = f"a middleware answers {route.path} before its handler and" if route.ahead else f"the handler of {route.path}"
    text = f"{who} can only answer 2xx: {service.name} stays healthy when a dependency has failed"
    return Finding(text, route.where)


# WIR-004


def agrees_on_port(service: Service, ports: Evidence[Ports]) -> Verdict:
    """Expect the manifest's port from code, start script, Dockerfile and example file, each that names one.

    A service may listen on further ports and expose them: one listener and one EXPOSE must be the manifest's.
    In a container no listener at all may be reached from inside only. The port that HEALTHCHECK asks is IMG-002.
    """
    seen = ports.value
    findings: list[Finding] = []
    for many in ("code listens on", "the Dockerfile exposes"):
        notes = [note for note in seen.notes if note.by == many]
        if notes and all(note.port != service.port for note in notes):
            findings += [_other_port(service, note) for note in notes]
    single = (note for note in seen.notes if note.by not in ("code listens on", "the Dockerfile exposes"))
    findings += [_other_port(service, note) for note in single if note.decides and note.port != service.port]
    if service.dockerfile or service.host == "railway":
        text = "which nothing outside its container reaches; expected 0.0.0.0 or ::"
        findings += [Finding(f"{service.name} {place.text}, {text}", place.where) for place in seen.loopback]
    if not seen.notes and not seen.follows_env:
        where = ", ".join(place.where for place in seen.computed) or service.root
        ports.cannot_tell(
            f"no file names the port that {service.name} listens on ({where})", "Write the port's default in code."
        )
    agreeing = [f"{note.by} {note.port} ({note.where})" for note in seen.notes if note.port == service.port]
    follows = [f"code follows {place.text} ({place.where})" for place in seen.follows_env]
    unfollowed = [f"{place.where} {place.text}" for place in seen.computed]
    observed = "; ".join([f"the manifest says {service.port}", *agreeing, *follows, *unfollowed])
    return Verdict(ports, observed, tuple(findings))


def _other_port(service: Service, note: PortNote) -> Finding:
    return Finding(f"{note.by} {note.port}; the manifest says {service.port} for {service.name}", note.where)


# WIR-005


def has_runbook_section(alert: Alert, ruled: Evidence[Ruled]) -> Verdict:
    """Expect a section with text for each alert: by a heading that holds its name, or by its runbook_url's anchor."""
    seen = ruled.value
    findings = [finding for rule in seen.alerts for finding in _unruled(alert, rule, seen)]
    observed = f"{len(seen.alerts)} alerts of {ruled.where} were held against {len(seen.runbook.headings)} headings "
    observed += f"of {seen.runbook.path}"
    return Verdict(ruled, observed, tuple(findings))


def _unruled(alert: Alert, rule: AlertRule, seen: Ruled) -> Iterator[Finding]:
    link = urlsplit(rule.runbook_url)
    page = _page(link.path, seen)
    if link.fragment and page is not None:
        if unquote(link.fragment).lower() not in {anchor.lower() for anchor in page.anchors}:
            yield Finding(
                f"the runbook_url of {rule.name} leads to #{link.fragment}, which {page.path} does not have", rule.where
            )
        elif _is_empty(page, unquote(link.fragment)):
            yield Finding(f"the section #{link.fragment} of {page.path}, where {rule.name} leads, is empty", rule.where)
        return
    phrases = [phrase for phrase in (alert.section, rule.name) if phrase]
    sections = [section for section in seen.runbook.walk() if _about(section, phrases)]
    if not sections:
        expected = " or ".join(repr(phrase) for phrase in dict.fromkeys(phrases))
        yield Finding(
            f"{seen.runbook.path} has no section for the alert {rule.name}; expected a heading with {expected}",
            rule.where,
        )
    elif not any(_has_text(section) for section in sections):
        yield Finding(f"the section for the alert {rule.name} is empty", f"{seen.runbook.path}:{_line(sections[0])}")


def _page(path: str, seen: Ruled) -> Page | None:
    """The page among those read that a URL's path leads to; None for one that lies elsewhere."""
    pages = {seen.runbook.path: seen.runbook, **seen.pages}
    fitting = [known for known in pages if ("/" + path).endswith("/" + known)]
    return pages[max(fitting, key=len)] if fitting else None


def _about(section: Section, phrases: list[str]) -> bool:
    """Whether a heading holds a phrase: as it is written, or word by word, CamelCase split."""
    if section.heading is None:
        return False
    words = f" {_words(section.heading.text)} "
    return any(f" {_words(phrase)} " in words for phrase in phrases)


def _words(text: str) -> str:
    return " ".join(WORD.findall(text)).lower()


def _is_empty(page: Page, anchor: str) -> bool:
    found = [s for s in page.walk() if s.heading is not None and s.heading.slug == anchor.lower()]
    return bool(found) and not any(_has_text(section) for section in found)


def _has_text(section: Section) -> bool:
    return any(block.kind != "comment" for part in section.walk() for block in part.blocks)


def _line(section: Section) -> int:
    return section.heading.line if section.heading is not None else 1
