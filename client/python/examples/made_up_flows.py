"""Flows to try things with where no real ones are at hand."""
import numpy as np
import pandas

HOME = "10.0.0.0/16"


def made_up_flows(rows=20000, seed=1):
    """A day of 20 machines of HOME that ask for names, read the web and set their clocks, as a frame of the columns
    that stanflow knows."""
    random = np.random.default_rng(seed)
    service = random.choice(3, rows, p=[0.35, 0.6, 0.05])  # names, web, time
    port = np.array([53, 443, 123])[service]
    server = np.where(service == 1, 0xC6336400 + random.integers(1, 200, rows),
                      np.array([0x08080808, 0, 0xC0000201])[service])
    machine = 0x0A000002 + random.integers(0, 20, rows)
    client_port = random.integers(32768, 61000, rows)
    asks = random.random(rows) < 0.5
    packets = 1 + random.poisson(np.array([0, 12, 0])[service])
    # More of them by day than by night.
    second = np.sort(86400 * random.beta(3, 2, rows)).astype(int)
    return pandas.DataFrame({
        "flow_end": pandas.Timestamp("2024-01-08", tz="UTC") + pandas.to_timedelta(second, unit="s"),
        "flow_duration_milliseconds": random.integers(0, 200, rows) * packets,
        "source_ipv4_address": np.where(asks, machine, server),
        "destination_ipv4_address": np.where(asks, server, machine),
        "source_transport_port": np.where(asks, client_port, port),
        "destination_transport_port": np.where(asks, port, client_port),
        "protocol_identifier": np.where(service == 1, 6, 17),
        "tcp_control_bits": np.where(service == 1, 27, 0),  # FIN, SYN, PSH, ACK
        "ip_class_of_service": 0,
        "packet_delta_count": packets,
        "octet_delta_count": packets * random.integers(60, 1200, rows),
    })
