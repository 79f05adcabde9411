#!/usr/bin/env python3
"""The inner loop of work on the matcher: Earshot's engine alone, in seconds, on inputs that are kept between runs.

    fast.py [--alerts 1000,10000,100000] [--first 200000] [--rounds 3] [--near] [--wild] [--perf]

Nanoseconds of a document: all; pass (an index in which nothing can be found); the rest. Its pairs are compared with those on which the
peers agreed in a run of run.py on the same inputs: exit 1 where they are not the same. --perf says where the time goes, by function.
A million alerts: fast.py --alerts 1000000 --documents 100000
"""

import argparse
import json
import subprocess
import sys
import tempfile

import engines
import inputs

FUNCTIONS = 25


def known_pairs(folder):
    path = folder / "pairs.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def verdict(result, known):
    """What the peers say of its pairs; and whether they object."""
    documents, ours = max(result["hashes"].items(), key=lambda item: int(item[0]))
    theirs = known.get(str(result["alerts"]), {}).get(documents)
    if not theirs:
        return "not compared yet", True
    return ("as the peers found", True) if ours == theirs else (f"NOT as the peers found: {theirs}", False)


def print_result(result, said):
    ns, pass_ns = 1e9 / result["documents_per_s"], result["pass_ns"]
    matches = result["pairs"] / result["documents"]
    print(f"{result['alerts']:>9} {matches:>8.2f} {result['documents_per_s']:>12,.0f} {ns:>9,.0f} {pass_ns:>7,.0f} {ns - pass_ns:>9,.0f} {result['build_s']:>8.3f}"
          f" {result['index_bytes'] / 2**20:>10.1f} {result['own_bytes'] / 2**20:>8.0f} {result['peak_bytes'] / 2**20:>9.0f}  {max(result['hashes'].items(), key=lambda item: int(item[0]))[1]} {said}"
          + (f"; {result['cut']} matches cut" if result["cut"] else ""), flush=True)


def profile(command):
    """Shares of the process by function; reading its inputs is in them."""
    with tempfile.NamedTemporaryFile(suffix=".perf") as data:
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data.name, *(str(word) for word in command)], stdout=subprocess.DEVNULL, check=True)
        report = subprocess.run(["perf", "report", "-i", data.name, "--stdio", "-q", "-F", "overhead,sym", "--percent-limit", "0.3"], capture_output=True, text=True, check=True)
    for line in report.stdout.splitlines()[: FUNCTIONS + 2]:
        if line.strip():
            print(f"            {line.rstrip()}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    inputs.add_arguments(parser)
    parser.add_argument("--alerts", default="1000,10000,100000", help="numbers of alerts, apart by commas")
    parser.add_argument("--first", type=int, default=200_000, help="documents of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--perf", action="store_true", help="where the time goes, by function")
    args = parser.parse_args()
    args.alerts = sorted({int(count) for count in args.alerts.split(",")})
    return args


def main():
    args = arguments()
    folder, made = inputs.inputs(args, max(args.alerts))
    inputs.say(made)
    known, right = known_pairs(folder), True
    print(f"{'alerts':>9} {'matches':>8} {'documents/s':>12} {'ns':>9} {'pass':>7} {'rest':>9} {'build s':>8} {'index MiB':>10} {'own MiB':>8} {'peak MiB':>9}  pairs")
    for count in args.alerts:
        command = engines.earshot(args.programs, folder, count, "-d", args.first, "-r", args.rounds)
        results = engines.results_of(command)
        if not results:
            sys.exit(1)
        said, same = verdict(results[0], known)
        print_result(results[0], said)
        if args.perf:
            profile(command)
        right &= same
    if not right:
        sys.exit("fast.py: other pairs than the peers'; run.py --engines earshot,vectorscan shows which")


if __name__ == "__main__":
    main()
