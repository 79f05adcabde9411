"""`earshot replay` on real parts: its counts are those of `earshot match` and of an independent count; nobody notices it."""

import collections
import json
import os
import random
import signal
import subprocess
import time

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

import count
import hn
import parts
from parts import until
from test_exact import check, write


def replay(deployment, *arguments, alerts=None):
    done = deployment.earshot("replay", *(["--alert", "-"] if alerts is not None else []), "--json", *arguments,
                              stdin=None if alerts is None else "\n".join(map(json.dumps, alerts)))
    told = json.loads(done.stdout)
    return {**told, "stderr": done.stderr, "alerts": {one["id"]: one for one in told["alerts"]}}


def matched_by_match(path, folder, alerts):
    """alert -> mentions, as `earshot match --count` has them."""
    with open(folder / "alerts.ndjson", "w", encoding="utf-8") as out:
        out.write("\n".join(map(json.dumps, alerts)))
    done = subprocess.run([os.path.join(parts.BIN, "earshot"), "match", "--alerts", str(folder / "alerts.ndjson"), "--count", str(path)],
                          capture_output=True, text=True, timeout=120, check=True)
    return {name: int(n) for name, n in (line.split() for line in done.stdout.splitlines() if not line.startswith("#"))}


def groups(deployment):
    admin = AdminClient({"bootstrap.servers": deployment.kafka.brokers})  # named: a future of a client that is gone never ends
    listed = admin.list_consumer_groups(request_timeout=10).result(timeout=30)
    return sorted(group.group_id for group in listed.valid)


def times(deployment):
    """The log's time of each record of mentions.raw, by mention id, the first of each."""
    found = {}
    for record in deployment.read("mentions.raw"):
        found.setdefault(json.loads(record.value())["id"], record.timestamp()[1])
    return found


@pytest.mark.parametrize("kind", ["kafka", "embedded"])
def test_counts(kind, on, tmp_path, show):
    """Saved alerts, new ones, and what those gain and lose; repetitions dropped; the workers beside it as exact as ever."""
    deployment = on(kind)
    trees = hn.alerts()
    deployment.apply(hn.records(trees))
    deployment.start()
    mentions = list(hn.mentions())
    path = write(tmp_path / "stories.ndjson", mentions)
    flow = ["--max-backlog", "4MiB"] if kind == "embedded" else []
    deployment.ingest(path, *flow)
    deployment.ingest(write(tmp_path / "again.ndjson", mentions[-200:]), *flow)
    began = time.monotonic()
    saved = replay(deployment, *trees)
    seconds = time.monotonic() - began
    expected = collections.Counter(name for names in count.matching(mentions, trees).values() for name in names)
    by_match = matched_by_match(path, tmp_path, hn.records(trees))
    assert {name: one["mentions"] for name, one in saved["alerts"].items()} == {name: expected[name] for name in trees} == by_match
    assert (saved["read"], saved["repetitions"], saved["broken"], saved["lost"]) == (len(mentions) + 200, 200, 0, 0)
    assert all(sum(n for _, n in one["buckets"]) + one["older"] + one["newer"] == one["mentions"] for one in saved["alerts"].values())

    # Each alert with the query of the next one: gained and lost are the two differences.
    names = list(trees)
    turned = {name: trees[names[(i + 1) % len(names)]] for i, name in enumerate(names)}
    tried = replay(deployment, alerts=hn.records({**turned, "new": "google"}))
    sets = collections.defaultdict(set)
    for mention, found in count.matching(mentions, trees).items():
        for name in found:
            sets[name].add(mention)
    for i, name in enumerate(names):
        own, other = sets[name], sets[names[(i + 1) % len(names)]]
        have = tried["alerts"][name]["saved"]
        if hn.query_text(trees[name]) != hn.query_text(turned[name]):
            assert (have["mentions"], have["gained"], have["lost"]) == (len(own), len(other - own), len(own - other)), name
            assert {item["id"] for item in have["gains"]} <= other - own and len(have["gains"]) == min(5, len(other - own))
            assert {item["id"] for item in have["losses"]} <= own - other and len(have["losses"]) == min(5, len(own - other))
    assert tried["alerts"]["new"]["saved"] is None and tried["alerts"]["new"]["mentions"] > 0
    check(deployment, mentions, trees)
    if kind == "kafka":
        assert set(groups(deployment)) <= {"earshot-matcher", "earshot-sentiment", "earshot-aggregator"}, "a replay is in no group"
    show(f"replay on {kind}: {len(mentions)} mentions, {len(trees)} alerts in {seconds:.2f} s: equal to match, to the count, gained and lost too")


