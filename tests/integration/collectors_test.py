#!/usr/bin/env python3
"""What is exported, as collectors of others read it: nfcapd and nfdump every field, tshark every packet.

  collectors_test.py PROGRAM_THAT_SENDS_FLOWS

No pace and no wait by the clock: the sender looks at the collector's socket and waits for it, so that nothing is lost
on a busy machine either.
"""
import collections
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from flow_text import flag_bits, milliseconds
from server_under_test import LIMIT_S, read
from udp_peers import free_udp_port, nfcapd, udp_socket

SEND_FLOWS = ""
ROWS = 100000
EXPORTERS = 3
LARGEST_32 = 2**32 - 1


class Collectors(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def test_nfcapd_reads_every_field_of_every_flow_of_netflow5(self):
        counts, collected = self.collect("netflow5")
        sent = self.sent_flows(limit=LARGEST_32)
        self.assertGreater(counts["clamped"], 0)
        self.assert_same(collected, sent)

    def test_nfcapd_reads_every_field_of_every_flow_of_netflow9(self):
        counts, collected = self.collect("netflow9")
        self.assertEqual(counts["clamped"], 0)
        self.assert_same(map(without_icmp6_ports, collected), map(without_icmp6_ports, self.sent_flows()))

    def test_nfcapd_reads_every_field_of_every_flow_of_ipfix(self):
        counts, collected = self.collect("ipfix")
        self.assertEqual(counts["clamped"], 0)
        self.assert_same(map(without_icmp6_ports, collected), map(without_icmp6_ports, self.sent_flows()))

    def test_tshark_finds_nothing_malformed_and_no_gap_in_the_sequence(self):
        for protocol in ("netflow5", "netflow9", "ipfix"):
            with self.subTest(protocol):
                self.dissect(protocol)

    def assert_same(self, collected, sent):
        # unittest's own comparison of lists takes hours over so many that differ.
        collected, sent = collections.Counter(collected), collections.Counter(sent)
        lost, invented = sent - collected, collected - sent
        self.assertEqual((sum(lost.values()), sum(invented.values()), sorted(lost)[:3], sorted(invented)[:3]),
                         (0, 0, [], []))
        self.assertEqual(sum(sent.values()), ROWS)

    def collect(self, protocol):
        """Flows sent to an nfcapd of its own and read back by nfdump."""
        folder = os.path.join(self.folder, "nfcapd")
        os.mkdir(folder)
        port = free_udp_port()
        log = os.path.join(self.folder, "log")
        with nfcapd(folder, port, log) as collector:
            counts = self.send("%s://127.0.0.1:%d" % (protocol, port), ROWS, port)
            self.assertEqual(udp_socket(port)["drops"], 0)
            collector.terminate()
            collector.wait(LIMIT_S)
        self.assertEqual(counts["flows"], ROWS)
        self.assertIn("Flows: %d," % ROWS, read(log).decode())
        self.assertIn("Sequence Errors: 0, Bad Packets: 0", read(log).decode())
        return counts, nfdump_flows(folder)

    def send(self, url, rows, port=0):
        state = tempfile.mkdtemp(dir=self.folder)
        exporters = EXPORTERS if port else 1
        done = subprocess.run([SEND_FLOWS, url, state, self.folder, str(rows), str(exporters), str(port)],
                              stdout=subprocess.PIPE, timeout=LIMIT_S, check=True)
        return json.loads(done.stdout)

    def sent_flows(self, limit=2**64):
        """The same flows from a file, as tuples like those of nfdump_flows."""
        self.send("file:sent.jsonl?format=jsonl", ROWS)
        flows = []
        for line in read(os.path.join(self.folder, "sent.jsonl")).splitlines():
            flow = json.loads(line)
            end = milliseconds(flow["flowEndMilliseconds"])
            icmp = flow["protocolIdentifier"] == 1
            flows.append((
                end - flow["flowDurationMilliseconds"], end, flow["sourceIPv4Address"], flow["destinationIPv4Address"],
                # ICMP has no source port, whatever the flow says.
                0 if icmp else flow["sourceTransportPort"], flow["destinationTransportPort"],
                flow["protocolIdentifier"], flow["tcpControlBits"], flow["ipClassOfService"],
                min(limit, flow["packetDeltaCount"]), min(limit, flow["octetDeltaCount"])))
        return flows

    def dissect(self, protocol):
        path = os.path.join(self.folder, protocol + ".pcap")
        rows = 20000
        with Capture(path) as capture:
            counts = self.send("%s://127.0.0.1:%d" % (protocol, capture.port), rows, capture.port)
        self.assertEqual(capture.datagrams, counts["packets"])
        rules = ["-d", "udp.port==%d,cflow" % capture.port]
        bad = tshark(path, rules, "_ws.malformed or cflow.unexpected_sequence_number or cflow.no_template_found or "
                     "cflow.unknown_field_type or _ws.expert.severity >= warning or not cflow.version")
        self.assertEqual(bad, "")
        exporters = sequences(path, rules)
        self.assertEqual(len(exporters), EXPORTERS)
        self.assertEqual(sum(len(packets) for packets in exporters), counts["packets"])
        self.assertEqual(sum(flows for packets in exporters for _, flows in packets), rows)
        for packets in exporters:
            expected = 0
            for sequence, flows in packets:
                self.assertEqual(sequence, expected)
                expected += 1 if protocol == "netflow9" else flows


class Capture:
    """A UDP socket whose datagrams are written to a pcap file, as IPv4 packets without a link layer."""

    RAW_IPV4 = 101  # LINKTYPE_RAW
    SECONDS = 1704706202

    def __init__(self, path):
        self.path = path
        self.datagrams = 0

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *unused):
        # An empty datagram, behind all others, is the end.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()

    def run(self):
        with open(self.path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, self.RAW_IPV4))
            while True:
                payload, (_, source_port) = self.socket.recvfrom(65535)
                if not payload:
                    return
                udp = struct.pack(">HHHH", source_port, self.port, 8 + len(payload), 0) + payload
                ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((127, 0, 0, 1)),
                                 bytes((127, 0, 0, 1)))
                file.write(struct.pack("<IIII", self.SECONDS, self.datagrams, len(ip + udp), len(ip + udp)) + ip + udp)
                self.datagrams += 1


