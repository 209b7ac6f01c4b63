"""Invoices of Example Books, an invented accounting service: the smallest complete connector."""

import json
from collections.abc import Sequence
from datetime import date

from pydantic import Field, SecretStr

from hub.sdk import (
    Connector,
    ConnectorConfig,
    Context,
    Cursor,
    Page,
    RawUnit,
    RecordRejected,
    RecordSource,
    Registry,
    SourceUnavailable,
    Stream,
    hookimpl,
)
from hub.sdk.amounts import minor_from_text
from hub.sdk.records import Debtor, Invoice, Record


class ExampleBooksConfig(ConnectorConfig):
    """Where the books are, and the key to read them."""

    address: str = Field("https://api.example-books.test/v1", description="Address of the service.")
    api_key: SecretStr = Field(description="Key of an account that may only read.")
    seller: str = Field(description="Which of your companies these books belong to.")


class ExampleBooks:
    """Plays RecordSource: the invoices, oldest first, by their number in the service."""

    def __init__(self, config: ExampleBooksConfig, context: Context) -> None:
        self._seller = config.seller
        self._http = context.http(base_url=config.address, headers={"X-Api-Key": config.api_key})

    def streams(self) -> Sequence[Stream]:
        return [Stream("invoices", repeats="latest")]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        after = cursor or "0"
        answer = self._http.get("/invoices", params={"after": after, "limit": min(limit, 200)})
        try:
            page = answer.json()
            units = [
                RawUnit(str(row["id"]), json.dumps(row, sort_keys=True, default=str).encode(), place=f"id {row['id']}")
                for row in page["invoices"]
            ]
            return Page(units, units[-1].ref if units else after, last=not page["more"], origin="/invoices")
        except (KeyError, TypeError) as error:
            raise SourceUnavailable(
                code="HUB-EXB-001",
                what=f"the answer has another form than expected ({error!r})",
                where=answer.place,
                mend="update the connector, or ask Example Books what changed",
            ) from error

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        row = json.loads(unit.body)
        try:
            debtor = Debtor(seller=self._seller, debtor_id=row["account"], name=row["company"], stub=True)
            invoice = Invoice(
                seller=self._seller,
                number=row["number"],
                debtor_id=row["account"],
                issued_on=date.fromisoformat(row["issued"]),
                due_on=date.fromisoformat(row["due"]) if row.get("due") else None,
                currency=row["currency"],
                total_minor=minor_from_text(row["total"], row["currency"], decimal="."),
            )
        except (KeyError, TypeError, ValueError) as error:  # pydantic's errors are ValueErrors
            raise RecordRejected(
                code="HUB-EXB-002",
                what=f"invoice {row.get('number')!r} cannot be read: {error}",
                where=unit.place,
                mend="correct it in Example Books, then sync again",
            ) from error
        return [debtor, invoice]


@hookimpl
def hub_register(registry: Registry) -> None:
    registry.add(
        Connector(
            name="example_books",
            sdk="1",
            roles=[RecordSource],
            config=ExampleBooksConfig,
            build=ExampleBooks,
            mapping_fields=["seller"],
            title="Invoices of Example Books",
            author="partners@example-books.test",
        )
    )
