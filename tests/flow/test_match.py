"""`earshot match` on the demo's file agrees, line by line, with an independent count and so with the quickstart."""

import collections
import json
import os
import re
import subprocess

import count
import parts
from test_demo import DEMO, valid


def match(*arguments):
    done = subprocess.run([os.path.join(parts.BIN, "earshot"), "match", "--alerts", f"{DEMO}/alerts.json", f"{DEMO}/mentions.ndjson", *arguments],
                          capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == ("--skip-broken" not in arguments), done.stderr
    return done


def counted(lists):
    return collections.Counter(name for names in lists for name in names)


def test_each_line_of_the_demo(show):
    with open(f"{DEMO}/mentions.ndjson", encoding="utf-8") as lines:
        read = [valid(line) for line in lines]
    with open(f"{DEMO}/alerts.json", encoding="utf-8") as alerts:
        trees = {alert["id"]: count.parse(alert["query"]) for alert in json.load(alerts)}
    expected = count.matching([mention for mention in read if mention], trees)
    want = [(mention["id"], expected[mention["id"]]) for mention in read if mention and expected[mention["id"]]]
    done = match()
    have = [(record["id"], [one["id"] for one in record["matches"]]) for record in map(json.loads, done.stdout.splitlines())]
    assert have == want
    assert [int(line) for line in re.findall(r"mentions\.ndjson:(\d+): ", done.stderr)] == [i for i, mention in enumerate(read, 1) if not mention]

    table = match("--count", "--skip-broken").stdout.splitlines()
    assert dict(line.split() for line in table if not line.startswith("#")) == {name: str(n) for name, n in counted(names for _, names in want).items()}
    assert table[-1] == f"# read {len(read)}, matched {len(want)}, broken {read.count(None)}"
    once = counted(dict(have).values())
    assert once == counted(expected.values()), "what test_demo.py expects of the quickstart: the matcher drops repetitions"
    show("match: " + table[-1][2:] + "; each id once: " + ", ".join(f"{name} {n}" for name, n in sorted(once.items())))
