"""A stanflowd under every kind of load that the dashboards know, nfcapd behind its sinks and a Prometheus that watches:
what docker-compose.yml starts as containers, as processes on the loopback."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from server_under_test import Server, free_port  # noqa: E402

SCRAPE_S = 2
STALL_S = 60  # a reader that takes nothing for so long loses its stream
ROWS = 60000


class LoadedServer:
    """`programs`: folder of the three programs; `folder`: new, for all that is written."""

    def __init__(self, programs, folder):
        self.server = Server(programs, str(folder), options=["generate.stall_timeout_seconds=%d" % STALL_S])
        self.folder = folder
        self.collector = "127.0.0.1:%d" % free_port()
        self.prometheus = "127.0.0.1:%d" % free_port()
        self.processes = []
        self.ended = threading.Event()

    def __enter__(self):
        self.server.start()
        self.processes.append(self.server.process)
        (self.folder / "flows").mkdir()
        port = self.collector.split(":")[1]
        self.start("nfcapd", "nfcapd", "-4", "-b", "127.0.0.1", "-p", port, "-w", self.folder / "flows", "-t", "60",
                   "-B", "2000000")
        self.start("prometheus", "prometheus", "--config.file", self.configuration(), "--storage.tsdb.path",
                   self.folder / "prometheus", "--web.listen-address", self.prometheus)
        wait_for("http://%s/-/ready" % self.prometheus)
        return self

    def __exit__(self, *error):
        self.ended.set()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            process.wait(60)

    def start(self, name, *command, **options):
        log = open(self.folder / (name + ".log"), "ab")
        with log:
            process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, **options)
        self.processes.append(process)
        return process

    def configuration(self):
        """deploy/prometheus, with this server as its target and a shorter interval."""
        path = ROOT / "deploy" / "prometheus" / "prometheus.yml"
        text = path.read_text()
        for old, new in (("stanflowd:9464", self.server.metrics), ("scrape_interval: 15s", "scrape_interval: %ds" % SCRAPE_S),
                         ("evaluation_interval: 30s", "evaluation_interval: %ds" % SCRAPE_S),
                         ("- rules/", "- %s/rules/" % path.parent)):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        own = self.folder / "prometheus.yml"
        own.write_text(text)
        return own

    def has_networks(self):
        """Whether this build trains what needs LibTorch."""
        with urllib.request.urlopen("http://%s/metrics" % self.server.metrics, timeout=10) as answer:
            return 'libtorch="none"' not in answer.read().decode()

    def load(self, seconds):
        """Returns after so many seconds, not counting what must be there first."""
        run = self.server.run
        flows, bad = self.folder / "office.csv", self.folder / "bad.csv"
        run("simulate", "--rows", ROWS, "--seed", 1, "--output", flows)
        run("datasets", "import", "office", flows, "--home", "10.0.0.0/16", "--holdout", "hours=odd")
        bad.write_text("no flow\n" * 100)
        run("datasets", "import", "bad", bad, "--home", "10.0.0.0/16", check=False)
        for preset in ("replay", "b1"):
            run("train", "--dataset", "office", "--model", preset, "--preset", preset, "--wait")
        self.stream_jobs()
        self.collect()
        stop = time.monotonic() + seconds
        self.hold_up_readers()
        self.break_and_resume()
        if self.has_networks():
            self.start_command("train", "--dataset", "office", "--model", "edge", "--max-minutes", 1)
            self.start_command("train", "--dataset", "office", "--model", "edge", "--max-minutes", 1, "--seed", 2)
        while time.monotonic() < stop:
            self.start_command("generate", "--model", "b1", "--hosts", 20, "--rows", 20000).wait()
            run("generate", "--model", "none", "--rows", 1, check=False)
            run("train", "--dataset", "office", "--model", "b2", "--preset", "b2")
            self.ended.wait(5)

    def start_command(self, *arguments, **options):
        process = subprocess.Popen(self.server.command(*arguments), env=self.server.environment(),
                                   **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options})
        self.processes.append(process)
        return process

    def stream_jobs(self):
        """Paced and not, to UDP that is taken, UDP that nobody takes, and files."""
        nobody = "127.0.0.1:%d" % free_port()
        for arguments in (["--model", "b1", "--to", "netflow9://" + self.collector, "--rate", 1000],
                          ["--model", "replay", "--to", "ipfix://" + self.collector, "--speed", 60, "--start", "now"],
                          ["--model", "replay", "--to", "file:flows.csv?rotate=10MB", "--rate", 2000],
                          ["--model", "b1", "--to", "netflow5://" + nobody, "--rate", 200, "--when-full", "drop"]):
            self.server.run("stream", *arguments, "--detach")
        short = self.server.json("stream", "--model", "replay", "--to", "file:short.csv", "--detach")
        self.server.run("jobs", "cancel", short["id"] if "id" in short else short["name"])

    def collect(self):
        """What a stream job sends, as any exporter would, into a dataset."""
        listen = "127.0.0.1:%d" % free_port()
        self.server.run("datasets", "collect", "heard", "--home", "10.0.0.0/16", "--listen", listen, "--every", 10,
                        "--detach")
        self.server.run("stream", "--model", "replay", "--to", "netflow9://" + listen, "--rate", 1000, "--detach")

    def hold_up_readers(self):
        """One that reads slowly, and one that stops reading for good."""
        arguments = ["generate", "--model", "replay", "--rows", 20000000, "--format", "jsonl"]
        slow = self.start_command(*arguments, stdout=subprocess.PIPE)
        threading.Thread(target=self.read_slowly, args=(slow.stdout,), daemon=True).start()
        self.start_command(*arguments, stdout=subprocess.PIPE)  # nobody reads it

    def read_slowly(self, stream):
        with stream:
            while stream.read(1 << 20) and not self.ended.wait(0.3):
                pass

    def break_and_resume(self):
        """The command is killed amidst its file, and goes on with it when it is started again."""
        arguments = ["generate", "--model", "b1", "--hosts", 20, "--rows", 3000000, "--format", "csv", "--output",
                     self.folder / "resumed.csv"]
        first = self.start_command(*arguments)
        for _ in range(600):
            if (self.folder / "resumed.csv").exists() or any(self.folder.glob("resumed.csv*")):
                break
            self.ended.wait(0.1)
        self.ended.wait(5)  # a mark each two seconds
        first.kill()
        self.start_command(*arguments)


def wait_for(url):
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("no answer from " + url)
