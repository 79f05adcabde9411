/* Patterns: what a word of a text costs when it is tried against thousands of prefixes, wildcard words and
 * fuzzy words at once. Patterns are made of words of a tenth of the mentions, and tried against the words of
 * the others, in both forms where a word has two.
 *
 *     bench_patterns [MENTIONS [SET]]     NDJSON; the demo's are few: the benchmark of matchers makes a
 * million
 *
 * A line a set of patterns: the words as they come, with a memo that has seen all of them once; each
 * different word once, with a memo that has seen none; and every pattern tried one by one, as no index would.
 * CPU time of the thread; the median of the rounds. */
#include "match_patterns.h"

#include "dice.h"
#include "patterns_peer.h"

#include "earshot/arena.h"
#include "earshot/mention.h"
#include "earshot/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, SCANNED = 40, TEXTS_MAX = 100000, HELD_OUT = 10, AHEAD = 64 };

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What asking for the time takes. */
static int64_t clock_ns(void) {
    enum { TIMES = 10000 };
    int64_t begin = cpu_ns(), end = begin;
    for (int i = 0; i < TIMES; i++)
        end = cpu_ns();
    return (end - begin) / TIMES;
}

static uint64_t random_state = 1;

static uint64_t hash_of(struct span word) {
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) * 0xD6E8FEB86659FD93u;
    return (hash ^ hash >> 32) * 0xC4CEB9FE1A85EC53u;
}

/* Words -----------------------------------------------------------------------------------------------------
 */

/* One behind the other, as those of a text are: hash, length, bytes. */
struct words {
    char *bytes;
    size_t len, cap, count;
};

struct word {
    uint64_t hash;
    struct span text;
};

static struct word word_at(const struct words *words, size_t *at) {
    struct word word;
    uint16_t len;
    memcpy(&word.hash, words->bytes + *at, sizeof word.hash);
    memcpy(&len, words->bytes + *at + sizeof word.hash, sizeof len);
    word.text = (struct span){words->bytes + *at + sizeof word.hash + sizeof len, len};
    *at += sizeof word.hash + sizeof len + len;
    return word;
}

static void add_word(struct words *words, struct span text) {
    uint64_t hash = hash_of(text);
    uint16_t len = (uint16_t)text.len;
    size_t need = words->len + sizeof hash + sizeof len + len;
    if (!text.ptr || text.len == 0 || text.len > UINT16_MAX)
        return;
    if (need > words->cap) {
        words->cap = need * 2;
        words->bytes = xrealloc(words->bytes, words->cap);
    }
    memcpy(words->bytes + words->len, &hash, sizeof hash);
    memcpy(words->bytes + words->len + sizeof hash, &len, sizeof len);
    memcpy(words->bytes + words->len + sizeof hash + sizeof len, text.ptr, len);
    words->len = need;
    words->count++;
}

static size_t add_text(struct words *words, struct text_folder *folder, struct span text) {
    size_t positions = 0;
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        size_t sign = token.kind == TEXT_TAG ? 1 : 0;
        struct span bytes = {text.ptr + token.start + sign, token.end - token.start - sign};
        if (token.kind != TEXT_WORD && token.kind != TEXT_TAG)
            continue;
        struct text_forms forms = text_fold(folder, bytes);
        add_word(words, forms.e);
        add_word(words, forms.s);
        positions++;
    }
    return positions;
}

static int by_text(const void *a, const void *b) {
    const struct word *x = a, *y = b;
    size_t len = x->text.len < y->text.len ? x->text.len : y->text.len;
    int order = memcmp(x->text.ptr, y->text.ptr, len);
    return order ? order : (x->text.len > y->text.len) - (x->text.len < y->text.len);
}

