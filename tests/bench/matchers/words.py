"""Earshot's own words of texts, by matchers_tokens, and what is known of them: which a query may ask for, and how often documents
have them."""

import collections
import json
import re
import subprocess

import documents

SAMPLE = 20_000  # documents by which the frequency of words is known

UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
LETTERS = re.compile(r"[^\W\d_]+\Z")


class Folder:
    """Earshot's words of texts."""

    def __init__(self, programs, out):
        self.program = programs / "matchers_tokens"
        self.out = out

    def file(self, mentions, tokens, forms):
        """Nanoseconds that the words of a mention take."""
        with open(mentions, "rb") as source, open(tokens, "wb") as sink:
            done = subprocess.run([self.program, forms], stdin=source, stdout=sink, stderr=subprocess.PIPE, check=True)
        return json.loads(done.stderr)["words_ns"]

    def lines(self, texts):
        mentions, tokens, forms = (self.out / f"some.{end}" for end in ("ndjson", "tokens", "forms"))
        documents.write_mentions(mentions, texts)
        self.file(mentions, tokens, forms)
        lines = tokens.read_text(encoding="utf-8").split("\n")[:-1]
        for path in (mentions, tokens, forms):
            path.unlink()
        return lines


class Words:
    """The held-out texts as lists of units: words, and runs of two characters where a script has no spaces. A unit is a tuple of
    tokens. Only what is its own folded form, and nobody's form G, is asked for: so the same bytes mean the same to every engine."""

    def __init__(self, folder, held, german, sample):
        lines = [line.split(" ") for line in folder.lines(held)]
        known = sorted({token for line in lines for token in line} - german)
        known = [token for token in known if not token.startswith(("@", "$", ":")) and "\1" not in token]
        again = folder.lines(known)
        self.allowed = {token for token, back in zip(known, again) if token == back and (LETTERS.match(token) or UNSPACED.match(token))}
        self.texts = [line for line in lines if len(line) > 1]
        self.frequency = collections.Counter()
        for line in sample:
            self.frequency.update({unit for _, unit in self.units(line, every=True)})
        self.scale = 1e6 / len(sample)
        self.neighbours = collections.defaultdict(list)
        for token in sorted(self.allowed):
            if not UNSPACED.match(token) and len(token) >= 5:
                self.neighbours[token[:4]].append(token)

    def units(self, line, every=False):
        for at, token in enumerate(line):
            if UNSPACED.match(token):
                if at + 1 < len(line) and UNSPACED.match(line[at + 1]) and (every or {token, line[at + 1]} <= self.allowed):
                    yield at, (token, line[at + 1])
            elif every or (token in self.allowed and len(token) >= 3):
                yield at, (token,)

    def often(self, unit):
        """Documents in a million; half of one in the sample where it is in none."""
        return max(self.frequency[unit], 0.5) * self.scale
