"""10,000 broken inputs, half through the connector `file`, half straight into mentions.raw."""

import collections

import broken
import hn
from test_exact import check, write

HALF = 5000


def headers(message):
    return {name: value.decode() for name, value in message.headers() or []}


def test_each_is_one_dead_letter(on, tmp_path, show):
    deployment = on("kafka")
    alerts = {"hn-1": "the"}
    deployment.apply(hn.records(alerts))
    deployment.start()
    mentions = list(hn.mentions(400))
    cases = broken.inputs(2 * HALF, 7)
    lines = [line for line, _, _ in cases[:HALF]]
    path = tmp_path / "broken.ndjson"
    path.write_bytes(b"\n".join(lines) + b"\n")
    deployment.ingest(path)
    deployment.produce([(f"broken-{i}", line) for i, (line, _, _) in enumerate(cases[HALF:])])
    deployment.ingest(write(tmp_path / "stories.ndjson", mentions))
    check(deployment, mentions, alerts)
    assert all(worker.alive() for worker in deployment.workers if not worker.name.startswith("ingest"))

    dead = deployment.read("mentions.dead", 4)
    assert len({message.key() for message in dead}) == len(dead) == 2 * HALF
    have = collections.Counter()
    for message in dead:
        told = headers(message)
        assert told["earshot-from"] and told["earshot-detail"]
        have[(bytes(message.value()[:200]), told["earshot-reason"], int(told["earshot-byte"]), int(told["earshot-size"]))] += 1
    want = collections.Counter((line[:200], reason, byte, len(line)) for line, reason, byte in cases)
    wrong = list((want - have).items())
    assert have == want, f"{len(wrong)} differ; wanted {[w[0][1:] for w in wrong[:5]]}, have {[h[0][1:] for h in list((have - want).items())[:5]]}"
    show("broken inputs: " + ", ".join(f"{reason} {n}" for reason, n in sorted(collections.Counter(r for _, r, _ in cases).items()))
         + f"; {len(dead)} dead letters, each once, with its reason and byte")