/* Each once, in no order. */
static struct words different(const struct words *words) {
    struct words out = {0};
    struct word *sorted = xmalloc((words->count + 1) * sizeof *sorted);
    for (size_t i = 0, at = 0; i < words->count; i++)
        sorted[i] = word_at(words, &at);
    qsort(sorted, words->count, sizeof *sorted, by_text);
    size_t count = 0;
    for (size_t i = 0; i < words->count; i++)
        if (count == 0 || !span_eq(sorted[count - 1].text, sorted[i].text))
            sorted[count++] = sorted[i];
    for (; count > 0; count--) {
        size_t other = roll(&random_state, count);
        add_word(&out, sorted[other].text);
        sorted[other] = sorted[count - 1];
    }
    free(sorted);
    return out;
}

struct corpus {
    struct words stream, once;
    struct words held;   /* different ones of the held-out mentions */
    struct span *spans;  /* of held */
    struct arena *arena; /* patterns */
    size_t documents, positions;
};

static void close_corpus(struct corpus *corpus, struct words *held) {
    corpus->arena = arena_new(1 << 16);
    corpus->once = different(&corpus->stream);
    corpus->held = different(held);
    corpus->spans = xcalloc(corpus->held.count + 1, sizeof *corpus->spans);
    for (size_t i = 0, at = 0; i < corpus->held.count; i++)
        corpus->spans[i] = word_at(&corpus->held, &at).text;
    free(held->bytes);
}

static void read_corpus(const char *path, struct corpus *corpus) {
    FILE *file = fopen(path, "rb");
    if (!file)
        die(EXIT_USAGE, "cannot open %s", path);
    struct arena *arena = arena_new(65536);
    struct text_folder *folder = text_folder_new();
    struct words held = {0};
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    for (size_t i = 0; i < TEXTS_MAX && (len = getline(&line, &cap, file)) > 0; i++, arena_reset(arena)) {
        struct mention mention;
        struct fault fault;
        if (!mention_read((struct span){line, (size_t)len}, MENTION_RAW, arena, &mention, &fault))
            continue;
        struct words *words = i % HELD_OUT == 0 ? &held : &corpus->stream;
        size_t positions = add_text(words, folder, mention.title) + add_text(words, folder, mention.text);
        corpus->documents += words != &held;
        corpus->positions += words != &held ? positions : 0;
    }
    close_corpus(corpus, &held);
    free(line);
    fclose(file);
    text_folder_free(&folder);
    arena_free(&arena);
}

/* Patterns --------------------------------------------------------------------------------------------------
 */

struct set {
    const char *name;
    size_t prefixes, wildcards, one, two;
};

struct listed {
    enum pattern_kind kind;
    unsigned edits;
    struct span text;
};

static size_t characters(struct span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

/* The bytes of the first so many characters. */
static size_t bytes_of(struct span text, size_t count) {
    size_t at = 0;
    for (; at < text.len; at++)
        if (((unsigned char)text.ptr[at] & 0xC0) != 0x80 && count-- == 0)
            break;
    return at;
}

static struct span held_word(const struct corpus *corpus, size_t least) {
    for (;;) {
        struct span text = corpus->spans[roll(&random_state, corpus->held.count)];
        if (characters(text) >= least)
            return text;
    }
}

/* Half a dozen letters of a word and what comes: as analysts write brands and stems. */
static struct span make_prefix(const struct corpus *corpus) {
    struct span text = held_word(corpus, 4);
    size_t most = characters(text), len = 4 + roll(&random_state, 5);
    text.len = bytes_of(text, len < most ? len : most);
    return text;
}

/* A word with a star or a question mark in it. */
static struct span make_wildcard(const struct corpus *corpus) {
    struct span text = held_word(corpus, 6);
    size_t start = bytes_of(text, 3), end = bytes_of(text, 4 + roll(&random_state, characters(text) - 4));
    char *made = arena_alloc(corpus->arena, text.len + 1);
    memcpy(made, text.ptr, start);
    made[start] = roll(&random_state, 3) ? '*' : '?';
    memcpy(made + start + 1, text.ptr + end, text.len - end);
    return (struct span){made, start + 1 + text.len - end};
}

/* Each once; their number. */
static size_t list_patterns(const struct corpus *corpus, const struct set *set, struct listed *out) {
    const size_t prefixes = set->prefixes, wildcards = prefixes + set->wildcards, one = wildcards + set->one;
    struct match_patterns *known = match_patterns_new(0);
    size_t count = 0;
    for (size_t i = 0; i < one + set->two; i++) {
        struct listed *next = &out[count];
        if (i < prefixes)
            *next = (struct listed){PATTERN_PREFIX, 0, make_prefix(corpus)};
        else if (i < wildcards)
            *next = (struct listed){PATTERN_WILDCARD, 0, make_wildcard(corpus)};
        else
            *next = (struct listed){PATTERN_FUZZY, i < one ? 1 : 2, held_word(corpus, i < one ? 4 : 8)};
        count += match_patterns_add(known, next->kind, next->text, next->edits) == count;
    }
    match_patterns_free(&known);
    return count;
}

static struct match_patterns *build(const struct listed *listed, size_t count) {
    struct match_patterns *patterns = match_patterns_new(42);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = match_patterns_add(patterns, listed[i].kind, listed[i].text, listed[i].edits);
        ASSERT(number < count);
    }
    match_patterns_close(patterns);
    return patterns;
}

