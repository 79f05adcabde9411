"""What each mention must match while alerts are edited: computed from the topics `alerts` and `mentions.raw` alone.

Independent of the programs: which version of an alert is in force for a mention (DESIGN.md, "Exactly once", 7), which
mentions are repetitions (8), and the matches with their places, by the slow reference evaluator of tests/language.
"""

import bisect
import collections
import json
import os
import sys
import typing

import parts

sys.path.insert(0, os.path.join(parts.TREE, "tests", "language"))
import compare  # noqa: E402
import grammar  # noqa: E402
import oracle  # noqa: E402

DELAY_MS = 2000
WINDOW = 4096


class Version(typing.NamedTuple):
    """begin: the first millisecond of a mention that it is for; number: of its record; tree: None matches nothing."""
    begin: int
    number: int
    tree: typing.Any


def alert_of(record):
    """The alert of a record, None where that removes it; ValueError: it is no alert, and readers skip it."""
    return json.loads(record.value()) if record.value() is not None else None


def history(records):
    """alert id -> its versions, oldest first."""
    versions = collections.defaultdict(list)
    for record in records:
        try:
            alert = alert_of(record)
        except ValueError:
            continue
        own = versions[record.key().decode()]
        begin = record.timestamp()[1] + DELAY_MS
        assert not own or own[-1].begin <= begin, "the log's times go back"
        own.append(Version(begin, record.offset(), None if alert is None or alert.get("paused") else grammar.parse(alert["query"])))
    return dict(versions)


def in_force(versions, at_ms):
    """The version that is for mentions of this time, or None."""
    later = bisect.bisect_right(versions, at_ms, key=lambda version: version.begin)
    return versions[later - 1] if later else None


def told(match):
    """A match of the programs as expected() tells it."""
    return match["id"], match["version"], *compare.told(match)


def expected(versions, raw):
    """mention id -> [(alert id, version, ranges, whether they were cut)]; raw: the records, partition by partition."""
    found = {}
    assert max(collections.Counter(record.partition() for record in raw).values()) <= WINDOW, "no repetition is that far from its first"
    for record in raw:
        value = json.loads(record.value())
        if value["id"] in found:
            continue
        mention, matches = oracle.Mention(value), []
        for name in sorted(versions):
            version = in_force(versions[name], record.timestamp()[1])
            result = version and version.tree and compare.expected(version.tree, mention)
            if result:
                matches.append((name, version.number, *result))
        found[value["id"]] = matches
    return found
