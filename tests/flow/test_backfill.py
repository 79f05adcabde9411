"""`earshot replay ID --backfill`: an alert that was saved late has the counters of its twin that was there from the beginning.

But for how mentions speak of it: that is told beside the other alerts that matched, and a backfill knows of none."""

import json
import os
import random
import signal
import subprocess
import time

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

import count
import hn
import parts
from parts import until
from test_exact import write
from test_kills import SERVICES, Stream


class Only:
    """A record of mentions.enriched as it would be without the alerts of others."""

    def __init__(self, record, names):
        whole = json.loads(record.value())
        keep = [i for i, match in enumerate(whole["matches"]) if match["id"] in names]
        whole["matches"] = [whole["matches"][i] for i in keep]
        whole["analysis"]["alerts"] = [whole["analysis"]["alerts"][i] for i in keep]
        self.text, self.any = json.dumps(whole), bool(keep)

    def value(self):
        return self.text


def without_labels(told):
    """A reply of earshot_volume or earshot_summary but for what labels make of it."""
    rest = {name: value for name, value in told.items() if name not in ("positive", "neutral", "negative", "score", "net", "buckets")}
    return rest | {"buckets": [bucket[:2] for bucket in told.get("buckets", [])]}


def check_twins(deployment, mentions, trees, late):
    """The early ones by an independent count, the late ones by the early ones: volume of each grain, summary, feed."""
    deployment.wait_folded()
    enriched = [one for one in (Only(record, trees) for record in deployment.read("mentions.enriched")) if one.any]
    counts, _ = count.count(mentions, trees, enriched)
    now = int(time.time())
    wrong = count.differences(deployment, counts, now)
    for early, name in late.items():
        for function, *arguments in [("earshot_volume", now - 30 * 86400, now, "day"), ("earshot_volume", now - 20 * 86400, now, "hour"),
                                     ("earshot_volume", now - 2 * 86400, now, "minute"), ("earshot_summary", now - 30 * 86400, now)]:
            want, have = (deployment.ask(function, one, *arguments) for one in (early, name))
            for told in (want, have):
                del told["alert"], told["version"], told["as_of"]
            if without_labels(want) != without_labels(have):
                wrong.append(f"{name} {function} {arguments}: {str(have)[:300]}, its twin {str(want)[:300]}")
        (items, complete), (twins, since) = (count.feed(deployment, one, now) for one in (name, early))
        since = max(since, complete)
        if [item[:2] for item in items if -item[0] >= since] != [item[:2] for item in twins if -item[0] >= since] or len(items) < min(500, counts[early].total[0]):
            wrong.append(f"{name} feed: {len(items)} from {complete}, its twin {len(twins)}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])
    return {early: counts[early].total[0] for early in late}


def start_backfill(deployment, name, *arguments):
    return subprocess.Popen([os.path.join(parts.BIN, "earshot"), "replay", name, "--backfill", "--json", *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env={**os.environ, **deployment.env})


def backfill(deployment, name, *arguments):
    return json.loads(deployment.earshot("replay", name, "--backfill", "--json", *arguments).stdout)


def set_config(admin, topic, **settings):
    entries = [ConfigEntry(name.replace("_", "."), str(value), incremental_operation=AlterConfigOpType.SET) for name, value in settings.items()]
    resource = ConfigResource("topic", topic, incremental_configs=entries)
    admin.incremental_alter_configs([resource])[resource].result(30)


def delete_before(admin, topic, partitions, offset):
    """Tried until the broker, which is told by the controller, knows that the topic's policy allows it."""

    def deleted():
        try:
            for one in admin.delete_records([TopicPartition(topic, p, offset) for p in range(partitions)]).values():
                one.result(30)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.POLICY_VIOLATION:
                raise
            return False
        return True

    until(f"records of {topic} are deleted", deleted)


def folded(deployment, name):
    return sum(row["mentions"] for row in deployment.ask("earshot_alerts")["alerts"] if row["id"] == name)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["kafka", "embedded"])
def test_kills(kind, on, tmp_path, show, request):
    """Saved while mentions flow, backfilled while they flow, killed at random moments, run again, run twice."""
    seed = request.config.getoption("--seed") or random.randrange(1 << 30)
    show(f"test_backfill: --seed {seed}")
    chance = random.Random(seed)
    deployment = on(kind)
    names = list(hn.alerts())
    trees = {name: hn.alerts()[name] for name in (names[5], names[0], names[19], names[26])}
    late = {name: "late-" + name for name in trees}
    deployment.apply(hn.records(trees))
    for one in [deployment.worker(name) for name in SERVICES]:
        one.wait_ready()
    mentions = list(hn.mentions(20000 if kind == "kafka" else 8000))
    split = len(mentions) * 2 // 3
    first = Stream(deployment, write(tmp_path / "first.ndjson", mentions[:split]), 4000)
    first.start()
    first.finish()
    second = Stream(deployment, write(tmp_path / "second.ndjson", mentions[split - 300:] + mentions[:20]), 400)
    second.start()
    until("mentions flow", lambda: second.ingest and second.ingest.metric("earshot_records_total") > 0, 60)
    deployment.earshot("alerts", "apply", "-", stdin="\n".join(map(json.dumps, hn.records({late[name]: tree for name, tree in trees.items()}))))
    middles = kills = 0
    for early, name in late.items():
        began = time.monotonic()
        child = start_backfill(deployment, name)
        until("it has begun to count", lambda n=name, c=child: folded(deployment, n) > 0 or c.poll() is not None, 60, 0.005)
        child.kill()
        child.communicate()
        whole = max(0.3, time.monotonic() - began)
        for _ in range(5):
            before = folded(deployment, name)
            child = start_backfill(deployment, name)
            moment = time.monotonic() + chance.random() * min(whole, 2.0)
            until("the moment", lambda m=moment: time.monotonic() >= m, 10, 0.005)
            child.send_signal(chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
            child.communicate(timeout=60)
            kills += child.returncode != 0
            middles += folded(deployment, name) > before
    told = {name: backfill(deployment, name) for name in late.values()}
    second.finish()
    totals = check_twins(deployment, mentions, trees, late)
    assert all(backfill(deployment, name)["folded"] == 0 for name in late.values()), "twice"
    assert check_twins(deployment, mentions, trees, late) == totals
    show(f"{kind}: {kills} kills, {middles} of them after it had counted more; the last runs folded {[one['folded'] for one in told.values()]} of {totals}")


def test_two_at_once(on, tmp_path):
    """One of them counts, the other gives up or finds nothing; both together exactly once."""
    deployment = on("kafka", partitions=8)
    trees = {"early": "the"}
    deployment.apply(hn.records(trees))
    deployment.start()
    mentions = list(hn.mentions(6000))
    deployment.ingest(write(tmp_path / "stories.ndjson", mentions))
    deployment.apply(hn.records({"late": "the"}))
    children = [start_backfill(deployment, "late") for _ in range(3)]
    said = [child.communicate(timeout=60) for child in children]
    assert all(child.returncode == 0 or "run it again" in error for child, (_, error) in zip(children, said)), said
    backfill(deployment, "late")
    check_twins(deployment, mentions, trees, {"early": "late"})


def test_what_is_said(on, tmp_path):
    """Edited, paused, removed, unknown; versions that compaction may have taken; retention."""
    deployment = on("kafka", partitions=4)
    trees = {"early": "the"}
    deployment.apply(hn.records(trees))
    deployment.start()
    mentions = list(hn.mentions(3000))
    deployment.ingest(write(tmp_path / "stories.ndjson", mentions))
    deployment.apply(hn.records({"late": "the", "gone": "a", "other": "a"}))

    def refused(*arguments):
        done = deployment.earshot("replay", *arguments, check=False)
        return done.returncode, done.stderr

    assert refused("lat", "--backfill") == (1, "earshot: unknown alert 'lat': did you mean 'late'?\n")
    assert refused("late", "--backfill", "--since", "2d")[0] == refused("late", "other", "--backfill")[0] == refused("--backfill")[0] == 2
    assert refused("late", "--backfill", "--redis", "redis://127.0.0.1:1")[0] == 3
    assert refused("late", "--backfill", "--model", "/none") == (2, "earshot: /none: cannot be read: No such file or directory\n")

    # Begun, then edited: it goes on with the version that it began with.
    child = start_backfill(deployment, "late")
    until("it has begun to count", lambda: folded(deployment, "late") > 0 or child.poll() is not None, 60, 0.005)
    child.kill()
    child.communicate()
    deployment.apply(hn.records({"late": "google"}))
    done = deployment.earshot("replay", "late", "--backfill")
    assert "'late' was edited since its backfill began: it goes on with version 1" in done.stderr, done.stderr
    check_twins(deployment, mentions, trees, {"early": "late"})

    deployment.apply([{"id": "other", "query": "a", "paused": True}])
    assert refused("other", "--backfill") == (1, "earshot: alert 'other' is paused: it matches nothing; resume it first\n")
    deployment.earshot("alerts", "remove", "gone", "--wait")
    assert refused("gone", "--backfill") == (1, "earshot: alert 'gone' was removed: nothing is counted for it\n")

    # What was before the oldest version in `alerts` is not there any more: only what compaction keeps for sure counts.
    admin = AdminClient({"bootstrap.servers": deployment.kafka.brokers})
    set_config(admin, "alerts", cleanup_policy="delete")
    delete_before(admin, "alerts", 1, 4)
    set_config(admin, "alerts", cleanup_policy="compact")
    deployment.apply([{"id": "new", "query": "the"}])
    done = deployment.earshot("replay", "new", "--backfill", "--json")
    assert "is not counted: a version of 'new' from then may have been compacted away" in done.stderr
    assert json.loads(done.stdout)["folded"] == folded(deployment, "early")
    set_config(admin, "alerts", min_compaction_lag_ms=1000)
    code, said = refused("new", "--backfill")
    assert code == 1 and "nothing can be backfilled: the oldest version of 'new' that topic alerts still holds is of 20" in said

    delete_before(admin, "mentions.raw", 4, 100)
    set_config(admin, "alerts", min_compaction_lag_ms=14 * 86400000)
    deployment.apply([{"id": "newer", "query": "the"}])
    done = deployment.earshot("replay", "newer", "--backfill", "--json")
    assert "earshot: mentions.raw is complete from 20" in done.stderr and json.loads(done.stdout)["read"] == len(mentions) - 400
