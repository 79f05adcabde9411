"""The parser against the reference's grammar: random queries, and the same with something broken, taken or refused alike.

    refusals.py [--seed N] [--queries N] [--earshot PROGRAM]

Prints the seeds, how many queries there were, how many both took, and how many differ, with the shortest of these. Values that
only one side has a list of (languages, countries, slips of platforms) are passed over. Exit 1 where there was a difference.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import generate
import grammar

WHOLE, BROKEN = 250, 3  # queries of a batch, and how many more are made of each
SHOWN = 20
PIECES = ["(", ")", '"', '"', "*", "?", "~", "~1", "~2", "~9", "{", "}", "-", "NOT ", "AND ", "OR ", "NEAR/2 ", "ONEAR/3 ",
          "NEAR/2f ", " NEAR ", "<<<", ">>>", ":", "title:", "lang:", "author:", "[", "]", " ", "  ", ".", ",", "/", "#", "@", "$",
          "x", "社", "ก", "\u0301", "\u200b", "1", "0", "and", "TO", "\n", "\u3000", "'", "_", "\ufe0f", "\u20e3"]
LISTS = ("of ISO 639-1", "of ISO 3166-1", "is no source: the nearest is")


def broken(query, chance):
    """One to three times something left out, put in, or both."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        at, gone = chance.randrange(len(query) + 1), chance.choice([0, 0, 1, 1, 2, 5])
        query = query[:at] + (chance.choice(PIECES) if chance.random() < 0.6 else "") + query[at + gone:]
    return query


def batch(seed):
    generator, chance = generate.Generator(seed, "all"), random.Random(seed)
    for _ in range(WHOLE):
        query = generator.tree(generator.one([0, 1, 2, 3]))
        yield query
        yield from (broken(query, chance) for _ in range(BROKEN))


def asked(program, queries):
    """Of each query None where it parses, else the error."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump([{"id": f"q{i}", "query": query} for i, query in enumerate(queries)], file, ensure_ascii=False)
        file.flush()
        done = subprocess.run([program, "query", "check", "--alerts", "--json", file.name], stdout=subprocess.PIPE, check=False)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if len(answers) != len(queries):
        raise RuntimeError(f"{len(answers)} answers to {len(queries)} queries")
    return [None if "normal" in answer else answer["findings"][0]["text"] for answer in answers]


def refused(query):
    try:
        grammar.parse(query)
    except grammar.Refused as error:
        return str(error)
    return None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--queries", type=int, default=100000)
    options.add_argument("--earshot", default=os.path.join(os.environ.get("EARSHOT_BIN", "build/dev/bin"), "earshot"))
    options = options.parse_args()
    seed, count, taken, different = options.seed, 0, 0, []
    while count < options.queries:
        queries = [query for query in batch(seed) if query]
        for query, theirs in zip(queries, asked(options.earshot, queries)):
            ours = refused(query)
            taken += ours is None and theirs is None
            if (ours is None) != (theirs is None) and not any(text in (theirs or "") for text in LISTS):
                different.append((query, ours or theirs))
        count += len(queries)
        seed += 1
    for query, why in sorted(different, key=lambda one: len(one[0]))[:SHOWN]:
        print(f"  {query}    {ascii(query)}: {why}")
    print(f"seeds {options.seed} to {seed - 1}: {count} queries, {taken} taken, {len(different)} differ")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
