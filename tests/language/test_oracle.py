"""The reference evaluator itself, case by case: a query, a text, and the pieces of it that are given back, `|` between
them; None: no match. Where a case needs more than a text it has a mention."""

import pytest

import generate
import grammar
import oracle
import words

WORDS = [
    ("acme", "I love Acme and ACME.", "Acme|ACME"),
    ("acme", "acmes pacme acme_1 acme2", None),
    ("acme", "acme-corp, acme.com, Acme's, l'acme", "acme|acme|Acme|acme"),
    ("acme", "", None),
    ("acme", "ａｃｍｅ", "ａｃｍｅ"),
    ("42", "42, not 420", "42"),
    ("acme_corp", "Acme_Corp", "Acme_Corp"),
    ("acme", "ac\xadme", None),
    ("acme", "#Acme", "#Acme"),
    ("acme", "@acme $acme", None),
    ("acme OR @acme", "@acme", "@acme"),
    # accents: Latin, Greek, Cyrillic (which keeps its own), Arabic
    ("cafe", "café cafe\u0301 CAFÉ", "café|cafe\u0301|CAFÉ"),
    ("café", "cafe café", "café"),
    ("mueller", "Müller Mueller", "Müller|Mueller"),
    ("muller", "Müller", "Müller"),
    ("muller", "Mueller", None),
    ("müller", "Müller Mueller Muller", "Müller|Mueller"),
    ("strasse", "Straße STRASSE", "Straße|STRASSE"),
    ("straße", "strasse", "strasse"),
    ("lodz", "Łódź", "Łódź"),
    ("łódź", "Lodz", None),
    ("oeuvre", "Œuvre", "Œuvre"),
    ("aeon", "æon", "æon"),
    ("orsted", "Ørsted", "Ørsted"),
    ("istanbul", "ıstanbul İstanbul", "ıstanbul|İstanbul"),
    ("σοφος", "ΣΟΦΌΣ σοφός", "ΣΟΦΌΣ|σοφός"),
    ("σοφός", "σοφος", None),
    ("иод", "йод", None),
    ("йод", "ЙОД и\u0306од", "ЙОД|и\u0306од"),
    ("محمد", "مُحَمَّد", "مُحَمَّد"),
    ("محمد", "محـمد", "محـمد"),
    ("مُحَمَّد", "محمد", None),
    ("احمد", "أحمد", None),
    ("हिन्दी", "यह हिन्दी है", "हिन्दी"),
    ("한국", "\u1112\u1161\u11ab국 한국어", "\u1112\u1161\u11ab국"),
    ("fin", "ﬁn", "ﬁn"),
    # without spaces
    ("社交聆聽", "做社交聆听的", "社交聆听"),
    ("聆听", "聆聽", "聆聽"),
    ("社交", "社 交, 交社", "社 交"),
    ("社交", "#社交 #社交聆聽", "#社交"),
    ("カタ", "ｶﾀ", "ｶﾀ"),
    ("ガ", "ｶﾞ", "ｶﾞ"),
    ("がき", "かき", None),
    ("ไทย", "ภาษาไทย", "ไทย"),
    ("น้ำ", "นำ", None),
    ("ກາ", "xກາx", "ກາ"),
    ("acme", "社acme社", "acme"),
    ("2026", "2026年", "2026"),
    ("x社", "x社", "x社"),
    # links
    ("acme", "https://acme.example/acme www.acme.com HTTP://acme", None),
    ("acme", "http:/acme", "acme"),
    ("cute", "awww.cute", "cute"),
    ("社", "看https://a.example/社", None),
]

