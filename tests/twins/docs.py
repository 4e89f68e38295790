"""Edits that break one document item each."""

from __future__ import annotations

from tests.platforms import Copy, Twin

RUNBOOK = "docs/RUNBOOK.md"
RUSSIAN = "docs/RUNBOOK.ru.md"
CHECKLIST = "docs/PRODUCTION_READINESS_CHECKLIST.md"
SENTRY = "docs/SENTRY_ALERTS_SETUP.md"
ROTATION = "docs/ROTATE_SECRETS.md"
FRONTEND = "## Scenario 3: Frontend unavailable (502/503)"
REVIEWED = "Last reviewed: 2026-11-16"
SAYS = "Last reviewed: 2026-11-16\n\nAfter an incident we write down what happened, why, and what we change.\n"


def _edit(breaks: str, path: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(path, old, new)

    return Twin(breaks, edit)


def _between(breaks: str, path: str, start: str, end: str, new: str) -> Twin:
    """Replace what stands from one line to another, the second kept."""

    def edit(copy: Copy) -> None:
        text = copy.read(path)
        first = text.index(start)
        copy.write(path, text[:first] + new + text[text.index(end, first) :])

    return Twin(breaks, edit)


def _appended(breaks: str, path: str, text: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.append(path, text)

    return Twin(breaks, edit)


def _page(breaks: str, text: str) -> Twin:
    """One more declared document."""

    def edit(copy: Copy) -> None:
        copy.write("docs/POSTMORTEMS.md", text)
        copy.append("preflight.toml", '\n[[document]]\nname = "postmortems"\nfile = "docs/POSTMORTEMS.md"\n')

    return Twin(breaks, edit)


def _scenario(breaks: str, scenario: str) -> Twin:
    """One more scenario for the English runbook."""

    def edit(copy: Copy) -> None:
        last = '  { name = "error-rate", headings = ["High error rate"] },\n'
        copy.manifest(last, f"{last}  {scenario},\n")

    return Twin(breaks, edit)


def _untrack(copy: Copy) -> None:
    copy.git("rm", "-q", "--cached", SENTRY)


def _english_date(copy: Copy, old: str, new: str) -> None:
    text = copy.read(RUNBOOK)
    copy.write(RUNBOOK, text.replace(f"| Last reviewed | {old} |", f"| Last reviewed | {new} |").replace(old, new))


def _stale(copy: Copy) -> None:
    _english_date(copy, "2026-11-16", "2026-05-26")


def _future(copy: Copy) -> None:
    _english_date(copy, "2026-11-16", "2026-12-01")


def _undated(copy: Copy) -> None:
    text = copy.read(RUSSIAN)
    copy.write(RUSSIAN, "\n".join(line for line in text.split("\n") if "Последняя проверка" not in line))


def _service(copy: Copy) -> None:
    copy.append(
        "preflight.toml",
        '\n[[service]]\nname = "billing"\nhost = "other"\nroot = "services/worker"\nruntime = "other"\n',
    )
    for path in (RUNBOOK, RUSSIAN):
        copy.write(path, copy.read(path).replace("services/worker/", "the worker's "))


TWINS = {
    "DOC-001": (
        Twin("git does not track it", _untrack),
        _page("no heading", SAYS),
        _page("a heading and a promise", "# Postmortems\n\nLast reviewed: 2026-11-16\n\nTODO\n"),
    ),
    "DOC-002": (
        _edit("a scenario's heading says something else", RUNBOOK, FRONTEND, "## Scenario 3: The website is gone"),
        _scenario("a scenario without a section", '{ name = "redis-lost", headings = ["Redis is lost"] }'),
        _edit("no section in Russian", RUSSIAN, "Frontend недоступен (502/503)", "Сайт лежит"),
    ),
    "DOC-003": (
        _between("no symptoms", RUNBOOK, "### Symptoms\n\n- The uptime monitor", "### Diagnosis", ""),
        _between("symptoms to be written", RUNBOOK, "- The uptime monitor", "### Diagnosis", "TODO\n\n"),
        _between(
            "a diagnosis without a command", RUNBOOK, "1. What answers: Vercel", "### Solution", "Look at Vercel.\n\n"
        ),
        _between(
            "nobody to call",
            RUNBOOK,
            "| At once | On-call engineer of the platform team |\n| Not back after 10",
            "## Scenario 4",
            "",
        ),
        _between("no symptoms in Russian", RUSSIAN, "### Симптомы", "### Диагностика", ""),
    ),
    "DOC-004": (
        _between(
            "nothing for the long term", RUNBOOK, "#### Long-term actions\n\n- Write a test", "### Escalation", ""
        ),
        _edit(
            "immediate actions have no name",
            RUNBOOK,
            "#### Immediate actions\n\n1. It began with a deploy: go back",
            "#### Actions\n\n1. It began with a deploy: go back",
        ),
        _between("prevention is three dots", RUNBOOK, "- Write a test that fails", "### Escalation", "...\n\n"),
    ),
    "DOC-005": (
        _appended("a script that is not there", RUNBOOK, "\nThen run `sh scripts/flush-queue.sh`.\n"),
        _edit(
            "a link to a renamed page",
            RUNBOOK,
            "[DISASTER_RECOVERY_PLAN.md](DISASTER_RECOVERY_PLAN.md)",
            "[the plan](RECOVERY.md)",
        ),
        _edit(
            "an anchor of another page", SENTRY, "RUNBOOK.md#scenario-5-high-error-rate", "RUNBOOK.md#high-error-rate"
        ),
        _edit(
            "an anchor in Russian",
            RUSSIAN,
            "Сценарий 1. Worker не обрабатывает задачи",
            "Сценарий 1: Worker не обрабатывает задачи теперь",
        ),
        _appended("an npm script that nobody wrote", ROTATION, "\n```sh\nnpm run rotate:all\n```\n"),
        _appended("a script of a workspace that nobody wrote", ROTATION, "\n```sh\npnpm -F worker rotate:all\n```\n"),
        _appended("a make target without a Makefile", RUNBOOK, "\nThen run `make flush`.\n"),
        _appended("an HTML link to a renamed page", SENTRY, '\n<a href="ALERTS.md">All alerts</a>\n'),
        _appended("a folder that moved", SENTRY, "\nThe code is in `services/jobs-worker/src`.\n"),
    ),
    "DOC-006": (
        Twin("a day too old", _stale),
        Twin("reviewed tomorrow", _future),
        Twin("no date", _undated),
        _edit("a date that is none", CHECKLIST, REVIEWED, "Last reviewed: soon"),
        _edit("a runbook without an owner", RUNBOOK, "| Owner | Marta Lindqvist, platform team |\n", ""),
        _edit(
            "an owner to be found",
            RUSSIAN,
            "| Владелец | Марта Линдквист (Marta Lindqvist), команда платформы |",
            "| Владелец | TBD |",
        ),
    ),
    "DOC-007": (
        _edit("a critical box is half done", CHECKLIST, "- [x] Row-level security", "- [~] Row-level security"),
        _edit("a critical box is open", CHECKLIST, "- [x] Row-level security", "- [ ] Row-level security"),
        _appended(
            "an open blocker", CHECKLIST, "\n## Found in the drill\n\n- [ ] **Blocker:** the restore takes a day\n"
        ),
        _appended(
            "a critical row is in progress",
            CHECKLIST,
            "\n## Critical, since the drill\n\n| What | Status |\n|---|---|\n| Second restore | In progress |\n",
        ),
        _appended("a must in Russian", CHECKLIST, "\n- [ ] Обязательно: проверить восстановление\n"),
    ),
    "DOC-008": (Twin("a service that no runbook knows", _service),),
    "DOC-009": (
        _edit(
            "another depth in the table",
            RUNBOOK,
            "| Jobs waiting in the queue | 500 | 1000 |",
            "| Jobs waiting in the queue | 500 | 2000 |",
        ),
        _edit(
            "warning and critical exchanged",
            RUNBOOK,
            "| Jobs waiting in the queue | 500 | 1000 |",
            "| Jobs waiting in the queue | 1000 | 500 |",
        ),
        _edit(
            "another number in a sentence",
            RUNBOOK,
            "- The alert FailedJobsHigh: more than 100 failed jobs",
            "- The alert FailedJobsHigh: more than 200 failed jobs",
        ),
        _edit(
            "another share in Russian",
            RUSSIAN,
            "| Доля задач, завершившихся ошибкой | 1 % | 5 % |",
            "| Доля задач, завершившихся ошибкой | 1 % | 10 % |",
        ),
        _edit("another p95", RUNBOOK, "| p95 duration of a job | 2 s | 5 s |", "| p95 duration of a job | 2 s | 8 s |"),
        _edit(
            "the worker may be down for longer",
            RUNBOOK,
            "| No worker takes jobs | | 1 minute |",
            "| No worker takes jobs | | 10 minutes |",
        ),
    ),
}
