"""What notebooks show: paragraphs, tables and code, written as Markdown or as HTML.

Text that comes from an app is escaped for the form that it is written in.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from attrs import field, frozen


def _cells(line: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, line))


def _rows(rows: Iterable[Iterable[object]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(_cells, rows))


_MARKS = re.compile(r"[\\`*|\[\]~]|(?<!\w)_|_(?!\w)|^[#+-](?=\s)|^\d+(?=[.)]\s)")


def markdown_text(text: str) -> str:
    r"""Text in which Markdown and HTML find no marks, on one line.

    Examples:
        >>> print(markdown_text("a|b <script>"))
        a\|b &lt;script&gt;
    """
    return _MARKS.sub(r"\\\g<0>", escape(" ".join(text.split()), quote=False))


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; the cells are Markdown already."""
    lines = [f"| {' | '.join(line)} |" for line in (head, *rows)]
    return "\n".join((lines[0], "|---" * len(head) + "|", *lines[1:]))


@frozen
class Paragraph:
    """One paragraph."""

    text: str

    def markdown(self) -> str:
        """As Markdown."""
        return markdown_text(self.text)

    def html(self) -> str:
        """As HTML."""
        return f"<p>{escape(self.text)}</p>"


@frozen
class Grid:
    """A table: a head, and rows of as many cells."""

    head: tuple[str, ...] = field(converter=_cells)
    rows: tuple[tuple[str, ...], ...] = field(converter=_rows)

    def markdown(self) -> str:
        """As a table of Markdown."""
        head, *rows = ([*map(markdown_text, line)] for line in (self.head, *self.rows))
        return markdown_table(head, rows)

    def html(self) -> str:
        """As a table of HTML."""
        head = "".join(f"<th>{escape(cell)}</th>" for cell in self.head)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


@frozen
class Code:
    """Code in a language, such as ``mermaid``; notebooks draw that, if it comes as Markdown."""

    language: str
    text: str

    def markdown(self) -> str:
        """As a fenced block."""
        return f"```{self.language}\n{self.text}\n```"


Block = Paragraph | Grid | Code


class Shown:
    """A value that notebooks show as a small page; a class says by ``_page`` what is on it."""

    __slots__ = ()

    def _page(self) -> Sequence[Block]:
        raise NotImplementedError(f"{type(self).__qualname__} needs _page(self).")

    def _repr_markdown_(self) -> str:
        return "\n\n".join(block.markdown() for block in self._page())

    def _repr_html_(self) -> str | None:
        """None for a page with code, so that a notebook takes the Markdown and draws the code."""
        page = self._page()
        blocks = [block.html() for block in page if not isinstance(block, Code)]
        return "\n".join(blocks) if len(blocks) == len(page) else None
