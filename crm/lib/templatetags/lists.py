"""Rows of lists whose columns people choose.

`{% cells listing.shown %}{% cell owner %}<td>…</td>{% endcell %}{% endcells %}`: each cell is written once, under its
column's name; they are drawn in the order of the columns.
"""

import re
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

register = template.Library()
# the tag that a cell begins with
OPENING = re.compile(r"<(?P<tag>t[dh])(?P<rest>[^>]*)>")


class CellNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return str(self.nodelist.render(context))


class CellsNode(template.Node):
    def __init__(self, columns: FilterExpression, nodelist: NodeList) -> None:
        self.columns = columns
        self.nodelist = nodelist
        self.cells = {node.name: node for node in nodelist if isinstance(node, CellNode)}

    def render(self, context: Context) -> Any:
        columns = self.columns.resolve(context)
        return "".join(
            _sized(str(self.cells[each.name].render_annotated(context)), each.width_class)
            for each in columns
        )


def _sized(cell_html: str, width: str) -> str:
    """The class of a chosen width joins those of the cell, whose text stays as it was."""
    if not width:
        return cell_html
    return OPENING.sub(lambda found: _with_class(found, width), cell_html, count=1)


def _with_class(found: re.Match[str], width: str) -> str:
    tag, rest = found["tag"], found["rest"]
    named = rest.replace('class="', f'class="{width} ', 1)
    return f"<{tag}{named}>" if named != rest else f'<{tag} class="{width}"{rest}>'


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    """The cell of one column."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(name, nodelist)


@register.tag
def cells(parser: Parser, token: Token) -> CellsNode:
    """A row's cells, as the columns say."""
    _tag, columns = token.split_contents()
    nodelist = parser.parse(("endcells",))
    parser.delete_first_token()
    return CellsNode(parser.compile_filter(columns), nodelist)
