/* Mentions at random, right ones and broken ones, read by us and by jansson. EARSHOT_SEED and EARSHOT_CASES
 * repeat or lengthen a run. */
#include "cmocka_all.h"
#include "mention_oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CASES = 250000, TEXT_MAX = 1 << 20 };

static uint64_t seed; /* xorshift64*; never 0 */

static uint64_t next_random(void) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 0x2545f4914f6cdd1du;
}

static size_t below(size_t limit) {
    return (size_t)((next_random() >> 33) % limit);
}

static bool one_in(size_t n) {
    return below(n) == 0;
}

#define pick(array) ((array)[below(COUNT_OF(array))])

/* Text that is well formed. */

static void add_space(struct buf *out) {
    static const char *const SPACES[] = {" ", "\n", "\t", "\r\n  "};
    if (one_in(8))
        buf_add_str(out, pick(SPACES));
}

static void add_string(struct buf *out) {
    static const char *const PIECES[] = {
        "acme",
        "a",
        "speaker broke again",
        "0123456789abcdef",
        "\u00e9",
        "\u00fc\u00df",
        "\u65b0\u8cb7\u7684",
        "\U0001f621",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b\\f\\r\\t",
        "\\u00e9",
        "\\u65B0",
        "\\ud83d\\ude21",
        "\\u0001",
        "\x7f",
        "\\uFFFF",
    };
    buf_add_char(out, '"');
    for (size_t i = below(5); i > 0; i--)
        buf_add_str(out, pick(PIECES));
    buf_add_char(out, '"');
}

static void add_number(struct buf *out) {
    static const char *const NUMBERS[] = {
        "0",
        "-0",
        "1",
        "120",
        "-1",
        "1.5",
        "-2.25e3",
        "1E-2",
        "0.0",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1e999",
        "1e-999",
        "123456789012345678901234567890",
        "4294967296",
    };
    buf_add_str(out, pick(NUMBERS));
}

static void add_value(struct buf *out, int depth) {
    static const char *const WORDS[] = {"null", "true", "false", "null", "[]", "{}"};
    size_t kind = below(depth > 0 ? 8 : 5);
    if (kind < 2)
        add_string(out);
    else if (kind < 3)
        add_number(out);
    else if (kind < 5)
        buf_add_str(out, pick(WORDS));
    if (kind < 5)
        return;
    bool object = kind == 5;
    buf_add_char(out, object ? '{' : '[');
    for (size_t i = 0, count = below(4); i < count; i++) {
        if (i)
            buf_add_char(out, ',');
        add_space(out);
        if (object)
            buf_printf(out, "\"k%zu\":", one_in(20) ? below(4) : i);
        add_value(out, depth - 1);
    }
    buf_add_char(out, object ? '}' : ']');
}

static void add_text(struct buf *out) {
    if (one_in(6))
        buf_add_str(out, "null");
    else
        add_string(out);
}

static void add_texts(struct buf *out) {
    buf_add_char(out, '[');
    for (size_t i = 0, count = below(4); i < count; i++) {
        if (i)
            buf_add_char(out, ',');
        add_string(out);
    }
    buf_add_char(out, ']');
}

static void add_time(struct buf *out) {
    static const char *const TIMES[] = {"\"2026-11-21T20:25:55Z\"", "\"2026-11-21T20:25:55.5+02:00\"",
                                        "\"1969-12-31T23:59:59-11:30\"", "\"2026-02-30T00:00:00Z\"", "\"\""};
    buf_add_str(out, TIMES[one_in(30) ? below(COUNT_OF(TIMES)) : below(3)]);
}

static void add_count(struct buf *out) {
    buf_printf(out, "%zu", below(1000000));
}

static void add_type(struct buf *out) {
    static const char *const TYPES[] = {"\"post\"",      "\"comment\"",       "\"review\"", "\"repost\"",
                                        "\"tombstone\"", "\"art\\u0069cle\"", "null"};
    buf_add_str(out, pick(TYPES));
}

static void add_kind(struct buf *out) {
    static const char *const KINDS[] = {"\"social\"", "\"blog\"",   "\"news\"",
                                        "\"forum\"",  "\"review\"", "\"web\""};
    buf_add_str(out, pick(KINDS));
}

