"""The words of limits, in English and Russian: what is limited, by how much, and from where on."""

from __future__ import annotations

import re
from typing import Literal

Dimension = Literal["count", "share", "seconds"]
Level = Literal["warn", "critical", ""]

JOB = r"(?:jobs?|tasks?|messages?|задач\w*|задани\w*|джоб\w*|сообщени\w*)"
WORKER = r"(?:workers?|replicas?|воркер\w*|реплик\w*)"
_SUBJECTS: tuple[tuple[str, Dimension, str], ...] = (
        ("queue depth", "count",
         rf"queue ?(?:depth|length|size|backlog)\w*|(?:depth|length|size|backlog) of (?:the )?queue|backlog|\bdepth\b|"
         rf"{JOB} (?:\w+ )?(?:wait\w*|queued|pending)|(?:waiting|queued|pending) {JOB}|"
         rf"{JOB} (?:\w+ )?in (?:the )?queue|"
         rf"(?:глубин|длин|размер)\w* очеред\w*|{JOB} (?:\w+ )?(?:жд[а-я]+|ожида\w*|в очеред\w*)|"
         rf"(?:ожида|ждущ)\w* {JOB}|"
         rf"в очеред\w* (?:[\w>]+ ){{0,4}}{JOB}"),
        ("failed jobs", "count",
         rf"failed ?{JOB}\w*|{JOB} (?:have |has )?failed|failed (?:set|count)|jobs failed|max ?failed|"
         rf"(?:неудачн|упавш|проваленн|ошибочн)\w* {JOB}|{JOB} (?:\w+ )?(?:упал\w*|с ошибк\w*)|(?:упавш|неудачн)\w*"),
        ("error rate", "share",
         rf"error ?rate\w*|errors? ratio|failure rate|"
         rf"share of (?:errors|failures|failed|{JOB})|{JOB} (?:that )?fail\w*|"
         rf"(?:requests|events|transactions) (?:that )?fail\w*|5xx|"
         rf"дол\w+ (?:\w+ ){{0,2}}?(?:ошиб|неудачн|упавш|задач)\w*|"
         rf"(?:процент|частот|уров)\w* (?:\w+ )?ошиб\w*|{JOB},? (?:\w+ ){{0,3}}?ошибк\w*|ошиб\w*"),
        ("p95", "seconds",
         r"p ?95|95th percentile|"
         r"95(?:-?(?:й|го|ый|м))? (?:перцентил|процентил)\w*|"
         r"(?:перцентил|процентил)\w* 95|95 (?:of|из) 100"),
        ("worker down", "seconds",
         rf"{WORKER} ?(?:(?:is|are|was|has been) )?"
         r"(?:down|unavailable|dead|offline|silent|not responding|unresponsive)|workerdown|"
         rf"no {WORKER}|ни один (?:worker|воркер)|"
         r"ни одн\w+ реплик\w*|"
         r"(?:worker|воркер)\w* (?:не [а-я]+|недоступ\w*|лежит|молчит|упал)|"
         rf"нет (?:ни одного )?(?:worker|воркер)\w*"),
)  # fmt: skip
SUBJECTS = tuple((name, dimension, re.compile(pattern)) for name, dimension, pattern in _SUBJECTS)
GENERIC = re.compile(r"\bqueues?\b|\bочеред\w*")
DECOYS: dict[Dimension, re.Pattern[str]] = {
    "count": re.compile(
        r"workers?\b|replicas?|attempts?|retr(?:y|ies)|connections?|concurrency|clients?|stalled|delayed|paused|completed|"
        r"active|events?|requests?|users?|"
        r"воркер\w*|реплик\w*|попыт\w*|соединени\w*|подключени\w*|отложенн\w*|запрос\w*|событи\w*"
    ),
    "share": re.compile(
        r"memory|cpu|disk|sampl\w*|traffic|budget|quota|cost\w*|hit rate|"
        r"памят\w*|диск\w*|процессор\w*|бюджет\w*|трафик\w*"
    ),
    "seconds": re.compile(
        r"p ?(?:50|75|90|99)\b|median|average|mean|oldest|stale|timeout|"
        r"медиан\w*|средн\w*|старейш\w*|таймаут\w*"
    ),
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.,/#:-])(?P<n>\d{1,3}(?:[ ,\u00a0\u2009\u202f'’]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)(?P<k>k|к)?"
    r"(?:\s?(?P<unit>%|percent\b|per cent\b|процент\w*|ms\b|msec\b|мс\b|millisec\w*|миллисек\w*|"
    r"s\b|secs?\b|seconds?\b|с\b|"
    r"сек\b|секунд\w*|m\b|mins?\b|minutes?\b|мин\b|минут\w*|h\b|hours?\b|ч\b|час\w*|days?\b|дн\w*))?(?![\w/:]|[.,]\d|-\w)"
)
WORDED = re.compile(r"\b(?:one|a|одн(?:а|у|ой)) (?P<unit>minute|минут\w*)\b|(?<=дольше )(?P<bare>минуты)\b")
SCALES = {  # of units by how they begin, the longer ones first
    "ms": 0.001, "мс": 0.001, "milli": 0.001, "милли": 0.001,
    "s": 1, "с": 1, "m": 60, "м": 60, "h": 3600, "ч": 3600,
}  # fmt: skip
ABOVE = re.compile(
    r"(?P<window>\b(?:for|by|within|last|на|за|в течение|последн\w+) )?"
    r"(?:\b(?:more than|over|above|exceed(?:s|ed|ing)?|greater than|at least|reach(?:es|ed)|longer than|"
    r"более|больше|свыше|превы[шс]\w*|выше|достиг\w*|не менее|дольше)(?: чем)?(?: the)?|>=?|≥|=>)\s*$"
)
LASTS = re.compile(r"\b(?:for|longer than|в течение|на протяжении|дольше)\s*$")
LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("warn", re.compile(r"\bwarn(?:ing)?s?\b|предупрежд\w*")),
    ("critical", re.compile(r"\bcrit(?:ical)?\b|критич\w*")),
)
LIMIT_COLUMN = re.compile(r"threshold|limit|порог|лимит|предел")
AT_LEVEL = re.compile(
    r"(?:\bwarn(?:ing)?|предупрежд\w*|\bcrit(?:ical)?|критич\w*|threshold|limit|порог\w*|лимит\w*)"
    r"\W{0,3}(?:at|is|of|при|—)?\W{0,2}$"
)
AFTER_COUNT = re.compile(
    rf"\W*(?:$|{JOB}\b|wait\w*|queued|pending|failed|in\b|or\b|and\b|for\b|is\b|are\b|—|–|means|\("
    r"|ожида\w*|жд[а-я]+|в\b|или\b|и\b|на\b|штук\b|шт\b|неудачн|упавш)"
)
SENTENCE = re.compile(r"[.;!?](?=\s)")
CLAUSE = re.compile(r",\s|[()→]|\s(?:or|and|but|или|и|а|но)\s|\s[—–]\s|\s/\s")
