"""The form of each answer of a connector's process, checked before anything of it is used.

What a plugin returns ends up in these frames: a number where text belongs, or the character NUL, which PostgreSQL
cannot store, must stop that plugin with a sentence and not the hub with a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

#: Each form is built when it is first used: a run uses four of them.
_STRICT = ConfigDict(strict=True, defer_build=True)
#: Events that one call of a sender may hold.
MAX_EVENTS = 1_000


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("text holds the character NUL")
    return text


def _all_storable(texts: list[str]) -> list[str]:
    _storable("".join(texts))
    return texts


Words = Annotated[str, Field(max_length=1_000_000), AfterValidator(_storable)]
Refs = Annotated[list[Annotated[str, Field(min_length=1, max_length=2_000)]], AfterValidator(_all_storable)]
Place = Annotated[int, Field(ge=0)]


@with_config(_STRICT)
class _Stream(TypedDict):
    name: Annotated[Words, Field(min_length=1, max_length=200)]
    mode: str
    missing: str
    repeats: str
    whole_objects: bool
    swept: bool


@with_config(_STRICT)
class _Streams(TypedDict):
    streams: list[_Stream]


@with_config(_STRICT)
class _Offer(TypedDict):
    origin: Words
    cursor: Words | None
    last: bool
    skipped: list[Words]
    begins: bool
    notes: list[Words]


@with_config(_STRICT)
class _Units(TypedDict):
    count: Place
    places: list[Place] | None
    moved: list[Place]
    former: list[Place]
    refs: Refs


@with_config(_STRICT)
class _Existing(TypedDict):
    refs: Refs
    last: bool


_Name = Annotated[Words, Field(min_length=1, max_length=2_000)]


@with_config(_STRICT)
class _Event(TypedDict):
    id: _Name
    stream: _Name
    ref: _Name


@with_config(_STRICT)
class _Refused(TypedDict):
    type: str
    code: Words
    what: Words
    where: Words
    mend: Words


@with_config(_STRICT)
class _Heard(TypedDict):
    events: Annotated[list[_Event], Field(max_length=MAX_EVENTS)]
    refused: _Refused | None


@with_config(_STRICT)
class _Received(TypedDict):
    calls: list[_Heard]


@with_config(_STRICT)
class _Same(TypedDict):
    all: str | None


@with_config(_STRICT)
class _Columns(TypedDict):
    kind: str
    unit: list[Place]
    values: dict[str, list[Any] | _Same]


@with_config(_STRICT)
class _Rejected(TypedDict):
    type: Literal["RecordRejected"]
    code: Words
    what: Words
    where: Words
    mend: Words
    excerpt: Words
    lines: Annotated[int, Field(ge=0, le=2**31)]


@with_config(_STRICT)
class _NotDone(TypedDict):
    refused: dict[Words, dict[str, Any]]


@with_config(_STRICT)
class _Written(TypedDict):
    file_name: Annotated[Words, Field(min_length=1, max_length=200)]
    media_type: Annotated[Words, Field(max_length=200)]
    references: dict[Words, Annotated[Words, Field(min_length=1, max_length=200)]]


@with_config(_STRICT)
class _Acknowledged(TypedDict):
    found: dict[Words, Refs]


@with_config(_STRICT)
class _Report(TypedDict):
    by_rate: dict[Annotated[Words, Field(max_length=20)], int]
    plain: dict[str, Any]
    message: Words


@with_config(_STRICT)
class _Reported(TypedDict):
    reports: dict[Words, _Report]
    refused: dict[Words, dict[str, Any]]


@with_config(_STRICT)
class _Mapped(TypedDict):
    columns: list[_Columns]
    rejected: dict[str, _Rejected]


Form = TypeAdapter[Any]
STREAMS: Form = TypeAdapter(_Streams)
OFFER: Form = TypeAdapter(_Offer)
UNITS: Form = TypeAdapter(_Units)
EXISTING: Form = TypeAdapter(_Existing)
RECEIVED: Form = TypeAdapter(_Received)
MAPPED: Form = TypeAdapter(_Mapped)
REFUSED: Form = TypeAdapter(_NotDone)
WRITTEN: Form = TypeAdapter(_Written)
ACKNOWLEDGED: Form = TypeAdapter(_Acknowledged)
REPORTED: Form = TypeAdapter(_Reported)


def spell_out(mapped: dict[str, Any]) -> None:
    """Columns of one value throughout, which travel as ``{"all": value}``, become lists."""
    for column in mapped["columns"]:
        count, values = len(column["unit"]), column["values"]
        values.update({name: [same["all"]] * count for name, same in values.items() if isinstance(same, dict)})


def fault_of(form: Form, answer: Mapping[str, Any]) -> str | None:
    """What keeps `answer` from having this form, in a sentence; None when it has it."""
    try:
        form.validate_python(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'][:3])}: {first['msg']}"
    return None
