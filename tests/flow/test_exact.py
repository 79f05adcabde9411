"""20,000 stories through all programs: every counter equals the independent count, undisturbed."""

import json
import time

import pytest

import count
import hn


def write(path, mentions):
    with open(path, "w", encoding="utf-8") as out:
        for mention in mentions:
            out.write(json.dumps(mention, ensure_ascii=False) + "\n")
    return path


def check(deployment, mentions, alerts):
    """Asserts the whole of Redis; the repetitions that mentions.enriched held."""
    deployment.wait_folded()
    counts, repeated = count.count(mentions, alerts, deployment.read("mentions.enriched"))
    wrong = count.differences(deployment, counts, int(time.time()))
    assert not wrong, f"{len(wrong)} counters differ:\n" + "\n".join(wrong[:10])
    assert sum(c.total[0] for c in counts.values()) > 0
    return repeated


@pytest.mark.parametrize("kind", ["kafka", "embedded"])
def test_every_counter(kind, on, tmp_path, show):
    deployment = on(kind)
    alerts = hn.alerts()
    assert deployment.apply(hn.records(alerts)).startswith(f"created {len(alerts)}")
    deployment.start()
    mentions = list(hn.mentions())
    mentions += mentions[100:300]
    began = time.monotonic()
    deployment.ingest(write(tmp_path / "stories.ndjson", mentions), *(["--max-backlog", "4MiB"] if kind == "embedded" else []))
    repeated = check(deployment, mentions, alerts)
    dropped = sum(w.metric('earshot_repetitions_total{stage="matcher"}') for w in deployment.workers if w.name.startswith("matcher"))
    assert dropped == 200
    show(f"{kind}: {len(mentions)} mentions ({hn.source()}), {len(alerts)} alerts, all counters equal; {repeated} repetitions in enriched, "
         f"{time.monotonic() - began:.1f} s from the first to the last")


def test_a_wrong_count_is_seen(on, tmp_path):
    """The check itself: one pair more in Redis than there is, and it says where."""
    deployment = on("embedded")
    alerts = {"hn-1": "the"}
    deployment.apply(hn.records(alerts))
    deployment.start()
    mentions = list(hn.mentions(300))
    deployment.ingest(write(tmp_path / "stories.ndjson", mentions))
    check(deployment, mentions, alerts)
    counts, _ = count.count(mentions, alerts, deployment.read("mentions.enriched"))
    first = next(iter(counts["hn-1"].buckets[86400].values()))
    first[0] += 1
    assert count.differences(deployment, counts, int(time.time()))
