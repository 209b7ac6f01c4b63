"""Labels in which the bank says what is what: "VIR SEPA RECU /DE DURAND SARL /MOTIF FACT 4711 /REF NOTPROVIDED".

Some banks write payer, purpose and reference behind tags into one label; others write "DE: … MOTIF: … REF: …". Taken
apart they are what another bank gives in three fields: a name that is one, and a reference that is no invoice number.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hub.core.reconcile.inputs import Receipts
from hub.core.reconcile.texts.text import CUT_LABEL, PURPOSE, fills_its_room, join_pieces

_FORMS = (
    ("/DE ", re.compile(r"(?:^|\s)/(DE|MOTIF|REF)(?= |$)")),
    ("DE: ", re.compile(r"(?:^|\s)(DE|MOTIF|REF) ?:(?= |$)")),
)
_AT_A_TAG = re.compile(r"\n(?=/?(?:DE|MOTIF|REF)\b)")  # a line of its own goes on with no other one
_BEHIND_A_TAG = re.compile(r"(/(?:DE|MOTIF|REF))\n")  # the blank was lost: no tag is glued to what it says

_FOR = "\nPOUR LE COMPTE DE "
_IN_A_TAG = re.compile(r"/\n(?=(?:DE|MOTIF|REF)\b)")  # the cut took the stroke from its tag


def taken_apart(receipts: Receipts) -> Receipts:
    """The receipts with payer, purpose and reference out of tagged labels; the same object when no label has tags.

    Only where the source gives no name of its own, and the label is whole: of one that the bank cut, what is lost would
    no longer show.
    """
    found = {
        row: parts
        for row, (text, name) in enumerate(zip(receipts.remittance, receipts.payer_name, strict=True))
        if text and not name and ("/DE " in text or "DE: " in text) and (parts := _parts(text))
    }
    if not found:
        return receipts
    names, texts, references = list(receipts.payer_name), list(receipts.remittance), list(receipts.end_to_end_ref)
    for row, parts in found.items():
        names[row] = parts["DE"]
        texts[row] = "\n".join(filter(None, (PURPOSE + parts["MOTIF"] if "MOTIF" in parts else "", parts[_FOR])))
        references[row] = references[row] or parts.get("REF") or None
    return replace(receipts, payer_name=names, remittance=texts, end_to_end_ref=references)


def _once(text: str) -> str:
    """A label without its first line, where the second has in full what a cut left of its tags."""
    first, _, rest = text.partition("\n")
    at = max([first.find(sign) for sign, _ in _FORMS])
    return rest if at >= 0 and len(first) >= CUT_LABEL and rest.startswith(first[at:]) else text


def _parts(text: str) -> dict[str, str] | None:
    """What stands behind each tag; None without a name, or a purpose or reference, or when a tag comes twice."""
    text, said, told = text.partition(_FOR)  # a line of the reader's own, behind the label
    joined = text
    if "\n" in text:
        text = _once(text)
        lines = "\n".join(map(join_pieces, _AT_A_TAG.split(_BEHIND_A_TAG.sub(r"\1 \n", text))))
        joined = _IN_A_TAG.sub("\n/", lines).replace("\n", " ")
    for sign, tag in _FORMS:
        if sign not in joined:
            continue
        _, *pieces = tag.split(joined)
        tags = pieces[::2]
        parts = {key: " ".join(value.split()) for key, value in zip(tags, pieces[1::2], strict=True)}
        whole = "REF" in parts or not fills_its_room(text)
        if len(parts) == len(tags) and parts.get("DE") and ("MOTIF" in parts or "REF" in parts) and whole:
            return parts | {_FOR: (said + told).strip()}
    return None
