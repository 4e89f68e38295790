"""Markdown is read as GitHub renders it, and any text is read to its end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.probes.markdown import headings, page, slug


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Simple", "simple"),
        ("Two words, and: more!", "two-words-and-more"),
        ("Scenario 3: Frontend unavailable (502/503)", "scenario-3-frontend-unavailable-502503"),
        ("Сценарий 1. Worker не обрабатывает задачи", "сценарий-1-worker-не-обрабатывает-задачи"),
        ("Ёлка — это `код`", "ёлка--это-код"),
        ("DATABASE_URL", "database_url"),
        ("a  b", "a--b"),
        ("🔥 Fire", "-fire"),
        ("C++ & C#", "c--c"),
    ],
)
def test_slugs_are_githubs(text: str, anchor: str) -> None:
    """Lower case, letters of any script, hyphens for spaces, no punctuation."""
    assert slug(text.replace("`", "")) == anchor


def test_headings_of_every_kind_are_read() -> None:
    """ATX, setext, HTML and closed headings, with level, line and numbered anchors; none in code or comments."""
    text = "# A `b` [c](d) #\n\n"
    text += "Setext\n---\n\n<h3>Html</h3>\n\n```\n# no\n```\n<!--\n# no\n-->\n\n## Setext\n> ## Quoted\n"
    found = [(heading.level, heading.text, heading.line, heading.slug) for heading in headings(text)]
    assert found == [
        (1, "A b c", 1, "a-b-c"),
        (2, "Setext", 3, "setext"),
        (3, "Html", 6, "html"),
        (2, "Setext", 15, "setext-1"),
        (2, "Quoted", 16, "quoted"),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_do_not_depend_on_line_ends(ending: str) -> None:
    """Headings, items, cells, code and links keep their lines."""
    text = ending.join(
        ["# A", "", "- [ ] b", "  - [x] [c](d)", "", "| e |", "|---|", "| `f` |", "", "```sh", "g", "```"]
    )
    seen = page("x.md", text)
    lines = [(block.kind, block.line, block.done) for block in seen.blocks()]
    assert lines == [("item", 3, False), ("item", 4, True), ("row", 6, None), ("row", 8, None), ("code", 11, None)]
    assert [link.line for link in seen.links] == [4]
    assert [span.line for span in seen.spans] == [8]


def test_labels_cut_a_paragraph() -> None:
    """Each bold label at a line's start opens a block; bold words inside a line do not."""
    blocks = list(page("x.md", "**A:** b\nc **d** e\n**F** — g\n**h** i\n").blocks())
    assert [(block.lead, block.line) for block in blocks] == [("A", 1), ("F", 3)]


def test_front_matter_is_read_and_broken_one_is_let_be() -> None:
    """Plain values are fields; YAML that does not parse yields none, and the page is read all the same."""
    assert [(field.key, field.value, field.line) for field in page("x.md", "---\na: 1\nb: [2]\n---\n# T\n").fields] == [
        ("a", "1", 2)
    ]
    assert page("x.md", "---\na: [\n---\n# T\n").fields == ()


def test_sections_nest_by_level() -> None:
    """A deeper heading belongs to the section above it, also where levels are left out."""
    roots = page("x.md", "intro\n# A\n### B\n## C\n# D\n").sections
    shape = [
        (root.heading.text if root.heading else "", [part.heading.text for part in root.parts if part.heading])
        for root in roots
    ]
    assert shape == [("", []), ("A", ["B", "C"]), ("D", [])]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet=st.sampled_from("#*-[]() `~<>!|\\\n\t:x1_=&;\"'$ё\r\0"), max_size=300))
def test_any_text_is_a_page(text: str) -> None:
    """No text crashes the reader, and every line is one of the text's."""
    seen = page("x.md", text)
    last = len(text.splitlines()) + 2
    lines = [block.line for block in seen.blocks()] + [heading.line for heading in seen.headings]
    lines += [link.line for link in seen.links] + [span.line for span in seen.spans]
    assert all(1 <= line <= last for line in lines)


@pytest.mark.parametrize("piece", ["[", "**a:", "<h1>", "<!--", "> ", "- ", "`", "## a\n", "a**b", "| a ", "![a]("])
@pytest.mark.parametrize("before", ["", "---\n"], ids=["text", "front-matter"])
def test_hostile_shapes_are_read_to_their_end(before: str, piece: str) -> None:
    """Deep nesting and long runs end as a page."""
    assert page("x.md", before + piece * 3000 + "\n---\n").path == "x.md"
