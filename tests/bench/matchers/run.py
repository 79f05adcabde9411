#!/usr/bin/env python3
"""Earshot's matcher, Lucene Monitor and Vectorscan on the same documents and alerts: first whether they find the same, then how fast.

    run.py [--documents 1000000] [--alerts 1000,10000,100000] [--near] [--engines earshot,vectorscan,lucene]

README.md says what is measured. Exit 1 where an engine failed or two found different pairs.
"""

import argparse
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "earshot"
DIFFERENCES = 5
JAVA = ["java", "-Xms2g", "-Xmx8g", "-XX:+UseParallelGC"]  # the collector whose barriers cost the measured thread least


def make_inputs(args):
    asked = {"documents": args.documents, "alerts": max(args.alerts), "near": args.near, "seed": args.seed}
    made = args.work / "made.json"
    have = json.loads(made.read_text(encoding="utf-8")) if made.exists() else {}
    if any(have.get(name) != value for name, value in asked.items()):
        command = [sys.executable, HERE / "generate.py", "--programs", args.programs, "--out", args.work, "--data", args.data, "--seed", args.seed]
        command += ["--documents", args.documents, "--alerts", max(args.alerts), *(["--near"] if args.near else [])]
        subprocess.run([str(word) for word in command], check=True)
        have = json.loads(made.read_text(encoding="utf-8"))
    return have


def make_lucene():
    """The class path: Lucene's jars, and our program compiled against them."""
    jars, classes = CACHE / "lucene-monitor-9.11.1", CACHE / "lucene-classes"
    if not list(jars.glob("lucene-monitor-*.jar")):
        command = ["mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    subprocess.run(["javac", "-Xlint:all", "-d", classes, "-cp", f"{jars}/*", HERE / "Lucene.java"], check=True)
    return f"{classes}:{jars}/*"


def command_of(engine, args, count, pairs):
    work, programs = args.work, args.programs
    if engine == "earshot":
        return [programs / "matchers_earshot", work / "mentions.ndjson", work / "alerts.ndjson", count, pairs]
    if engine == "vectorscan":
        return [programs / "matchers_vectorscan", work / "tokens.txt", work / "queries.txt", count, pairs]
    return [*JAVA, "-cp", args.class_path, "Lucene", work / "tokens.txt", work / "queries.txt", count, pairs, args.lucene_round]


def run_engine(engine, args, count):
    """The result that the engine printed, with the file of its pairs; None where it failed."""
    pairs = args.work / f"{engine}-{count}.pairs"
    command = [str(word) for word in command_of(engine, args, count, pairs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"{engine} failed at {count} alerts: exit {done.returncode}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1]) | {"file": pairs}


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


def pairs_in(path):
    with open(path, "rb") as file:
        while block := file.read(1 << 16):
            yield from struct.iter_unpack("<II", block)


def differences(one, other):
    """(pair, whether the first has it): both files are sorted."""
    left, right = pairs_in(one), pairs_in(other)
    a, b = next(left, None), next(right, None)
    while a or b:
        if a == b:
            a, b = next(left, None), next(right, None)
        elif b is None or (a is not None and a < b):
            yield a, True
            a = next(left, None)
        else:
            yield b, False
            b = next(right, None)


def line_at(path, number):
    with open(path, encoding="utf-8", newline="\n") as lines:
        return next(line for at, line in enumerate(lines) if at == number).rstrip("\n")


def show_differences(args, first, other):
    for number, ((document, alert), in_first) in enumerate(differences(first["file"], other["file"])):
        if number == DIFFERENCES:
            break
        print(f"only {first['engine'] if in_first else other['engine']}: document {document}, alert {alert}")
        print("   ", line_at(args.work / "tokens.txt", document)[:300])
        print("   ", line_at(args.work / "alerts.ndjson", alert), " =", line_at(args.work / "queries.txt", alert))


def agree(args, count, results):
    """Prints the hash of each engine's sorted pairs; whether they are one."""
    same = True
    for result in results:
        result["hash"] = hash_of(result["file"])
        print(f"{count:>8} alerts  {result['engine']:<15} {result['pairs']:>10} pairs  sha256 {result['hash'][:16]}")
    for other in results[1:]:
        if other["hash"] != results[0]["hash"]:
            same = False
            show_differences(args, results[0], other)
    return same


def number(value):
    return f"{value:,.0f}"


def print_table(documents, results):
    """A row for each engine and number of alerts. The ratio says how many times Earshot is as fast."""
    print(f"\n{'alerts':>8} {'matches':>8}  {'engine':<15} {'documents/s':>12} {'slowest':>12} {'fastest':>12} {'index s':>8} {'Earshot is':>11}  how")
    for count, row in results.items():
        earshot = next((result for result in row if result["engine"] == "Earshot"), None)
        for result in row:
            ratio = f"{earshot['documents_per_s'] / result['documents_per_s']:.2f} x" if earshot and result is not earshot else ""
            print(f"{count:>8} {result['pairs'] / documents:>8.2f}  {result['engine']:<15} {number(result['documents_per_s']):>12} {number(result['slowest']):>12}"
                  f" {number(result['fastest']):>12} {result['build_s']:>8.2f} {ratio:>11}  {result['how']}; rounds of {result['documents']} documents")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--alerts", default="1000,10000,100000", help="numbers of alerts, apart by commas")
    parser.add_argument("--near", action="store_true", help="a tenth of the queries has NEAR")
    parser.add_argument("--engines", default="earshot,vectorscan,lucene")
    parser.add_argument("--lucene-round", type=int, default=20_000, help="documents in one of Lucene's rounds (its pairs are of all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=pathlib.Path, default=TREE / "build" / "bench" / "bench")
    parser.add_argument("--work", type=pathlib.Path, default=TREE / "build" / "matchers", help="where inputs and pairs are kept")
    parser.add_argument("--data", type=pathlib.Path, default=TREE.parent / "shared" / "data")
    args = parser.parse_args()
    args.alerts = sorted({int(count) for count in args.alerts.split(",")})
    args.engines = args.engines.split(",")
    for engine in args.engines:
        if engine not in ("earshot", "vectorscan", "lucene"):
            parser.error(f"--engines: {engine} is none of earshot, vectorscan, lucene")
    return args


def main():
    args = arguments()
    made = make_inputs(args)
    if "lucene" in args.engines:
        args.class_path = make_lucene()
    print(f"{made['documents']} documents of {made['bytes']} bytes; alerts:", ", ".join(f"{name} {share:.0%}" for name, share in made["shares"].items()), flush=True)
    results, right = {}, True
    for count in args.alerts:
        row = [result for result in (run_engine(engine, args, count) for engine in args.engines) if result]
        right &= len(row) == len(args.engines) and agree(args, count, row)
        sys.stdout.flush()
        results[count] = row
    if not right:
        sys.exit("run.py: not every engine found the same pairs, so there is nothing to compare")
    print_table(made["documents"], results)


if __name__ == "__main__":
    main()
