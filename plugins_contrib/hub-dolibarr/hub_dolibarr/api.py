"""Calls of Dolibarr's REST API: rows by growing id, and what hangs on one row. Only GET is ever sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.sdk import Context, SourceUnavailable
from hub_dolibarr.config import API, DolibarrConfig
from hub_dolibarr.faults import another_form, no_api

#: Rows asked for at once: what Dolibarr gives when nobody says how many. With their lines they are some 2 MB.
ROWS = 100

#: The hub's code for an answer that is larger than it reads.
TOO_LARGE = "HUB-HTTP-005"

Row = dict[str, Any]


class Api:
    """One Dolibarr. `calls` counts what was asked of it."""

    def __init__(self, config: DolibarrConfig, context: Context) -> None:
        entity = {} if config.entity is None else {"DOLAPIENTITY": str(config.entity)}
        self._http = context.http(base_url=config.address + API, headers={"DOLAPIKEY": config.api_key, **entity})
        self.calls = 0

    def rows(self, path: str, after: int, condition: str = "", properties: str = "") -> Iterator[Row]:
        """Rows with an id above `after`, by id. A row inserted meanwhile cannot shift the others.

        A page shorter than asked is not the end: Dolibarr leaves out rows that it cannot load. Only an empty one is.

        Args:
            condition: what else they must meet, as Dolibarr's sqlfilters writes it.
            properties: names of the fields wanted; versions that do not know this give all.
        """
        count = ROWS
        while True:
            filters = f"(t.rowid:>:{after})" + (f" and ({condition})" if condition else "")
            asked: dict[str, str | int] = {"sortfield": "t.rowid", "sortorder": "ASC", "limit": count, "page": 0}
            asked |= {"sqlfilters": filters, **({"properties": properties} if properties else {})}
            try:
                page = self._list(path, asked)
            except SourceUnavailable as error:
                if error.code != TOO_LARGE or count == 1:
                    raise
                count = max(1, count // 5)  # invoices of hundreds of lines
                continue
            if not page:
                return
            for row in page:
                number = self._id(path, row)
                if number <= after:  # an older Dolibarr that ignores a filter would go round in circles
                    raise another_form(path, f"id {number} after {after}")
                after = number
                yield row

    def newest(self, path: str) -> Row | None:
        """The row that was changed last; None when there is none."""
        page = self._list(path, {"sortfield": "t.tms", "sortorder": "DESC", "limit": 1, "page": 0})
        return page[0] if page else None

    def attached(self, path: str, **params: str) -> list[Row]:
        """What hangs on one row: its payments, its discounts. Empty when the row is gone meanwhile."""
        return self._list(path, params)

    def _list(self, path: str, params: Mapping[str, str | int]) -> list[Row]:
        self.calls += 1
        answer = self._http.get(path, params=params, accept=(404,))
        found = answer.json()
        if answer.status == 404:
            # Older versions say so when a list is empty, in a sentence of their own; a path that does not exist gives
            # the bare words.
            error = found.get("error") if isinstance(found, dict) else None
            told = str(error.get("message", "")) if isinstance(error, dict) else ""
            if told.removeprefix("Not Found").strip(" :"):
                return []
            raise no_api(answer.place)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise another_form(answer.place, found)
        return found

    @staticmethod
    def _id(path: str, row: Row) -> int:
        try:
            return int(str(row["id"]))
        except (KeyError, ValueError) as error:
            raise another_form(path, f"a row without id: {sorted(row)[:8]}") from error