PHRASES = [
    ('"acme corp"', "Acme-Corp, acme's corp", "Acme-Corp"),
    ('"acme corp"', "corp acme", None),
    ('"acme corp"', "acme 😡 corp", None),
    ('"acme corp"', "acme http://x corp", None),
    ('"acme corp"', "#acme corp", "#acme corp"),
    ('"acme corp"', "Acme™ Corp", "Acme™ Corp"),
    ("acme-corp", "acme corp", "acme corp"),
    ("U.S.", "in the U.S. and U S", "U.S|U S"),
    ("don't", "don’t", "don’t"),
    ('"a a"', "a a a a a", "a a|a a"),
    ('"love #acme"', "love acme, love #acme", "love #acme"),
    ('"ask @acme"', "ask @acme@example.social", "ask @acme@example.social"),
    ('"社 交"', "社交", "社交"),
    ('"γεια σου"', "Γειά σου", "Γειά σου"),
    ('"добрый день"', "Добрый, день", "Добрый, день"),
    ('"very 😡"', "very 😡🏽!", "very 😡🏽"),
    ('"acm* corp"', "acmes corp acme inc", "acmes corp"),
    ('"acme~1 corp"', "acne corp", "acne corp"),
    ('"AND (x" AND y', "and x y", "and x|y"),
]

ENTITIES = [
    ("#acme", "#Acme acme #acmecorp x#acme", "#Acme"),
    ("#acme", "#acme-corp", "#acme"),
    ("#acme", "＃acme", "＃acme"),
    ("#cafe", "#café", None),
    ("#社交", "#社交 社交", "#社交"),
    ("#йод", "#ЙОД", "#ЙОД"),
    ("2024", "#2024", "2024"),
    ("๑", "#๑", "๑"),
    ("😡", "😡\u0e49", "😡"),
    ("#1a", "#1A", "#1A"),
    ("#a", "é#a e\u0301#a _#a 1#a ##a", "#a"),
    ("@acme", "@Acme, @acme.", "@Acme|@acme"),
    ("@acme", "@acme@example.social", "@acme@example.social"),
    ("@acme@example.social", "@acme @acme@other.example @ACME@example.social", "@ACME@example.social"),
    ("@acme", "@acme.com joe@acme", None),
    ("@acme-x.y", "@acme-x.y.", "@acme-x.y"),
    ("@acme", "@acme-1\ufe0f\u20e3", "@acme"),
    ("@acme", "@acme--x @@acme", "@acme|@acme"),
    ("@josé", "@jose\u0301", "@jose\u0301"),
    ("$acm", "$ACM $ACM.B $acm1 acm $acmacmacm", "$ACM|$ACM"),
    ("b", "$ACM.B", "B"),
    ("acmacmacm", "$acmacmacm", "acmacmacm"),
    ("#a", "❤\ufe0f#a 1\ufe0f\u20e3#a", "#a|#a"),
    ("title:acme", {"hashtags": ["acme"]}, None),
    ("acm1", "$acm1", "acm1"),
    ("😡", "😡 😡🏽 👍", "😡|😡🏽"),
    ("👍🏻", "👍🏿 👍", "👍🏿|👍"),
    ("👩\u200d💻", "👩🏽\u200d💻 👩 💻", "👩🏽\u200d💻"),
    ("👩", "👩\u200d💻", None),
    ("🇩🇪", "🇩🇪🇳🇱 🇪🇩", "🇩🇪"),
    ("❤", "❤\ufe0f ❤", "❤\ufe0f|❤"),
    ("1\ufe0f\u20e3", "Top1\ufe0f\u20e3", "1\ufe0f\u20e3"),
    ("👍", "👍👍", "👍|👍"),
    ("#acme", {"hashtags": ["Acme", "x"]}, "hashtags 0"),
    ("acme", {"hashtags": ["x", "#acme"]}, "hashtags 1"),
    ("@acme", {"mentions": ["acme@example.social"]}, "mentions 0"),
    ("acme", {"mentions": ["acme"]}, None),
    ("acm*", {"hashtags": ["acmes"]}, "hashtags 0"),
    ('"acme corp"', {"text": "corp", "hashtags": ["acme"]}, None),
    ("社交", {"hashtags": ["社交"]}, "hashtags 0"),
    ("acme NEAR/5 corp", {"text": "corp", "hashtags": ["acme"]}, None),
    # exactly these characters
    ("{BT}", "BT, bt, BTs, B T, #BT, @BT", "BT|BT"),
    ("{Acme Corp}", "Acme Corp, Acme  Corp, Acme Corps", "Acme Corp"),
    ("{C++}", "C++, c++, XC++", "C++"),
    ("{Café}", "Cafe Café café", "Café"),
    ("{cafe}", "cafe\u0301", None),
    ("{社}", "社交", "社"),
    ("{Йод}", "йод Йод", "Йод"),
    ("{BT}", "https://BT.com", None),
]

