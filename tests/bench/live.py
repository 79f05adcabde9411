#!/usr/bin/env python3
"""What only running programs show, on a real Apache Kafka and Redis: start, memory, and how soon a mention is visible.

    ~/.cache/earshot/venv/bin/python tests/bench/live.py [--seconds 10] [--runs 5] [--rate N]

- start: from exec to ready (joined, alerts read), with 1,000 alerts; median of the runs.
- memory: resident set of each idle worker.
- visible: mentions go to mentions.raw at half of the rate that the whole set took on this machine just before (broker,
  Redis, programs and this script share its processors), in batches as ingest makes them; for each, from the send to
  when the sum of Redis' counters reaches it, looked at every 2 ms. The first seconds at a new rate, when the broker's
  Java compiles what it now needs, are shown apart; then the medians of five times as long.
The programs are those of EARSHOT_BIN (build it optimised: preset release or bench).
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
os.environ.setdefault("EARSHOT_BIN", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "release", "bin"))

from confluent_kafka import Producer  # noqa: E402

import hn  # noqa: E402
import parts  # noqa: E402


PERCENTILES, WINDOWS = (50, 90, 99, 99.9), 5


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def start(deployment, runs):
    rows = {}
    for _ in range(runs):
        for name in ("matcher", "sentiment", "aggregator"):
            began = time.monotonic()
            worker = deployment.worker(name)
            parts.until(f"{name} ready", worker.ready, 60, 0.005)
            rows.setdefault(name, []).append((time.monotonic() - began, resident(worker.child.pid)))
            worker.stop()
            deployment.workers.remove(worker)
    for name, seen in rows.items():
        seconds, size = zip(*seen)
        print(f"  {name:12} ready after {statistics.median(seconds):5.2f} s (of {runs}: {min(seconds):.2f} to {max(seconds):.2f}), idle {max(size):5.1f} MiB resident")


def folded(client, shard_alert):
    """Mentions of the alert that matches all."""
    told = json.loads(client.fcall_ro("earshot_volume", 0, shard_alert, "now-1h", "now", "day"))
    return sum(bucket[1] or 0 for bucket in told["buckets"])


class Watch(threading.Thread):
    """(moment, count) each time that Redis counts more."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.seen, self.over = client, [], False

    def run(self):
        last = folded(self.client, "all")
        while not self.over:
            now = folded(self.client, "all")
            if now != last:
                self.seen.append((time.monotonic(), now))
                last = now
            threading.Event().wait(0.002)


def send(deployment, count, rate, first):
    """Sends count mentions at a rate (0: at once) and returns the moment of each."""
    producer = Producer({"bootstrap.servers": deployment.kafka.brokers, "partitioner": "murmur2_random", "linger.ms": 50, "compression.type": "lz4",
                         "queue.buffering.max.messages": 2000000})
    base = next(iter(hn.mentions(1)))
    moments, began = [], time.monotonic()
    for i in range(count):
        if rate:
            while time.monotonic() < began + i / rate:
                producer.poll(0.001)
        now = hn.text_time(time.time())
        mention = {**base, "id": f"live:{first + i}", "title": f"The mention number {first + i} of all that are measured",
                   "text": "x" * 300, "created_at": now, "collected_at": now}
        producer.produce("mentions.raw", json.dumps(mention), mention["id"])
        moments.append(time.monotonic())
        producer.poll(0)
    producer.flush()
    return moments


def paced(deployment, client, seconds, rate, first):
    """Sorted delays of what is sent at that rate."""
    watch = Watch(client)
    watch.start()
    moments = send(deployment, int(rate * seconds), rate, first)
    parts.until("all is counted", lambda: folded(client, "all") >= first + len(moments), 120, 0.02)
    watch.over = True
    watch.join()
    delays, at = [], 0
    for i, sent in enumerate(moments):
        while at < len(watch.seen) and watch.seen[at][1] - first < i + 1:
            at += 1
        if at < len(watch.seen):
            delays.append(watch.seen[at][0] - sent)
    return sorted(delays)


def visible(deployment, seconds, rate):
    client = deployment.redis.client()
    flood, rounds = 30000, 3
    for turn in range(rounds):  # the last counts: the broker's Java is warm then
        began = time.monotonic()
        send(deployment, flood, 0, turn * flood)
        parts.until("the flood is counted", lambda t=turn: folded(client, "all") >= (t + 1) * flood, 300, 0.02)
        most = flood / (time.monotonic() - began)
    rate = rate or most / 2
    print(f"  flood of {flood}: {most:,.0f} mentions/s through all programs, sender included; then {rate:,.0f}/s:")
    sent, seen = flood * rounds, []
    for _ in range(1 + WINDOWS):
        delays = paced(deployment, client, seconds, rate, sent)
        sent += int(rate * seconds)
        seen.append([delays[min(len(delays) - 1, int(len(delays) * p / 100))] * 1000 for p in PERCENTILES])
    print(f"  visible in Redis, first {seconds} s: " + ", ".join(f"p{p:g} {ms:.0f} ms" for p, ms in zip(PERCENTILES, seen[0])))
    print(f"  then, medians of {WINDOWS} times {seconds} s: " + ", ".join(
        f"p{p:g} {statistics.median(one):.0f} ms ({min(one):.0f} to {max(one):.0f})" for p, one in zip(PERCENTILES, zip(*seen[1:]))))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--rate", type=int, default=0, help="mentions a second to look at, instead of half of the flood's")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kafka, redis = parts.Kafka(folder).start(), parts.Redis(folder).start()
        deployment = parts.Deployment(folder, kafka, redis)
        try:
            alerts = [{"id": f"a{i}", "query": f"brand{i} OR \"brand {i}\" OR #brand{i}"} for i in range(999)]
            deployment.apply(alerts + [{"id": "all", "query": "measured"}])
            start(deployment, options.runs)
            deployment.start()
            visible(deployment, options.seconds, options.rate)
        finally:
            deployment.stop()
            kafka.stop()
            redis.stop()


if __name__ == "__main__":
    main()
