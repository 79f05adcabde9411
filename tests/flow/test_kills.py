"""The same count while everything is killed: DESIGN.md, "Exactly once, without transactions"."""

import random
import signal
import threading
import time

import pytest

import hn
from parts import until
from test_exact import check, write

SERVICES = ("matcher", "sentiment", "aggregator")


class Disturber:
    """Kills at random moments of a stream, by a seeded order, and restarts; keeps the table of it."""

    def __init__(self, deployment, seed):
        self.deployment, self.chance = deployment, random.Random(seed)
        self.running = {name: self.next(name) for name in SERVICES}
        self.rows = []
        self.repetitions = {name: 0.0 for name in SERVICES}

    def next(self, name):
        return self.deployment.worker(name)

    def kept(self, name):
        """Counters of a process that is about to go."""
        self.repetitions[name] += self.running[name].metric("earshot_repetitions_total")

    def recovered(self, what, began):
        for one in self.running.values():
            one.wait_ready(120)
        self.rows.append((what, time.monotonic() - began))

    def kill_worker(self, name):
        self.kept(name)
        self.running[name].kill()
        began = time.monotonic()
        self.running[name] = self.next(name)
        self.recovered(f"SIGKILL {name}", began)

    def freeze(self, name):
        """Stopped beyond its session, with a second one that takes over; woken, it is a zombie that must not count."""
        frozen = self.running[name]
        frozen.signal(signal.SIGSTOP)
        began = time.monotonic()
        self.running[name] = self.next(name)
        group = "earshot-" + name
        self.running[name].wait_ready(60)
        until(f"{group} goes on without the frozen one", lambda: self.running[name].metric("earshot_records_total") > 0, 90)
        frozen.signal(signal.SIGCONT)
        self.rows.append((f"SIGSTOP {name}, {time.monotonic() - began:.0f} s, woken", time.monotonic() - began))

    def kill_part(self, what, part):
        part.kill()
        began = time.monotonic()
        part.start()
        self.recovered(f"SIGKILL {what}", began)

    def table(self, repeated, title):
        lines = [title, f"  {'what':44} seconds to ready"]
        lines += [f"  {what:44} {seconds:8.1f}" for what, seconds in self.rows]
        seen = ", ".join(f"{name} {int(n)}" for name, n in self.repetitions.items())
        lines += [f"  kills {len(self.rows)}; repetitions: {repeated} in mentions.enriched, dropped by {seen}; lost 0, twice 0"]
        return "\n".join(lines)


class Stream(threading.Thread):
    """Sends the mentions at a rate, so that kills fall between them."""

    def __init__(self, deployment, path, rate):
        super().__init__(daemon=True)
        self.deployment, self.path, self.rate, self.error = deployment, path, rate, None
        self.kill_times = []

    def run(self):
        try:
            while True:
                one = self.deployment.worker("ingest", "file", str(self.path), "--rate", str(self.rate))
                self.ingest = one
                one.child.wait()
                if one.child.returncode == 0:
                    return
                assert one.child.returncode == -signal.SIGKILL, one.text()[-2000:]
        except Exception as error:  # told by join() of the test
            self.error = error

    def sent(self):
        return not self.is_alive()


@pytest.mark.timeout(900)
def test_kills(on, kafka, redis, tmp_path, show, request):
    seed = request.config.getoption("--seed") or random.randrange(1 << 30)
    show(f"test_kills: --seed {seed}")
    deployment = on("kafka")
    alerts = hn.alerts()
    deployment.apply(hn.records(alerts))
    mentions = list(hn.mentions())
    disturber = Disturber(deployment, seed)
    for one in disturber.running.values():
        one.wait_ready()
    stream = Stream(deployment, write(tmp_path / "stories.ndjson", mentions), 300)
    stream.start()
    steps = [lambda n=name: disturber.kill_worker(n) for name in SERVICES * 3]
    steps += [lambda: disturber.kill_part("Kafka", kafka), lambda: disturber.kill_part("Redis", redis)]
    steps += [lambda: disturber.freeze("aggregator")]
    steps += [lambda: stream.ingest.kill()] * 3
    disturber.chance.shuffle(steps)
    for step in steps:
        # A random number of mentions flows between two disturbances.
        at, more = total(disturber), disturber.chance.randrange(1, 900)
        until("some mentions flow", lambda: total(disturber) >= at + more or stream.sent() or total(disturber) < at, 60)
        step()
    until("all is sent", stream.sent, 300)
    assert stream.error is None, stream.error
    for name in SERVICES:
        disturber.kept(name)
    repeated = check(deployment, mentions, alerts)
    show(disturber.table(repeated, f"test_kills on Apache Kafka, seed {seed}: {len(mentions)} mentions, {len(alerts)} alerts, every counter equal"))


def total(disturber):
    return disturber.running["matcher"].metric("earshot_records_total")


@pytest.mark.timeout(600)
def test_two_of_each(on, tmp_path, show):
    """Two of each share the work; one of each joins in the middle, one of each leaves."""
    deployment = on("kafka")
    alerts = hn.alerts()
    deployment.apply(hn.records(alerts))
    first = [deployment.worker(name) for name in SERVICES * 2]
    for one in first:
        one.wait_ready()
    mentions = list(hn.mentions())
    stream = Stream(deployment, write(tmp_path / "stories.ndjson", mentions), 1500)
    stream.start()
    until("both of each have work", lambda: all(one.metric("earshot_records_total") > 0 for one in first), 60)
    joined = [deployment.worker(name) for name in SERVICES]
    for one in joined:
        one.wait_ready()
    until("those that joined have work", lambda: all(one.metric("earshot_records_total") > 0 for one in joined) or stream.sent(), 60)
    shared = [int(one.metric("earshot_records_total")) for one in first + joined]
    for one in first[:3]:
        assert one.stop() == 0, one.text()[-2000:]
    until("all is sent", stream.sent, 300)
    assert stream.error is None, stream.error
    repeated = check(deployment, mentions, alerts)
    assert all(n > 0 for n in shared[:6])
    show(f"two of each, one joining, one leaving: every counter equal; {repeated} repetitions in enriched; records when the third joined: {shared}")