static void add_id(struct buf *out) {
    buf_printf(out, "\"mastodon:%zu\"", below(1000));
}

struct row {
    const char *name;
    void (*add)(struct buf *out);
};

/* The rows as an object: mostly as they should be, here and there one missing, twice, or of another type. */
static void add_object(struct buf *out, const struct row *rows, size_t count, size_t rarity) {
    buf_add_char(out, '{');
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (one_in(rarity))
            continue;
        size_t times = one_in(rarity * 4) ? 2 : 1;
        for (; times > 0; times--) {
            add_space(out);
            buf_printf(out, "%s\"%s\"", first ? "" : ",", rows[i].name);
            add_space(out);
            buf_add_char(out, ':');
            add_space(out);
            if (one_in(rarity))
                add_value(out, 3);
            else
                rows[i].add(out);
            first = false;
        }
    }
    add_space(out);
    buf_add_char(out, '}');
}

static size_t rarity; /* of oddities in this mention */

static void add_source(struct buf *out) {
    static const struct row ROWS[] = {{"kind", add_kind}, {"platform", add_id}, {"host", add_text}};
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
}

static void add_author(struct buf *out) {
    static const struct row ROWS[] = {{"id", add_text},
                                      {"handle", add_text},
                                      {"name", add_text},
                                      {"url", add_text},
                                      {"followers", add_count}};
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
}

static void add_attachments(struct buf *out) {
    static const struct row ROWS[] = {{"type", add_text}, {"url", add_text}, {"description", add_text}};
    buf_add_char(out, '[');
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
    buf_add_char(out, ']');
}

static void add_engagement(struct buf *out) {
    static const struct row ROWS[] = {
        {"likes", add_count}, {"reposts", add_count}, {"replies", add_count}, {"score", add_number}};
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
}

static void add_rating(struct buf *out) {
    static const struct row ROWS[] = {{"value", add_number}, {"scale", add_count}};
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
}

static void add_geo(struct buf *out) {
    static const struct row ROWS[] = {{"country", add_text}};
    add_object(out, ROWS, COUNT_OF(ROWS), rarity);
}

static void add_any(struct buf *out) {
    add_value(out, 4);
}

static void add_mention(struct buf *out) {
    static const struct row ROWS[] = {
        {"id", add_id},
        {"source", add_source},
        {"type", add_type},
        {"url", add_text},
        {"title", add_text},
        {"text", add_string},
        {"language", add_text},
        {"author", add_author},
        {"created_at", add_time},
        {"updated_at", add_time},
        {"collected_at", add_time},
        {"in_reply_to", add_text},
        {"hashtags", add_texts},
        {"mentions", add_texts},
        {"links", add_texts},
        {"attachments", add_attachments},
        {"engagement", add_engagement},
        {"rating", add_rating},
        {"geo", add_geo},
        {"unknown", add_any},
    };
    rarity = one_in(2) ? 1000 : 30;
    size_t first = one_in(3) ? below(COUNT_OF(ROWS)) : 0; /* another order */
    struct row rows[COUNT_OF(ROWS)];
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        rows[i] = ROWS[(first + i) % COUNT_OF(ROWS)];
    add_object(out, rows, COUNT_OF(rows), rarity);
}

/* `matches` and `analysis` that fit each other, for the title "acme". */
static void add_enriched(struct buf *out) {
    size_t count = below(4);
    buf_add_str(out, "{\"id\":\"1\",\"source\":{\"platform\":\"m\"},\"text\":\"acme\",\"created_at\":"
                     "\"2026-11-21T20:25:55Z\",\"matches\":[");
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s{\"id\":\"a%zu\",\"version\":%zu,\"at\":[[\"text\",%zu,4],[\"text\",2,3]]}",
                   i ? "," : "", i, below(100), below(5));
    buf_add_str(out, "],\"analysis\":{\"language\":\"en\",\"alerts\":[");
    for (size_t i = 0; i < count; i++)
        buf_printf(
            out, "%s{\"id\":\"a%zu\",\"label\":\"neutral\",\"score\":%.3f,\"words\":[[\"text\",0,%zu,-2.5]]}",
            i ? "," : "", i, (double)below(2001) / 1000 - 1, below(5));
    buf_add_str(out, "]}}");
}

