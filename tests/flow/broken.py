"""10,000 broken mentions, each with the reason that CONTRACTS.md gives it and the byte where it is wrong.

Made from right ones, so that reason and byte are known by construction, not by a second reader.
"""

import json
import random

MAX = 256 * 1024


def right(i, text="Acme"):
    return ('{"id":"broken:%d","source":{"kind":"social","platform":"test","host":"h.example"},"text":"%s","created_at":"2026-11-01T10:00:00Z"'
            % (i, text)).encode()


def truncated(i, chance):
    whole = right(i) + b"}"
    cut = chance.randrange(1, len(whole) - 1)
    return whole[:cut], "json", cut


def not_json(i, chance):
    line = b"line %d is no JSON" % i
    return line, "json", 0


def trailing(i, chance):
    whole = right(i) + b"}"
    return whole + b" x", "json", len(whole) + 1


def wrong_type(i, chance):
    name, value = chance.choice(((b"title", b"17"), (b"author", b'"ann"'), (b"hashtags", b'{"a":1}'), (b"engagement", b"[]"), (b"url", b"false"),
                                 (b"rating", b"5"), (b"type", b'"rumour"'), (b"updated_at", b'"yesterday"')))
    head = right(i) + b',"' + name + b'":'
    return head + value + b"}", "type", len(head)


def bad_utf8(i, chance):
    bad = chance.choice((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80"))
    head = right(i) + b',"title":"ok '
    return head + bad + b'"}', "utf8", len(head)


def surrogate(i, chance):
    head = right(i) + b',"title":"ok '
    return head + b'\\ud83d alone"}', "utf8", len(head)


def too_large(i, chance):
    extra = b',"filler":"' + b"x" * (MAX + chance.randrange(1, 2000)) + b'"}'
    return right(i) + extra, "size", MAX


def deep(i, chance):
    head = right(i) + b',"more":'
    return head + b"[" * 40 + b"]" * 40 + b"}", "depth", len(head) + 31


def doubled(i, chance):
    head = right(i) + b","
    return head + b'"text":"again"}', "duplicate", len(head)


def missing(i, chance):
    whole = b'{"id":"broken:%d","source":{"platform":"test"},"text":"no time"}' % i
    return whole, "missing", len(whole) - 1


def reserved(i, chance):
    head = right(i) + b","
    return head + b'"matches":[]}', "reserved", len(head)


KINDS = (truncated, not_json, trailing, wrong_type, bad_utf8, surrogate, deep, doubled, missing, reserved)


def inputs(count, seed):
    """[(bytes, reason, byte)]; one in 200 is too large."""
    chance = random.Random(seed)
    made = []
    for i in range(count):
        kind = too_large if i % 200 == 199 else KINDS[i % len(KINDS)]
        made.append(kind(i, chance))
        assert b"\n" not in made[-1][0]
    assert not any(json_ok(line) for line, _, _ in made[:20] if b"line" in line[:4])
    return made


def json_ok(line):
    try:
        json.loads(line)
        return True
    except ValueError:
        return False
