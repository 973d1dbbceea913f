#!/usr/bin/env python3
"""Loads a collector with a model's flows, which the server sends it.

  load_test_a_collector.py --model M [--to URL] [--rows N] [--rate FLOWS_PER_S] [--exporters N]

URL is netflow5://HOST[:PORT], netflow9://, ipfix:// or syslog://. With a stanflowd at $STANFLOW_SERVER, else
127.0.0.1:50551. nfcapd is a collector to try: nfcapd -b 127.0.0.1 -p 2055 -w FOLDER -B 8388608
"""
import argparse
import json

import stanflow

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--model", required=True)
parser.add_argument("--to", default="netflow9://127.0.0.1:2055", metavar="URL")
parser.add_argument("--rows", type=int, default=100000)
parser.add_argument("--rate", type=float, default=20000, help="flows a second")
parser.add_argument("--exporters", type=int, default=1, help="that the hosts are spread over")
arguments = parser.parse_args()

with stanflow.Client() as client:
    job = client.stream(arguments.model, to=arguments.to, rows=arguments.rows, hosts=20, rate=arguments.rate,
                        exporters=arguments.exporters, progress=True)

sent = json.loads(job.result_json)
seconds = (job.end_time.ToDatetime() - job.start_time.ToDatetime()).total_seconds()
print(f"{sent['flows_sent']} flows in {sent['packets']} datagrams to {arguments.to}, {sent['bytes'] / 1e6:.1f} MB; "
      f"{seconds:.1f} s with the job's start")