/* Rounds ----------------------------------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *rounds) {
    qsort(rounds, ROUNDS, sizeof *rounds, by_value);
    return rounds[ROUNDS / 2];
}

struct tally {
    uint64_t found, steps;
};

static double ns_of(const struct match_patterns *patterns, struct match_memo *memo, const struct words *words,
                    struct tally *tally) {
    int64_t begin = cpu_ns();
    *tally = (struct tally){0};
    for (size_t i = 0, at = 0, ahead = 0; i < words->count; i++) {
        while (ahead < words->len && ahead <= at + AHEAD)
            match_memo_prefetch(memo, word_at(words, &ahead).hash);
        struct word word = word_at(words, &at);
        struct pattern_budget budget = {.limit = UINT64_MAX};
        size_t count;
        match_patterns_find(patterns, memo, word.hash, word.text, &budget, &count);
        tally->found += count;
        tally->steps += budget.steps;
    }
    return (double)(cpu_ns() - begin) / (double)words->count;
}

static double scan_ns(const struct listed *listed, size_t count, const struct words *words) {
    size_t scanned = words->count < SCANNED ? words->count : SCANNED, matched = 0;
    int64_t begin = cpu_ns();
    for (size_t i = 0, at = 0; i < scanned; i++) {
        struct span word = word_at(words, &at).text;
        for (size_t p = 0; p < count; p++)
            matched += match_pattern_is(listed[p].kind, listed[p].text, listed[p].edits, word);
    }
    ASSERT(matched <= count * scanned);
    return (double)(cpu_ns() - begin) / (double)scanned;
}

/* As many words as a mention has, with spaces around them, a scan: Vectorscan's ns for one. It must find as
 * often as we do. */
static double peer_ns(const struct corpus *corpus, const struct peer *peer, uint64_t expected) {
    size_t a_scan = corpus->stream.count / corpus->documents, scans = 0, found = 0, at = 0;
    char *text = xmalloc(a_scan * (UINT16_MAX + 1) + 1);
    int64_t spent = 0;
    for (size_t word = 0; word < corpus->stream.count; scans++) {
        size_t len = 1;
        text[0] = ' ';
        for (size_t i = 0; i < a_scan && word < corpus->stream.count; i++, word++) {
            struct span bytes = word_at(&corpus->stream, &at).text;
            memcpy(text + len, bytes.ptr, bytes.len);
            len += bytes.len;
            text[len++] = ' ';
        }
        int64_t begin = cpu_ns();
        found += peer_scan(peer, (struct span){text, len});
        spent += cpu_ns() - begin;
    }
    free(text);
    if (found != expected)
        die(EXIT_FAILED, "Vectorscan found %zu, we %llu", found, (unsigned long long)expected);
    return (double)(spent - (int64_t)scans * clock_ns()) / (double)scans;
}

