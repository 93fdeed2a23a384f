"""Pages of notebooks: the same blocks as Markdown and as HTML, with what an app wrote escaped."""

import pytest

from custlife._notebook import Code, Grid, Paragraph, Shown

HOSTILE = "a|b\n<script>alert(1)</script> *c* `d` # e"


class Card(Shown):
    def _page(self):
        return (Paragraph("# Hello"), Grid(["a", "b"], [[1, HOSTILE]]))


class Drawing(Card):
    def _page(self):
        return (*super()._page(), Code("mermaid", "a --> b"))


def test_a_page_is_written_as_markdown():
    """Block by block, and no text of an app's makes a mark."""
    assert Drawing()._repr_markdown_() == (
        "\\# Hello\n\n"
        "| a | b |\n|---|---|\n"
        "| 1 | a\\|b &lt;script&gt;alert(1)&lt;/script&gt; \\*c\\* \\`d\\` # e |\n\n"
        "```mermaid\na --> b\n```"
    )


def test_a_page_is_written_as_html():
    """Block by block, and no text of an app's makes a tag."""
    shown = Card()._repr_html_()

    assert "<p># Hello</p>" in shown
    assert "<td>1</td>" in shown
    assert "<script>" not in shown


def test_a_page_with_a_diagram_has_no_html():
    """Notebooks prefer HTML, and draw Mermaid out of Markdown only."""
    assert Drawing()._repr_html_() is None


def test_a_class_says_what_is_on_its_page():
    """Else there is nothing to show."""
    with pytest.raises(NotImplementedError):
        Shown()._repr_html_()
