"""What all records share: their base and the types of their fields."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from hub.sdk.money import MAX_MINOR

Ref = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=120_000)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
SignedMinor = Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR)]

#: The seller of a debtor or an instalment whose source names none: the account of that code at every seller.
ANY_SELLER = "*"


class Record(BaseModel):
    """A fact as one source states it.

    Class attributes: `kind` is the stored spelling (frozen); `key` the fields that identify the fact within its
    connector.
    """

    # Built when the first record of a kind is made: a page travels in columns, most processes make none.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    kind: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
