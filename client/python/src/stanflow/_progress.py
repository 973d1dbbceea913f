"""Bars of tqdm, in a terminal or a notebook."""
from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, Optional

from stanflow._extras import require
from stanflow.v1 import jobs_pb2


class NoBar:
    def update(self, flows: int) -> None:
        pass

    def close(self) -> None:
        pass


def flow_bar(shown: bool, rows: Optional[int]) -> Any:
    """Counts flows; `rows` of them, or without an end that is known."""
    if not shown:
        return NoBar()
    return require("tqdm.auto", "progress").tqdm(total=rows, unit=" flows", unit_scale=True)


@contextlib.contextmanager
def job_bar(shown: bool, name: str) -> Iterator[Callable[[jobs_pb2.JobEvent], None]]:
    """What is to be called with every event of the job."""
    if not shown:
        yield lambda event: None
        return
    form = "{desc} {percentage:3.0f}% |{bar}| {elapsed}{postfix}"
    with require("tqdm.auto", "progress").tqdm(total=100, desc=name, bar_format=form) as bar:

        def show(event: jobs_pb2.JobEvent) -> None:
            if event.HasField("progress"):
                bar.n = 100 * event.progress.fraction
                bar.set_postfix_str(_words(event.progress), refresh=False)
            if event.state == jobs_pb2.JOB_STATE_SUCCEEDED:
                bar.n = 100
                # What it was at last is not where it ended.
                bar.set_postfix_str("", refresh=False)
            bar.refresh()

        yield show


def _words(progress: jobs_pb2.JobProgress) -> str:
    words = [progress.phase]
    if progress.attribute:
        words.append(f"{progress.attribute}, epoch {progress.epoch}")
    if progress.seconds_left > 0:
        words.append(f"{progress.seconds_left:.0f} s left")
    if progress.message:
        words.append(progress.message)
    return ", ".join(words)