LOOSE = [
    ("acm*", "Acm acme ACMES acne pacme #acmes @acme", "Acm|acme|ACMES|#acmes"),
    ("caf*", "Café", "Café"),
    ("mül*", "Müller Muller Mueller", "Müller"),
    ("mul*", "Müller", "Müller"),
    ("社*", "社交", "社"),
    ("社交*", "社交聆 #社交聆", "社交|#社交聆"),
    ("ไ*", "ไทย", "ไ"),
    ("한*", "한국어", "한국어"),
    ("ストア*", "ストア", "ストア"),
    ("йод*", "йода", "йода"),
    ("σοφ*", "Σοφία", "Σοφία"),
    ("ac*e", "ace acme accidence acmes", "ace|acme|accidence"),
    ("ac?e", "acme ace accme acée", "acme|acée"),
    ("acm?", "acme acm", "acme"),
    ("ко?ка", "кошка кока", "кошка"),
    ("a-acm*", "a acme", "a acme"),
    ("acme~1", "acme acne amce acmee ace acm aacm cmae", "acme|acne|amce|acmee|ace|acm"),
    ("microsoft~2", "micorsotf microsft mikrosoft microsoft mcrsft", "micorsotf|microsft|mikrosoft|microsoft"),
    ("cafe~1", "càfé café", "càfé|café"),
    ("acme~1", "#acne", "#acne"),
    ("кошка~1", "кожка", "кожка"),
    ("سلام~1", "سلم", "سلم"),
    ("abcd~1", "bcad", None),
    ("abcdefgh~2", "acbdefgh abdcfegh", "acbdefgh|abdcfegh"),
    ("cabcxxxx~2", "abccxxxx", "abccxxxx"),
]

OPERATORS = [
    ("a AND b", "b a", "b|a"),
    ("a AND b", "a", None),
    ("a OR b", "b", "b"),
    ("a OR b AND c", "a", "a"),
    ("a OR b AND c", "b", None),
    ("(a OR b) AND c", "a", None),
    ("(a AND b) OR c", "a c", "c"),
    ("a NOT b", "a", "a"),
    ("a NOT b", "a b", None),
    ("a -b", "a b", None),
    ('a -"b c"', "a b, x c", "a"),
    ("a -(b OR c)", "a c", None),
    ("a AND NOT b OR c", "a b c", "c"),
    ("NOT a AND b", "b", "b"),
    ("-a AND b", "a b", None),
    ("a AND (b OR NOT c)", "a", "a"),
    ("a AND (b OR NOT c)", "a c", None),
    ("社 AND йод", "йод社", "йод|社"),
    ("a <<< a note (with \" >>> AND b", "a b", "a|b"),
    ("a AND and", "a and", "a|and"),
    ("title:a AND b", {"title": "b", "text": "a"}, None),
    # near
    ("a NEAR/0 b", "a b", "a|b"),
    ("a NEAR/0 b", "b a", "b|a"),
    ("a NEAR/0 b", "a x b", None),
    ("a NEAR/1 b", "a x b a", "a|b|a"),
    ("a NEAR/1 b", "a x x b", None),
    ("a NEAR/1 a", "a", None),
    ("a NEAR/0f b", "b a", None),
    ("a ONEAR/1 b", "a x b", "a|b"),
    ("a NEAR/1 b NEAR/0 c", "a x b c", "a|b|c"),
    ("a NEAR/1 b NEAR/0 c", "a b x c", None),
    ("a NEAR/0 b OR c", "c", "c"),
    ("a AND b NEAR/0 c", "a b c", "a|b|c"),
    ("(a OR b) NEAR/0 c", "a x b c", "b|c"),
    ('"a b" NEAR/0 b', "a b", None),
    ('"a b" NEAR/1 c', "c x a b", "c|a b"),
    ("acm* NEAR/1 corp~1", "acmes of copr", "acmes|copr"),
    ("社 NEAR/1 聽", "社交聽", "社|聽"),
    ("#a NEAR/0 @b", "#a @b", "#a|@b"),
    ("a NEAR/1 b", "a https://x/y b", "a|b"),
    ("a NEAR/5 b", {"title": "a", "text": "b"}, None),
    ("a NEAR/2 b", "a x x x a b", "a|b"),
    # any order
    ('"a b c"~0', "c a b", "c|a|b"),
    ('"a b c"~1', "c x a b", "c|a|b"),
    ('"a b c"~1', "c x a x b", None),
    ('"a a"~2', "a", None),
    ('"a a"~2', "a x a", "a|a"),
    ('"добрый день"~1', "день был добрый", "день|добрый"),
    ('"社 聽"~1', "聽交社", "聽|社"),
]

