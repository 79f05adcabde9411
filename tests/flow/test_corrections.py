"""`earshot correct`: 10,000 corrections that arrive before, with and after their mentions while aggregators are killed and frozen: every
counter equals an independent count in which each pair is as a person said last. DESIGN.md, "Exactly once, without transactions"."""

import json
import random
import threading
import time

import pytest

import count
import hn
from parts import Task, until
from test_exact import write
from test_kills import RATE, Disturber, Stream

CORRECTIONS = 10000
LABELS = {"positive": 1, "neutral": 0, "negative": -1}


def with_odd_ids(mentions):
    """Every 20th has an id that would be a pattern, and that other ids would fit."""
    for i, mention in enumerate(mentions):
        if i % 20 == 0:
            mention["id"] = mention["id"][:11] + "*[" + mention["id"][11:] + "]?\\\"é"
        yield mention


class Said:
    """What people say: which pairs, in an order that chance makes, some of them twice."""

    def __init__(self, mentions, trees, chance):
        pairs = [(alert, mention) for mention, alerts in count.matching(mentions, trees).items() for alert in alerts]
        chosen = chance.sample(pairs, CORRECTIONS * 9 // 10)
        chosen += chance.sample(chosen, CORRECTIONS - len(chosen))
        self.rows = [(alert, mention, chance.choice(list(LABELS))) for alert, mention in chosen]
        self.last = {}

    def take(self, n):
        rows, self.rows = self.rows[:n], self.rows[n:]
        for alert, mention, label in rows:
            self.last[alert, mention] = label
        return "\n".join(json.dumps({"action": "correct", "alert": a, "mention": m, "label": l}, ensure_ascii=False) for a, m, l in rows)


class Saying(Task):
    """Says them in handfuls beside what else happens; what Kafka did not acknowledge is said again. goes_on: the last handful
    again and again, which changes nothing, until over is set: who takes over a partition has something to read."""

    def __init__(self, deployment, said, n, goes_on=False):
        super().__init__("corrections are sent")
        self.deployment, self.said, self.left, self.over = deployment, said, n, threading.Event()
        if not goes_on:
            self.over.set()

    def sent(self, text):
        done = self.deployment.earshot("correct", "-", stdin=text, check=False)
        assert done.returncode in (0, 1, 3), done.stderr
        return done.returncode == 0

    def work(self):
        while self.left > 0:
            some = min(self.left, 200)
            self.left -= some
            text = self.said.take(some)
            until("corrections are acknowledged", lambda t=text: self.sent(t), 120)
        while not self.over.is_set():
            until("corrections are acknowledged again", lambda: self.sent(text), 120)


class Corrected:
    """A record of mentions.enriched as people say it should have been."""

    def __init__(self, message, last):
        record = json.loads(message.value())
        for analysis in record["analysis"]["alerts"]:
            label = last.get((analysis["id"], record["id"]))
            if label:
                analysis.update(label=label, score=LABELS[label])
        self.text = json.dumps(record)

    def value(self):
        return self.text


def check(deployment, mentions, trees, said):
    """Asserts all that Redis tells; the repetitions that mentions.enriched held."""
    deployment.wait_folded()
    until("all corrections are folded", lambda: deployment.behind("earshot-aggregator", "actions") == 0, 120)
    enriched = [Corrected(message, said.last) for message in deployment.read("mentions.enriched")]
    counts, repeated = count.count(mentions, trees, enriched)
    wrong = count.differences(deployment, counts, int(time.time()))
    assert not wrong, f"{len(wrong)} counters differ:\n" + "\n".join(wrong[:10])
    return repeated


def check_marked(deployment, trees, said):
    """Each item says whether a person corrected it; none waits for its mention any more."""
    for alert in trees:
        cursor = ""
        while cursor is not None:
            page = deployment.ask("earshot_feed", alert, 0, int(time.time()) + 60, "newest", 200, cursor)
            for item in page["items"]:
                assert item.get("corrected", False) == ((alert, item["id"]) in said.last), item
            cursor = page["next"]
    client = deployment.redis.client()
    kept = [row for key in client.keys("earshot:{s*}:corrections") for row in client.zrange(key, 0, -1, withscores=True)]
    assert {tuple(member.split("\0")) for member, _ in kept} == set(said.last)
    assert all(int(score) % 2 for _, score in kept), [member for member, score in kept if int(score) % 2 == 0][:5]


class Aggregators(Disturber):
    """All that can be killed beneath an aggregator; a second one that stays takes over in between."""

    def next(self, name):
        return self.deployment.worker(name, *(["--feed-items", "100000"] if name == "aggregator" else []))

    def story(self, kind, kafka, redis):
        steps = [lambda: self.kill_worker("aggregator")] * (5 if kind == "kafka" else 3)
        steps += [lambda: self.freeze("aggregator")] * (2 if kind == "kafka" else 1)
        steps += [lambda: self.kill_part("Redis", redis)]
        if kind == "kafka":
            steps += [lambda: self.kill_part("Kafka", kafka)]
        self.chance.shuffle(steps)
        return steps


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", ["kafka", "embedded"])
def test_kills(kind, on, redis, tmp_path, show, request):
    seed = request.config.getoption("--seed") or random.randrange(1 << 30)
    show(f"test_corrections: --seed {seed}")
    deployment = on(kind)
    trees = hn.alerts()
    deployment.apply(hn.records(trees))
    mentions = list(with_odd_ids(hn.mentions(20000 if kind == "kafka" else 8000)))
    disturber = Aggregators(deployment, seed)
    said = Said(mentions, trees, disturber.chance)
    for one in disturber.running.values():
        one.wait_ready()
    Saying(deployment, said, CORRECTIONS * 3 // 10).work()
    steps = disturber.story(kind, deployment.kafka, redis)
    late = max(1, len(steps) // 3)  # of them after the last mention
    size, handful = len(mentions) // (len(steps) - late) + 1, CORRECTIONS * 4 // 10 // (len(steps) - late)
    for i, step in enumerate(steps[late:]):
        part = mentions[i * size:(i + 1) * size]
        stream, saying = Stream(deployment, write(tmp_path / f"part{i}.ndjson", part), RATE), Saying(deployment, said, handful)
        stream.start()
        saying.start()
        moment = time.monotonic() + disturber.chance.random() * len(part) / RATE / 2
        until("the moment", lambda m=moment: time.monotonic() >= m, 60)
        step()
        stream.finish()
        saying.finish()
    for i, step in enumerate(steps[:late]):
        saying = Saying(deployment, said, len(said.rows) // (late - i), goes_on=True)
        saying.start()
        moment = time.monotonic() + disturber.chance.random()
        until("the moment", lambda m=moment: time.monotonic() >= m, 60)
        try:
            step()
        finally:
            saying.over.set()
        saying.finish()
    assert not said.rows
    disturber.kept("aggregator")
    repeated = check(deployment, mentions, trees, said)
    check_marked(deployment, trees, said)
    show(disturber.table(repeated, f"test_corrections on {kind}, seed {seed}: {len(mentions)} mentions, {len(trees)} alerts, {CORRECTIONS} corrections of "
                                   f"{len(said.last)} pairs, every counter equal"))
    rebuild(deployment, disturber, mentions, trees, said, show)


def rebuild(deployment, disturber, mentions, trees, said, show):
    """A new Redis, and feeds too short for most of the mentions: what was said is known before they are counted."""
    for one in [disturber.running["aggregator"], *disturber.zombies]:
        one.stop()
    deployment.redis.client().flushall()
    deployment.earshot("init")
    began = time.monotonic()
    one = deployment.worker("aggregator", "--feed-items", "500")
    one.wait_ready()
    total = sum(len(alerts) for alerts in count.matching(mentions, trees).values())
    until("all is counted anew", lambda: sum(row["mentions"] for row in deployment.ask("earshot_alerts")["alerts"]) == total, 300, 0.2)
    seconds = time.monotonic() - began
    check(deployment, mentions, trees, said)
    show(f"rebuilt from nothing in {seconds:.1f} s, with feeds of 500: every counter equal")
