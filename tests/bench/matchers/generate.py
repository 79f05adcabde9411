#!/usr/bin/env python3
"""Documents and alerts for the benchmark of matchers, made from the real texts of ../shared/data.

    generate.py --programs build/bench/bench --out FOLDER [--documents 1000000] [--alerts 100000] [--near] [--seed 1]

A tenth of the texts is held out: alerts are made from those, documents from the others. Written to FOLDER:

    mentions.ndjson   a document a line, as Earshot takes it
    tokens.txt        its words a line, folded and apart by spaces, as the peers take it (matchers_tokens)
    alerts.ndjson     the alerts as Earshot takes them; the first 1,000 of them are a set of alerts of their own, and so on
    queries.txt       the same queries in the prefix form of neutral.h
    made.json         what was asked for, so that run.py makes them anew only where it must

The same arguments give the same bytes.
"""

import argparse
import collections
import json
import lzma
import math
import pathlib
import random
import re
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parents[4] / "shared" / "data"
HELD_OUT = 10  # one text in so many
URL_SHARE = 0.4
TYPO = 0.01
BYTES, SPREAD = 112, 0.5  # median bytes of a text before its URL, and the deviation of their logarithm
SAMPLE = 20_000  # documents by which the frequency of words is known

# Shares of queries, and how frequent their words may be (documents in a million): what makes about 0.15, 1.8 and 17
# matches a document at 1,000, 10,000 and 100,000 alerts.
WORDS = ((1, 0.45), (2, 0.35), (3, 0.20))
PHRASES, NOTS, NEARS, VARIANTS = 0.30, 0.10, 0.10, 0.35
# An analyst's query has a rare word (a brand) and others that narrow it down.
ALONE, RARE, COMMON = 1000, 1500, 50_000
PHRASE_TIMES = 6  # the rarest word of a phrase or NEAR may be so many times as frequent as a rare word
NEAR_MOST = 10