def test_time(on, tmp_path):
    """Of the log: its borders, the window before it, what retention took away."""
    deployment = on("kafka", partitions=4)
    deployment.apply([{"id": "google", "query": "google"}])
    mentions = list(hn.mentions(3000))
    found = {name for name, names in count.matching(mentions, {"google": "google"}).items() if names}
    for i in range(3):
        deployment.ingest(write(tmp_path / f"{i}.ndjson", mentions[i * 1000:(i + 1) * 1000]))
        until("a second goes by", lambda second=int(time.time()): int(time.time()) > second + 1, 5)
    deployment.ingest(write(tmp_path / "again.ndjson", mentions[:500]))
    at = times(deployment)
    ordered = sorted(at.values())
    for since, to in [(ordered[0], ordered[1000]), (ordered[1000], ordered[2000]), (ordered[1500], None), (ordered[0], None)]:
        first, last = -(-since // 1000), None if to is None else to // 1000
        told = replay(deployment, "google", "--since", str(first), *(["--until", str(last)] if last else []))
        inside = {name for name, ms in at.items() if ms >= first * 1000 and (last is None or ms < last * 1000)}
        assert told["alerts"]["google"]["mentions"] == len(inside & found), (since, to)
        assert told["repetitions"] == (500 if to is None else 0), "its first time may be before the time asked for"
        assert told["stderr"] == ""

    admin = AdminClient({"bootstrap.servers": deployment.kafka.brokers})
    admin.delete_records([TopicPartition("mentions.raw", p, 200) for p in range(4)])[TopicPartition("mentions.raw", 0, 200)].result(30)
    told = replay(deployment, "google", "--since", "1d")
    assert "mentions.raw does not go back to 1d: it is complete from 20" in told["stderr"]
    assert told["read"] == len(mentions) + 500 - 800


def test_broken_are_named(on, tmp_path):
    deployment = on("embedded")
    deployment.apply([{"id": "google", "query": "google"}])
    good = [(one["id"], json.dumps(one)) for one in hn.mentions(50)]
    deployment.produce([("k", '{"id":7}'), *good, ("k", '{"id":"\x1b[2J')])
    told = replay(deployment, "google")
    assert (told["read"], told["broken"]) == (52, 2)
    lines = told["stderr"].splitlines()
    assert len(lines) == 2 and "type: byte 6: id: expected a string, found a number" in lines[0], lines
    assert all(line.startswith("mentions.raw/") for line in lines) and "\x1b" not in told["stderr"]


def test_interrupted(on, tmp_path):
    """Ctrl-C in the middle of it: what it had, and that it is not all."""
    deployment = on("kafka")
    deployment.apply([{"id": "google", "query": "google"}])
    deployment.ingest(write(tmp_path / "stories.ndjson", list(hn.mentions())))
    seen = False
    for _ in range(40):
        child = subprocess.Popen([os.path.join(parts.BIN, "earshot"), "replay", "google", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, env={**os.environ, **deployment.env})
        moment = time.monotonic() + 0.02 + random.random() * 0.6
        until("the moment", lambda m=moment: time.monotonic() >= m, 5, 0.005)
        child.send_signal(signal.SIGINT)
        out, error = child.communicate(timeout=30)
        if child.returncode == 1:
            told = json.loads(out)
            assert told["whole"] is False and told["read"] < 20000
            assert error == "earshot: stopped: this is what was read so far, not all of it\n"
            seen = seen or told["read"] > 0
            if seen:
                break
        assert child.returncode in (0, 1, -signal.SIGINT), error
    assert seen, "no moment was in the middle"
