#!/usr/bin/env python3
"""Sends a model's flows to a collector as NetFlow v5 over UDP.

  load_test_a_collector.py --model M [--to HOST:PORT] [--rows N] [--rate FLOWS_PER_S]

With a stanflowd at $STANFLOW_SERVER, else 127.0.0.1:50551. nfcapd is a collector to try: nfcapd -p 2055 -l FOLDER
"""
import argparse
import socket
import time

import numpy as np
import stanflow

# Both as Cisco's description of NetFlow v5 gives them; numbers are big-endian.
HEADER = np.dtype([("version", ">u2"), ("count", ">u2"), ("uptime_ms", ">u4"), ("unix_s", ">u4"), ("unix_ns", ">u4"),
                   ("flows_before", ">u4"), ("engine", ">u2"), ("sampling", ">u2")])
RECORD = np.dtype([("source", ">u4"), ("destination", ">u4"), ("next_hop", ">u4"), ("input", ">u2"), ("output", ">u2"),
                   ("packets", ">u4"), ("bytes", ">u4"), ("first_ms", ">u4"), ("last_ms", ">u4"),
                   ("source_port", ">u2"), ("destination_port", ">u2"), ("unused", "u1"), ("flags", "u1"),
                   ("protocol", "u1"), ("tos", "u1"), ("source_as", ">u2"), ("destination_as", ">u2"),
                   ("source_mask", "u1"), ("destination_mask", "u1"), ("unused_too", ">u2")])
MOST_RECORDS = 30  # of a packet
DAY_MS = 86400000


def records(batch, boot_ms):
    """Of all flows of the batch. Times are counted from the exporter's start, `boot_ms`."""
    out = np.zeros(len(batch), RECORD)
    last = batch["flow_end"].astype("i8") - boot_ms
    out["first_ms"], out["last_ms"] = np.maximum(last - batch["flow_duration_milliseconds"], 0), last
    for field, column in (("source", "source_ipv4_address"), ("destination", "destination_ipv4_address"),
                          ("source_port", "source_transport_port"),
                          ("destination_port", "destination_transport_port"), ("flags", "tcp_control_bits"),
                          ("protocol", "protocol_identifier"), ("tos", "ip_class_of_service")):
        out[field] = batch[column]
    for field, column in (("packets", "packet_delta_count"), ("bytes", "octet_delta_count")):
        out[field] = np.minimum(batch[column], 0xFFFFFFFF)
    return out


def packets(batch, boot_ms):
    """Each with the number of its flows; it leaves when its last flow ends."""
    rows = records(batch, boot_ms)
    for begin in range(0, len(rows), MOST_RECORDS):
        part = rows[begin:begin + MOST_RECORDS]
        uptime = int(part["last_ms"].max())
        now = boot_ms + uptime
        header = np.array((5, len(part), uptime, now // 1000, now % 1000 * 1000000,
                           batch.first_row + begin & 0xFFFFFFFF, 0, 0), HEADER)
        yield len(part), header.tobytes() + part.tobytes()


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--model", required=True)
parser.add_argument("--to", default="127.0.0.1:2055", metavar="HOST:PORT")
parser.add_argument("--rows", type=int, default=100000)
parser.add_argument("--rate", type=float, default=20000, help="flows a second")
arguments = parser.parse_args()
host, _, port = arguments.to.rpartition(":")

sent, start = 0, time.monotonic()
with stanflow.Client() as client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
    collector.connect((host, int(port)))
    boot = None
    for flows in client.generate(arguments.model, rows=arguments.rows):
        if boot is None:
            boot = int(flows["flow_end"][0].astype("i8")) - DAY_MS
        for count, packet in packets(flows, boot):
            time.sleep(max(0.0, start + sent / arguments.rate - time.monotonic()))
            collector.send(packet)
            sent += count
seconds = time.monotonic() - start
print(f"{sent} flows to {arguments.to} in {seconds:.1f} s: {sent / seconds:.0f} a second")
