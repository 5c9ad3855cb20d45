"""Dask as an engine: processes on this machine, or whatever a running scheduler has, one machine or a whole cluster."""

import logging
import pickle
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from cyclesim.errors import DesignError, WorkerError
from cyclesim.worlds.engines import AHEAD, STRIKES, Batch, Done, Function, Suspects, check_worker, cores
from cyclesim.worlds.fingerprint import fingerprint

CONNECT_SECONDS = 10
_ASK_SECONDS = 2.0


class Dask:
    """Workers of a running Dask scheduler (``tcp://10.0.0.1:8786``), or so many processes here, else one a core."""

    def __init__(self, workers: int | None = None, scheduler: str | None = None) -> None:
        try:
            import distributed  # noqa: F401 - found missing here and not in the middle of a sweep
        except ImportError:
            raise DesignError("the engine dask needs Dask: pip install 'cyclesim[cluster]'") from None
        if workers is not None and scheduler is not None:
            raise DesignError(f"the scheduler at {scheduler} has workers of its own; leave --workers out")
        self.workers, self._scheduler = workers or cores(), scheduler

    def map(self, function: Function, shared: Any, batches: Iterable[Batch]) -> Generator[Done]:
        """See `Executor.map`; `WorkerError` also if the scheduler cannot be reached or goes away."""
        from distributed.comm.core import CommClosedError

        payload = pickle.dumps(shared)
        with self._client() as client:
            try:
                yield from self._carried(client, function, payload, iter(batches))
            except (CancelledError, CommClosedError) as error:  # whichever of our calls found out first
                raise self._gone() from error

    def _carried(self, client: Any, function: Function, payload: bytes, source: Iterator[Batch]) -> Iterator[Done]:
        from distributed import as_completed

        pending: dict[Any, Batch] = {}
        suspects, asked, arriving, made_by = Suspects(), 0.0, as_completed(), fingerprint().hash
        while True:
            if self._scheduler is not None and time.monotonic() - asked > _ASK_SECONDS:
                self.workers, asked = self._there(client), time.monotonic()
            while len(pending) < (1 if suspects else AHEAD * self.workers):
                batch = suspects.popleft() if suspects else next(source, None)
                if batch is None:
                    break
                future = client.submit(_work, function, payload, list(batch.items), made_by, pure=False)
                pending[future] = batch
                arriving.add(future)
            if not pending:
                return
            future = next(arriving)
            batch, alone = pending.pop(future), not pending
            found = self._result(future)
            if found is None:  # Dask has tried it on several workers, so that alone it needs no further trial
                yield from suspects.isolate([replace(batch, strikes=STRIKES)], alone)
            else:
                suspects.given_up = 0
                yield Done(batch, *found)

    def _result(self, future: Any) -> tuple[list[Any], float] | None:
        """Return what came of a batch; None if it killed every worker that tried it."""
        from distributed import KilledWorker

        try:
            results: tuple[list[Any], float] = future.result()  # waits where a worker died with a result not fetched
        except KilledWorker:
            return None
        except ImportError as error:
            raise WorkerError(
                f"a Dask worker lacks what it needs ({error}); install the same cyclesim there"
            ) from error
        return results

    def _there(self, client: Any) -> int:
        """Return how many workers the scheduler has now."""
        try:
            return max(1, len(client.nthreads()))
        except OSError as error:
            raise self._gone() from error

    def _gone(self) -> WorkerError:
        where = f"the scheduler at {self._scheduler}" if self._scheduler else "the scheduler"
        return WorkerError(
            f"{where} is gone. What was done is stored; when it is there again, go on with cyclesim resume"
        )

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """Yield a client of the scheduler; what was started here is stopped in the end."""
        from distributed import Client, LocalCluster

        for name in ("distributed", "distributed.client"):  # what goes wrong is told in our words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self._scheduler is not None:
            try:
                client = Client(self._scheduler, timeout=CONNECT_SECONDS)
            except (OSError, ValueError, TypeError) as error:
                reason = "no answer" if isinstance(error, TimeoutError) else error
                raise WorkerError(
                    f"cannot reach a Dask scheduler at {self._scheduler} ({reason}); start one with: dask scheduler"
                ) from None
            with client:
                yield client
            return
        with (
            tempfile.TemporaryDirectory(prefix="cyclesim-dask-") as folder,
            LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                memory_limit=0,
                local_directory=folder,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client


# ---------------------------------------------------------------- in a worker

_known: tuple[bytes, Any] = (b"", None)
"""What all runs of the present sweep share, and its hash: unpacked once in a process."""


def _work(function: Function, payload: bytes, items: Sequence[Any], wanted: str) -> tuple[list[Any], float]:
    global _known  # noqa: PLW0603 - a cache of one
    check_worker(wanted)
    digest = blake2b(payload).digest()
    if _known[0] != digest:
        _known = (digest, pickle.loads(payload))
    began = time.perf_counter()
    return [function(_known[1], item) for item in items], time.perf_counter() - began
