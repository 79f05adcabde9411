#!/usr/bin/env python3
"""What a replay costs the workers that run beside it, on a real Apache Kafka and Redis.

    ~/.cache/earshot/venv/bin/python tests/bench/replay.py [--rounds 5] [--mentions 20000]

In each round as many mentions go through ingest, matcher, sentiment worker and aggregator, once with nobody beside
them and once while replays of 30 alerts over all that mentions.raw holds follow each other without a pause. What counts
is the time until all is folded. Then the replay alone: mentions a second, its largest resident set.
The programs are those of EARSHOT_BIN (build it optimised: preset release or bench).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
os.environ.setdefault("EARSHOT_BIN", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "release", "bin"))

import hn  # noqa: E402
import parts  # noqa: E402


def most_resident(pid):
    """MiB so far. (What wait4() says counts this script's own memory, which the child was for a moment.)"""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return max((int(line.split()[1]) for line in status if line.startswith("VmHWM")), default=0) / 1024


def replay(deployment, alerts):
    """(what it told, seconds, MiB resident at most)."""
    began, size = time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen([os.path.join(parts.BIN, "earshot"), "replay", *alerts, "--json", "--sample", "0"], stdout=out,
                                 env={**os.environ, **deployment.env})
        while child.poll() is None:
            time.sleep(0.02)
            size = max(size, most_resident(child.pid))
        assert child.returncode == 0
        out.seek(0)
        return json.load(out), time.monotonic() - began, size


class Replays(threading.Thread):
    """One after the other until it is told to end."""

    def __init__(self, deployment, alerts):
        super().__init__(daemon=True)
        self.deployment, self.alerts, self.ending, self.count = deployment, alerts, False, 0

    def run(self):
        while not self.ending:
            replay(self.deployment, self.alerts)
            self.count += 1


def a_round(deployment, folder, number, mentions):
    path = os.path.join(folder, f"{number}.ndjson")
    with open(path, "w", encoding="utf-8") as out:
        for mention in mentions:
            out.write(json.dumps({**mention, "id": f"{mention['id']}-{number}"}, ensure_ascii=False) + "\n")
    began = time.monotonic()
    deployment.ingest(path)
    deployment.wait_folded()
    return len(mentions) / (time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mentions", type=int, default=20000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kafka, redis = parts.Kafka(folder).start(), parts.Redis(folder).start()
        deployment = parts.Deployment(folder, kafka, redis)
        try:
            alerts = dict(list(hn.alerts().items())[:30])
            deployment.apply(hn.records(alerts))
            deployment.start()
            mentions = list(hn.mentions(options.mentions))
            a_round(deployment, folder, "first", mentions)
            alone, beside, replays = [], [], 0
            for i in range(options.rounds):
                alone.append(a_round(deployment, folder, f"alone{i}", mentions))
                others = Replays(deployment, alerts)
                others.start()
                beside.append(a_round(deployment, folder, f"beside{i}", mentions))
                others.ending = True
                others.join()
                replays += others.count
            for name, rates in (("alone", alone), ("beside replays", beside)):
                print(f"{name:16} {statistics.median(rates):8.0f} mentions/s through all programs (median of {len(rates)}: {min(rates):.0f} to {max(rates):.0f})")
            told, seconds, size = replay(deployment, alerts)
            print(f"{replays} replays ran beside; one alone: {told['read']} mentions, {len(alerts)} alerts, {told['read'] / seconds:.0f} mentions/s, {size:.1f} MiB resident at most")
        finally:
            deployment.stop()
            kafka.stop()
            redis.stop()


if __name__ == "__main__":
    main()