def tshark(path, rules, display_filter, *fields):
    """A line a packet that the filter shows. Checksums are not written, and not looked at."""
    return subprocess.run(["tshark", "-r", path, *rules, "-Y", display_filter, *fields], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, timeout=LIMIT_S, check=True).stdout


def sequences(path, rules):
    """Of each exporter, which has a port of its own: sequence number and flows of each packet."""
    found = collections.defaultdict(list)
    fields = [part for name in ("udp.srcport", "cflow.sequence", "cflow.srcaddr") for part in ("-e", name)]
    for line in tshark(path, rules, "cflow", "-T", "fields", *fields).splitlines():
        port, sequence, sources = line.split("\t")
        found[port].append((int(sequence), len(sources.split(",")) if sources else 0))
    return list(found.values())


def without_icmp6_ports(flow):
    """Protocol 58 is IPv6's ICMP, which no IPv4 network has: nfcapd makes ports up for it in v9 and IPFIX."""
    return flow[:4] + (0, 0) + flow[6:] if flow[6] == 58 else flow


def nfdump_flows(folder):
    """(start, end, source, destination, ports, protocol, flags, tos, packets, bytes) of each; times in ms.

    Its JSON has no flags of ICMP, and its CSV no milliseconds: both are read, in the file's order.
    """
    text = nfdump(folder, "json").strip().rstrip(",")
    flows = []
    for flow, line in zip(json.loads("[" + text + "]"), nfdump(folder, "csv").splitlines(), strict=True):
        cells = line.split(",")
        assert cells[3:5] == [flow["src4_addr"], flow["dst4_addr"]], (cells, flow)
        flows.append((milliseconds(flow["first"]), milliseconds(flow["last"]), flow["src4_addr"], flow["dst4_addr"],
                      int(cells[5]), int(cells[6]), flow["proto"], flag_bits(cells[8]), flow["src_tos"],
                      flow["in_packets"], flow["in_bytes"]))
        if flow["proto"] == 1:
            assert int(cells[6]) == flow["icmp_type"] * 256 + flow["icmp_code"], (cells, flow)
    return flows


def nfdump(folder, form):
    return subprocess.run(["nfdump", "-R", folder, "-o", form, "-q"], stdout=subprocess.PIPE, text=True,
                          timeout=LIMIT_S, check=True).stdout


if __name__ == "__main__":
    SEND_FLOWS = os.path.abspath(sys.argv.pop(1))
    os.environ["TZ"] = "UTC"  # nfdump shows times of the machine's zone
    unittest.main(verbosity=2)
