"""The one place that touches lxml: hardened parsers, local names, trees as plain dictionaries.

No DTD is read, no entity replaced, nothing fetched, and libxml2's own limits stay on (depth 256, text 10 MB):
reliability.md (d), libraries.md (XML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, Protocol, cast

from lxml import etree

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.limits import ENTRY_BYTES
from hub.sdk.errors import RecordRejected


class Element(Protocol):
    """What the readers use of an lxml element."""

    tag: Any
    text: str | None

    @property
    def sourceline(self) -> int | None: ...
    def get(self, key: str, default: str) -> str: ...
    def keys(self) -> list[str]: ...
    def items(self) -> list[tuple[str, str]]: ...
    def clear(self) -> None: ...
    def getparent(self) -> Element | None: ...
    def getprevious(self) -> Element | None: ...
    def getroottree(self) -> Any: ...
    def index(self, child: Element) -> int: ...
    def __delitem__(self, place: slice) -> None: ...
    def itertext(self) -> Iterator[str]: ...
    def __iter__(self) -> Iterator[Element]: ...
    def __len__(self) -> int: ...


#: An element as plain values: its text, its attributes under ``@name``, and lists of children by local name.
Tree = dict[str, Any]

_CHUNK: Final = 64 * 1024
_HARDENED: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "dtd_validation": False,
    "remove_comments": True,
    "remove_pis": True,
}
_FRAGMENT: Final = etree.XMLParser(**_HARDENED)
_LOCAL: dict[str, str] = {}
_PLACE: Final = re.compile(r", line (\d+), column (\d+)")


def local(tag: object) -> str:
    """The name of an element without its namespace; empty for comments and the like."""
    if not isinstance(tag, str):
        return ""
    name = _LOCAL.get(tag)
    if name is None:
        name = tag.rpartition("}")[2]
        if len(_LOCAL) < 10_000:  # a file of invented names must not fill the memory
            _LOCAL[tag] = name
    return name


def ends(stream: BinaryIO, tags: tuple[str, ...], where: str) -> Iterator[tuple[str, Element]]:
    """The elements of `tags` (local names) as they end, in order, each with its local name.

    The caller clears what it has read. At most `limits.ENTRY_BYTES` may lie between two of them.

    Raises:
        RecordRejected: HUB-BANK-010 (not well formed), 011 (DOCTYPE), 008 (an element too long).
    """
    parser = etree.XMLPullParser(events=("end",), tag=tuple("{*}" + tag for tag in tags), **_HARDENED)
    events = cast(Iterator[tuple[str, Element]], parser.read_events())
    since, checked = 0, False
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            since += len(chunk)
            for _, element in events:
                since = 0
                if not checked:
                    checked = True
                    _no_doctype(element, where)
                yield local(element.tag), element
            if since > ENTRY_BYTES:
                raise reject("HUB-BANK-008", where, thing="element", limit=ENTRY_BYTES)
        parser.close()
        for _, element in events:
            yield local(element.tag), element
    except etree.XMLSyntaxError as error:
        raise not_well_formed(error, where) from None


def _no_doctype(element: Element, where: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise reject("HUB-BANK-011", where)


def not_well_formed(error: etree.XMLSyntaxError, where: str) -> RecordRejected:
    """The refusal of a document that lxml cannot read, with its line and column."""
    text = str(error.msg) if error.msg else "it cannot be parsed"
    found = _PLACE.search(text)
    place = f"{where}:{found[1]}:{found[2]}" if found else where
    reason = _PLACE.sub("", text)[:200]
    if "ncod" in reason or "UTF-8" in reason:
        return reject("HUB-BANK-012", place, encoding="what its first line declares", reason=reason)
    return reject("HUB-BANK-010", place, reason=reason)


def parse(body: bytes) -> Element:
    """One element from its bytes.

    Raises:
        Garbled: HUB-BANK-010.
    """
    try:
        return cast(Element, etree.fromstring(body, _FRAGMENT))
    except etree.XMLSyntaxError as error:
        raise Garbled("HUB-BANK-010", reason=str(error.msg)[:200]) from None


def serialized(element: Element) -> bytes:
    """The element's bytes in UTF-8, without what follows it."""
    return etree.tostring(cast(Any, element), encoding="UTF-8", xml_declaration=False, with_tail=False)


def tree(element: Element, without: str = "") -> Tree:
    """The element as plain values: quick to ask many times. A leaf is its text, an amount keeps its attributes.

    Children of the local name `without` are left out.
    """
    result: Tree = {}
    text = element.text
    if text is not None and not text.isspace():
        result[""] = text
    known = _LOCAL
    for child in element:
        tag = child.tag
        name = known.get(tag) or local(tag)
        if name == without:
            continue
        text = child.text
        if (text is None or text.isspace()) and len(child):  # what holds text holds no elements in these messages
            node: Any = tree(child)
        elif name[-3:] == "Amt":
            node = {"": text or "", "@Ccy": child.get("Ccy", "")}
        else:
            node = text or ""
        if name in result:
            result[name].append(node)
        else:
            result[name] = [node]
    return result


def text_at(node: Any, *path: str) -> str:
    """The text of the first element at `path` below `node`, blanks at its ends removed; empty when there is none."""
    for name in path:
        if type(node) is not dict:
            return ""
        children = node.get(name)
        if not children:
            return ""
        node = children[0]
    if type(node) is dict:
        node = node.get("", "")
    return node.strip() if node else ""


def text_of(node: Any) -> str:
    """The text of an element, blanks at its ends removed."""
    if type(node) is dict:
        node = node.get("", "")
    return str(node).strip() if node else ""


def first(node: Any, *path: str) -> Tree | None:
    """The first element at `path` below `node`; None when there is none or it is a leaf."""
    for name in path:
        children = node.get(name) if type(node) is dict else None
        if not children:
            return None
        node = children[0]
    return node if type(node) is dict else None


def each(node: Any, name: str) -> list[Any]:
    """All elements `name` just below `node`."""
    found = node.get(name) if type(node) is dict else None
    return found if isinstance(found, list) else []
