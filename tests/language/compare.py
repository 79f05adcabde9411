"""The engine against the reference: batches of random alerts and mentions through `earshot match`.

    compare.py [--seed N] [--pairs N] [--operators words|all|long|mix] [--earshot PROGRAM]

`long`: mentions that repeat the query's words some hundred times. `mix`: a batch of each in turn.
Prints the seeds, how many pairs there were and how many differ; a difference with the smallest query and mention that
still show it. Exit 1 where there was one. The same under the sanitizers: EARSHOT_BIN=build/asan/bin compare.py …
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import generate
import grammar
import oracle

# Alerts and mentions of a batch: the reference takes its time over long mentions.
SIZES = {"words": (100, 200), "all": (100, 200), "long": (25, 8)}
MIX = ("all", "words", "long")
MOST_RANGES = 32  # of a match; at_cut says that there were more
SHOWN = 20


class Engine:
    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.folder.name, "alerts.json")

    def run(self, queries, records):
        """({(alert, mention): match}, {alert: why it was refused})."""
        self.write(queries)
        done = subprocess.run([self.program, "match", "--alerts", self.file, "-"], text=True, encoding="utf-8",
                              input="".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode == 1:
            refused = {int(name): text for name, text in re.findall(r"\d+: q(\d+): (byte .*)", done.stderr)}
            if refused:
                rest = {i: query for i, query in queries.items() if i not in refused}
                return self.run(rest, records)[0], refused
        if done.returncode != 0:
            raise RuntimeError(f"exit {done.returncode}: {done.stderr[:500]}")
        found = {}
        for line in done.stdout.splitlines():
            record = json.loads(line)
            found |= {(int(match["id"][1:]), int(record["id"][1:])): match for match in record["matches"]}
        return found, {}

    def write(self, queries):
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump([{"id": f"q{i}", "query": query} for i, query in queries.items()], file, ensure_ascii=False)

    def one(self, query, record):
        """Ranges, None or `refused`."""
        found, refused = self.run({0: query}, [record | {"id": "m0"}])
        return told(found.get((0, 0))) if not refused else "refused"


def told(match):
    return match and (match["at"], bool(match.get("at_cut")))


def expected(tree, mention):
    ranges = oracle.match(tree, mention)
    if ranges is None:
        return None
    return ranges[:MOST_RANGES], len(ranges) > MOST_RANGES


def own(query, record):
    try:
        return expected(grammar.parse(query), oracle.Mention(record))
    except grammar.Refused:
        return "refused"


def smaller(text):
    """Texts with something left out, the largest part first."""
    size = max(1, len(text) // 2)
    while size:
        for at in range(0, len(text), size):
            yield text[:at] + text[at + size:]
        size //= 2


def shrink(engine, query, record):
    """The smallest that still differs, without one side refusing what the other takes unless that was it."""
    refusal = engine.one(query, record) == "refused"

    def differs(query, record):
        ours = own(query, record)
        return ours != "refused" and (theirs := engine.one(query, record)) != ours and (theirs == "refused") == refusal

    def candidates():
        for name in ("title", "text"):
            yield from ((query, record | {name: text}) for text in smaller(record.get(name) or ""))
        for name in ("hashtags", "mentions"):
            yield from ((query, record | {name: record[name][:i] + record[name][i + 1:]}) for i in range(len(record.get(name) or ())))
        yield from ((text, record) for text in smaller(query))

    while True:
        better = next((one for one in candidates() if one != (query, record) and differs(*one)), None)
        if better is None:
            return query, record
        query, record = better


def show(engine, query, record):
    query, record = shrink(engine, query, record)
    words = {name: record[name] for name in ("title", "text", "hashtags", "mentions") if record.get(name)}
    print(f"  query     {query}    {ascii(query)}\n  mention   {json.dumps(words, ensure_ascii=False)}    {ascii(words)}")
    print(f"  reference {own(query, record)}\n  engine    {engine.one(query, record)}", flush=True)


def in_parts(engine, queries, records):
    """As Engine.run(): the first alerts alone or among few, since what an index looks for depends on all that is in it."""
    found, refused, first = {}, {}, 0
    for size in (1, 1, 1, 2, 5, len(queries)):
        part = {i: queries[i] for i in range(first, min(first + size, len(queries)))}
        more, without = engine.run(part, records)
        found, refused, first = found | more, refused | without, first + size
    return found, refused


def batch(engine, seed, operators):
    """(pairs, matches, [(query, record)] that differ)."""
    random = generate.Generator(seed, operators)
    alerts, mentions = SIZES[operators]
    queries = [random.query() for _ in range(alerts)]
    records = [random.mention(f"m{i}") for i in range(mentions)]
    found, refused = in_parts(engine, [query for query, _ in queries], records)
    different = [(queries[i][0], records[0]) for i in refused]
    mentions = [oracle.Mention(record) for record in records]
    for i, (query, tree) in enumerate(queries):
        for j, mention in enumerate(mentions):
            if i not in refused and expected(tree, mention) != told(found.get((i, j))):
                different.append((query, records[j]))
    return len(queries) * len(records), len(found), different


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--pairs", type=int, default=200000)
    options.add_argument("--operators", choices=(*SIZES, "mix"), default="mix")
    options.add_argument("--earshot", default=os.path.join(os.environ.get("EARSHOT_BIN", "build/dev/bin"), "earshot"))
    options = options.parse_args()
    engine, seed, pairs, matches, differences, shown = Engine(options.earshot), options.seed, 0, 0, 0, 0
    while pairs < options.pairs:
        more, matched, different = batch(engine, seed, MIX[seed % len(MIX)] if options.operators == "mix" else options.operators)
        pairs, matches, differences = pairs + more, matches + matched, differences + len(different)
        if different and shown < SHOWN:
            print(f"seed {seed}: {len(different)} differ")
            show(engine, *min(different, key=lambda one: len(one[0]) + len(str(one[1]))))
            shown += 1
        seed += 1
    print(f"seeds {options.seed} to {seed - 1}, operators {options.operators}: {pairs} pairs, {matches} matches, {differences} differences")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
