"""Streams of flows, and how they go on where they break off."""
import grpc
import numpy as np
import pytest
import stanflow
from fake_server import flows
from frames import expected
from stanflow._resume import Backoff


def assert_is_sequence(batches, first, end):
    got = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0].columns}
    for name, values in expected(flows(first, end)).items():
        np.testing.assert_array_equal(got[name], values)
    assert [batch.first_row for batch in batches] == list(
        np.cumsum([first, *[len(batch) for batch in batches[:-1]]]))


def test_an_unbroken_stream_is_one_call(fake, client):
    stream = client.generate("edge@prod", rows=1050, seed=7, hosts=20, start="2016-04-11T00:00:00Z", home="10.1.0.0/16")
    assert_is_sequence(list(stream), 0, 1050)
    assert (stream.rows, stream.reconnects, stream.header.model_version) == (1050, 0, "models/edge/versions/3")
    request, = fake.synthesis.generates
    assert (request.model, request.rows, request.seed, request.hosts) == ("edge@prod", 1050, 7, 20)
    assert (request.start.seconds, request.home, request.chunk_rows) == (1460332800, "10.1.0.0/16", 4096)


def test_broken_streams_go_on_without_a_gap_or_a_repeat(fake, client):
    fake.synthesis.breaks = [250, 0, 1, 300]
    stream = client.generate("edge", rows=1000)
    assert_is_sequence(list(stream), 0, 1000)
    assert stream.reconnects == 4
    assert [request.resume_token for request in fake.synthesis.generates] == [b"", b"250", b"250", b"251", b"551"]


@pytest.mark.parametrize("code", ["UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"])
def test_what_may_be_mended_by_waiting_is_tried_again(fake, client, code):
    fake.synthesis.breaks = [150]
    fake.synthesis.break_with = (grpc.StatusCode[code], "for now")
    assert_is_sequence(list(client.generate("edge", rows=300)), 0, 300)


def test_a_stream_that_ends_without_its_summary_goes_on(fake, client):
    fake.synthesis.breaks = [150]
    fake.synthesis.break_with = None
    assert_is_sequence(list(client.generate("edge", rows=300)), 0, 300)


def test_other_errors_are_raised_after_what_came_before_them(fake, client):
    fake.synthesis.breaks = [150]
    fake.synthesis.break_with = (grpc.StatusCode.INTERNAL, "the loss is not a number")
    stream = client.generate("edge", rows=300)
    batches = []
    with pytest.raises(stanflow.Internal, match="the loss is not a number"):
        batches.extend(stream)
    assert_is_sequence(batches, 0, 150)


def test_a_killed_server_that_comes_back_is_found_again(fake):
    with stanflow.Client(fake.address) as client:
        batches = []
        for batch in client.generate("edge", rows=50000):
            batches.append(batch)
            if batch.first_row == 0:
                fake.stop()
                fake.start()
        assert_is_sequence(batches, 0, 50000)
        assert len(fake.synthesis.generates) > 1


def test_a_server_that_was_never_reached_is_an_error_at_once():
    with stanflow.Client("127.0.0.1:1") as client:
        with pytest.raises(stanflow.Unavailable, match="the server at 127.0.0.1:1 can't be reached"):
            next(client.generate("edge", rows=1))


def test_a_stream_that_is_refused_at_first_is_an_error_at_once(fake, client):
    fake.synthesis.refusals = [lambda context: context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "256 streams run")]
    with pytest.raises(stanflow.ResourceExhausted, match="256 streams run"):
        next(client.generate("edge", rows=1))
    assert len(fake.synthesis.generates) == 1


def test_flows_that_are_left_out_or_repeated_are_an_error(fake, client):
    def skip(chunk):
        if chunk.first_row == 200:
            chunk.first_row = 201

    fake.synthesis.change_chunk = skip
    with pytest.raises(stanflow.DataLoss, match="sent flow 201 where flow 200 was due"):
        list(client.generate("edge", rows=300))


def test_columns_of_different_lengths_are_an_error(fake, client):
    fake.synthesis.change_chunk = lambda chunk: chunk.columns.packet_delta_count.pop()
    with pytest.raises(stanflow.DataLoss, match="packet_delta_count"):
        list(client.generate("edge", rows=300))


def test_a_summary_of_other_flows_than_came_is_an_error(fake, client):
    def more(summary):
        summary.rows += 1

    fake.synthesis.change_summary = more
    with pytest.raises(stanflow.DataLoss, match="sent 301 flows, but 300 came"):
        list(client.generate("edge", rows=300))


def test_a_batchs_token_goes_on_where_it_ended(fake, client):
    with client.generate("edge", rows=1000) as stream:
        first = next(stream)
    rest = list(client.generate("edge", rows=1000, resume_token=first.resume_token))
    assert_is_sequence([first, *rest], 0, 1000)


def test_a_stream_that_is_left_ends_its_call(fake, client):
    for batch in client.generate("edge"):
        assert len(batch) == 100
        break
    assert fake.synthesis.over.acquire(timeout=60)


def test_a_stream_that_is_closed_ends_its_call(fake, client):
    with client.generate("edge") as stream:
        next(stream)
    assert fake.synthesis.over.acquire(timeout=60)


def test_progress_is_shown(client, capsys):
    client.generate("edge", rows=1000, progress=True).to_pandas()
    shown = capsys.readouterr().err
    assert "1.00k/1.00k" in shown and "flows" in shown


def test_a_stream_without_an_end_is_not_collected(client):
    with pytest.raises(ValueError, match="no end"):
        client.generate("edge").to_pandas()


@pytest.mark.parametrize("arguments", [{"rows": 0}, {"rows": 5, "duration": 60}])
def test_wrong_extents_are_refused_here(client, arguments):
    with pytest.raises(ValueError, match="rows"):
        client.generate("edge", **arguments)


def test_backoff_grows_and_ends_with_patience():
    now = [0.0]
    backoff = Backoff(5, clock=lambda: now[0])

    def pauses():
        while True:
            pause = backoff.pause(0)
            if pause is None:
                return
            now[0] += pause
            yield pause

    assert list(pauses()) == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 1.9])
    backoff.reset()
    assert next(pauses()) == 0.1


def test_a_pause_is_as_long_as_the_server_asks_for_and_no_longer_than_patience():
    backoff = Backoff(5, clock=lambda: 0.0)
    assert [backoff.pause(1.5), backoff.pause(60)] == [1.5, 5]
