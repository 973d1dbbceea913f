#!/usr/bin/env python3
"""Feeds a topic of Kafka with a model's flows, and reads them as any consumer would.

  feed_kafka.py --model M [--to kafka://BROKER[:PORT]/TOPIC] [--rows N]

With a stanflowd at $STANFLOW_SERVER, else 127.0.0.1:50551. Without --to it brings a broker to try things with: that of
librdkafka's tests, on loopback, which forgets everything when this program ends.
"""
import argparse
import collections
import contextlib
import json
from urllib.parse import urlsplit

import stanflow
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

LIMIT_S = 30  # for an answer of the broker


def broker_to_try_with():
    """It lives as long as the object does, whose own broker it is."""
    holder = Producer({"test.mock.num.brokers": 1})
    broker, = holder.list_topics(timeout=LIMIT_S).brokers.values()
    return holder, f"kafka://{broker.host}:{broker.port}/flows"


def ends(consumer, topic):
    """Where each partition ends by now; a topic that is not there yet has none."""
    partitions = consumer.list_topics(topic, timeout=LIMIT_S).topics[topic].partitions
    return {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=LIMIT_S)[1] for p in partitions}


def messages(consumer, topic, begins, count):
    """So many from `begins` on. Of a transaction that was not committed a consumer is given nothing."""
    consumer.assign([TopicPartition(topic, p, begins.get(p, 0)) for p in ends(consumer, topic)])
    for read in range(count):
        message = consumer.poll(LIMIT_S)
        if message is None:
            raise TimeoutError(f"nothing came for {LIMIT_S} s after {read} of {count} messages")
        if message.error() is not None:
            raise KafkaException(message.error())
        yield message


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--model", required=True)
parser.add_argument("--to", metavar="kafka://BROKER[:PORT]/TOPIC")
parser.add_argument("--rows", type=int, default=20000)
arguments = parser.parse_args()

holder, to = (None, arguments.to) if arguments.to else broker_to_try_with()
topic = urlsplit(to).path.lstrip("/")
flows_of_host = collections.Counter()
with contextlib.closing(Consumer({"bootstrap.servers": urlsplit(to).netloc, "group.id": "feed-kafka",
                                  "enable.auto.commit": False})) as consumer:
    begins = ends(consumer, topic)
    with stanflow.Client() as client:
        job = client.stream(arguments.model, to=to, rows=arguments.rows, hosts=20, progress=True)
    sent = json.loads(job.result_json)["flows_sent"]
    print(f"{sent} flows to {to}")

    for message in messages(consumer, topic, begins, sent):
        flows_of_host[message.key().decode()] += 1
        flow = json.loads(message.value())

print(f"{sum(flows_of_host.values())} messages read, the last one {flow}")
print("the busiest hosts")
for host, count in flows_of_host.most_common(3):
    print(f"{host:>15}  {count:6d} flows")
