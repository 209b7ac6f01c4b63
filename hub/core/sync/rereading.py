"""Objects read again after webhooks: the ordinary way of a page, beside the order in which the stream is read.

Nothing that a webhook says is taken in, only what the source answers now: so calls may come twice, late and in any
order, and end in one state. Cursor and page notes stay; whether new documents take the place of others is asked at the
end of the next ordinary run, as for any newcomer.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from hub.core.host.process import ConnectorProcess, named
from hub.core.store import Store, runs
from hub.core.store.streams import Counts
from hub.core.sync.again import prepared
from hub.core.sync.pages import PageReader
from hub.core.sync.run import ConnectorSpec
from hub.core.sync.seen import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import BrokenPromise, SourceAuthError
from hub.sdk.units import Stream


class Rereader:
    """Reads objects of one connector again; a context manager that ends its process."""

    def __init__(self, store: Store, spec: ConnectorSpec, actor: str) -> None:
        self._store = store
        self._spec = spec
        self._actor = actor
        self._session: Session | None = None
        self._streams: dict[str, Stream] = {}

    def __enter__(self) -> Rereader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, stream: str, refs: Sequence[str]) -> Counts:
        """Read these objects of `stream` now and take them in.

        Raises:
            HubError: the connector's, with its place; after `BrokenPromise` its process is started anew next time.
            LeaseLost: another process runs this connector now.
            DatabaseUnreachable: the hub's own data base is out of reach.
        """
        try:
            return self._read(stream, refs)
        except BrokenPromise as error:
            self._end()
            raise named(error, self._spec.start) from None
        except SourceAuthError as error:
            raise named(error, self._spec.start) from None

    def _read(self, name: str, refs: Sequence[str]) -> Counts:
        session = self._begin()
        if name not in self._streams:
            raise BrokenPromise(
                code="HUB-HOST-011",
                what=f"a webhook is about the stream {name!r}, which the connector does not have",
                mend="report it to the connector's author",
            )
        state, counts = prepared(session, name)
        reader = PageReader(session, self._streams[name], Seen(), aside=True)
        session.process.tell({"op": "reread", "stream": name, "refs": list(refs)})
        counts.add(reader.next_page(state, None).counts)
        return counts

    def _begin(self) -> Session:
        if self._session is None:
            spec = self._spec
            with self._store.write(self._actor) as unit:
                connector = runs.connector_id(unit.connection, spec.key, spec.plugin)
                mapping = runs.mapping_id(unit.connection, connector, spec.fingerprint)
            process = ConnectorProcess(spec.start, spec.limits)
            self._session = Session(self._store, process, spec.key, connector, mapping, self._actor)
            self._streams = {stream.name: stream for stream in process.streams()}
        return self._session

    def _end(self) -> None:
        if self._session is not None:
            self._session.process.close()
            self._session = None