FULL = {"title": "Acme breaks", "text": "why? see https://news.example/Acme", "type": "comment", "language": "de", "geo": {"country": "AT"},
        "source": {"platform": "mastodon", "kind": "social", "host": "example.social"}, "url": "https://blog.news.example:8080/1",
        "author": {"handle": "jane@b.example", "name": "Jane van Doe", "followers": 1000},
        "links": ["https://a.example/Path"], "in_reply_to": "1", "attachments": [{"type": "image"}],
        "engagement": {"likes": 2, "reposts": None, "replies": 3}, "rating": {"value": 4.5, "scale": 5}}
# Whether FULL matches, and whether a mention of which nothing is known does.
FIELDS = [
    ("title:acme", True, False), ("title:see", False, False), ('title:"acme breaks"', True, False),
    ("title:(see OR acm*)", True, False), ("title:(acme AND NOT x)", True, False), ("author:jane", True, False),
    ("author:@jane", True, False), ("author:JANE@b.example", True, False), ("author:@jane@c.example", False, False),
    ('author:"van doe"', True, False), ('author:"jane doe"', False, False), ("author:(bob OR doe)", True, False),
    ("author:ja", False, False), ("author:@doe", False, False), ("site:news.example", True, False),
    ("site:blog.news.example", True, False), ("site:ews.example", False, False), ("site:EXAMPLE.social", True, False),
    ("site:other.example", False, False), ("link:a.example/path", True, False), ("link:NEWS.example", True, False),
    ("link:blog", False, False), ("x OR (source:social AND site:example)", True, False), ("NOT x AND author:jane", True, False),
]
# These say nothing positive: with `author:jane` beside them.
CONDITIONS = [
    ("source:social", True), ("source:mastodon", True), ("source:news", False), ("source:(blog OR Mastodon)", True),
    ("type:comment", True), ("type:post", False), ("type:(post OR comment)", True), ("lang:de", True), ("lang:nl", False),
    ("lang:(nl OR DE)", True), ("country:AT", True), ("country:at", True), ("country:DE", False), ("is:reply", True),
    ("is:repost", False), ("has:link", True), ("has:media", True), ("has:question", True), ("followers:[1000 TO *]", True),
    ("followers:[* TO 999]", False), ("followers:[1 TO 1000]", True), ("engagement:[5 TO 5]", True), ("engagement:[0 TO *]", True), ("engagement:[6 TO *]", False),
    ("rating:[4 TO 5]", True), ("rating:[* TO 4]", False), ("NOT lang:nl", True), ("-is:reply", False),
]
QUESTIONS = ["что?", "真的吗？", "حقا؟", "¿qué", "ինչ՞"]

REFUSED = [
    "", "()", "(a", "a)", '"a', "{a", "a b", "a AND", "a AND AND b", "AND", "a (b)", '"a" "b"', "...", '""', "a -", "a - b",
    "NOT a", "-a", "a OR NOT b", "lang:de", "a OR lang:de", "title:(a OR lang:de)", "title:(NOT a)", "title:lang:de", "a AND -NOT b",
    "ac*", "a?", "*", "a*e", "acm~1", "acme~2", "acmeacm~2", "acme~3", "acme-corp~1", "社交聆聽~1",
    "a NEAR b", "a NEAR/101 b", "a NEAR/1 (b AND c)", "NOT a NEAR/1 b", "(NOT a) NEAR/1 b", "a NEAR/1 lang:de", '"a b"~101',
    "colour:red", "a AND is:nice", "a AND type:tweet", "a AND lang:german", "a AND lang:(de AND nl)", "a AND followers:5",
    "a AND followers:[x TO 5]", "a AND followers:[5 TO 1]", "#1", "$toolonghere", "https://a.example", "@@a",
    "a" + " OR a" * 4096, "(" * 65 + "a" + ")" * 65, "a" * (64 * 1024 + 1),
]


