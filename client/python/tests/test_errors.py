"""Errors of the server as exceptions."""
import grpc
import pytest
import stanflow
from fake_server import refuse
from google.protobuf.duration_pb2 import Duration
from stanflow.v1 import error_details_pb2


def raised(fake, client, refusal):
    fake.synthesis.refusals = [refusal]
    with pytest.raises(stanflow.StanflowError) as caught:
        next(client.generate("edge", rows=1))
    return caught.value


@pytest.mark.parametrize("code, kind", [
    ("INVALID_ARGUMENT", stanflow.InvalidArgument), ("NOT_FOUND", stanflow.NotFound),
    ("ALREADY_EXISTS", stanflow.AlreadyExists), ("FAILED_PRECONDITION", stanflow.FailedPrecondition),
    ("RESOURCE_EXHAUSTED", stanflow.ResourceExhausted), ("UNAVAILABLE", stanflow.Unavailable),
    ("DEADLINE_EXCEEDED", stanflow.DeadlineExceeded), ("CANCELLED", stanflow.Cancelled),
    ("DATA_LOSS", stanflow.DataLoss), ("INTERNAL", stanflow.Internal), ("UNKNOWN", stanflow.StanflowError)])
def test_a_code_is_a_class(fake, client, code, kind):
    error = raised(fake, client, lambda context: refuse(context, grpc.StatusCode[code], "what is wrong"))
    assert type(error) is kind
    assert (error.code, error.reason, str(error), error.told) == (code, code, "what is wrong", True)
    assert isinstance(error.__cause__, grpc.RpcError)


def test_details_are_the_exceptions_attributes(fake, client):
    def refusal(context):
        bad = error_details_pb2.BadRequest()
        bad.field_violations.add(field="hosts", description="70000; give 1 to 65536")
        refuse(context, grpc.StatusCode.INVALID_ARGUMENT, "hosts: 70000; give 1 to 65536",
               ErrorInfo=error_details_pb2.ErrorInfo(reason="INVALID_FIELD", domain="stanflow",
                                                     metadata={"limit": "65536"}),
               BadRequest=bad,
               RetryInfo=error_details_pb2.RetryInfo(retry_delay=Duration(seconds=1, nanos=500000000)),
               Unheard=error_details_pb2.ErrorInfo(reason="NOT_THIS"))

    error = raised(fake, client, refusal)
    assert error.reason == "INVALID_FIELD"
    assert error.violations == (stanflow.FieldViolation("hosts", "70000; give 1 to 65536"),)
    assert error.retry_seconds == 1.5
    assert error.metadata == {"limit": "65536"}


def test_an_error_without_details_has_its_code_as_reason(fake, client):
    error = raised(fake, client, lambda context: context.abort(grpc.StatusCode.NOT_FOUND, "there is no model"))
    assert (type(error), error.reason, error.told) == (stanflow.NotFound, "NOT_FOUND", False)


def test_a_call_that_the_server_does_not_know_says_so(fake, client):
    # The fake has no such method.
    with pytest.raises(stanflow.Unimplemented, match="stanflowd of this version"):
        client.models.load("edge")


def test_no_server_says_how_to_start_one():
    with stanflow.Client("127.0.0.1:1") as client:
        with pytest.raises(stanflow.Unavailable, match="start one with stanflowd"):
            client.jobs.get("1")


def test_the_address_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("STANFLOW_SERVER", "127.0.0.1:2")
    with stanflow.Client() as client, pytest.raises(stanflow.Unavailable, match="127.0.0.1:2"):
        client.jobs.get("1")
