"""Records in columns: the form in which they cross from a connector's process to the hub, and their check.

A page of records travels as one `Columns` per kind: a list per field, dates as ISO text, columns without any
value left out. The child turns what `map` returned into columns (`columns_from_records`); the parent checks
whole columns at once (`validate_columns`), at least as strictly as the record class, and builds no record.

Size and speed of a page of 5,000 records, all 21 fields of a `Receipt` given (the worst case): 2.1 MB as
JSON, 8 MB in memory, of which 0.8 MB for the check; the check takes 1.2 to 2 µs a record, building it 9 to
13 µs. An `Invoice` with its required fields: 0.4 MB, 0.3 µs (`tests/benchmarks/wire_validation.py`).
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from types import NoneType
from typing import Annotated, Any, Literal, NoReturn, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict

from hub.sdk.errors import BrokenPromise
from hub.sdk.money import Currency, is_currency
from hub.sdk.records import KINDS, Record
from hub.sdk.roles import Columns

_Values = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Field:
    """How the column of one field is checked; `rule` is set for columns checked by their distinct values."""

    name: str
    entry: Any
    required: bool
    optional: bool
    default: Any
    text: bool
    rule: Callable[[str], bool] | None
    wanted: str


def columns_from_records(records_by_unit: Sequence[tuple[int, Sequence[Record]]]) -> list[Columns]:
    """The records that `map` gave for units, in columns: one `Columns` per kind, in the order of `KINDS`.

    Args:
        records_by_unit: index of the unit in its page, and its records. Order within a kind is kept.

    Raises:
        BrokenPromise: something in there is no record of a known kind.
    """
    groups: dict[type[Any], tuple[list[int], list[dict[str, Any]]]] = {}
    for unit, records in records_by_unit:
        for record in records:
            group = groups.get(record.__class__)
            if group is None:
                _known_kind(record)
                group = groups[record.__class__] = ([], [])
            group[0].append(unit)
            group[1].append(record.__dict__)
    loading_order = sorted(groups, key=lambda cls: list(KINDS).index(cls.kind))
    return [_columns(cls.kind, *groups[cls]) for cls in loading_order]


def records_from_columns(columns: Columns) -> list[tuple[int, Record]]:
    """The records in `columns`, each with the index of its unit: the inverse of `columns_from_records`.

    Raises:
        BrokenPromise: the columns do not fit together, or a record in them is not valid.
    """
    count = len(columns.unit)
    checked, faults = validate_columns(columns.kind, count, columns.values)
    if faults:
        index, fault = next(iter(faults.items()))
        _broken("HUB-SDK-015", f"record {index} of kind {columns.kind!r} is not valid: {fault}", columns.kind)
    dated = {field.name for field in _plan(columns.kind) if field.rule is _is_date}
    for name in dated:
        checked[name] = [value and date.fromisoformat(value) for value in checked[name]]
    names = list(checked)
    build = KINDS[columns.kind].model_validate
    records = (build(dict(zip(names, row, strict=True))) for row in zip(*checked.values(), strict=True))
    return list(zip(columns.unit, records, strict=True))


@cache
def page_model(kind: str) -> TypeAdapter[Any]:
    """The model of a page of records of `kind`: a typed dict of lists, derived from the record class, strict.

    Texts, integers and booleans are checked entry by entry, in Rust; dates, currencies and literals have few
    distinct values and are checked by `validate_columns`, once for each of them.
    """
    entries = {field.name: types.GenericAlias(list, Any if field.rule else field.entry) for field in _plan(kind)}
    make: Any = TypedDict  # made at run time, from the record class: nothing to check before
    page = make(f"{KINDS[kind].__name__}Page", entries, total=False)
    page.__pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    return TypeAdapter(page)


def validate_columns(kind: str, n: int, values: _Values) -> tuple[_Values, dict[int, str]]:
    """Check `n` records of `kind` given in columns, as strictly as their class would.

    Args:
        kind: a key of `KINDS`.
        n: how many records there are.
        values: a list of `n` entries per field; a field with a default may be missing.

    Returns:
        All columns of the kind, missing ones filled with the default and dates left as ISO text, and the
        faults: index of the record -> what is wrong with it. Entries of a faulty record are returned as they
        came; its neighbours are good.

    Raises:
        BrokenPromise: an unknown kind or field, a column missing that must be given or of another length.
    """
    plan = _plan(kind)
    _check_shape(kind, plan, n, values)
    faults: dict[int, list[str]] = {}
    try:
        checked: _Values = page_model(kind).validate_python(values)
    except ValidationError as error:
        checked = dict(values)
        for detail in error.errors(include_url=False, include_context=False):
            name, index = detail["loc"][:2]
            fault = f"{name}: {detail['msg']}, got {_shown(detail['input'])}"
            faults.setdefault(int(index), []).append(fault)
    for field in plan:
        column = checked.get(field.name)
        if column is None:
            checked[field.name] = [field.default] * n
        elif (field.rule or field.text) and not _column_is_good(field, column):
            for index, fault in _faults_of(field, column):
                faults.setdefault(index, []).append(fault)
    return checked, {index: "; ".join(faults[index]) for index in sorted(faults)}


def _columns(kind: str, units: list[int], rows: list[dict[str, Any]]) -> Columns:
    values: _Values = {}
    for field in _plan(kind):
        try:
            column = list(map(itemgetter(field.name), rows))
        except KeyError:
            _broken("HUB-SDK-014", f"a record of kind {kind!r} was built without {field.name!r}", kind)
        if column[0] is None and column.count(None) == len(column):
            continue
        values[field.name] = _iso(column) if field.rule is _is_date else column
    return Columns(kind=kind, unit=units, values=values)


def _iso(column: list[Any]) -> list[Any]:
    """Dates as ISO text. Anything else (from a record built unchecked) is left for the parent to refuse."""
    try:
        text = {day: day.isoformat() if isinstance(day, date) else day for day in set(column)}
    except TypeError:
        return column
    return [text[day] for day in column]


def _known_kind(record: Any) -> None:
    kind = getattr(record, "kind", None)
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(record, KINDS[kind]):
        _broken("HUB-SDK-010", f"map returned a {type(record).__name__}, no record of hub.sdk.records", "map")


def _check_shape(kind: str, plan: tuple[_Field, ...], n: int, values: Mapping[str, object]) -> None:
    for field in plan:
        if field.name in values:
            column = values[field.name]
            found = len(column) if isinstance(column, list) else "no list of"
            if found != n:
                what = f"field {field.name!r} of {n} records of kind {kind!r} has {found} entries"
                _broken("HUB-SDK-012", what, kind)
        elif field.required and n:
            _broken("HUB-SDK-011", f"records of kind {kind!r} come without their field {field.name!r}", kind)
    unknown = values.keys() - {field.name for field in plan}
    if unknown:
        _broken("HUB-SDK-013", f"records of kind {kind!r} have no field {', '.join(sorted(unknown))!r}", kind)


def _column_is_good(field: _Field, column: list[Any]) -> bool:
    """The quick answer for a whole column; what the Rust side checked already is not looked at again."""
    try:
        if field.rule is not None:
            distinct = set(column)
            if field.optional:
                distinct.discard(None)
            return all(map(field.rule, distinct))
        # PostgreSQL cannot store the character NUL: one would take a whole page down.
        return "\0" not in "".join(filter(None, column) if None in column else column)
    except TypeError:  # an entry that cannot be in a set, or in a text
        return False


def _faults_of(field: _Field, column: list[Any]) -> Iterator[tuple[int, str]]:
    """The slow answer, entry by entry."""
    for index, value in enumerate(column):
        if field.optional and value is None:
            continue
        if field.rule is not None:
            if not isinstance(value, str) or not field.rule(value):
                yield index, f"{field.name}: Input should be {field.wanted}, got {_shown(value)}"
        elif isinstance(value, str) and "\0" in value:
            yield index, f"{field.name}: Text holds the character NUL, got {_shown(value)}"


@cache
def _plan(kind: str) -> tuple[_Field, ...]:
    """The fields of `kind`, with the check that fits each."""
    if kind not in KINDS:
        _broken("HUB-SDK-010", f"{kind!r} is no kind of record", "map")
    cls = KINDS[kind]
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_field(name, hints[name], info) for name, info in cls.model_fields.items())


def _field(name: str, entry: Any, info: FieldInfo) -> _Field:
    optional = NoneType in get_args(entry)
    bare = next(member for member in get_args(entry) if member is not NoneType) if optional else entry
    rule: Callable[[str], bool] | None = None
    wanted = ""
    if bare is date:
        rule, wanted = _is_date, "a date written YYYY-MM-DD"
    elif bare == Currency:
        rule, wanted = is_currency, "an ISO 4217 currency"
    elif get_origin(bare) is Literal:
        rule, wanted = frozenset(get_args(bare)).__contains__, f"one of {', '.join(get_args(bare))}"
    plain = get_args(bare)[0] if get_origin(bare) is Annotated else bare
    return _Field(
        name=name,
        entry=entry,
        required=info.is_required(),
        optional=optional,
        default=None if info.is_required() else info.default,
        text=plain is str and rule is None,
        rule=rule,
        wanted=wanted,
    )


@lru_cache(maxsize=20_000)
def _is_date(text: str) -> bool:
    """True for a real day written YYYY-MM-DD, and for nothing else that `fromisoformat` would also read."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _broken(code: str, what: str, where: str) -> NoReturn:
    raise BrokenPromise(code=code, what=what, where=where, mend="tell the author of the connector")
