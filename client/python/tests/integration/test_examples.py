"""What people copy and paste: the examples, the documents, the bench."""
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading

import pytest
import stanflow
from conftest import REPOSITORY

PYTHON = REPOSITORY / "client" / "python"
EXAMPLES = PYTHON / "examples"
LIMIT_S = 600  # bounds a wait; no test depends on how long one takes
MINUTES = 0.02  # of a training: what is learned is not the point here


def run(server, folder, *command, stdin=None):
    environment = {**os.environ, "STANFLOW_SERVER": server.address, "PYTHONPATH": os.fspath(EXAMPLES)}
    done = subprocess.run([sys.executable, *map(str, command)], cwd=folder, env=environment, input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def small(text):
    """The same lines with short trainings."""
    return re.sub(r"max_minutes=[0-9.]+", f"max_minutes={MINUTES}", text)


@pytest.mark.parametrize("example, shows", [
    ("train_from_pandas.py", "destination_transport_port"),
    ("detector_on_a_labelled_mix.py", "scan"),
])
def test_an_example_runs_as_it_stands(server, tmp_path, example, shows):
    assert shows in run(server, tmp_path, EXAMPLES / example, "--minutes", MINUTES)


@pytest.fixture
def collector():
    """What arrives at a UDP port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("127.0.0.1", 0))
        datagrams = []

        def receive():
            while data := port.recv(65536):
                datagrams.append(data)

        thread = threading.Thread(target=receive)
        thread.start()

        def end():
            """All that was sent before; an empty datagram is the last."""
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"", port.getsockname())
            thread.join()
            return datagrams

        yield port.getsockname()[1], end
        end()


def test_a_collector_receives_every_flow_in_well_formed_packets(server, tmp_path, collector):
    port, end = collector
    # So few that they fit into the socket's buffer, however slowly they are read.
    assert "1000 flows" in run(server, tmp_path, EXAMPLES / "load_test_a_collector.py", "--model", "edge", "--rows",
                               1000, "--to", f"127.0.0.1:{port}")
    with stanflow.Client(server.address) as client:
        sent = client.generate("edge", rows=1000).to_pandas()
    flows = []
    for packet in end():
        version, count, uptime, seconds, nanos, before = struct.unpack("!HHIIII", packet[:20])
        assert (version, before, len(packet)) == (5, len(flows), 24 + 48 * count)
        boot_ms = seconds * 1000 + nanos // 1000000 - uptime
        for at in range(24, len(packet), 48):
            record = struct.unpack("!IIIHHIIIIHHBBBBHHBBH", packet[at:at + 48])
            flows.append((boot_ms + record[8], record[8] - record[7], *record[0:2], *record[9:11], record[13],
                          record[12], record[14], *record[5:7]))
    sent["flow_end"] = sent["flow_end"].astype("i8")
    # What the protocol can't hold: more than 32 bits, and a start before the exporter's, which is a day before the
    # first flow.
    counters = ["packet_delta_count", "octet_delta_count"]
    sent[counters] = sent[counters].clip(upper=0xFFFFFFFF)
    uptime = sent["flow_end"] - sent["flow_end"][0] + 86400000
    sent["flow_duration_milliseconds"] = sent["flow_duration_milliseconds"].clip(upper=uptime)
    assert flows == [tuple(row) for row in sent.to_numpy("i8").tolist()]


def test_the_notebook_runs_as_it_stands_and_shows_a_plot_of_the_report(server, tmp_path):
    (tmp_path / "small.ipynb").write_text(small((EXAMPLES / "stanflow.ipynb").read_text()))
    run(server, tmp_path, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--output", "shown",
        "small.ipynb")
    cells = json.loads((tmp_path / "shown.ipynb").read_text())["cells"]
    shown = {kind for cell in cells for output in cell.get("outputs", []) for kind in output.get("data", {})}
    assert {"image/png", "text/html"} <= shown
    assert "iframe" in json.dumps(cells[-1]["outputs"])


@pytest.mark.parametrize("document, makes", [
    ("docs/clients_python.md", ["flows.parquet", "report.html"]), ("client/python/README.md", [])])
def test_a_documents_lines_run_one_after_another(server, tmp_path, document, makes):
    text = small((REPOSITORY / document).read_text()).replace("127.0.0.1:50551", server.address)
    server.run("simulate", "--rows", 20000, "--seed", 1, "--output", tmp_path / "office.csv")
    run(server, tmp_path, "-", stdin="\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)))
    assert [name for name in makes if not (tmp_path / name).is_file()] == []


@pytest.mark.parametrize("arguments", [[], ["--model", "edge"]])
def test_the_bench_prints_its_figures(server, tmp_path, arguments):
    figures = json.loads(run(server, tmp_path, PYTHON / "bench.py", "--rows", 20000, *arguments))
    assert figures["rows"] == 20000
    assert figures["rows_per_cpu_second"] > 0