static void run_peer(const struct corpus *corpus, const struct listed *listed, size_t count,
                     uint64_t expected) {
    enum pattern_kind *kinds = xcalloc(count, sizeof *kinds);
    struct span *texts = xcalloc(count, sizeof *texts);
    bool fuzzy = false;
    for (size_t i = 0; i < count; i++) {
        kinds[i] = listed[i].kind;
        texts[i] = listed[i].text;
        fuzzy = fuzzy || listed[i].kind == PATTERN_FUZZY;
    }
    double rounds[ROUNDS];
    int64_t begin = cpu_ns();
    struct peer *peer = fuzzy ? NULL : peer_new(kinds, texts, count);
    double ms = (double)(cpu_ns() - begin) / 1e6;
    for (int round = 0; peer && round < ROUNDS; round++)
        rounds[round] = peer_ns(corpus, peer, expected);
    if (peer)
        printf("  Vectorscan: built in %.1f ms, %.0f ns/mention, and it finds the same\n", ms,
               median(rounds));
    peer_free(&peer);
    free(kinds);
    free(texts);
}

static void run_set(const struct corpus *corpus, const struct set *set) {
    struct listed *listed = xcalloc(set->prefixes + set->wildcards + set->one + set->two, sizeof *listed);
    size_t count = list_patterns(corpus, set, listed);
    double builds[ROUNDS], stream[ROUNDS], once[ROUNDS];
    struct tally all, each;
    struct match_patterns *patterns = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        match_patterns_free(&patterns);
        int64_t begin = cpu_ns();
        patterns = build(listed, count);
        builds[round] = (double)(cpu_ns() - begin) / 1e6;
    }
    struct match_memo *warm = match_memo_new();
    ns_of(patterns, warm, &corpus->stream, &all);
    for (int round = 0; round < ROUNDS; round++) {
        struct match_memo *cold = match_memo_new();
        stream[round] = ns_of(patterns, warm, &corpus->stream, &all);
        once[round] = ns_of(patterns, cold, &corpus->once, &each);
        match_memo_free(&cold);
    }
    double word = median(stream), calls = (double)corpus->stream.count;
    printf("%-16s %8zu %8.1f %8.2f %9.0f %9.0f %9.0f %8.1f %8.2f %12.0f\n", set->name,
           match_patterns_count(patterns), median(builds), (double)match_patterns_bytes(patterns) / 1048576,
           word * calls / (double)corpus->documents, word, median(once),
           (double)each.steps / (double)corpus->once.count, (double)all.found / (double)corpus->documents,
           scan_ns(listed, count, &corpus->once));
    run_peer(corpus, listed, count, all.found);
    match_memo_free(&warm);
    match_patterns_free(&patterns);
    free(listed);
}

/* What others write ---------------------------------------------------------------------------------------
 */

static const struct hostile {
    const char *pattern; /* %d: its number */
    enum pattern_kind kind;
    unsigned edits;
    const char *word; /* NULL: LONG_WORD times a */
} HOSTILE[] = {
    {"ab*%d*", PATTERN_WILDCARD, 0, "ab0123456789"}, {"ab*%d*", PATTERN_WILDCARD, 0, "abcdefghijkl"},
    {"ab%d*", PATTERN_WILDCARD, 0, "ab1234567"},     {"aa*a*a*a*a*a%d*b", PATTERN_WILDCARD, 0, NULL},
    {"aa*a?a*a?a*%d*", PATTERN_WILDCARD, 0, NULL},   {"aaaaaaaa%d", PATTERN_FUZZY, 2, "aaaaaaaa12345"},
    {"aaaaaaaa%d", PATTERN_FUZZY, 2, NULL},          {"%daaaaaaaa", PATTERN_FUZZY, 2, "12345aaaaaaaa"},
    {"a%05daa", PATTERN_FUZZY, 2, "a12345aa"},       {"aa%d", PATTERN_FUZZY, 1, "aa1234"},
};

enum { HOSTILE_COUNT = 100000, LONG_WORD = 256 * 1024, HOSTILE_LIMIT = 4000000 };

