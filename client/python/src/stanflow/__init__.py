"""Client of stanflow, which learns network flows and streams synthetic ones.

    import stanflow

    client = stanflow.Client("127.0.0.1:50551")
    client.train("office.csv", model="edge", home="10.0.0.0/16", holdout="hours=odd", max_minutes=5)
    flows = client.generate("edge", rows=100000, hosts=20, seed=1).to_pandas()

`stanflow.aio.Client` is the same for asyncio. Messages (Job, Dataset, ModelVersion) are those of stanflow.v1, whose
.proto files say what every field means.
"""
from stanflow import aio, datasets, jobs, models
from stanflow.batch import FlowBatch
from stanflow.client import Client
from stanflow.errors import (AlreadyExists, Cancelled, DataLoss, DeadlineExceeded, FailedPrecondition, FieldViolation,
                             Internal, InvalidArgument, JobCancelled, JobFailed, NotFound, ResourceExhausted,
                             StanflowError, Unavailable, Unimplemented)
from stanflow.report import Report, plot_divergences
from stanflow.stream import FlowStream
from stanflow.synthesizer import FlowSynthesizer

__all__ = [
    "AlreadyExists", "Cancelled", "Client", "DataLoss", "DeadlineExceeded", "FailedPrecondition", "FieldViolation",
    "FlowBatch", "FlowStream", "FlowSynthesizer", "Internal", "InvalidArgument", "JobCancelled", "JobFailed",
    "NotFound", "Report", "ResourceExhausted", "StanflowError", "Unavailable", "Unimplemented", "aio",
    "datasets", "jobs", "models", "plot_divergences",
]
