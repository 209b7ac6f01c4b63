"""XML of strangers, read safely: no DTD, no entity, nothing fetched, bounded in bytes, depth and elements.

libxml2's own limits stay on (depth 256, a text 10 MB). Names are compared without their namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from lxml import etree

#: Elements of one document: an invoice of ten thousand lines has about half of it.
MAX_ELEMENTS: Final = 500_000
_CHUNK: Final = 32 * 1024
_NAMES: dict[str, str] = {}
_PLACE: Final = re.compile(r", line (\d+), column (\d+)")
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


class XmlRefused(Exception):
    """A document that is not read. `reason` is ``doctype``, ``size``, ``elements`` or ``form``; the text says more.

    `line` and `column` tell where the form is broken; 0 when nobody knows. `told` is the text without them.
    """

    def __init__(self, reason: str, detail: str) -> None:
        found = _PLACE.search(detail)
        super().__init__(detail[:200])
        self.reason = reason
        self.told = _PLACE.sub("", detail)[:200]
        self.line, self.column = (int(found[1]), int(found[2])) if found else (0, 0)


def parse(body: bytes, *, max_bytes: int, max_elements: int = MAX_ELEMENTS) -> Any:
    """The root element of `body` (an lxml element).

    Raises:
        XmlRefused: too large, a DOCTYPE, too many elements, or not well formed.
    """
    if len(body) > max_bytes:
        raise XmlRefused("size", f"{len(body):,} bytes, {max_bytes:,} are allowed")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise XmlRefused("doctype", "it declares a DOCTYPE or entities")
    parser = etree.XMLPullParser(events=("start",), **_HARDENED)
    events: Iterator[Any] = parser.read_events()
    count = 0
    try:
        for at in range(0, len(body), _CHUNK):
            parser.feed(body[at : at + _CHUNK])
            count += sum(1 for _ in events)
            if count > max_elements:
                raise XmlRefused("elements", f"more than {max_elements:,} elements")
        root: Any = parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(error) from None
    _without_doctype(root)  # written in UTF-16, it passed the first look
    return root


def parse_element(body: bytes) -> Any:
    """One element from bytes that were taken from a document already read here: a fragment of evidence.

    Raises:
        XmlRefused: not well formed.
    """
    try:
        return etree.fromstring(body, _FRAGMENT)
    except etree.XMLSyntaxError as error:
        raise _broken(error) from None


def ends(stream: BinaryIO, tags: tuple[str, ...], most_bytes: int) -> Iterator[tuple[str, Any]]:
    """The elements of `tags` (local names) as they end, in order, each with its local name: for large documents.

    The caller clears what it has read. At most `most_bytes` may lie between two of them.

    Raises:
        XmlRefused: not well formed, a DOCTYPE, or an element too long.
    """
    parser = etree.XMLPullParser(events=("end",), tag=tuple("{*}" + tag for tag in tags), **_HARDENED)
    events: Iterator[Any] = parser.read_events()
    since, checked = 0, False
    try:
        while chunk := stream.read(2 * _CHUNK):
            parser.feed(chunk)
            since += len(chunk)
            for _, element in events:
                since = 0
                if not checked:
                    checked = True
                    _without_doctype(element)
                yield name_of(element.tag), element
            if since > most_bytes:
                raise XmlRefused("size", f"more than {most_bytes:,} bytes in one element")
        parser.close()
        for _, element in events:
            yield name_of(element.tag), element
    except etree.XMLSyntaxError as error:
        raise _broken(error) from None


def _without_doctype(element: Any) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("doctype", "it declares a DOCTYPE")


def _broken(error: etree.XMLSyntaxError) -> XmlRefused:
    return XmlRefused("form", str(error.msg) if error.msg else "it cannot be parsed")


def name_of(tag: object) -> str:
    """A tag without its namespace; empty for comments and the like."""
    if not isinstance(tag, str):
        return ""
    name = _NAMES.get(tag)
    if name is None:
        name = tag.rpartition("}")[2]
        if len(_NAMES) < 10_000:  # a file of invented names must not fill the memory
            _NAMES[tag] = name
    return name


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return name_of(element.tag)


def all_at(element: Any, *path: str) -> list[Any]:
    """The elements at `path` below `element`, by local names, in document order; `element` None gives none."""
    found = [element] if element is not None else []
    for name in path:
        found = [child for one in found for child in one if local(child) == name]
    return found


def first_at(element: Any, *path: str) -> Any:
    """The first element at `path` below `element`, else None."""
    found = all_at(element, *path)
    return found[0] if found else None


def text_at(element: Any, *path: str) -> str:
    """The text of the first element at `path`, blanks at its ends removed; empty when there is none."""
    for one in all_at(element, *path):
        if text := (one.text or "").strip():
            return text
    return ""


def serialized(element: Any) -> bytes:
    """The element's bytes in UTF-8, without what follows it."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=False, with_tail=False)
