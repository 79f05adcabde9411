#!/usr/bin/env python3
"""Earshot's matcher, Lucene Monitor and Vectorscan on the same documents and alerts: first whether they find the same, then how fast.

    run.py [--documents 1000000] [--alerts 1000,10000,100000] [--near] [--wild] [--engines earshot,vectorscan,lucene]

README.md says what is measured. Exit 1 where an engine failed or two found different pairs. What they agreed on is kept beside the
inputs, for fast.py to compare with.
"""

import argparse
import json
import os
import struct
import sys

import engines
import inputs
import words

DIFFERENCES = 5


def pairs_in(path):
    with open(path, "rb") as file:
        while block := file.read(1 << 16):
            yield from struct.iter_unpack("<II", block)


def differences(one, other, documents):
    """(pair, whether the first has it), of the first so many documents: both files are sorted."""
    left, right = pairs_in(one), pairs_in(other)
    end = (documents, 0)
    a, b = next(left, end), next(right, end)
    while a < end or b < end:
        if a == b:
            a, b = next(left, end), next(right, end)
        elif a < b:
            yield a, True
            a = next(left, end)
        else:
            yield b, False
            b = next(right, end)


def line_at(path, number):
    with open(path, encoding="utf-8", newline="\n") as lines:
        return next(line for at, line in enumerate(lines) if at == number).rstrip("\n")


def show_differences(folder, first, other, documents):
    for number, ((document, alert), in_first) in enumerate(differences(first["file"], other["file"], documents)):
        if number == DIFFERENCES:
            break
        print(f"only {first['engine'] if in_first else other['engine']}: document {document}, alert {alert}")
        print("   ", line_at(folder / "tokens.txt", document)[:300])
        print("   ", line_at(folder / "alerts.ndjson", alert), " =", line_at(folder / "queries.txt", alert)[:300])


def agree(folder, count, results):
    """Prints the hash of each engine's sorted pairs, over as many documents as it went through; whether they are the same."""
    first, same = results[0], True
    for result in results:
        documents = max(set(first["hashes"]) & set(result["hashes"]), key=int)
        ours, theirs = first["hashes"][documents], result["hashes"][documents]
        last = max(result["hashes"], key=int)
        print(f"{count:>9} alerts  {result['engine']:<15} {result['pairs']:>10} pairs of {int(last):>9,} documents: {result['hashes'][last]}", end="")
        print("" if result is first else f"; of {int(documents):,} {'the same' if ours == theirs else 'NOT THE SAME'} as {first['engine']}")
        if result["cut"]:
            print(f"{result['engine']} found {result['cut']} more than it gives back: no fair comparison")
        if ours != theirs:
            show_differences(folder, first, result, int(documents))
        same &= ours == theirs and not result["cut"]
    return same


def run_engine(engine, args, folder, count):
    """What it printed, a result for each of its ways; the first with the file of its pairs."""
    pairs = folder / f"{engine}-{count}.pairs"
    if engine == "earshot":
        options = ["-p", pairs, *(["-m", args.round] if args.round else [])]
        command = engines.earshot(args.programs, folder, count, *options)
    elif engine == "vectorscan":
        command = engines.vectorscan(args.programs, folder, count, pairs)
    else:
        command = engines.lucene(args.class_path, folder, count, pairs, args.lucene_documents, args.lucene_round)
    results = engines.results_of(command)
    if results:
        results[0]["file"] = pairs
    return results


def run_engines(args, folder, count):
    """All results; and whether they are all there and the same."""
    found = [run_engine(engine, args, folder, count) for engine in args.engines]
    compared = [results[0] for results in found if results]
    same = len(compared) == len(args.engines) and agree(folder, count, compared)
    for result in compared:
        path = result.pop("file")
        if same:
            os.unlink(path)
    return [result for results in found if results for result in results], same


def remember(folder, count, results):
    """The hashes that several engines agree on, by alerts and documents."""
    path = folder / "pairs.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for result in results:
        known.setdefault(str(count), {}).update(result["hashes"])
    path.write_text(json.dumps(known), encoding="utf-8")


def with_words(result, words_ns):
    """The same engine, had it to take the words out of the texts itself, by Earshot's own functions."""
    rates = {name: 1e9 / (1e9 / result[name] + words_ns) for name in ("documents_per_s", "slowest", "fastest")}
    return result | rates | {"engine": f"{result['engine']} + words", "how": "the same, from texts"}


def mib(result, name):
    return f"{result[name] / 2**20:,.1f}" if result[name] else "-"


def print_row(count, documents, result, earshot):
    ratio = f"{earshot['documents_per_s'] / result['documents_per_s']:.2f} x" if earshot and result is not earshot else ""
    print(f"{count:>9} {result['pairs'] / documents:>8.2f}  {result['engine']:<18} {result['documents_per_s']:>12,.0f} {result['slowest']:>12,.0f} {result['fastest']:>12,.0f} {ratio:>11}"
          f" {result['build_s']:>8.2f} {mib(result, 'index_bytes'):>10} {mib(result, 'peak_bytes'):>9}  {result['how']}; {result['rounds']} rounds of {result['measured']:,} documents")


def print_rows(count, results, documents, words_ns):
    """A row for each engine. The ratio says how many times Earshot is as fast."""
    print(f"{'alerts':>9} {'matches':>8}  {'engine':<18} {'documents/s':>12} {'slowest':>12} {'fastest':>12} {'Earshot is':>11} {'build s':>8} {'index MiB':>10} {'peak MiB':>9}  how")
    earshot = next((result for result in results if result["engine"] == "Earshot"), None)
    for result in results:
        print_row(count, max(int(at) for at in result["hashes"]), result, earshot)
        if result["engine"] == "Vectorscan":
            print_row(count, documents, with_words(result, words_ns), earshot)
    print(flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    inputs.add_arguments(parser)
    parser.add_argument("--alerts", default="1000,10000,100000", help="numbers of alerts, apart by commas")
    parser.add_argument("--engines", default=",".join(engines.NAMES))
    parser.add_argument("--round", type=int, help="documents in one of Earshot's rounds (else all)")
    parser.add_argument("--lucene-documents", type=int, default=200_000, help="documents of which Lucene's pairs are compared")
    parser.add_argument("--lucene-round", type=int, default=20_000, help="documents in one of Lucene's rounds")
    args = parser.parse_args()
    args.alerts = sorted({int(count) for count in args.alerts.split(",")})
    args.engines = args.engines.split(",")
    for engine in args.engines:
        if engine not in engines.NAMES:
            parser.error(f"--engines: {engine} is none of {', '.join(engines.NAMES)}")
    return args


def main():
    args = arguments()
    folder, made = inputs.inputs(args, max(args.alerts))
    inputs.say(made)
    words_ns = words.Folder(args.programs, folder).file(folder / "mentions.ndjson", folder / "tokens.txt", folder / "forms.txt")
    if "lucene" in args.engines:
        args.class_path = engines.class_path()
    print(f"Words of a document, where they are not in an engine's time: {words_ns:,.0f} ns\n", flush=True)
    for count in args.alerts:
        results, same = run_engines(args, folder, count)
        if not same:
            sys.exit("run.py: not every engine found the same pairs, so there is nothing to compare")
        if len(args.engines) > 1:
            remember(folder, count, results)
        print_rows(count, results, made["documents"], words_ns)


if __name__ == "__main__":
    main()
