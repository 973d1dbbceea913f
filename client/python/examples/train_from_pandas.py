#!/usr/bin/env python3
"""Learns from a pandas frame and makes another frame like it.

  train_from_pandas.py [--minutes M]      with a stanflowd at $STANFLOW_SERVER, else 127.0.0.1:50551
"""
import argparse

import stanflow
from made_up_flows import HOME, made_up_flows

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--minutes", type=float, default=1, help="of training, at most")
minutes = parser.parse_args().minutes

real = made_up_flows()
with stanflow.Client() as client:
    job = client.train(real, model="from-pandas", home=HOME, max_minutes=minutes, progress=True)
    flows = client.generate(job.result, rows=20000, hosts=20, seed=1).to_pandas()

print(f"{job.result} learned from {len(real)} flows")
for name in ("destination_transport_port", "protocol_identifier"):
    shares = {"real": real[name].value_counts(normalize=True), "synthetic": flows[name].value_counts(normalize=True)}
    print(f"\nthe most frequent {name}")
    for value in shares["real"].index[:3]:
        print(f"{value:8d}  real {shares['real'][value]:6.3f}  synthetic {shares['synthetic'].get(value, 0):6.3f}")
