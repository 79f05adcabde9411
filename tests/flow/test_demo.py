"""What the quickstart prints agrees with an independent count of the demo's file."""

import collections
import json
import os
import re
import subprocess
import tempfile

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
    for name in WRITTEN["name"]:
        assert told["lumeva"].get(name, 0) > 50, f"the answer shows how many mentions of Lumeva are in {name}"
    check_shown(done.stdout)
    dead = len(read) - len(mentions)
    assert re.search(rf"\b{dead}\b.*dead", done.stdout + done.stderr), "the number of dead letters is told"
    show(f"demo: {len(read)} lines, {len(mentions)} good, {len(by_id)} different, {dead} broken; as printed: "
         + ", ".join(f"{name} {told[name]['mentions']}" for name in sorted(told)))


def check_shown(text):
    """The mentions under each alert: label, leads, what may escalate and why."""
    for section in re.split(r"^══ ", text, flags=re.M)[1:]:
        name = section.split(":")[0]
        shown = {title: mentions for title, mentions in re.findall(r"^(newest|most negative|leads|highest escalation risk)\n(.*?)\n\n", section + "\n\n", re.M | re.S)}
        labels = {title: re.findall(r"^[+-]?\d\.\d{3} (positive|neutral|negative)  ", mentions, re.M) for title, mentions in shown.items()}
        assert len(labels["newest"]) == 3 and len(labels["leads"]) <= 3 and len(labels["highest escalation risk"]) == 1, section
        assert set(labels.get("most negative", ["negative"])) == {"negative"}
        assert shown["leads"].count("intent: purchase") == len(labels["leads"]) > 0, name
    escalates = r"words: [^·]+ · intent: complaint · risk: (0\.[5-9]\d\d), .*(legal|refund|safety) \("
    for name in ("lumeva", "hallbeck"):
        section = text.split(f"══ {name}: ")[1].split("══ ")[0]
        assert re.search(escalates, section.split("highest escalation risk")[1]), name


# The mentions with native ids from 6000 on: what the alert `lumeva` finds in five languages, by how the brand is written.
WRITTEN = {
    "name": {"de": {6001, 6006}, "nl": {6011}, "es": {6021}, "pl": {6031}, "zh": {6041, 6042, 6043}},
    "wrong or inflected": {"de": {6002, 6003}, "nl": {6012}, "es": {6022}, "pl": {6032, 6033, 6034}, "zh": {6044, 6045}},
    "hashtag": {"de": {6004}, "nl": {6013}, "es": {6023}, "pl": {6035}, "zh": {6046}},
    "handle": {"de": {6005}, "nl": {6014}, "es": {6024}, "pl": {6036}, "zh": {6047}},
}
NEAR_MISSES = {
    6007: "Lumen, two edits away", 6008: "a lake", 6015: "a village", 6016: "only inside a link", 6025: "luneta, two edits away",
    6026: "a guest house of the same name, which the query excludes", 6037: "a village, two edits away",
    6038: "a lamp one edit away, which the query excludes", 6048: "a hill, two of the three characters",
    6049: "the three characters, apart", 6050: "another's handle, which begins so",
}
# What finds each row alone: no mention of the row is found because of another form in it.
ALONE = {
    "name": "(lumeva OR 露美声) NOT (#lumeva OR #露美声 OR \"villa lumeva\")",
    "wrong or inflected": "((lumeva~1 NOT lumeka) OR lumevie OR 露美生) NOT (lumeva OR 露美声)",
    "hashtag": "#lumeva OR #lumevaone OR #露美声",
    "handle": "@lumeva OR @lumeva_audio",
}


def test_one_alert_finds_the_brand_in_five_languages(show):
    with open(f"{DEMO}/mentions.ndjson", encoding="utf-8") as lines:
        read = [mention for mention in map(valid, lines) if mention and 6000 <= int(mention["native_id"]) < 7000]
    with open(f"{DEMO}/alerts.json", encoding="utf-8") as lines:
        alerts = [alert for alert in json.load(lines) if alert["id"] == "lumeva"]
    alerts += [{"id": row.split()[0], "query": query} for row, query in ALONE.items()]
    number = {mention["id"]: int(mention["native_id"]) for mention in read}
    language = {int(mention["native_id"]): mention["language"].split("-")[0] for mention in read}
    found = {alert["id"]: set() for alert in alerts}
    for record in matched(alerts, read):
        for match in record["matches"]:
            found[match["id"]].add(number[record["id"]])
    wanted = {row: set().union(*cells.values()) for row, cells in WRITTEN.items()}
    assert sorted([*NEAR_MISSES, *(n for row in wanted.values() for n in row)]) == sorted(number.values()), "each mention has one place in the tables"
    assert found["lumeva"] == set().union(*wanted.values())
    for row, cells in WRITTEN.items():
        assert found[row.split()[0]] == wanted[row], row
        for name, numbers in cells.items():
            assert numbers and {language[n] for n in numbers} == {name}, (row, name)
    show(f"lumeva: {len(found['lumeva'])} mentions in 5 languages, written in 4 ways, no one of {len(NEAR_MISSES)} near misses")


def matched(alerts, mentions):
    """What `earshot match` says of them."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(alerts, file)
        file.flush()
        done = subprocess.run([os.path.join(parts.BIN, "earshot"), "match", "--alerts", file.name, "-"], capture_output=True, text=True, encoding="utf-8",
                              input="".join(json.dumps(mention) + "\n" for mention in mentions), timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return map(json.loads, done.stdout.splitlines())


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
