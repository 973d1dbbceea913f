import os
import pathlib
import sys

import pytest
import stanflow
from fake_server import FakeServer
from stanflow._resume import Backoff

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
# Nets so small that a training takes seconds; what they learn is not the point here.
SMALL = {"width": 8, "state": 8, "hidden": 16, "epochs": 1}


@pytest.fixture
def fake():
    with FakeServer() as server:
        yield server


@pytest.fixture
def quick(monkeypatch):
    """A call that breaks is tried again at once."""
    monkeypatch.setattr(Backoff, "first_seconds", 0.0)


@pytest.fixture
def client(fake, quick):
    with stanflow.Client(fake.address) as client:
        yield client


@pytest.fixture(scope="session")
def server():
    """A real one with a model `edge` of the dataset `simulated`: 12000 flows of 10.0.0.0/16, which are also the file
    `server.office`."""
    programs = os.environ.get("STANFLOW_BIN")
    if not programs:
        pytest.skip("STANFLOW_BIN does not name the folder of stanflowd, stanflow-worker and stanflow")
    sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))
    from server_under_test import server_of_its_own

    with server_of_its_own(os.path.abspath(programs)) as (running, folder):
        running.office = os.path.join(folder, "office.csv")
        running.run("simulate", "--rows", 12000, "--seed", 1, "--output", running.office)
        with stanflow.Client(running.address) as client:
            client.import_dataset("simulated", running.office, home="10.0.0.0/16", holdout="hours=odd")
            client.train("simulated", model="edge", options=SMALL)
        yield running
