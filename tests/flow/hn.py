"""20,000 Hacker News stories as mentions, and alerts over them.

The stories are real (../shared/data, or EARSHOT_DATA); where they are not at hand, as many are made up in their
shape, and source() says so.
"""

import datetime
import json
import lzma
import os
import random
import re
import time

from parts import TREE

DATA = os.environ.get("EARSHOT_DATA", os.path.join(os.path.dirname(TREE), "shared", "data"))
STORIES = os.path.join(DATA, "streams", "hn-stories-20k.ndjson.xz")
WORDS = ("google apple microsoft startup launch security open source python rust java data machine learning web browser linux kernel new the of and "
         "a in to for how why what we built show hn ask facebook amazon cloud api bitcoin privacy game design code database server bug").split()


def source():
    return "real stories" if os.path.exists(STORIES) else f"made-up stories: {STORIES} is not there"


def made_up(count):
    chance = random.Random(20000)
    for i in range(count):
        title = " ".join(chance.choices(WORDS, k=chance.randrange(3, 12))).capitalize()
        yield {"id": 1000000 + i, "by": f"user{chance.randrange(4000)}", "time": 1480000000 + i * 97, "title": title,
               "url": f"https://example{chance.randrange(900)}.com/{i}", "score": chance.randrange(1, 400), "descendants": chance.randrange(200)}


def stories(count=20000):
    if not os.path.exists(STORIES):
        return list(made_up(count))
    with lzma.open(STORIES, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(count))]


def moment(value):
    """Unix seconds, or the RFC 3339 text that some copies of the data hold."""
    if isinstance(value, (int, float)):
        return int(value)
    return int(datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp())


def text_time(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def mentions(count=20000, now=None, days=12):
    """As mentions, the newest from now, squeezed into so many days (within what hours and days of all kinds keep).
    Kind and country, which a story does not have, come from its link, so that these counters have something to tell."""
    rows = [s for s in stories(count) if s.get("title") or s.get("text")]
    times = [moment(s["time"]) for s in rows]
    first, last, now = min(times), max(times), int(now or time.time())
    scale = min(1.0, days * 86400 / max(1, last - first))
    for story, at in zip(rows, times):
        created = now - int((last - at) * scale)
        country = re.search(r"^https?://[^/]*\.(de|fr|nl|ca|au|jp|uk|in)(?:[/:]|$)", story.get("url") or "")
        kind = "news" if story.get("url") else "forum"
        yield {"id": f"hackernews:{story['id']}", "source": {"kind": kind, "platform": "hackernews", "host": "news.ycombinator.com"},
               "type": "post", "native_id": str(story["id"]), "url": f"https://news.ycombinator.com/item?id={story['id']}",
               "title": story.get("title"), "text": story.get("text"), "author": {"handle": story.get("by"), "followers": None},
               "links": [story["url"]] if story.get("url") else [], "created_at": text_time(created), "collected_at": text_time(created),
               "engagement": {"score": story.get("score"), "replies": story.get("descendants")},
               "geo": {"country": country.group(1).upper().replace("UK", "GB") if country else None}}


def crc16(text):
    """CRC16-XMODEM, as the shard of an alert is computed."""
    crc = 0
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1 & 0xFFFF
    return crc


# As trees, so that the count in count.py does not rest on the parser of the matcher.
TREES = [
    "google", "apple", "microsoft", "amazon", "facebook", "the", "a", "new", "startup", "python", "rust", "linux", "security", "data",
    ("phrase", "machine", "learning"), ("phrase", "open", "source"), ("phrase", "show", "hn"), ("phrase", "ask", "hn"), ("phrase", "how", "to"),
    ("or", "google", "apple", "microsoft", "amazon", "facebook"), ("or", "python", "java", "rust", "go", "ruby", "javascript"),
    ("and", "the", "of"), ("and", "a", ("or", "new", "startup")), ("and", "google", ("not", "android")), ("and", "the", ("not", "a")),
    ("and", ("or", "web", "browser", "chrome", "firefox"), ("not", ("phrase", "show", "hn"))), ("or", "uber", "airbnb", "tesla", "netflix"),
    ("and", "how", "we"), ("and", "why", ("not", "how")), ("or", "bitcoin", "blockchain", "ethereum"), ("or", "privacy", "encryption", "nsa"),
    ("and", "data", ("or", "science", "machine", "learning")), ("or", "game", "games"), ("or", "design", "designer"), ("and", "to", "for"),
    ("or", "is", "are"), ("and", ("or", "i", "we", "my"), ("or", "built", "made", "launch")), ("or", "api", "server", "database"), ("or", "in", "on"),
    ("phrase", "of", "the"), ("or", "2016", "2017"), ("or", "cafe", "resume"), ("and", "and", ("not", ("or", "the", "a"))), ("or", "space", "nasa", "mars"),
]


def query_text(tree, top=True):
    if isinstance(tree, str):
        return tree
    kind, *parts = tree
    if kind == "phrase":
        return '"' + " ".join(parts) + '"'
    if kind == "not":
        return "NOT " + query_text(parts[0], False)
    text = f" {kind.upper()} ".join(query_text(part, False) for part in parts)
    return text if top else f"({text})"


def alerts(shards=64, crowded=30):
    """id -> tree for all TREES, the first `crowded` of them in one shard."""
    chosen, number, tried = {}, 0, 0
    shard = crc16("hn-0") % shards
    for tree in TREES:
        while number < crowded and crc16(f"hn-{tried}") % shards != shard:
            tried += 1
        chosen[f"hn-{tried}"] = tree
        tried += 1
        number += 1
    return chosen


def records(chosen):
    return [{"id": name, "name": f"HN: {query_text(tree)}", "query": query_text(tree)} for name, tree in chosen.items()]
