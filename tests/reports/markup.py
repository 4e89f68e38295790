"""Reads rendered pages back with the standard library's HTML parser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "source", "hr"}


class Markup(HTMLParser):
    """The elements of a page: tags and attributes as met, its text outside of scripts, and what was left unclosed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.astray: list[str] = []  # end tags that close nothing
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.astray.append(tag)

    def handle_data(self, data: str) -> None:
        """Note text that a reader sees."""
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        """The page's text, blanks folded."""
        return " ".join(" ".join(self.words).split())

    @property
    def balanced(self) -> bool:
        """Whether each element that was opened was closed, and in order."""
        return not self.open and not self.astray

    @property
    def tags(self) -> set[str]:
        """The names of the elements."""
        return {tag for tag, _ in self.elements}

    @property
    def handlers(self) -> list[str]:
        """Attributes that run script."""
        return [name for _, attributes in self.elements for name in attributes if name.startswith("on")]

    @property
    def ids(self) -> list[str]:
        """The values of `id`, in order."""
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]
