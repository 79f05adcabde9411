#!/usr/bin/env python3
"""Documents and alerts for the benchmark of matchers, made from the real texts of ../shared/data.

    generate.py --programs build/bench/bench --out FOLDER [--documents 1000000] [--alerts 100000] [--near] [--wild] [--seed 1]

A tenth of the texts is held out: alerts are made from those, documents from the others. Written to FOLDER:

    mentions.ndjson   a document a line, as Earshot takes it
    tokens.txt        its words a line, folded and apart by spaces, as the peers take it (matchers_tokens)
    alerts.ndjson     the alerts as Earshot takes them; the first 1,000 of them are a set of alerts of their own, and so on
    queries.txt       the same queries in the prefix form of neutral.h
    made.json         what was asked for, and what came of it

The same arguments give the same bytes. run.py calls this where it must.
"""

import argparse
import collections
import itertools
import json
import pathlib
import sys

import documents
import queries
import wild
import words

DATA = pathlib.Path(__file__).resolve().parents[4] / "shared" / "data"


def forms_in(path):
    """(E, S, G) of words that differ in them."""
    with open(path, encoding="utf-8", newline="\n") as lines:
        return {parts for parts in (tuple(line.rstrip("\n").split(" ")) for line in lines) if len(parts) == 3}


def vocabulary_in(path):
    found = set()
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            found.update(line.rstrip("\n").split(" "))
    return {word for word in found if word and word[0] not in "@$:" and "\1" not in word}


def write_alerts(out, source, count):
    tally = collections.Counter()
    with open(out / "alerts.ndjson", "w", encoding="utf-8", newline="\n") as alerts, open(out / "queries.txt", "w", encoding="utf-8", newline="\n") as forms:
        for number in range(count):
            text, form, marks = source.query()
            alerts.write(json.dumps({"id": f"a{number:07}", "query": text}, ensure_ascii=False) + "\n")
            forms.write(form + "\n")
            tally.update(marks)
    return {name: tally[name] / count for name in sorted(tally)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, default=DATA)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--near", action="store_true", help="a tenth of the queries has NEAR")
    parser.add_argument("--wild", action="store_true", help="a tenth of the queries has a prefix, a tenth a fuzzy word")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not (args.data / "sentiment").is_dir():
        sys.exit(f"generate.py: no texts in {args.data}: they lie beside the checkout, or say --data")
    return args


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    made, mentions, tokens = args.out / "made.json", args.out / "mentions.ndjson", args.out / "tokens.txt"
    made.unlink(missing_ok=True)
    fragments, held = documents.split(args.data)
    mean = documents.write_mentions(mentions, documents.documents(fragments, args.documents, args.seed))
    folder = words.Folder(args.programs, args.out)
    folder.file(mentions, tokens, args.out / "forms.txt")
    forms = forms_in(args.out / "forms.txt")
    with open(tokens, encoding="utf-8", newline="\n") as lines:
        sample = [line.rstrip("\n").split(" ") for line in itertools.islice(lines, words.SAMPLE)]
    known = words.Words(folder, held, {g for _, _, g in forms}, sample)
    found = wild.Wild(sorted(known.allowed), vocabulary_in(tokens), {(e, s) for e, s, _ in forms}) if args.wild else None
    shares = write_alerts(args.out, queries.Queries(known, args.near, found, args.seed), args.alerts)
    asked = {"documents": args.documents, "alerts": args.alerts, "near": args.near, "wild": args.wild, "seed": args.seed}
    made.write_text(json.dumps(asked | {"bytes": round(mean, 1), "shares": shares}), encoding="utf-8")


if __name__ == "__main__":
    main()
