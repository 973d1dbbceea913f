#!/usr/bin/env python3
"""Collections with the built programs: exporters' flows over UDP into a dataset, field by field, also when the server is
killed, and every loss counted.

  collect_test.py FOLDER_OF_THE_PROGRAMS PROGRAM_THAT_SENDS_FLOWS
"""
import array
import collections
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

from flow_text import milliseconds, number_of
from server_under_test import LIMIT_S, Server
from udp_peers import free_udp_port, udp_socket, wait_for

BIN = SEND_FLOWS = ""
ROWS = 20000
LARGEST_32 = 2**32 - 1
# In the order of `sent_flows`; type codes of array.
COLUMNS = {"end_ms": "q", "duration_ms": "I", "source_address": "I", "destination_address": "I", "source_port": "H",
           "destination_port": "H", "protocol": "B", "tcp_flags": "B", "tos": "B", "packets": "Q", "bytes": "Q"}
EVERYWHERE = ["--home", "0.0.0.0/0"]


class Collect(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.server = Server(BIN, self.folder)
        self.server.start()
        self.addCleanup(lambda: self.server.kill())
        self.port = free_udp_port()

    def collect(self, name, *flags, every=2):
        """The id of a collection that listens on self.port."""
        job = self.server.run("datasets", "collect", name, "--listen", "127.0.0.1:%d" % self.port, "--every", every,
                              "--detach", *flags).stdout.strip()
        self.server.wait_for_job(job, lambda job: "listening" in message_of(job))
        return job

    def stop(self, name):
        self.server.run("jobs", "cancel", name)
        return self.server.wait_for_job(name, lambda job: job["state"] == "CANCELLED")

    def send(self, protocol, rows=ROWS):
        state = tempfile.mkdtemp(dir=self.folder)
        subprocess.run([SEND_FLOWS, "%s://127.0.0.1:%d" % (protocol, self.port), state, self.folder, str(rows), "1",
                        str(self.port)], stdout=subprocess.DEVNULL, timeout=LIMIT_S, check=True)

    def sent_flows(self, rows=ROWS, limit=2**64):
        """The same flows from a file, as `stored_flows` has them, without those that are rejected: of protocol 58, which is
        IPv6's ICMP."""
        state = tempfile.mkdtemp(dir=self.folder)
        subprocess.run([SEND_FLOWS, "file:sent.jsonl?format=jsonl", state, state, str(rows)],
                       stdout=subprocess.DEVNULL, timeout=LIMIT_S, check=True)
        flows = []
        with open(os.path.join(state, "sent.jsonl")) as lines:
            for flow in map(json.loads, lines):
                if flow["protocolIdentifier"] == 58:
                    continue
                icmp = flow["protocolIdentifier"] == 1
                flows.append((
                    milliseconds(flow["flowEndMilliseconds"]), flow["flowDurationMilliseconds"],
                    number_of(flow["sourceIPv4Address"]), number_of(flow["destinationIPv4Address"]),
                    # ICMP has no source port, whatever the flow says.
                    0 if icmp else flow["sourceTransportPort"], flow["destinationTransportPort"],
                    # nfdump shows flags of TCP alone.
                    flow["protocolIdentifier"], flow["tcpControlBits"] if flow["protocolIdentifier"] == 6 else 0,
                    flow["ipClassOfService"], min(limit, flow["packetDeltaCount"]), min(limit, flow["octetDeltaCount"])))
        return flows

    def stored_flows(self, name):
        columns = []
        for column, code in COLUMNS.items():
            values = array.array(code)
            with open(os.path.join(self.folder, "data", "datasets", name, column + ".bin"), "rb") as file:
                values.frombytes(file.read())
            columns.append(values)
        return list(zip(*columns, strict=True))

    def assert_same(self, stored, sent):
        # unittest's own comparison of lists takes hours over so many that differ.
        stored, sent = collections.Counter(stored), collections.Counter(sent)
        lost, invented = sent - stored, stored - sent
        self.assertEqual((sum(lost.values()), sum(invented.values()), sorted(lost)[:3], sorted(invented)[:3]),
                         (0, 0, [], []))

    def nfcapd(self):
        """Process id of the collector; None while there is none."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open("/proc/%s/cmdline" % pid, "rb") as file:
                    words = file.read().decode().split("\0")
                if words[0].endswith("nfcapd") and any(self.folder in word for word in words):
                    return int(pid)
        return None

    def test_a_dataset_holds_what_each_protocol_carries_of_every_flow(self):
        for protocol, limit in (("netflow5", LARGEST_32), ("netflow9", 2**64), ("ipfix", 2**64)):
            with self.subTest(protocol):
                sent = self.sent_flows(limit=limit)
                job = self.collect(protocol, *EVERYWHERE)
                self.send(protocol)
                job = self.stop(job)
                # And nothing was lost.
                self.assertRegex(message_of(job), ": %d flows, %d rejected$" % (len(sent), ROWS - len(sent)))
                self.assert_same(self.stored_flows(protocol), sent)
        self.assertEqual(self.server.metric("stanflow_collection_flows_total"), 3 * len(sent))
        self.assertEqual(self.server.metric("stanflow_collections_active"), 0)

    def test_no_flow_is_lost_or_taken_twice_when_the_server_is_killed(self):
        sent = self.sent_flows()
        name = self.collect("killed", *EVERYWHERE, "--max-rows", 3 * len(sent))
        # Right behind the last datagram: whatever nfcapd and the worker are at then.
        for rows in (len(sent), 2 * len(sent)):
            self.send("netflow9")
            former = self.nfcapd()
            self.server.kill()
            self.server.start()
            wait_for(lambda: self.nfcapd() not in (None, former) and udp_socket(self.port), "it listens again")
            self.server.wait_for_job(name, lambda job: "%d flows" % rows in message_of(job))
        self.send("netflow9")
        job = self.server.wait_for_job(name, lambda job: job["state"] == "SUCCEEDED")
        self.assertEqual(job["result"], "datasets/killed")
        self.assertEqual(job["failures"], 0)
        self.assertEqual(job["attempts"], 3)
        figures = job["figures"]
        self.assertEqual((figures["ended_by"], figures["rows"], figures["lost_files"]), ("max_rows", 3 * len(sent), 0))
        self.assert_same(self.stored_flows("killed"), 3 * sent)

    def test_no_flow_is_lost_when_the_server_is_killed_right_after_a_cancel(self):
        sent = self.sent_flows()
        name = self.collect("cancelled", *EVERYWHERE, every=3600)
        self.send("netflow9")
        self.server.run("jobs", "cancel", name)
        self.server.kill()
        self.server.start()
        self.server.wait_for_job(name, lambda job: job["state"] == "CANCELLED")
        self.assert_same(self.stored_flows("cancelled"), sent)

    def test_a_dataset_grows_while_others_read_it_and_goes_on_with_the_next_collection(self):
        first_rows, more_rows = len(self.sent_flows(1000)), len(self.sent_flows(500))
        name = self.collect("growing", *EVERYWHERE, "--holdout", "hosts=0.5")
        self.send("netflow9", 1000)
        self.wait_for_rows("growing", first_rows)
        first = self.server.json("datasets", "describe", "growing")
        refused = self.server.run("datasets", "delete", "growing", check=False)
        self.assertIn(name, refused.stderr)
        self.send("netflow9", 500)
        rows = first_rows + more_rows
        self.wait_for_rows("growing", rows)
        self.stop(name)
        second = self.collect("growing", "--max-rows", rows + 200)
        self.send("netflow9", 500)
        job = self.server.wait_for_job(second, lambda job: job["state"] == "SUCCEEDED")
        self.assertEqual(job["figures"]["began_with_rows"], rows)
        self.assertEqual(job["figures"]["dropped_flows"], more_rows - 200, "beyond the last row")
        last = self.server.json("datasets", "describe", "growing")
        self.assertEqual((first["rows"], last["rows"], last["holdout"]), (first_rows, rows + 200, "hosts=0.5"))
        self.assertNotEqual(first["digest"], last["digest"])

    def wait_for_rows(self, name, rows):
        wait_for(lambda: any(d["rows"] == rows for d in self.server.json("datasets", "list")["datasets"]
                             if d["name"] == "datasets/" + name), "%d rows" % rows)

    def test_gaps_of_an_exporter_and_what_is_no_flow_are_counted(self):
        name = self.collect("gaps", "--home", "10.0.0.0/8")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter:
            exporter.connect(("127.0.0.1", self.port))
            for sequence, count in ((0, 10), (10, 10), (50, 10), (60, 10), (100, 10)):
                exporter.send(netflow5(sequence, count, "10.0.0.1"))
            exporter.send(netflow5(110, 7, "192.0.2.1"))
            exporter.send(b"x")
            job = self.stop(name)
        self.assertIn("50 flows, 7 rejected, 1 bad datagrams, 2 gaps in sequence numbers", message_of(job))
        self.assertEqual(len(self.stored_flows("gaps")), 50)
        self.assertEqual(self.server.metric("stanflow_collection_sequence_failures_total"), 2)
        self.assertEqual(self.server.metric("stanflow_collection_rejected_flows_total"), 7)
        dataset = self.server.json("datasets", "describe", "gaps")
        self.assertEqual(dataset["rejected_rows"], 7)
        self.assertIn("home networks", dataset["rejected"][0]["reason"])

    def test_what_the_kernel_drops_is_counted(self):
        name = self.collect("drops", "--home", "10.0.0.0/8")
        nfcapd = self.nfcapd()
        os.kill(nfcapd, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as exporter:
            exporter.connect(("127.0.0.1", self.port))
            sequence = 0
            while udp_socket(self.port)["drops"] < 100:
                exporter.send(netflow5(sequence, 30, "10.0.0.1"))
                sequence += 30
        dropped = udp_socket(self.port)["drops"]
        os.kill(nfcapd, signal.SIGCONT)
        job = self.stop(name)
        self.assertIn("%d datagrams dropped by the kernel" % dropped, message_of(job))
        self.assertEqual(self.server.metric("stanflow_collection_dropped_datagrams_total"), dropped)
        self.assertEqual(len(self.stored_flows("drops")), sequence - 30 * dropped)

    def test_a_place_where_nobody_can_listen_is_refused_with_the_reason(self):
        name = self.collect("first", *EVERYWHERE)
        listen = ["--listen", "127.0.0.1:%d" % self.port]
        self.assertIn(name, self.refused("second", *EVERYWHERE, *listen))
        self.assertIn(name, self.refused("first", "--listen", "127.0.0.1:%d" % free_udp_port()))
        self.assertIn("listen: ", self.refused("second", *EVERYWHERE, "--listen", "localhost"))
        self.assertIn("home: ", self.refused("second", "--listen", "127.0.0.1:9"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            taken = "127.0.0.1:%d" % other.getsockname()[1]
            self.assertIn("another program listens there", self.refused("second", *EVERYWHERE, "--listen", taken))
        self.assertIn("no interface", self.refused("second", *EVERYWHERE, "--listen", "192.0.2.1:2055"))
        job = self.stop(name)
        self.assertEqual(job["result"], "")
        self.assertEqual(self.server.json("datasets", "list")["datasets"], [])

    def refused(self, name, *flags):
        done = self.server.run("datasets", "collect", name, *flags, check=False)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr


def message_of(job):
    return (job["progress"] or {}).get("message", "")


def netflow5(sequence, count, source):
    """A datagram of equal flows."""
    header = struct.pack(">HHIIIIBBH", 5, count, 100000, 1704706202, 0, sequence, 0, 0, 0)
    record = struct.pack(">4s4s4sHHIIIIHHBBBBHHBBH", socket.inet_aton(source), bytes([198, 51, 100, 8]), bytes(4), 0, 0, 3, 300,
                         90000, 95000, 1234, 53, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    return header + count * record


if __name__ == "__main__":
    SEND_FLOWS = os.path.abspath(sys.argv.pop(2))
    BIN = sys.argv.pop(1)
    unittest.main(verbosity=2)
