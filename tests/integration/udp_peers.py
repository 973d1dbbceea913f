"""Collectors on the loopback, as the tests see them from outside."""
import contextlib
import socket
import subprocess
import time

from server_under_test import LIMIT_S, read


def udp_socket(port):
    """What the kernel says of the IPv4 socket that is bound to the port: bytes in its queue, datagrams that it dropped.
    None if there is none."""
    with open("/proc/net/udp") as table:
        for line in table.readlines()[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == port:
                return {"queue": int(fields[4].split(":")[1], 16), "drops": int(fields[12])}
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


@contextlib.contextmanager
def nfcapd(folder, port, log, *flags):
    """The process of a collector that listens and writes into the folder. If it still runs afterwards it is killed."""
    with open(log, "w") as output:
        process = subprocess.Popen(["nfcapd", "-l", folder, "-p", str(port), "-b", "127.0.0.1", *flags], stdout=output,
                                   stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: process.poll() is not None or udp_socket(port), "nfcapd does not listen")
        if process.returncode is not None:
            raise AssertionError("nfcapd ended: " + read(log).decode())
        yield process
    finally:
        process.kill()
        process.wait()
