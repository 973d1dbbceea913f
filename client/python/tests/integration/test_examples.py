"""What people copy and paste: the examples, the documents, the bench."""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from conftest import REPOSITORY

sys.path.insert(0, os.fspath(REPOSITORY / "tests" / "integration"))
from udp_peers import free_udp_port  # noqa: E402

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


def run_as_pasted(commands, folder, environment):
    """What a shell says to these lines. What they leave running ends with them."""
    with subprocess.Popen(["bash", "-e", "-c", commands], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as shell:
        limit = threading.Timer(LIMIT_S, os.killpg, (shell.pid, signal.SIGKILL))
        limit.start()
        try:
            said = shell.communicate()[0]
        finally:
            limit.cancel()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    assert shell.returncode == 0, said
    return said


def test_the_readmes_examples_run_one_after_another(server, tmp_path):
    section = re.search(r"\n## Examples\n(.*?)\n## ", (REPOSITORY / "README.md").read_text(), re.DOTALL).group(1)
    install, commands = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    # This environment has been given the same: the extra is a part of the tests' own.
    assert "./client/python[examples]" in install
    (tmp_path / "client").symlink_to(REPOSITORY / "client")
    path = os.pathsep.join([os.path.dirname(sys.executable), server.programs, os.environ["PATH"]])
    said = run_as_pasted(commands.replace("2055", str(free_udp_port())), tmp_path,
                         {**os.environ, "STANFLOW_SERVER": server.address, "PATH": path})
    for shows in ("the most frequent destination_transport_port", "50000 flows in", "total flows: 50000",
                  "20000 flows to kafka://127.0.0.1:", "20000 messages read", "macro avg"):
        assert shows in said
    # The plot, and the report that shows itself.
    page = (tmp_path / "build" / "stanflow.html").read_text()
    assert "data:image/png;base64," in page and "<iframe" in page


def test_every_example_is_in_the_readme():
    readme = (REPOSITORY / "README.md").read_text()
    examples = [path.name for path in EXAMPLES.glob("*.*") if path.name != "made_up_flows.py"]
    assert len(examples) == 5
    assert [name for name in examples if name not in readme] == []


@pytest.mark.parametrize("document, makes", [
    ("docs/clients_python.md", ["flows.parquet", "report.html"]), ("client/python/README.md", [])])
def test_a_documents_lines_run_one_after_another(server, tmp_path, document, makes):
    text = small((REPOSITORY / document).read_text()).replace("127.0.0.1:50551", server.address)
    text = text.replace("127.0.0.1:2055", f"127.0.0.1:{free_udp_port()}")
    server.run("simulate", "--rows", 20000, "--seed", 1, "--output", tmp_path / "office.csv")
    run(server, tmp_path, "-", stdin="\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)))
    assert [name for name in makes if not (tmp_path / name).is_file()] == []


@pytest.mark.parametrize("arguments", [[], ["--model", "edge"]])
def test_the_bench_prints_its_figures(server, tmp_path, arguments):
    figures = json.loads(run(server, tmp_path, PYTHON / "bench.py", "--rows", 20000, *arguments))
    assert figures["rows"] == 20000
    assert figures["rows_per_cpu_second"] > 0
