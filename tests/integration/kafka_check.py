#!/usr/bin/env python3
"""The Kafka sink against Apache Kafka itself; scripts/kafka-check gets the broker and runs this.

  kafka_check.py PROGRAM JARS [--seed N] [--rows N] [--speed-rows N]

PROGRAM is kafka_flows, JARS the folder with Apache Kafka's. Everything listens on loopback. The seed decides when
processes are killed. Figures of speed are printed at the end.
"""
import argparse
import base64
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

from server_under_test import free_port, server_of_its_own

LIMIT_S = 300  # bounds every wait; no check depends on how long one takes
ARGS = None
FIGURES = []


class Broker:
    """One node of Kafka in KRaft mode, broker and controller at once, which may be killed and started again."""

    def __init__(self, folder):
        self.folder = folder
        self.address = "127.0.0.1:%d" % free_port()
        self.config = os.path.join(folder, "server.properties")
        self.process = None
        controller = "127.0.0.1:%d" % free_port()
        with open(self.config, "w") as file:
            file.write("""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%(controller)s
listeners=PLAINTEXT://%(address)s,CONTROLLER://%(controller)s
advertised.listeners=PLAINTEXT://%(address)s
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=%(logs)s
num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
""" % {"address": self.address, "controller": controller, "logs": os.path.join(folder, "logs")})
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", self.config)

    def command(self, main, *args):
        return ["java", "-Xmx1g", "-cp", os.path.join(ARGS.jars, "*"), main, *args]

    def java(self, main, *args):
        return subprocess.run(self.command(main, *args), check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=LIMIT_S).stdout

    def start(self):
        with open(os.path.join(self.folder, "broker.log"), "a") as log:
            self.process = subprocess.Popen(self.command("kafka.Kafka", self.config), stdout=log,
                                            stderr=subprocess.STDOUT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def delete_topic(self, topic):
        self.java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", self.address, "--delete", "--topic",
                  topic)