def pieces(text, ranges):
    """`at` as the cases write it."""
    if ranges is None:
        return None
    return "|".join(text.encode()[start:end].decode() if name == "text" else f"{name} {start}" for name, start, end in ranges)


@pytest.mark.parametrize("query, mention, found", WORDS + PHRASES + ENTITIES + LOOSE + OPERATORS)
def test_language(query, mention, found):
    record = mention if isinstance(mention, dict) else {"text": mention}
    assert pieces(record.get("text") or "", oracle.match(grammar.parse(query), oracle.Mention(record))) == found


@pytest.mark.parametrize("query, full, bare", FIELDS)
def test_fields(query, full, bare):
    tree = grammar.parse(query)
    assert [oracle.match(tree, oracle.Mention(record)) is not None for record in (FULL, {"text": "see"})] == [full, bare]


@pytest.mark.parametrize("condition, full", CONDITIONS)
def test_conditions(condition, full):
    tree = grammar.parse(f"author:jane AND {condition}")
    assert (oracle.match(tree, oracle.Mention(FULL)) is not None) is full
    unknown = oracle.Mention({"text": "x", "author": {"handle": "jane"}})
    assert (oracle.match(tree, unknown) is not None) is condition.startswith(("NOT", "-"))


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions(text):
    assert oracle.match(grammar.parse("NOT xyz AND (что OR 真 OR حقا OR qué OR ինչ) AND has:question"), oracle.Mention({"text": text}))


def test_a_question_mark_of_a_link_asks_nothing():
    assert oracle.match(grammar.parse("x AND has:question"), oracle.Mention({"text": "x https://a.example/?b"})) is None


@pytest.mark.parametrize("query", REFUSED)
def test_refused(query):
    with pytest.raises(grammar.Refused):
        grammar.parse(query)


@pytest.mark.parametrize("query", ["a" + " OR a" * 4095, "(" * 64 + "a" + ")" * 64, "a NEAR/100 b", "a AND lang:de", "title:(a OR b) AND NOT is:reply"])
def test_taken(query):
    grammar.parse(query)


def test_ranges_of_both_fields_merge_where_they_overlap():
    mention = oracle.Mention({"title": "é acme corp inc", "text": "corp"})
    assert oracle.match(grammar.parse('"acme corp" OR "corp inc"'), mention) == [["title", 3, 16]]
    assert oracle.match(grammar.parse("acme OR corp"), mention) == [["title", 3, 7], ["title", 8, 12], ["text", 0, 4]]


def test_a_position_each():
    text = "Acme’s 社交x #a1 @b@c.d $EF 🇩🇪 https://g.h/i, j"
    assert [token.text for token in words.tokens(text)] == ["Acme", "s", "社", "交", "x", "#a1", "@b@c.d", "$EF", "🇩🇪", "https://g.h/i,", "j"]
    assert all(text.encode()[token.first:token.last].decode() == token.text for token in words.tokens(text))


@pytest.mark.parametrize("operators", ["words", "all"])
def test_random_pairs_match_often_enough_and_never_fail(operators):
    matches = pairs = 0
    for seed in range(10):
        random = generate.Generator(seed, operators)
        trees = [random.query()[1] for _ in range(20)]
        mentions = [oracle.Mention(random.mention(f"m{i}")) for i in range(20)]
        found = [oracle.match(tree, mention) for tree in trees for mention in mentions]
        pairs, matches = pairs + len(found), matches + sum(one is not None for one in found)
    assert pairs // 10 < matches < pairs // 2
