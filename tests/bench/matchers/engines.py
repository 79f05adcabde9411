"""The programs of the benchmark: how each is run, and what it prints."""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "earshot"
LUCENE = "9.11.1"  # the newest 9.x that Maven's metadata listed; 10 needs Java 21
JAVA = ["java", "-Xms2g", "-Xmx14g", "-XX:+UseParallelGC"]  # the collector whose barriers cost the measured thread least
NAMES = ("earshot", "vectorscan", "lucene")


def class_path():
    """Lucene's jars, and our program compiled against them."""
    jars, classes = CACHE / f"lucene-monitor-{LUCENE}", CACHE / "lucene-classes"
    if not list(jars.glob("lucene-monitor-*.jar")):
        command = ["mvn", "-q", "-B", "-f", HERE / "pom.xml", f"-Dlucene={LUCENE}", "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    subprocess.run(["javac", "-Xlint:all", "-d", classes, "-cp", f"{jars}/*", HERE / "Lucene.java"], check=True)
    return f"{classes}:{jars}/*"


def results_of(command):
    """Its lines of JSON; None where it failed. What it says beside them goes through."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"{pathlib.Path(command[0]).name} failed: exit {done.returncode}", file=sys.stderr)
        return None
    return [json.loads(line) for line in done.stdout.splitlines()]


def earshot(programs, folder, count, *options):
    return [programs / "matchers_earshot", *options, folder / "mentions.ndjson", folder / "alerts.ndjson", count]


def vectorscan(programs, folder, count, pairs):
    return [programs / "matchers_vectorscan", folder / "tokens.txt", folder / "queries.txt", count, pairs]


def lucene(classes, folder, count, pairs, kept, measured):
    return [*JAVA, "-cp", classes, "Lucene", folder / "tokens.txt", folder / "queries.txt", count, pairs, kept, measured]