class Stream:
    """One stream of flows into one topic, by processes that may die."""

    def __init__(self, broker, folder, name, form="json"):
        self.broker, self.name, self.form = broker, name, form
        self.state = os.path.join(folder, "state-" + name)
        os.mkdir(self.state)

    def start(self, rows, commit, *more):
        return subprocess.Popen([ARGS.program, "write", self.broker.address, self.name, self.form, self.name,
                                 self.state, str(rows), str(commit), *map(str, more)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, rows, commit, *more):
        process = self.start(rows, commit, *more)
        out, err = process.communicate(timeout=LIMIT_S)
        return process.returncode, out.splitlines(), err

    def read(self):
        """What a read_committed reader gets: {partition: [(key, line)]}."""
        out = subprocess.run([ARGS.program, "read", self.broker.address, self.name, self.form], check=True,
                             stdout=subprocess.PIPE, text=True, timeout=LIMIT_S).stdout
        partitions = {}
        for line in out.splitlines():
            partition, key, flow = line.split(" ", 2)
            partitions.setdefault(int(partition), []).append((key, flow))
        return partitions


def expected_flows(rows):
    """The flows in order, each with the key that it must have."""
    out = subprocess.run([ARGS.program, "print", str(rows)], check=True, stdout=subprocess.PIPE, text=True).stdout
    flows = []
    for line in out.splitlines():
        flow = json.loads(line)
        sides = (flow["sourceIPv4Address"], flow["destinationIPv4Address"])
        flows.append((next(side for side in sides if side.startswith("10.")), line))
    return flows


def by_key(flows):
    lines = {}
    for key, line in flows:
        lines.setdefault(key, []).append(line)
    return lines


class KafkaCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.broker = Broker(cls.folder.name)
        cls.broker.start()
        cls.random = random.Random(ARGS.seed)

    @classmethod
    def tearDownClass(cls):
        cls.broker.kill()
        cls.folder.cleanup()

    def assert_every_flow_once(self, partitions, rows):
        """Every flow once, all of one key in one partition and in order."""
        expected = by_key(expected_flows(rows))
        self.assertEqual(sum(map(len, partitions.values())), rows)
        found = {}
        for flows in partitions.values():
            for key, lines in by_key(flows).items():
                self.assertNotIn(key, found, "a key in two partitions")
                found[key] = lines
        self.assertEqual(found, expected)

    def write_through_kills(self, stream, rows, commit):
        """Starts the stream's process until one is through, and kills it; where each began."""
        began = []
        while True:
            process = stream.start(rows, commit)
            lines = [process.stdout.readline() for _ in range(self.random.randrange(30))]
            # Somewhere within the next transaction, or within the opening.
            time.sleep(self.random.uniform(0, 0.1 if lines else 1.0))
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate(timeout=LIMIT_S)
            self.assertIn(process.returncode, (0, -signal.SIGKILL), err)
            began += [int(line.split()[1]) for line in [*lines, *out.splitlines()] if line.startswith("resumed")]
            if process.returncode == 0:
                return began

    def check_kills(self, form):
        stream = Stream(self.broker, self.folder.name, "kills-" + form, form)
        began = self.write_through_kills(stream, ARGS.rows, 1000)
        FIGURES.append("%s: %d flows through %d kills, begun at %s" % (form, ARGS.rows, len(began) - 1, began))
        self.assertGreater(len(set(began)), 3, "too few kills: take more --rows")
        self.assertEqual(began, sorted(began))
        self.assert_every_flow_once(stream.read(), ARGS.rows)

    def test_every_flow_is_there_once_after_kills_of_the_writer_as_json(self):
        self.check_kills("json")

    def test_every_flow_is_there_once_after_kills_of_the_writer_as_protobuf(self):
        self.check_kills("protobuf")

    def test_kafkas_own_reader_sees_the_same(self):
        stream = Stream(self.broker, self.folder.name, "own-reader")
        self.write_through_kills(stream, 60000, 1000)
        out = self.broker.java("org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server",
                               self.broker.address, "--topic", stream.name, "--from-beginning", "--isolation-level",
                               "read_committed", "--timeout-ms", "10000", "--property", "print.key=true",
                               "--property", "key.separator= ")
        flows = [tuple(line.split(" ", 1)) for line in out.splitlines() if "{" in line]
        self.assertEqual(len(flows), 60000)
        self.assertEqual(by_key(flows), by_key(expected_flows(60000)))

    def test_a_broker_that_dies_and_returns_costs_no_flow(self):
        stream = Stream(self.broker, self.folder.name, "dead-broker")
        process = stream.start(200_000, 2000)
        for line in process.stdout:
            if line.startswith("committed"):
                break
        self.broker.kill()
        self.broker.start()
        process.stdout.read()
        self.assertEqual(process.wait(LIMIT_S), 0, process.stderr.read())
        process.stdout.close()
        process.stderr.close()
        self.assert_every_flow_once(stream.read(), 200_000)

    def test_an_older_process_is_fenced_by_a_newer_one(self):
        stream = Stream(self.broker, self.folder.name, "fenced")
        older = stream.start(1_000_000, 2000)
        for line in older.stdout:
            if line.startswith("committed"):
                break
        older.send_signal(signal.SIGSTOP)
        code, lines, err = stream.run(20000, 2000)
        self.assertEqual(code, 0, err)
        older.send_signal(signal.SIGCONT)
        older.stdout.read()
        self.assertEqual(older.wait(LIMIT_S), 9)  # FAILED_PRECONDITION
        self.assertIn("another process writes this stream", older.stderr.read())
        older.stdout.close()
        older.stderr.close()
        read = sum(map(len, stream.read().values()))
        self.assertEqual(read % 2000, 0)
        self.assertGreaterEqual(read, 20000)

    def test_a_mark_longer_than_the_brokers_take_is_refused_and_nothing_is_seen(self):
        stream = Stream(self.broker, self.folder.name, "long-mark")
        code, _, err = stream.run(1000, 1000, 4000)
        self.assertEqual(code, 9)
        self.assertIn("offset.metadata.max.bytes", err)
        self.assertEqual(stream.read(), {})

    def test_a_topic_made_anew_does_not_begin_the_stream_anew(self):
        stream = Stream(self.broker, self.folder.name, "made-anew")
        self.assertEqual(stream.run(4000, 2000)[0], 0)
        self.broker.delete_topic(stream.name)
        code, _, err = stream.run(6000, 2000)
        self.assertEqual(code, 15)  # DATA_LOSS
        self.assertIn("offsets.retention.minutes", err)

    def test_a_stream_job_is_there_once_after_kills_of_the_server(self):
        with server_of_its_own(os.path.dirname(ARGS.program)) as (server, folder):
            office, generated = os.path.join(folder, "office.csv"), os.path.join(folder, "generated.jsonl")
            server.run("simulate", "--rows", 60000, "--seed", 1, "--output", office)
            server.run("datasets", "import", "office", office, "--home", "10.0.0.0/16")
            server.run("train", "--dataset", "office", "--model", "columns", "--preset", "b1", "--wait")
            flows = ["--model", "columns", "--hosts", 20, "--rows", 200_000, "--seed", 7]
            name = server.run("stream", *flows, "--to", "kafka://%s/job" % self.broker.address, "--rate", 20000,
                              "--detach").stdout.strip()
            for fraction in (0.2, 0.4, 0.6):
                server.wait_for_job(name, lambda job: job["progress"] and job["progress"]["fraction"] > fraction)
                server.kill()
                server.start()
            server.wait_for_job(name, lambda job: job["state"] == "SUCCEEDED")
            server.run("generate", *flows, "--format", "jsonl", "--output", generated)
            with open(generated) as lines:
                expected = collections.Counter(line.rstrip("\n") for line in lines)
        stream = Stream(self.broker, self.folder.name, "job")
        read = collections.Counter(line for flows in stream.read().values() for _, line in flows)
        self.assertEqual(sum((expected - read).values()), 0, "flows that were left out")
        self.assertEqual(sum((read - expected).values()), 0, "flows that are there twice")

    def test_speed(self):
        for form in ("json", "protobuf"):
            stream = Stream(self.broker, self.folder.name, "speed-" + form, form)
            for attempt in range(3):
                rows = (attempt + 1) * ARGS.speed_rows
                code, lines, err = stream.run(rows, 200_000)
                self.assertEqual(code, 0, err)
                took = json.loads(lines[-1])
                self.assertEqual(took["flows"], ARGS.speed_rows)
                FIGURES.append("%s: %.0f flows/s, %.2f us of this client's processors a flow, %.0f bytes a flow" % (
                    form, took["flows"] / took["seconds"], 1e6 * took["cpu_seconds"] / took["flows"],
                    took["bytes"] / took["flows"]))


def main():
    global ARGS
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("jars", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=300_000, help="flows of a check with kills")
    parser.add_argument("--speed-rows", type=int, default=1_000_000, help="flows of each measured run")
    parser.add_argument("tests", nargs="*", help="names of tests; all if none is given")
    ARGS = parser.parse_intermixed_args()
    result = unittest.main(argv=[sys.argv[0], *("KafkaCheck." + test for test in ARGS.tests)], verbosity=2, exit=False)
    print("\n".join(FIGURES))
    sys.exit(not result.result.wasSuccessful())


if __name__ == "__main__":
    main()
