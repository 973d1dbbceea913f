#!/usr/bin/env python3
"""Stream jobs with the built programs: a real server that is killed, a file, a socket, a replayed dataset.

  streams_test.py FOLDER_OF_THE_PROGRAMS
"""
import collections
import csv
import datetime
import os
import socket
import struct
import sys
import tempfile
import threading
import unittest

from flow_text import number_of
from server_under_test import LIMIT_S, Server, read

BIN = ""
ROWS = 40000
# Slow enough that most is left after the first commit, when the server is killed.
PACE = ["--rate", 5000]
PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP"}
FLOWS = ["--model", "friday", "--hosts", 9, "--rows", ROWS, "--seed", 7]


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.server = Server(BIN, cls.temporary.name)
        cls.server.start()
        cls.office = cls.file("office.csv")
        cls.server.run("simulate", "--rows", 12000, "--seed", 1, "--output", cls.office)
        cls.server.run("datasets", "import", "office", cls.office, "--home", "10.0.0.0/16", "--holdout", "hours=odd")
        cls.server.run("train", "--dataset", "office", "--model", "friday", "--preset", "replay", "--wait")
        cls.server.run("train", "--dataset", "office", "--model", "columns", "--preset", "b1", "--wait")

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.temporary.cleanup()

    @classmethod
    def file(cls, name):
        return os.path.join(cls.temporary.name, name)

    @classmethod
    def exported(cls, name):
        return os.path.join(cls.temporary.name, "data", "exports", name)

    def start_stream(self, to, *flags):
        return self.server.run("stream", *flags, "--to", to, "--detach").stdout.strip()

    def stream_through_a_kill(self, to):
        """The job after its server was killed once it had committed flows, and came back."""
        name = self.start_stream(to, *FLOWS, *PACE)
        self.server.wait_for_job(name, lambda _: self.server.metric("stanflow_sink_position_flows"))
        self.server.kill()
        self.server.start()
        return self.server.wait_for_job(name, lambda job: job["state"] == "SUCCEEDED")

    def generated(self, *flags):
        path = self.file("generated.csv")
        self.server.run("generate", *flags, "--format", "csv", "--output", path)
        return read(path)

    def test_a_file_is_what_generate_writes_also_after_the_server_was_killed(self):
        job = self.stream_through_a_kill("file:killed.csv")
        self.assertEqual(read(self.exported("killed.csv")), self.generated(*FLOWS))
        self.assertEqual(job["failures"], 0)
        self.assertEqual(job["attempts"], 2)
        self.assertEqual(job["figures"]["rows"], ROWS)
        self.assertGreater(job["figures"]["resumed_rows"], 0)
        self.assertEqual(job["figures"]["repeated_flows"], 0)

    def test_a_model_streams_what_it_generates(self):
        flags = ["--model", "columns", "--hosts", 9, "--rows", 5000, "--seed", 7]
        self.server.run("stream", *flags, "--to", "file:columns.csv")
        self.assertEqual(read(self.exported("columns.csv")), self.generated(*flags))

    def test_a_collector_gets_every_flow_also_after_the_server_was_killed(self):
        with Receiver() as receiver:
            job = self.stream_through_a_kill("netflow5://127.0.0.1:%d" % receiver.port)
            expected = collections.Counter(flow_of(row) for row in csv.DictReader(
                self.generated(*FLOWS).decode().splitlines()))
            receiver.wait_for(lambda flows: len(flows) >= ROWS and not expected - collections.Counter(flows))
        sent_again = job["figures"]["repeated_flows"]
        surplus = sum((collections.Counter(receiver.flows) - expected).values())
        # Some of those may have waited for a full datagram when the server was killed.
        self.assertLessEqual(surplus, sent_again)
        self.assertGreater(surplus, sent_again - 30)
        self.assertGreater(job["figures"]["resumed_rows"], 0)

    def test_a_stream_without_an_end_is_ended_by_a_cancel(self):
        with Receiver() as receiver:
            name = self.start_stream("netflow9://127.0.0.1:%d" % receiver.port, "--model", "columns", "--rate", 500)
            self.server.wait_for_job(name, lambda job: job["progress"] and job["progress"]["fraction"] >= 0 and
                                     job["progress"]["message"])
            self.assertEqual(self.server.metric("stanflow_sinks_active", 'sink="netflow9"'), 1)
            self.server.run("jobs", "cancel", name)
            self.server.wait_for_job(name, lambda job: job["state"] == "CANCELLED")

    def test_one_pass_of_a_replay_is_the_dataset(self):
        self.server.run("stream", "--model", "friday", "--duration", "7d", "--to", "file:pass.csv")
        replayed = rows_of(self.exported("pass.csv"))
        real = rows_of(self.office)
        self.assertEqual(len(replayed) % len(real), 0, "whole passes")
        one_pass = replayed[:len(real)]
        homes = sorted({row[c] for row in real for c in ("sa", "da") if row[c].startswith("10.0.")}, key=number_of)
        moved = {address: "10.0.0.%d" % (2 + i - 1) for i, address in enumerate(homes)}
        for row in real:
            for c in ("sa", "da"):
                row[c] = moved.get(row[c], row[c])
        key = lambda row: tuple(row[c] for c in ("te", "td", "sa", "da", "sp", "dp", "pr", "flg", "stos", "pkt", "byt"))
        self.assertEqual(collections.Counter(map(key, one_pass)), collections.Counter(map(key, real)))

    def test_a_place_that_flows_may_not_go_to_is_refused_at_once(self):
        refused = self.server.run("stream", *FLOWS, "--to", "file:/etc/flows.csv", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("to: ", refused.stderr)
        self.assertFalse(os.path.exists("/etc/flows.csv"))


class Receiver:
    """Takes NetFlow v5, as fast as it comes."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.flows = []
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.receive, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        # The thread ends by a datagram of its own.
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join(LIMIT_S)
        self.socket.close()

    def receive(self):
        while True:
            datagram = self.socket.recv(65536)
            if not datagram:
                return
            if datagram[:2] != b"\0\5":
                continue
            _, count, uptime, seconds, nanos = struct.unpack_from(">HHIII", datagram)
            boot_ms = seconds * 1000 + nanos // 1000000 - uptime
            with self.changed:
                for i in range(count):
                    f = struct.unpack_from(">4s4s4sHHIIIIHHBBBB", datagram, 24 + 48 * i)
                    self.flows.append((socket.inet_ntoa(f[0]), socket.inet_ntoa(f[1]), f[10], f[5], f[6],
                                       (boot_ms + f[8]) // 1000, PROTOCOLS.get(f[13])))
                self.changed.notify_all()

    def wait_for(self, condition):
        with self.changed:
            assert self.changed.wait_for(lambda: condition(self.flows), LIMIT_S), len(self.flows)


def flow_of(row):
    """What both NetFlow v5 and CSV say of a flow, in the whole seconds that CSV has."""
    end = datetime.datetime.strptime(row["te"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return (row["sa"], row["da"], int(row["dp"]), int(row["pkt"]), int(row["byt"]), int(end.timestamp()),
            row["pr"] if row["pr"] in PROTOCOLS.values() else None)


def rows_of(path):
    with open(path) as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    BIN = sys.argv.pop(1)
    unittest.main(verbosity=2)
