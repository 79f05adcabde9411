"""The same count while everything is killed: DESIGN.md, "Exactly once, without transactions"."""

import random
import signal
import time

import pytest

import hn
from parts import Task, until
from test_exact import check, write

SERVICES = ("matcher", "sentiment", "aggregator")
RATE = 300  # mentions a second of a part, which so lasts some seconds


class Disturber:
    """Kills at random moments of a stream, by a seeded order, and restarts; keeps the table of it."""

    def __init__(self, deployment, seed):
        self.deployment, self.chance = deployment, random.Random(seed)
        self.running = {name: self.next(name) for name in SERVICES}
        self.rows, self.zombies = [], []
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
        self.running[name].wait_ready(90)
        until(f"a second {name} goes on", lambda: self.running[name].metric("earshot_records_total") > 0, 90)
        seconds = time.monotonic() - began
        frozen.signal(signal.SIGCONT)
        until(f"the woken {name} is in the group again", lambda: not frozen.alive() or frozen.ready(), 90)
        self.zombies.append(frozen)
        self.rows.append((f"SIGSTOP {name} beyond its session, woken", seconds))

    def kill_part(self, what, part):
        part.kill()
        began = time.monotonic()
        part.start()
        self.recovered(f"SIGKILL {what}", began)

    def kill_ingest(self, stream):
        began = time.monotonic()
        killed = stream.ingest
        killed.kill()
        until("ingest goes on", lambda: stream.ingest is not killed or not stream.is_alive(), 60)
        self.rows.append(("SIGKILL ingest", time.monotonic() - began))

    def table(self, repeated, title):
        lines = [title, f"  {'what':44} seconds to ready"]
        lines += [f"  {what:44} {seconds:8.1f}" for what, seconds in self.rows]
        seen = ", ".join(f"{name} {int(n)}" for name, n in self.repetitions.items())
        lines += [f"  kills {len(self.rows)}; repetitions: {repeated} in mentions.enriched, dropped by {seen}; lost 0, twice 0"]
        return "\n".join(lines)


class Stream(Task):
    """Sends one file of mentions, slowly enough that something can happen between them; a killed ingest goes on
    where its cursor says."""

    def __init__(self, deployment, path, rate):
        super().__init__(f"{path} is sent")
        self.deployment, self.path, self.rate, self.ingest = deployment, path, rate, None

    def work(self):
        while True:
            self.ingest = self.deployment.worker("ingest", "file", str(self.path), "--rate", str(self.rate))
            self.ingest.child.wait()
            if self.ingest.child.returncode == 0:
                return
            assert self.ingest.child.returncode == -signal.SIGKILL, self.ingest.text()[-2000:]


@pytest.mark.timeout(1200)
def test_kills(on, kafka, redis, tmp_path, show, request):
    """One part of the stories flows at each disturbance, and it comes at a random moment of that part."""
    seed = request.config.getoption("--seed") or random.randrange(1 << 30)
    show(f"test_kills: --seed {seed}")
    deployment = on("kafka")
    alerts = hn.alerts()
    deployment.apply(hn.records(alerts))
    mentions = list(hn.mentions())
    disturber = Disturber(deployment, seed)
    for one in disturber.running.values():
        one.wait_ready()
    steps = [lambda _, n=name: disturber.kill_worker(n) for name in SERVICES * 3]
    steps += [lambda _: disturber.kill_part("Kafka", kafka), lambda _: disturber.kill_part("Redis", redis)]
    steps += [lambda _: disturber.freeze("aggregator"), lambda _: disturber.freeze("matcher")]
    steps += [disturber.kill_ingest] * 3
    disturber.chance.shuffle(steps)
    size = len(mentions) // len(steps) + 1
    for i, step in enumerate(steps):
        part = mentions[i * size:(i + 1) * size]
        stream = Stream(deployment, write(tmp_path / f"part{i}.ndjson", part), RATE)
        stream.start()
        until("the part flows", lambda s=stream: s.ingest and s.ingest.metric("earshot_records_total") > 0 or not s.is_alive(), 60)
        moment = time.monotonic() + disturber.chance.random() * len(part) / RATE
        until("the moment", lambda m=moment: time.monotonic() >= m, 30)
        step(stream)
        stream.finish()
    for name in SERVICES:
        disturber.kept(name)
    repeated = check(deployment, mentions, alerts)
    show(disturber.table(repeated, f"test_kills on Apache Kafka, seed {seed}: {len(mentions)} mentions, {len(alerts)} alerts, every counter equal"))


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
    until("those that joined have work", lambda: all(one.metric("earshot_records_total") > 0 for one in joined), 60)
    shared = [int(one.metric("earshot_records_total")) for one in first + joined]
    for one in first[:3]:
        assert one.stop() == 0, one.text()[-2000:]
    stream.finish()
    repeated = check(deployment, mentions, alerts)
    assert all(n > 0 for n in shared[:6])
    show(f"two of each, one joining, one leaving: every counter equal; {repeated} repetitions in enriched; records when the third joined: {shared}")