/* Text that is broken, perhaps. */

static void splice(struct buf *text, size_t at, size_t removed, const char *added, size_t len) {
    struct buf copy;
    buf_init(&copy, TEXT_MAX);
    buf_add(&copy, text->ptr, at);
    buf_add(&copy, added, len);
    buf_add(&copy, text->ptr + at + removed, text->len - at - removed);
    buf_free(text);
    *text = copy;
}

static void insert_piece(struct buf *text) {
    static const char *const PIECES[] = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "0",
        "-",
        ".",
        "e",
        " ",
        "\n",
        "\x01",
        "\x80",
        "\xff",
        "\xc3",
        "\xc0\x80",
        "\xed\xa0\x80",
        "\xf4\x90\x80\x80",
        "\xe2\x82",
        "\\u0000",
        "\\ud800",
        "\\udfff",
        "\\u12",
        "\\x",
        "\"id\":1,",
        ",\"id\":\"1\"",
        "\"\\u0069d\":\"1\",",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":",
        "/*x*/",
        "true",
        "\"text\":null,",
        "\xef\xbb\xbf",
    };
    const char *piece = pick(PIECES);
    splice(text, below(text->len + 1), 0, piece, strlen(piece));
}

static void copy_part(struct buf *text) {
    size_t from = below(text->len), len = below(text->len - from < 60 ? text->len - from : 60);
    char part[60];
    memcpy(part, text->ptr + from, len);
    splice(text, below(text->len + 1), 0, part, len);
}

static void nest(struct buf *text) {
    size_t depth = 25 + below(15);
    struct buf deep;
    buf_init(&deep, 1000);
    buf_add_str(&deep, ",\"deep\":");
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&deep, '[');
    for (size_t i = 0; i < depth; i++)
        buf_add_char(&deep, ']');
    splice(text, text->len - 1, 0, deep.ptr, deep.len);
    buf_free(&deep);
}

static void mutate(struct buf *text) {
    switch (text->len ? below(7) : 0) {
    case 0:
        insert_piece(text);
        break;
    case 1:
        text->len = below(text->len + 1);
        break;
    case 2:
        text->ptr[below(text->len)] ^= (char)(1 << below(8));
        break;
    case 3:
        text->ptr[below(text->len)] = (char)below(256);
        break;
    case 4:
        splice(text, below(text->len), 1, "", 0);
        break;
    case 5:
        copy_part(text);
        break;
    default:
        nest(text);
        break;
    }
}

static uint64_t number_of(const char *name, uint64_t fallback) {
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : fallback;
}

static void show(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        fprintf(stderr, c >= 0x20 && c < 0x7f ? "%c" : "<%02x>", c);
    }
    fputc('\n', stderr);
}

static void readers_agree_on_random_text(void **state) {
    (void)state;
    uint64_t start = number_of("EARSHOT_SEED", (uint64_t)time(NULL)),
             count = number_of("EARSHOT_CASES", CASES);
    uint64_t accepted = 0;
    struct arena *arena = arena_new(0);
    seed = start * 0x9e3779b97f4a7c15u | 1;
    fprintf(stderr, "EARSHOT_SEED=%" PRIu64 " EARSHOT_CASES=%" PRIu64 "\n", start, count);
    for (uint64_t i = 0; i < count; i++) {
        struct buf text;
        bool taken;
        buf_init(&text, TEXT_MAX);
        if (one_in(10))
            add_enriched(&text);
        else
            add_mention(&text);
        for (size_t changes = one_in(3) ? 0 : below(4); changes > 0; changes--)
            mutate(&text);
        char *exact = malloc(text.len ? text.len : 1); /* ASan sees a read past it */
        assert_non_null(exact);
        memcpy(exact, text.ptr, text.len);
        const char *why = oracle_disagrees((struct span){exact, text.len}, arena, &taken);
        if (why) {
            show(buf_span(&text));
            fail_msg("case %" PRIu64 ": %s", i, why);
        }
        accepted += taken;
        free(exact);
        buf_free(&text);
        arena_reset(arena);
    }
    fprintf(stderr, "%" PRIu64 " of them were mentions\n", accepted);
    assert_in_range(accepted, count / 20, count - count / 20); /* both kinds are there */
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_agree_on_random_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