static void run_hostile(const struct hostile *hostile) {
    struct match_patterns *patterns = match_patterns_new(1);
    struct match_memo *memo = match_memo_new();
    char text[64], *word = xmalloc(LONG_WORD);
    size_t len = hostile->word ? strlen(hostile->word) : LONG_WORD, found;
    memset(word, 'a', LONG_WORD);
    if (hostile->word)
        memcpy(word, hostile->word, len);
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        snprintf(text, sizeof text, hostile->pattern, i);
        uint32_t number = match_patterns_add(patterns, hostile->kind, span_of(text), hostile->edits);
        ASSERT(number <= (uint32_t)i);
    }
    int64_t begin = cpu_ns();
    match_patterns_close(patterns);
    double build_ms = (double)(cpu_ns() - begin) / 1e6, rounds[ROUNDS];
    struct pattern_budget budget;
    for (int round = 0; round < ROUNDS; round++) {
        match_memo_free(&memo);
        memo = match_memo_new();
        budget = (struct pattern_budget){.limit = HOSTILE_LIMIT};
        match_patterns_find(patterns, memo, 0, SPAN("zzzzzzzz"), &budget, &found);
        budget = (struct pattern_budget){.limit = HOSTILE_LIMIT};
        begin = cpu_ns();
        match_patterns_find(patterns, memo, 1, (struct span){word, len}, &budget, &found);
        rounds[round] = (double)(cpu_ns() - begin) / 1e6;
    }
    double ms = median(rounds);
    printf("%-18s %-14s %8.0f %8.1f %8zu %9llu %8.3f %8.2f%s\n", hostile->pattern,
           hostile->word ? hostile->word : "aaaa...", build_ms,
           (double)match_patterns_bytes(patterns) / 1048576, found, (unsigned long long)budget.steps, ms,
           ms * 1e6 / (double)budget.steps, budget.cut ? " cut" : "");
    free(word);
    match_memo_free(&memo);
    match_patterns_free(&patterns);
}

static void run_all_hostile(void) {
    printf("\n%d hostile patterns against one word, at most %d steps\n", HOSTILE_COUNT, HOSTILE_LIMIT);
    printf("%-18s %-14s %8s %8s %8s %9s %8s %8s\n", "pattern", "word", "build ms", "MiB", "found", "steps",
           "ms", "ns/step");
    for (size_t i = 0; i < COUNT_OF(HOSTILE); i++)
        run_hostile(&HOSTILE[i]);
}

int main(int argc, char **argv) {
    static const struct set SETS[] = {{"prefixes", 10000, 0, 0, 0},
                                      {"wildcards", 0, 10000, 0, 0},
                                      {"~1", 0, 0, 5000, 0},
                                      {"~2", 0, 0, 0, 5000},
                                      {"required", 10000, 0, 5000, 5000},
                                      {"all kinds", 10000, 10000, 5000, 5000},
                                      {"ten times", 100000, 0, 50000, 50000}};
    struct corpus corpus = {0};
    read_corpus(argc > 1 ? argv[1] : DEMO_MENTIONS, &corpus);
    if (corpus.documents == 0 || corpus.held.count == 0)
        die(EXIT_USAGE, "too few mentions in the file");
    printf("%zu mentions of %.1f words, %.1f of them in two forms; %zu different\n", corpus.documents,
           (double)corpus.positions / (double)corpus.documents,
           (double)(corpus.stream.count - corpus.positions) / (double)corpus.documents, corpus.once.count);
    printf("%-16s %8s %8s %8s %9s %9s %9s %8s %8s %12s\n", "patterns", "number", "build ms", "MiB",
           "ns/mention", "ns/word", "ns/new", "steps", "found", "ns one by one");
    for (size_t i = 0; i < COUNT_OF(SETS); i++)
        if (argc < 3 || strcmp(argv[2], SETS[i].name) == 0)
            run_set(&corpus, &SETS[i]);
    if (argc < 3 || strcmp(argv[2], "hostile") == 0)
        run_all_hostile();
    free(corpus.stream.bytes);
    free(corpus.once.bytes);
    free(corpus.held.bytes);
    free(corpus.spans);
    arena_free(&corpus.arena);
    return 0;
}
