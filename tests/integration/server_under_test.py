"""A real server on loopback with its worker processes, driven by the command line: what integration tests share."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

LIMIT_S = 240  # bounds every wait; no test depends on how long one takes


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One data folder and the server over it, which may be killed and started again.

    `programs`: folder of stanflowd and its worker; `cli`: the command line's, if it is another; `options`: "key=value" of
    the configuration.
    """

    def __init__(self, programs, folder, cli=None, options=()):
        self.programs = programs
        self.cli = cli or programs
        self.folder = folder
        self.options = [part for option in options for part in ("--set", option)]
        self.address = "127.0.0.1:%d" % free_port()
        self.metrics = "127.0.0.1:%d" % free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [os.path.join(self.programs, "stanflowd"), "--set", "data_dir=" + os.path.join(self.folder, "data"),
             "--set", "listen=" + self.address, "--set", "metrics_listen=" + self.metrics,
             "--set", "generate.snapshot_rows=20000", *self.options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        log = []
        with limited(self.process):
            for line in self.process.stdout:
                log.append(line)
                if " serving " in line:
                    break
            else:
                raise AssertionError("the server ended at its start:\n" + "".join(log))
        # A pipe that fills up would stop the server at its next line.
        threading.Thread(target=drain, args=(self.process.stdout,), daemon=True).start()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_S)

    def command(self, *args):
        return [os.path.join(self.cli, "stanflow"), *map(str, args)]

    def environment(self):
        return {**os.environ, "STANFLOW_SERVER": self.address}

    def run(self, *args, check=True, limit_s=LIMIT_S):
        done = subprocess.run(self.command(*args), env=self.environment(), text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit_s)
        if check and done.returncode:
            raise AssertionError("stanflow %s: exit %d\n%s" % (" ".join(map(str, args)), done.returncode, done.stderr))
        return done

    def json(self, *args):
        return json.loads(self.run(*args, "--json").stdout)

    def metric(self, name, labels="[^}]*"):
        """Value of the first one of the name with labels like these, or without any; None if there is none."""
        text = urllib.request.urlopen("http://%s/metrics" % self.metrics, timeout=LIMIT_S).read().decode()
        found = re.search("^%s(?:{%s})? (.*)$" % (name, labels), text, re.MULTILINE)
        return found and float(found.group(1))

    def wait_for_job(self, name, condition):
        """The job once it is as it should be; an error if it ends before that."""
        end = time.monotonic() + LIMIT_S
        while not condition(job := self.json("jobs", "get", name)):
            if job["state"] not in ("QUEUED", "RUNNING", "CANCELLING") or time.monotonic() > end:
                raise AssertionError(job)
        return job

    def start_command(self, *args):
        return subprocess.Popen(self.command(*args), env=self.environment(), text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)


@contextlib.contextmanager
def limited(process):
    """Bounds what waits for a process' output: the process is killed, and its output ends, after LIMIT_S."""
    limit = threading.Timer(LIMIT_S, process.kill)
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


@contextlib.contextmanager
def server_of_its_own(programs, cli=None):
    """A started server and the empty folder that it works in, both gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(programs, folder, cli)
        server.start()
        try:
            yield server, folder
        finally:
            server.kill()


def drain(stream):
    with stream:
        for _ in stream:
            pass


def read(path):
    with open(path, "rb") as file:
        return file.read()
