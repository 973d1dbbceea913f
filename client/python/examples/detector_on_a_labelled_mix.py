#!/usr/bin/env python3
"""Tries a detector that learns from synthetic traffic with a port scan, on real traffic with another one.

  detector_on_a_labelled_mix.py [--minutes M]      with a stanflowd at $STANFLOW_SERVER, else 127.0.0.1:50551
"""
import argparse

import numpy as np
import pandas
import stanflow
from made_up_flows import HOME, made_up_flows
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report


def with_a_scan(flows, seed):
    """The flows, labelled "benign", and 500 more by one outsider who tries the ports of ten machines."""
    random = np.random.default_rng(seed)
    times = flows["flow_end"].astype("datetime64[ms, UTC]")
    start = times.iloc[len(flows) // 2]
    scan = pandas.DataFrame({
        "flow_end": start + pandas.to_timedelta(np.sort(random.integers(0, 300, 500)), unit="s"),
        "flow_duration_milliseconds": 0,
        "source_ipv4_address": 0xCB007100 + random.integers(1, 255),
        "destination_ipv4_address": 0x0A000002 + random.integers(0, 10, 500),
        "source_transport_port": random.integers(32768, 61000, 500),
        "destination_transport_port": random.integers(1, 10000, 500),
        "protocol_identifier": 6,
        "tcp_control_bits": 2,  # SYN
        "ip_class_of_service": 0,
        "packet_delta_count": 1,
        "octet_delta_count": random.choice([40, 44, 60], 500),
    })
    mix = pandas.concat([flows.assign(flow_end=times, label="benign"), scan.assign(label="scan")])
    return mix.sort_values("flow_end", kind="stable", ignore_index=True)


def features(mix):
    """Of the flow, and of what its source did in that minute."""
    by_source = mix.groupby(["source_ipv4_address", mix["flow_end"].dt.floor("min")])
    return pandas.DataFrame({
        "bytes": mix["octet_delta_count"],
        "packets": mix["packet_delta_count"],
        "flags": mix["tcp_control_bits"],
        "ports_tried": by_source["destination_transport_port"].transform("nunique"),
        "machines_tried": by_source["destination_ipv4_address"].transform("nunique"),
        "flows": by_source["label"].transform("size"),
    })


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--minutes", type=float, default=1, help="of training, at most")
minutes = parser.parse_args().minutes

real = made_up_flows()
with stanflow.Client() as client:
    job = client.train(real, model="detector", home=HOME, max_minutes=minutes, progress=True)
    synthetic = client.generate(job.result, rows=20000, hosts=20, seed=1).to_pandas()

learned_from, tested_on = with_a_scan(synthetic, seed=1), with_a_scan(real, seed=2)
detector = RandomForestClassifier(random_state=1).fit(features(learned_from), learned_from["label"])
print(classification_report(tested_on["label"], detector.predict(features(tested_on)), digits=3))
