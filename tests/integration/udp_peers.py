"""Collectors on the loopback, as the tests see them from outside."""
import socket
import time

LIMIT_S = 240  # bounds every wait; no test depends on how long one takes


def udp_socket(port):
    """What the kernel says of the IPv4 socket that is bound to the port; None if there is none."""
    with open("/proc/net/udp") as table:
        for line in table.readlines()[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == port:
                return {"drops": int(fields[12])}
    return None


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, what):
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.01)  # between two looks
