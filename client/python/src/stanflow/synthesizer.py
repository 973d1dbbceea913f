"""The face that other synthesizers of tables have: fit, then sample."""
from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Optional

from stanflow._names import Home, networks
from stanflow._sources import Flows
from stanflow.client import Client

if TYPE_CHECKING:
    import pandas


class FlowSynthesizer:
    """A model of one table of flows.

        synthesizer = stanflow.FlowSynthesizer(client, home="10.0.0.0/16").fit(flows)
        synthesizer.sample(1000)

    `home`: as in Client.train; sampled hosts lie in the first of the networks. `model`: its name at the server, where
    every fit makes a new version of it; the rest as in Client.train. After `fit`, `model_` is the version that was
    learned and `job_` the training.
    """

    def __init__(self, client: Client, *, home: Home, model: str = "synthesizer", preset: str = "causal",
                 max_minutes: float = 0, options: Optional[Mapping[str, object]] = None, seed: int = 1,
                 holdout: str = "none", progress: bool = False) -> None:
        self.client = client
        self.home = networks(home)
        self.model = model
        self.preset = preset
        self.max_minutes = max_minutes
        self.options = options
        self.seed = seed
        self.holdout = holdout
        self.progress = progress
        self._samples = 0

    def fit(self, data: Flows) -> FlowSynthesizer:
        """Flows as Client.train takes them, with their order: rows of one host follow from one another."""
        self.job_ = self.client.train(data, model=self.model, preset=self.preset, max_minutes=self.max_minutes,
                                      options=self.options, seed=self.seed, home=self.home, holdout=self.holdout,
                                      progress=self.progress)
        self.model_ = self.job_.result
        self.reset_sampling()
        return self

    def sample(self, num_rows: int, *, hosts: int = 0) -> pandas.DataFrame:
        """Other flows with every call; the same ones again after `reset_sampling`."""
        if not hasattr(self, "model_"):
            raise ValueError("nothing was learned yet: call fit first")
        flows = self.client.generate(self.model_, rows=num_rows, hosts=hosts, seed=self.seed, stream=self._samples,
                                     home=self.home[0], progress=self.progress).to_pandas()
        self._samples += 1
        return flows

    def reset_sampling(self) -> None:
        """The next `sample` is as the first one after `fit`."""
        self._samples = 0
