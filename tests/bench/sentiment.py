#!/usr/bin/env python3
"""The model of sentiment beside its peers in one run: VADER (Python) and fastText (Debian's), in texts a second of processor time.

    apt-get install fasttext
    ~/.cache/earshot/venv/bin/pip install vaderSentiment
    ~/.cache/earshot/venv/bin/python tests/bench/sentiment.py TRAIN.tsv DEV.tsv [--rounds 5]

fastText learns from TRAIN (one epoch: its speed is that of any), once words only and once words, pairs and runs of three
to four letters; its time is that of labelling DEV's texts, what loading takes left out. VADER, which knows English only, is
given DEV's English texts, and compared with the same of ours. Programs are those of build/bench (preset bench).
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "bench", "bench", "bench_sentiment")
COPIES = 4
OWN_ENGLISH, VADER = "sentiment, English", "VADER, English"
FASTTEXT = {"fastText, words": ["-minn", "0", "-maxn", "0"], "fastText, letters": ["-minn", "3", "-maxn", "4", "-wordNgrams", "2"]}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t", 4) for line in lines]


def cpu(command):
    """Seconds of processor time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fasttext_speed(model, texts, folder):
    """One file, and COPIES + 1 of it: the difference is without what loading takes."""
    paths = [os.path.join(folder, name) for name in ("once", "more")]
    for path, times in zip(paths, (1, COPIES + 1)):
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(text + "\n" for _ in range(times) for text in texts)
    once, more = (cpu(["fasttext", "predict", model, path]) for path in paths)
    return COPIES * len(texts) / (more - once)


def vader_speed(texts):
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    began = time.process_time()
    for text in texts:
        analyzer.polarity_scores(text)
    return len(texts) / (time.process_time() - began)


def own_speeds(path):
    out = subprocess.run([BENCH, path], capture_output=True, text=True, check=True).stdout
    return out, {name: float(speed) for name, speed in re.findall(r"^(.*?)\t.*\t([0-9]+) texts/s$", out, re.M)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("dev")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    labelled = rows(options.dev)
    texts, english = [row[4] for row in labelled], [row for row in labelled if row[0] == "en"]
    speeds = {}
    with tempfile.TemporaryDirectory() as folder:
        english_path = os.path.join(folder, "english.tsv")
        with open(english_path, "w", encoding="utf-8") as out:
            out.writelines("\t".join(row) + "\n" for row in english)
        learned = os.path.join(folder, "train")
        with open(learned, "w", encoding="utf-8") as out:
            out.writelines(f"__label__{row[1]} {row[4]}\n" for row in rows(options.train))
        for number, more in enumerate(FASTTEXT.values()):
            print("fastText learns", *more, file=sys.stderr)
            subprocess.run(["fasttext", "supervised", "-input", learned, "-output", os.path.join(folder, str(number)), "-epoch", "1",
                            "-bucket", "200000", "-verbose", "0", *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        for turn in range(options.rounds):
            print(f"round {turn + 1} of {options.rounds}", file=sys.stderr)
            told, own = own_speeds(options.dev)
            for name, speed in own.items():
                speeds.setdefault(name, []).append(speed)
            speeds.setdefault(OWN_ENGLISH, []).append(own_speeds(english_path)[1]["sentiment"])
            speeds.setdefault(VADER, []).append(vader_speed([row[4] for row in english][:: len(english) // 5000 or 1]))
            for number, name in enumerate(FASTTEXT):
                speeds.setdefault(name, []).append(fasttext_speed(os.path.join(folder, f"{number}.bin"), texts, folder))
    print(told.split("\nfeatures")[0])
    for name, of in speeds.items():
        middle, base = statistics.median(of), statistics.median(speeds[OWN_ENGLISH if name == VADER else "sentiment"])
        beside = f"   sentiment is {base / middle:.1f} times as fast" if name in (VADER, *FASTTEXT) else ""
        print(f"{name:<24}{middle:>10,.0f} texts/s  ({min(of):,.0f} to {max(of):,.0f}){beside}")


if __name__ == "__main__":
    main()