FRAGMENT = re.compile(r"[^.!?。！？؟।\n]+[.!?。！？؟।\n]*\s*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
LETTERS = re.compile(r"[^\W\d_]+\Z")


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


class Folder:
    """Earshot's own words of texts, by matchers_tokens."""

    def __init__(self, programs, out):
        self.program = programs / "matchers_tokens"
        self.out = out

    def file(self, mentions, tokens, german):
        with open(mentions, "rb") as source, open(tokens, "wb") as sink:
            subprocess.run([self.program, german], stdin=source, stdout=sink, check=True)

    def lines(self, texts):
        mentions, tokens, german = (self.out / f"some.{end}" for end in ("ndjson", "tokens", "german"))
        write_mentions(mentions, texts)
        self.file(mentions, tokens, german)
        lines = tokens.read_text(encoding="utf-8").split("\n")[:-1]
        for path in (mentions, tokens, german):
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


# A clause is (its text in an alert, its neutral form).


def clause_of(unit):
    if len(unit) == 1:
        return unit[0], f"w {unit[0]}"
    name = "".join(unit)  # characters next to each other are also a tag of that name
    return name, f"| 2 p {len(unit)} {' '.join(unit)} w {name}"


def phrase_of(tokens):
    return f'"{" ".join(tokens)}"', f"p {len(tokens)} {' '.join(tokens)}"


def either(clauses):
    return f"({' OR '.join(text for text, _ in clauses)})", f"| {len(clauses)} {' '.join(form for _, form in clauses)}"


class Queries:
    def __init__(self, words, near, seed):
        self.words, self.near = words, near
        self.draw = random.Random(f"alerts {seed}")

    def pick(self, units, most):
        """A unit that at most so many of a million documents have."""
        for _ in range(12):
            at, unit = self.draw.choice(units)
            if self.words.often(unit) <= most:
                return at, unit
        return None

    def variants(self, unit, most):
        """The word, and others that begin like it, a handle of its name, or a word of another text."""
        clauses = [clause_of(unit)]
        for _ in range(self.draw.randint(1, 3)):
            kind, other = self.draw.random(), None
            if len(unit) == 1 and kind < 0.2:
                clauses.append((f"@{unit[0]}", f"w @{unit[0]}"))
                continue
            if len(unit) == 1 and kind < 0.7:
                pool = self.words.neighbours[unit[0][:4]]
                other = (self.draw.choice(pool),) if pool else None
            else:
                picked = self.pick(list(self.words.units(self.draw.choice(self.words.texts))) or [(0, unit)], most)
                other = picked and picked[1]
            if other and self.words.often(other) <= most:
                clauses.append(clause_of(other))
        clauses = list(dict.fromkeys(clauses))
        return either(clauses) if len(clauses) > 1 else clauses[0]

    def phrase(self, line, most):
        """Two or three words next to each other, one of them rare enough."""
        for _ in range(12):
            count = self.draw.randint(2, 3)
            at = self.draw.randrange(max(1, len(line) - count + 1))
            tokens = line[at : at + count]
            if len(tokens) < 2 or not self.words.allowed.issuperset(tokens):
                continue
            units = [unit for _, unit in self.words.units(tokens)]
            if units and min(self.words.often(unit) for unit in units) <= most:
                return phrase_of(tokens)
        return None

    def near_of(self, line, most):
        """Two words of a text that stand as near as the query says."""
        spots = [(at, token) for at, (token, *rest) in self.words.units(line) if not rest]
        for _ in range(12):
            if len(spots) < 2:
                return None
            (at, a), (to, b) = self.draw.sample(spots, 2)
            gap = abs(at - to) - 1
            if a != b and gap <= NEAR_MOST and min(self.words.often((a,)), self.words.often((b,))) <= most:
                most_between = self.draw.randint(gap, NEAR_MOST)
                return f"({a} NEAR/{most_between} {b})", f"n {most_between} {a} {b}"
        return None

    def excluded(self):
        units = list(self.words.units(self.draw.choice(self.words.texts)))
        picked = self.pick(units, COMMON) if units else None
        return picked and clause_of(picked[1])

    def required(self, line, count, phrase, near):
        """Clauses that must all be there. The first carries the weight where there is but one."""
        clauses, used, most = [], set(), ALONE if count == 1 else RARE
        special = self.near_of(line, most * PHRASE_TIMES) if near else self.phrase(line, most * PHRASE_TIMES) if phrase else None
        if special:
            clauses.append(special)
            most = COMMON
            used.update(special[1].split(" ")[2:])
        elif near or phrase:
            return None
        vary = not special and self.draw.random() < VARIANTS / (1 - PHRASES - NEARS)
        units = list(self.words.units(line))
        while len(clauses) < count:
            picked = self.pick(units, most) if units else None
            if not picked or not used.isdisjoint(picked[1]):
                return None
            used.update(picked[1])
            clauses.append(self.variants(picked[1], most) if vary and not clauses else clause_of(picked[1]))
            most = COMMON
        return clauses

    def query(self):
        draw = self.draw
        count = draw.choices([n for n, _ in WORDS], [share for _, share in WORDS])[0]
        kind, excluding, clauses = draw.random(), draw.random() < NOTS, None
        phrase = kind < PHRASES
        near = self.near and PHRASES <= kind < PHRASES + NEARS
        while not clauses:
            clauses = self.required(draw.choice(self.words.texts), count, phrase, near)
        positive, negative = len(clauses), None
        while excluding and not negative:
            negative = self.excluded()
        text = " AND ".join(text for text, _ in clauses)
        forms = [form for _, form in clauses]
        if negative:
            text += f" NOT {negative[0]}"
            forms.append(f"! {negative[1]}")
        form = forms[0] if len(forms) == 1 else f"& {len(forms)} {' '.join(forms)}"
        return text, form, {"words": positive, "phrase": phrase, "near": near, "not": bool(negative), "or": "(" in text and " OR " in text}


def write_alerts(out, queries, count):
    tally = collections.Counter()
    with open(out / "alerts.ndjson", "w", encoding="utf-8", newline="\n") as alerts, open(out / "queries.txt", "w", encoding="utf-8", newline="\n") as forms:
        for number in range(count):
            text, form, what = queries.query()
            alerts.write(json.dumps({"id": f"a{number:07}", "query": text}, ensure_ascii=False) + "\n")
            forms.write(form + "\n")
            tally.update(name for name in ("phrase", "near", "not", "or") if what[name])
            tally[f"{what['words']} required"] += 1
    return {name: tally[name] / count for name in sorted(tally)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--near", action="store_true", help="a tenth of the queries has NEAR")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not (args.data / "sentiment").is_dir():
        sys.exit(f"generate.py: no texts in {args.data}: they lie beside the checkout, or say --data")
    args.out.mkdir(parents=True, exist_ok=True)
    made = args.out / "made.json"
    made.unlink(missing_ok=True)
    fragments, held = split(args.data)
    mean = write_mentions(args.out / "mentions.ndjson", documents(fragments, args.documents, args.seed))
    folder = Folder(args.programs, args.out)
    folder.file(args.out / "mentions.ndjson", args.out / "tokens.txt", args.out / "german.txt")
    german = set((args.out / "german.txt").read_text(encoding="utf-8").split("\n"))
    with open(args.out / "tokens.txt", encoding="utf-8", newline="\n") as lines:
        sample = [line.rstrip("\n").split(" ") for _, line in zip(range(SAMPLE), lines)]
    words = Words(folder, held, german, sample)
    shares = write_alerts(args.out, Queries(words, args.near, args.seed), args.alerts)
    asked = {"documents": args.documents, "alerts": args.alerts, "near": args.near, "seed": args.seed}
    made.write_text(json.dumps(asked | {"bytes": round(mean, 1), "shares": shares}), encoding="utf-8")
    print(f"{args.documents} documents of {mean:.0f} bytes; {args.alerts} alerts:", ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))


if __name__ == "__main__":
    main()
