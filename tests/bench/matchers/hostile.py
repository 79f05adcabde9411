#!/usr/bin/env python3
"""Mentions made to be slow: one word repeated, 256 KiB of a letter, thousands of combining marks, and so on; and alerts made to be slow.

    hostile.py [--alerts 100000] [--near] [--wild] [--most MS] [--all-wild]

The alerts are those of run.py (the same inputs are kept for both), the words come from them. A line for each mention with its processor
time, the median of five; then the slowest. Exit 1 where that is over --most (20 ms). --all-wild: all alerts are prefixes, wildcards and
fuzzy words.
"""

import argparse
import json
import sys

import engines
import inputs

TEXT_MAX = 256 * 1024 - 256  # bytes; the mention around it has room in MENTION_BYTES_MAX
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def repeated(unit, size=TEXT_MAX):
    return unit * max(1, size // len(unit.encode()))


def words_of(forms):
    """The words of queries, the most frequent first."""
    counts = {}
    for form in forms:
        for word in form.split(" "):
            if len(word) > 1 and not word.isdigit():
                counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))


def filled(words, size=TEXT_MAX):
    text, length = [], 0
    for word in words:
        length += len(word.encode()) + 1
        if length > size:
            break
        text.append(word)
    return " ".join(text)


def phrase_in(forms, sign):
    """The words of the first phrase (p) or NEAR (n)."""
    for form in forms:
        parts = form.split(" ")
        if parts[0] == sign:
            return parts[2 : 2 + int(parts[1])] if sign == "p" else parts[2:4]
    return None


def texts(forms):
    """(name, text)."""
    words = words_of(forms)
    yield "one letter", "a" * TEXT_MAX
    yield "one word", repeated(words[0] + " ")
    yield "one word, no other between", repeated(words[0])
    yield "every word of the alerts", filled(words)
    yield "every word of the alerts, the rare ones", filled(reversed(words))
    for name, sign in (("phrase", "p"), ("NEAR", "n")):
        found = phrase_in(forms, sign)
        if found:
            yield f"the words of a {name}", repeated(" ".join(found) + " ")
            yield f"the first word of a {name}", repeated(found[0] + " ")
    for name, unit in (("one character", "中"), ("two characters", "中国"), ("one Thai character", "ก")):
        yield name, repeated(unit)
    yield "combining marks", "a" + "\u0301" * 30_000
    yield "combining marks, out of order", "a" + "\u0301\u0316" * 15_000
    yield "a mark on each letter", repeated("e\u0301")
    yield "marks behind spaces", repeated(" \u0301")
    yield "Arabic marks", repeated("\u0628\u064b\u064c")
    yield "Hangul in pieces", repeated("\u1112\u1161\u11ab")
    yield "ligatures of many words", repeated("\ufdfa ")
    yield "tags", repeated("#a ")
    yield "signs", repeated("#")
    yield "handles", repeated("@a.a")
    yield "hosts", repeated("@a@a.a ")
    yield "links", repeated("http://a ")
    yield "one link", "http://" + "a" * (TEXT_MAX - 7)
    yield "almost links", repeated("http:/ www ")
    yield "joined emoji", repeated("👩‍")
    yield "flags", repeated("🇩")
    yield "skin tones", repeated("👍🏽")
    yield "words of all lengths", filled(LETTERS[at % 26] * (at % 64 + 1) for at in range(10**6))
    yield "no word twice", filled(f"{LETTERS[at % 26]}{at:x}" for at in range(10**6))
    yield "bytes of three", repeated("ﬃ")
    yield "white space", " " * TEXT_MAX


def wild_alerts(forms, count):
    """Short prefixes, wildcards and fuzzy words of the alerts' own words."""
    words = [word for word in words_of(forms) if word.isascii() and word.isalpha() and len(word) >= 5]
    for number in range(count):
        word = words[number % len(words)]
        turn = number // len(words)
        kinds = (f"{word[:3]}*", f"{word[:2]}*{word[-1]}", f"{word}~1", f"{word[: 3 + turn % 3]}?{word[4 + turn % 3 :]}", f"{word[:4]}*")
        yield kinds[number % len(kinds)]


def write(folder, forms, args):
    mentions, alerts = folder / "hostile.ndjson", folder / ("all-wild.ndjson" if args.all_wild else "alerts.ndjson")
    with open(mentions, "w", encoding="utf-8", newline="\n") as out:
        for name, text in texts(forms):
            mention = {"id": name, "source": {"platform": "bench"}, "text": text, "created_at": "2026-11-25T00:00:00Z"}
            out.write(json.dumps(mention, ensure_ascii=False, separators=(",", ":")) + "\n")
    if args.all_wild:
        with open(alerts, "w", encoding="utf-8", newline="\n") as out:
            for number, query in enumerate(wild_alerts(forms, args.alerts)):
                out.write(json.dumps({"id": f"a{number:07}", "query": query}, ensure_ascii=False) + "\n")
    return mentions, alerts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    inputs.add_arguments(parser)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--all-wild", action="store_true", help="all alerts are prefixes, wildcards and fuzzy words")
    parser.add_argument("--most", type=float, default=20, help="milliseconds that a mention may take")
    args = parser.parse_args()
    folder, _ = inputs.inputs(args, args.alerts)
    forms = (folder / "queries.txt").read_text(encoding="utf-8").split("\n")[:-1]
    mentions, alerts = write(folder, forms, args)
    results = engines.results_of([args.programs / "matchers_earshot", "-e", mentions, alerts, args.alerts])
    if not results:
        sys.exit(1)
    for result in results:
        print(f"{result['ms']:>9.3f} ms {result['bytes']:>7} bytes {result['matches']:>5} matches (and {result['cut']} more)  {result['id']}")
    slowest = max(results, key=lambda result: result["ms"])
    print(f"slowest at {args.alerts:,} alerts: {slowest['ms']:.3f} ms, {slowest['id']}")
    if slowest["ms"] > args.most:
        sys.exit(f"hostile.py: over {args.most:g} ms")


if __name__ == "__main__":
    main()
