"""XML of banks, read by `hub.sdk.xml`: its refusals in our codes, and trees as plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol, cast

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.limits import ENTRY_BYTES
from hub.sdk import xml
from hub.sdk.errors import RecordRejected
from hub.sdk.xml import name_of


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


def ends(stream: BinaryIO, tags: tuple[str, ...], where: str) -> Iterator[tuple[str, Element]]:
    """The elements of `tags` (local names) as they end, in order, each with its local name.

    The caller clears what it has read. At most `limits.ENTRY_BYTES` may lie between two of them.

    Raises:
        RecordRejected: HUB-BANK-010 (not well formed), 011 (DOCTYPE), 008 (an element too long), 012 (encoding).
    """
    try:
        yield from xml.ends(stream, tags, ENTRY_BYTES)
    except xml.XmlRefused as refusal:
        raise _rejected(refusal, where) from None


def _rejected(refusal: xml.XmlRefused, where: str) -> RecordRejected:
    """The refusal of a document, with its line and column where they are known."""
    if refusal.reason == "doctype":
        return reject("HUB-BANK-011", where)
    if refusal.reason == "size":
        return reject("HUB-BANK-008", where, thing="element", limit=ENTRY_BYTES)
    place = f"{where}:{refusal.line}:{refusal.column}" if refusal.line else where
    if "ncod" in refusal.told or "UTF-8" in refusal.told:
        return reject("HUB-BANK-012", place, encoding="what its first line declares", reason=refusal.told)
    return reject("HUB-BANK-010", place, reason=refusal.told)


def parse(body: bytes) -> Element:
    """One element from its bytes.

    Raises:
        Garbled: HUB-BANK-010.
    """
    try:
        return cast(Element, xml.parse_element(body))
    except xml.XmlRefused as refusal:
        raise Garbled("HUB-BANK-010", reason=str(refusal)) from None


def tree(element: Element, without: str = "") -> Tree:
    """The element as plain values: quick to ask many times. A leaf is its text, an amount keeps its attributes.

    Children of the local name `without` are left out.
    """
    result: Tree = {}
    text = element.text
    if text is not None and not text.isspace():
        result[""] = text
    for child in element:
        name = name_of(child.tag)
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
