"""Where a benchmark's documents and alerts are kept between runs: a folder for each choice of what they are. What made them is part of
the choice, so no run takes what an older program made."""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[2]
ALERTS = 100_000  # at least: fewer are the first of them
MAKERS = ("documents.py", "words.py", "wild.py", "queries.py", "generate.py")


def add_arguments(parser):
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--near", action="store_true", help="a tenth of the queries has NEAR")
    parser.add_argument("--wild", action="store_true", help="a tenth of the queries has a prefix, a tenth a fuzzy word")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=pathlib.Path, default=TREE / "build" / "bench" / "bench")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "earshot-matchers", help="where inputs are kept between runs")
    parser.add_argument("--data", type=pathlib.Path, default=TREE.parent / "shared" / "data")


def folder_of(args, alerts):
    makers = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MAKERS)).hexdigest()[:8]
    kinds = "".join(f"-{kind}" for kind in ("near", "wild") if getattr(args, kind))
    return args.cache / f"{args.documents}-documents-{alerts}-alerts{kinds}-seed-{args.seed}-{makers}"


def inputs(args, alerts):
    """The folder, made where it is not there, and what made.json says of it."""
    alerts = max(alerts, ALERTS)
    folder = folder_of(args, alerts)
    if not (folder / "made.json").exists():
        print(f"making {folder}", file=sys.stderr, flush=True)
        command = [sys.executable, HERE / "generate.py", "--programs", args.programs, "--out", folder, "--data", args.data, "--seed", args.seed]
        command += ["--documents", args.documents, "--alerts", alerts, *(f"--{kind}" for kind in ("near", "wild") if getattr(args, kind))]
        subprocess.run([str(word) for word in command], check=True)
    return folder, json.loads((folder / "made.json").read_text(encoding="utf-8"))


def say(made):
    shares = ", ".join(f"{name} {share:.0%}" for name, share in made["shares"].items())
    print(f"{made['documents']:,} documents of {made['bytes']} bytes; {made['alerts']:,} alerts: {shares}", flush=True)
