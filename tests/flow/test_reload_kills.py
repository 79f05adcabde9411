"""Alerts are edited, added and removed at random while mentions flow and workers are killed: every match and every
counter is what the two logs say. DESIGN.md, "Exactly once, without transactions", 7; include/earshot/alert.md."""

import collections
import json
import random
import signal
import time

import pytest
import redis as redis_client

import count
import hn
import versions
from parts import Task, until
from test_exact import write
from test_kills import SERVICES, Stream

# Beside the trees of hn.py: what only the reference evaluator can count.
QUERIES = [hn.query_text(tree) for tree in hn.TREES] + [
    "googl*", "programm*", "microsft~1", "javascirpt~2", "open NEAR/3 source", '"machine lear*"', '"data big"~4', "title:google", "{Google}",
    "site:ycombinator.com AND (startup OR founders)", "source:forum AND how", "berlin OR (the AND country:de)", "has:link AND the AND of NOT a", "has:question AND why"]
TEXT_MAX = 80  # characters: the reference evaluator is slow
FROZEN = 400  # mentions that come while the matchers stand still
STEPS = ("add", "query", "query", "query", "name", "pause", "resume", "remove", "prune", "again", "twice", "gone and back", "no alert")


class Editor(Task):
    """One random edit for every so many mentions sent, chosen by a seed alone."""

    def __init__(self, deployment, stream, seed, total, every, junk):
        super().__init__("all edits are made")
        self.deployment, self.stream, self.chance, self.total, self.every, self.junk = deployment, stream, random.Random(seed), total, every, junk
        self.alerts, self.removed, self.made = {}, set(), collections.Counter()
        self.fresh = iter(range(10**6))

    def query(self):
        """One of QUERIES; with junk the alerts are more than the matcher indexes in its loop."""
        text = self.chance.choice(QUERIES)
        return f"({text}) OR {{{self.chance.randbytes(self.junk // 2).hex()}}}" if self.junk else text

    def alert(self, name):
        return {"id": name, "query": self.query(), "name": f"{name}, {self.chance.randrange(1000)}"}

    def new(self):
        return self.alert(f"e-{next(self.fresh)}")

    def any(self, most=1):
        names = sorted(self.alerts)
        return self.chance.sample(names, min(len(names), self.chance.randint(1, most)))

    def apply(self, changed, *arguments):
        self.alerts |= {one["id"]: one for one in changed}
        self.removed -= self.alerts.keys()
        written = self.alerts.values() if arguments else changed
        self.deployment.earshot("alerts", "apply", "-", *arguments, stdin="\n".join(map(json.dumps, written)))

    def forget(self, names):
        for name in names:
            del self.alerts[name]
        self.removed |= set(names)

    def remove(self, names):
        self.forget(names)
        self.deployment.earshot("alerts", "remove", *names)

    def edit(self, step):
        names = self.any(3)
        if step == "add":
            self.apply([self.new() for _ in range(self.chance.randint(1, 3))])
        elif step == "query":
            self.apply([self.alerts[name] | {"query": self.query()} for name in names])
        elif step == "name":
            self.apply([self.alerts[name] | {"name": f"{name}, renamed {self.chance.randrange(1000)}"} for name in names])
        elif step == "pause":
            self.apply([self.alerts[name] | {"paused": True} for name in names])
        elif step == "resume":
            self.apply([{key: value for key, value in one.items() if key != "paused"} for one in self.alerts.values() if one.get("paused")] or [self.new()])
        elif step == "remove":
            self.remove(names)
        elif step == "prune":
            self.forget(names)
            self.apply([self.new()], "--prune")
        elif step == "again":
            self.apply([self.alert(name) for name in sorted(self.removed)[:3]] or [self.new()])
        elif step == "twice":  # the first of both is never in force
            for _ in range(2):
                self.apply([self.alert(name) for name in names])
        elif step == "gone and back":
            self.remove(names)
            self.apply([self.alert(name) for name in names])
        elif step == "no alert":
            self.deployment.produce([(names[0], '{"id":"')], topic="alerts")
        self.made[step] += 1

    def sent(self):
        return self.stream.ingest.metric("earshot_records_total") if self.stream.ingest else 0

    def work(self):
        steps = []
        for at in range(self.every, self.total, self.every):
            until(f"{at} mentions are sent", lambda n=at: self.sent() >= n or not self.stream.is_alive(), 120)
            if not self.stream.is_alive():
                return
            steps = steps or self.chance.sample(STEPS, len(STEPS))
            self.edit(steps.pop())
        self.edit("remove")


