"""What the quickstart prints agrees with an independent count of the demo's file."""

import collections
import json
import os
import re
import subprocess

import count
import parts

DEMO = os.path.join(parts.TREE, "deploy", "demo")
KINDS = ("social", "blog", "news", "forum", "review", "web")


def once(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a member twice")
    return dict(pairs)


def valid(line):
    """The mention, or None where CONTRACTS.md refuses it for one of the reasons that the demo has."""
    try:
        mention = json.loads(line, object_pairs_hook=once)
        json.dumps(mention, ensure_ascii=False).encode()
        count.seconds(mention["created_at"])
    except (ValueError, KeyError):
        return None
    followers = (mention.get("author") or {}).get("followers")
    right = mention["source"].get("kind", "web") in KINDS and "matches" not in mention and (followers is None or isinstance(followers, int))
    return mention if right else None


def printed(text):
    """alert id -> what its section says."""
    found = {}
    for section in re.split(r"^══ ", text, flags=re.M)[1:]:
        name = section.split(":")[0]
        found[name] = {word: int(n) for word, n in re.findall(r"^(mentions|positive|neutral|negative)\s+(\d+)", section, re.M)}
        for word, n in re.findall(r"([a-z]\w+)\s+(\d+)\s+\d+%", section):
            found[name].setdefault(word, int(n))
    return found


def test_numbers_of_the_demo(show):
    done = subprocess.run([os.path.join(parts.BIN, "earshot"), "up", "--alerts", f"{DEMO}/alerts.json", "--mentions", f"{DEMO}/mentions.ndjson",
                           "--shift-to-now", "--once"], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    with open(f"{DEMO}/mentions.ndjson", encoding="utf-8") as lines:
        read = [valid(line) for line in lines]
    with open(f"{DEMO}/alerts.json", encoding="utf-8") as alerts:
        trees = {alert["id"]: count.parse(alert["query"]) for alert in json.load(alerts)}
    mentions = [mention for mention in read if mention]
    matching = count.matching(mentions, trees)
    by_id = {mention["id"]: mention for mention in mentions}
    told = printed(done.stdout)
    assert set(told) == set(trees)
    for name in trees:
        own = [by_id[i] for i, names in matching.items() if name in names]
        assert told[name]["mentions"] == len(own) > 0, name
        assert sum(told[name][label] for label in ("positive", "neutral", "negative")) == len(own)
        for member, value in (("platform", lambda m: m["source"]["platform"]), ("kind", lambda m: m["source"]["kind"])):
            for value_name, n in collections.Counter(map(value, own)).items():
                assert told[name].get(value_name, n) == n, (name, member, value_name)
    dead = len(read) - len(mentions)
    assert re.search(rf"\b{dead}\b.*dead", done.stdout + done.stderr), "the number of dead letters is told"
    show(f"demo: {len(read)} lines, {len(mentions)} good, {len(by_id)} different, {dead} broken; as printed: "
         + ", ".join(f"{name} {told[name]['mentions']}" for name in sorted(told)))


def test_nothing_is_left(tmp_path):
    """`earshot up --once` stops all that it started and takes its folder away."""
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([os.path.join(parts.BIN, "earshot"), "up", "--alerts", f"{DEMO}/alerts.json", "--mentions", f"{DEMO}/mentions.ndjson", "--once"], capture_output=True, timeout=120,
                   env=env, stdin=subprocess.DEVNULL, check=True)
    assert os.listdir(tmp_path) == []
    left = [p for p in os.listdir("/proc") if p.isdigit() and str(tmp_path).encode() in command(p)]
    assert left == []


def command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            return line.read()
    except OSError:
        return b""
