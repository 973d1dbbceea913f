"""What an evaluation found."""
from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional

from stanflow._extras import require
from stanflow._files import Path, whole_file
from stanflow.v1 import jobs_pb2

if TYPE_CHECKING:
    import matplotlib.axes

# A divergence that a model keeps (docs/measures.md).
_BOUND = 0.05


@dataclass(frozen=True)
class Report:
    """In a notebook it shows itself: the whole page."""

    job: jobs_pb2.Job
    # report.json: figures under the names of docs/measures.md.
    figures: Dict[str, Any]
    # report.html: one page that needs nothing else.
    page: str

    @staticmethod
    def of(job: jobs_pb2.Job, report_json: bytes, report_html: bytes) -> Report:
        """Of an evaluation and the two files that it made."""
        return Report(job, json.loads(report_json), report_html.decode())

    def save(self, path: Path) -> None:
        """Writes the page."""
        with whole_file(path) as part, open(part, "w", encoding="utf-8") as file:
            file.write(self.page)

    def plot(self, axes: Optional[matplotlib.axes.Axes] = None) -> matplotlib.axes.Axes:
        """Every attribute's divergence between synthetic and real flows, beside the floor (real against real) and
        independent columns (b1). Needs matplotlib."""
        return plot_divergences(self.figures, axes)

    def _repr_html_(self) -> str:
        # A frame of its own keeps the page's style from the notebook's, and its sandbox what it may do.
        return (f'<iframe srcdoc="{html.escape(self.page)}" sandbox="" '
                'style="width: 100%; height: 800px; border: 0"></iframe>')


def plot_divergences(figures: Dict[str, Any], axes: Optional[matplotlib.axes.Axes] = None) -> matplotlib.axes.Axes:
    """Of a report.json."""
    attributes = list(figures["jsd"])
    if axes is None:
        size = (7, 0.35 * len(attributes) + 1)
        axes = require("matplotlib.pyplot", "plot").subplots(figsize=size, layout="constrained")[1]

    def found(key: str) -> Dict[str, float]:
        values = {name: figures["jsd"][name].get(key) for name in attributes}
        return {name: value for name, value in values.items() if value is not None}

    values = found("value")
    axes.barh(list(values), list(values.values()), color="0.7", label="synthetic")
    for key, marker, label in (("floor", "|", "real against real"), ("b1", "x", "independent columns")):
        marks = found(key)
        if not marks:
            continue
        axes.scatter(list(marks.values()), list(marks), marker=marker, s=60, color="black", label=label, zorder=3)
    axes.axvline(_BOUND, linestyle=":", color="black", linewidth=1, label=f"{_BOUND}")
    axes.invert_yaxis()
    axes.set_xlabel("Jensen-Shannon divergence, nats")
    axes.legend(loc="best")
    return axes
