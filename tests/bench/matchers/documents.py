"""The texts of ../shared/data as documents: sentences of one language put together anew, one word in a hundred written wrong, and
links that no other document has."""

import collections
import json
import lzma
import math
import random
import re

HELD_OUT = 10  # one text in so many: alerts are made from it
URL_SHARE = 0.4
TYPO = 0.01
BYTES, SPREAD = 112, 0.5  # median bytes of a text before its URL, and the deviation of their logarithm

FRAGMENT = re.compile(r"[^.!?。！？؟।\n]+[.!?。！？؟।\n]*\s*")


def texts_of(data):
    """(language, text) of every row and headline."""
    with lzma.open(data / "sentiment" / "train.tsv.xz", "rt", encoding="utf-8", newline="\n") as rows:
        for row in rows:
            columns = row.rstrip("\n").split("\t")
            if len(columns) == 5 and columns[4].strip():
                yield columns[0], columns[4].strip()
    with lzma.open(data / "streams" / "hn-stories-20k.ndjson.xz", "rt", encoding="utf-8") as stories:
        for story in stories:
            title = json.loads(story).get("title")
            if title:
                yield "en", title.strip()


def split(data):
    """Fragments by language for documents, and texts for alerts."""
    fragments, held = collections.defaultdict(list), []
    for number, (language, text) in enumerate(texts_of(data)):
        if number % HELD_OUT == HELD_OUT - 1:
            held.append(text)
        else:
            fragments[language] += (part.strip() for part in FRAGMENT.findall(text) if part.strip())
    return fragments, held


class Typos:
    """One word in a hundred is written wrong. The next wrong one is found by one draw, not by one a word."""

    def __init__(self, draw):
        self.draw = draw
        self.left = self.gap()

    def gap(self):
        return int(math.log(1 - self.draw.random()) / math.log(1 - TYPO))

    def wrong(self, word):
        if len(word) < 2:
            return word
        at = self.draw.randrange(len(word) - 1)
        kind = self.draw.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1 :]
        if kind == 1:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind == 2:
            return word[:at] + word[at + 1] + word[at + 1 :]
        return word[: at + 1] + word[at] + word[at + 1 :]

    def text(self, text):
        words = text.count(" ") + 1
        if self.left >= words:
            self.left -= words
            return text
        words = text.split(" ")
        while self.left < len(words):
            words[self.left] = self.wrong(words[self.left])
            self.left += 1 + self.gap()
        self.left -= len(words)
        return " ".join(words)


def documents(fragments, count, seed):
    draw = random.Random(f"documents {seed}")
    typos = Typos(draw)
    languages = sorted(fragments)
    weights = [sum(len(part.encode()) for part in fragments[language]) for language in languages]
    for number in range(count):
        pool = fragments[draw.choices(languages, weights)[0]]
        want = draw.lognormvariate(math.log(BYTES), SPREAD)
        parts, size = [], 0
        while size < want and size < 2000:
            part = pool[int(draw.random() * len(pool))]
            parts.append(part)
            size += len(part.encode()) + 1
        text = typos.text(" ".join(parts))
        if draw.random() < URL_SHARE:
            text += f" https://news.example/{draw.getrandbits(40):x}/{number}"
        yield text


def write_mentions(path, texts):
    count = size = 0
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for text in texts:
            mention = {"id": f"bench:{count}", "source": {"platform": "bench"}, "text": text, "created_at": "2026-11-25T00:00:00Z"}
            out.write(json.dumps(mention, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
            size += len(text.encode())
    return size / count