class Killer:
    """Two matchers and one of each other service; each killed when it, or the one after it, has worked on so much."""

    def __init__(self, deployment, seed):
        self.deployment, self.chance = deployment, random.Random(seed)
        self.running = [(name, deployment.worker(name)) for name in ("matcher", *SERVICES)]
        self.killed, self.indexed = [], collections.Counter()

    def handled(self, worker):
        return int(worker.metric("earshot_records_total"))

    def look(self, worker):
        for part in ("base", "changes"):
            self.indexed[part] += int(worker.metric(f'earshot_index_builds{{part="{part}"'))

    def kill(self, names):
        """One of each name, then what takes their places."""
        for name in names:
            one = self.chance.choice([one for one in self.running if one[0] == name])
            self.running.remove(one)
            self.killed.append((name, self.handled(one[1])))
            self.look(one[1])
            one[1].kill()
        self.running += [(name, self.deployment.worker(name)) for name in names]

    def freeze(self, editor):
        """Stops both matchers for less than their session, while mentions and edits come that they then get at once."""
        matchers = [worker for name, worker in self.running if name == "matcher"]
        for worker in matchers:
            worker.signal(signal.SIGSTOP)
        sent, made = editor.sent(), editor.made.total()
        until("something has come meanwhile", lambda: editor.sent() >= sent + FROZEN and editor.made.total() >= made + 3, 9)
        for worker in matchers:
            worker.signal(signal.SIGCONT)

    def wait_work(self, records):
        """Until both matchers have worked on so many mentions since they began: they are in the group and go on."""
        for name, worker in self.running:
            if name == "matcher":
                until(f"{worker.name} has worked", lambda w=worker: self.handled(w) >= records, 90)


def check_removed(deployment, editor):
    """The list of alerts is what was written last, and who asks for a removed one is told so."""
    def listed():
        return {row["id"]: (row["name"], row["query"]) for row in deployment.ask("earshot_alerts")["alerts"]}
    want = {name: (one["name"], one["query"]) for name, one in editor.alerts.items()}
    until("Redis has all edits", lambda: listed() == want, 30)
    for name in editor.removed:
        with pytest.raises(redis_client.ResponseError, match=f"unknown alert '{name}'"):
            deployment.ask("earshot_summary", name, "now-1d", "now")


def check(deployment, editor):
    """Asserts each match and all of Redis, also what removed alerts had counted; (pairs, versions, mentions)."""
    deployment.wait_folded()
    check_removed(deployment, editor)
    records = deployment.read("alerts", 1)
    history = versions.history(records)
    expected = versions.expected(history, deployment.read("mentions.raw"))
    counts, _ = count.tally(expected, history, deployment.read("mentions.enriched"), versions.told)
    lost = {record.key().decode() for record in records if record.value() is None}
    editor.apply([editor.alert(name) for name in sorted(editor.removed)])  # their counters are there again
    check_removed(deployment, editor)
    wrong = count.differences(deployment, counts, int(time.time()), lost)
    assert not wrong, f"{len(wrong)} counters differ:\n" + "\n".join(wrong[:10])
    return sum(c.total[0] for c in counts.values()), sum(map(len, history.values())), len(expected)


def stories(total, chance):
    """Some of them again a little later, when other versions are in force: these count for nothing."""
    mentions = [one | {"text": one["text"] and one["text"][:TEXT_MAX]} for one in hn.mentions(total)]
    for at in sorted(chance.sample(range(len(mentions) // 2), len(mentions) // 8), reverse=True):
        mentions.insert(at + chance.randrange(100, len(mentions) // 2), mentions[at])
    return mentions


# (mentions, a second, alerts at first, bytes of junk in each query, who is killed at once each time)
KAFKA = (2400, 100, 48, 3000, (["matcher", "sentiment"], ["matcher", "matcher", "aggregator"]))
EMBEDDED = (1200, 100, 30, 0, (["matcher", "matcher"],))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["kafka", "embedded"])
def test_edits_and_kills(kind, on, tmp_path, show, request):
    seed = request.config.getoption("--seed") or random.randrange(1 << 30)
    show(f"test_reload_kills: --seed {seed}")
    total, rate, first, junk, kills = KAFKA if kind == "kafka" else EMBEDDED
    began = time.monotonic()
    deployment = on(kind)
    killer = Killer(deployment, seed)
    mentions = stories(total, killer.chance)
    stream = Stream(deployment, write(tmp_path / "stories.ndjson", mentions), rate)
    editor = Editor(deployment, stream, seed, len(mentions), rate // 3, junk)
    editor.apply([editor.new() for _ in range(first)])
    for _, worker in killer.running:
        worker.wait_ready()
    stream.start()
    editor.start()
    killer.wait_work(1)
    killer.freeze(editor)
    for names in kills:
        killer.wait_work(killer.chance.randrange(1, 200))
        killer.kill(names)
    stream.finish()
    editor.finish()
    pairs, known, counted = check(deployment, editor)
    for name, worker in killer.running:
        killer.look(worker)
    assert pairs > 0 and set(STEPS) == set(editor.made), editor.made
    assert killer.indexed["base"] > 0 and (not junk or killer.indexed["changes"] > 0), killer.indexed
    show(f"{kind}: {len(mentions)} mentions ({counted} once), {known} versions of {len(editor.alerts)} alerts, {pairs} pairs: every match and counter equal; "
         f"edits {dict(editor.made)}; killed (after so many records) {killer.killed}; index {dict(killer.indexed)}; {time.monotonic() - began:.0f} s")
