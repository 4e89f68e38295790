# ruff: noqa: E501  # one line an expression reads best
"""Which metrics rule files and dashboards name, and on which line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.model.platform import Alert, Dashboard
from fixtures.probes import promql
from fixtures.probes.files import Files
from fixtures.probes.monitoring import Monitoring
from tests.probes.sources import platform

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.model.monitoring import Expressions
    from fixtures.model.verdicts import Evidence

RULES = """groups:
- name: a
  rules:
  - record: job:errors:rate5m
    expr: sum(rate(errors_total[5m]))
  - alert: High
    expr: |
      job:errors:rate5m > 1
        and up == 1
    annotations:
      summary: "{{ $value }} of {{ $labels.x }}"
      runbook_url: https://x.example/docs/RUNBOOK.md#high
"""


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", ["up"]),
        ('sum by (x) (rate(a_total{b="c"}[5m])) / sum(rate(b_total[5m])) > 0.01', ["a_total", "b_total"]),
        ("histogram_quantile(0.95, sum by (le) (rate(a_bucket[$__rate_interval])))", ["a_bucket"]),
        ('a{job="$job", instance=~"${instance:regex}"} offset $shift', ["a"]),
        ("rate(a[$__interval]) * $__range_s", ["a"]),
        ("topk($n, a)", ["a"]),
        ("sum by ($group) (a)", ["a"]),
        ("sum(rate(a[[[window]]]))", ["a"]),
        ("sum(rate($metric[5m]))", [promql.SENTINEL]),
        ("${prefix}_total", [promql.SENTINEL + "_total"]),
        ('{__name__="a", x="1"}', ["a"]),
        ("absent(a == 1) or vector(0)", ["a"]),
        ("max_over_time(a[1h:5m]) unless on (x) b", ["a", "b"]),
        ("1 + 1", []),
    ],
)  # fmt: skip
def test_names_are_read_from_an_expression(expression: str, names: list[str]) -> None:
    """Selectors count, functions and labels do not; template variables are filled in to fit."""
    assert [each.name for each in promql.names(expression)] == names


@pytest.mark.parametrize(
    ("expression", "unsure"), [("sum(a", False), ("a b", False), ("", False), ("brand_new(a)", True)]
)
def test_what_does_not_parse_is_told(expression: str, unsure: bool) -> None:
    """A broken expression is broken; a function this parser does not know may be new."""
    with pytest.raises(promql.Unparsed) as caught:
        promql.names(expression)
    assert caught.value.unsure is unsure


def test_a_pattern_for_names_is_kept_as_one() -> None:
    """A selector by a regular expression of the name is a pattern, not a name."""
    assert promql.names('{__name__=~"a_.*"}') == (promql.Selected("a_.*", pattern=True),)


def rules(root: Path, text: str) -> Evidence[Expressions]:
    built = platform(root, {"rules.yml": text})
    return Monitoring(built, Files(root)).expressions(Alert(name="a", provider="prometheus", file="rules.yml"))


def board(root: Path, data: object) -> Evidence[Expressions]:
    built = platform(root, {"board.json": data if isinstance(data, str) else json.dumps(data, indent=1)})
    return Monitoring(built, Files(root)).expressions(Dashboard(name="a", provider="grafana", file="board.json"))


def test_rules_are_read_with_their_lines(tmp_path: Path) -> None:
    """Alert and record rules are read, and what a record makes is known."""
    found = rules(tmp_path, RULES).value
    assert {(each.name, each.where) for each in found.asked} == {
        ("errors_total", "rules.yml:5"), ("job:errors:rate5m", "rules.yml:7"), ("up", "rules.yml:7"),
    }  # fmt: skip
    assert found.recorded == {"job:errors:rate5m"}


def test_rules_of_kubernetes_are_read(tmp_path: Path) -> None:
    """A PrometheusRule holds its groups below spec."""
    text = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - alert: A\n      expr: a > 1\n"
    assert [each.where for each in rules(tmp_path, text).value.asked] == ["rules.yml:7"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("groups: [", "does not parse as YAML"),
        ("groups: []", "holds no rule"),
        ("", "holds no rule"),
        ("- a\n- b", "holds no rule"),
        ("groups:\n- rules:\n  - alert: A\n", ""),
    ],
)
def test_a_rule_file_that_says_nothing_is_broken(tmp_path: Path, text: str, fault: str) -> None:
    """No YAML, no groups, no rules: a fault; a rule without expression is noted."""
    found = rules(tmp_path, text)
    if fault:
        assert found.fault is not None
        assert fault in found.fault.text
    else:
        assert [each.broken for each in found.value.unread] == [True]


def test_a_template_of_rules_is_unverified(tmp_path: Path) -> None:
    """A Helm chart is not a rule file: what it renders is."""
    assert "template" in rules(tmp_path, "groups:\n{{- range .Values.a }}\n- name: {{ . }}\n{{- end }}\n").error


def test_dashboards_are_read_panel_by_panel(tmp_path: Path) -> None:
    """Panels nested in rows, annotations and label_values count; other data sources are passed over and said."""
    prometheus, loki = {"type": "prometheus", "uid": "${ds}"}, {"type": "loki", "uid": "l"}
    found = board(
        tmp_path,
        {
            "panels": [
                {"title": "Plain", "targets": [{"expr": "a_total"}]},
                {"title": "Row", "type": "row", "panels": [{"title": "In", "datasource": prometheus, "targets": [{"expr": "rate(b[$__rate_interval])"}]}]},
                {"title": "Logs", "datasource": loki, "targets": [{"expr": '{app="x"} |= "e"'}]},
                {"title": "Off", "targets": [{"expr": "hidden", "hide": True}, {"expr": ""}]},
            ],
            "templating": {"list": [{"name": "q", "type": "query", "datasource": prometheus, "query": {"query": "label_values(c, queue)"}}]},
            "annotations": {"list": [{"name": "deploys", "datasource": prometheus, "expr": "d > 0"}, {"name": "own"}]},
        },
    ).value  # fmt: skip
    assert {each.name for each in found.asked} == {"a_total", "b", "c", "d"}
    assert found.passed_over == ("Logs (loki)",)
    assert {each.by: each.where for each in found.asked}["Plain"] == "board.json:7"


@pytest.mark.parametrize("data", ["{", "[]", "{}", '{"panels": [1, null, {"targets": 3}]}', "null"])
def test_a_dashboard_that_asks_nothing_is_broken(tmp_path: Path, data: str) -> None:
    """What is no JSON, or has no query, is a fault and no crash."""
    assert board(tmp_path, data).fault is not None


@settings(max_examples=150, deadline=None)
@given(st.text())
def test_any_text_is_an_expression_or_is_not(text: str) -> None:
    """No text makes the expression reader raise anything but Unparsed."""
    try:
        promql.names(text)
    except promql.Unparsed:
        return


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet="groups:rules-alertexpr[]{}&*!|>\n \"'", max_size=200).map(str.encode)
    )
)
def test_no_bytes_break_the_probe(tmp_path: Path, data: bytes) -> None:
    """Any file ends as evidence: seen, a fault, or an error."""
    built = platform(tmp_path, {"rules.yml": data, "board.json": data})
    probe = Monitoring(built, Files(tmp_path))
    for source in (
        Alert(name="a", provider="prometheus", file="rules.yml"),
        Dashboard(name="a", provider="grafana", file="board.json"),
    ):
        evidence = probe.expressions(source)
        assert evidence.fault or evidence.error or evidence.value.expressions >= 0
