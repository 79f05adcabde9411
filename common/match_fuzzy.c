/* match_fuzzy: of the first FUZZY_HEAD characters of every fuzzy word, what is left when `edits` of them are
 * taken out is hashed into a table, in every way to take them out; so is a text's word when it is tried. Two
 * words within `edits` have one such rest in common: each edit takes at most one character of either out of
 * what they share, and what an edit shifts over the end of the head it shifts by one character. */
#include "match_patterns_parts.h"

#include <stdlib.h>

/* Rests of one word, hashed. Of a head of 8 without 2 there are 28. */
enum { RESTS_MAX = FUZZY_HEAD * (FUZZY_HEAD - 1) / 2 };

/* Of a look at memory that no cache has. */
enum { FAR_STEPS = 16 };

/* The hashes of a head's characters times the weights of the places where they stand in a rest, summed up:
 * sums[shift][i] is of the first i, each `shift` places nearer to the start. */
struct head {
    size_t len;
    uint64_t sums[PATTERN_EDITS_MAX + 1][FUZZY_HEAD + 1];
};

static void sum_head(const struct pattern_fuzzy *fuzzy, const uint32_t *codes, size_t len,
                     struct head *head) {
    head->len = len < FUZZY_HEAD ? len : FUZZY_HEAD;
    for (size_t shift = 0; shift <= PATTERN_EDITS_MAX; shift++)
        head->sums[shift][0] = 0;
    for (size_t i = 0; i < head->len; i++) {
        uint64_t hash = pattern_mix(codes[i] ^ fuzzy->salt);
        for (size_t shift = 0; shift <= PATTERN_EDITS_MAX; shift++)
            head->sums[shift][i + 1] =
                head->sums[shift][i] + (shift <= i ? hash * fuzzy->weights[i - shift] : 0);
    }
}

static inline uint64_t finish(uint64_t sum, uint64_t salt) {
    uint64_t hash = ((sum + salt) ^ (sum + salt) >> 32) * 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

/* All ways to take `remove` out of the head's first len characters; their number. */
static size_t rests_of(const struct head *head, size_t len, size_t remove, uint64_t salt, uint64_t *rests) {
    const uint64_t *none = head->sums[0], *one = head->sums[1], *two = head->sums[2];
    size_t count = 0;
    if (remove == 0)
        rests[count++] = finish(none[len], salt);
    for (size_t i = 0; remove == 1 && i < len; i++)
        rests[count++] = finish(none[i] + one[len] - one[i + 1], salt);
    for (size_t i = 0; remove == 2 && i + 1 < len; i++) {
        uint64_t before = none[i] - one[i + 1] + two[len];
        for (size_t j = i + 1; j < len; j++)
            rests[count++] = finish(before + one[j] - two[j + 1], salt);
    }
    return count;
}

/* A class's words have heads of `len` characters, of which `left` are left. */
static size_t left_of(size_t len, unsigned edits) {
    return len > edits ? len - edits : 0;
}

/* The place in the table where a rest is looked for first; the tag is another part of its hash. */
static inline size_t place_of(const struct pattern_fuzzy *fuzzy, uint64_t rest) {
    return (size_t)((rest & UINT32_MAX) * fuzzy->place_count >> 32);
}

static inline uint32_t tag_of(uint64_t rest) {
    return (uint32_t)(rest >> 32);
}

/* Building ------------------------------------------------------------------------------------------------
 */

/* A fuzzy word: its characters are in codes; hash is of its head,  kind and all. */
struct filed {
    uint64_t hash;
    uint32_t number, at, len, edits;
};

static size_t head_len(size_t len) {
    return len < FUZZY_HEAD ? len : FUZZY_HEAD;
}

static struct fuzzy_class *class_of(struct pattern_fuzzy *fuzzy, size_t len, unsigned edits) {
    struct fuzzy_class *kind = fuzzy->classes;
    for (; kind < fuzzy->classes + fuzzy->class_count; kind++)
        if (kind->len == head_len(len) && kind->edits == edits)
            return kind;
    fuzzy->class_count++;
    *kind = (struct fuzzy_class){.len = (uint32_t)head_len(len),
                                 .left = (uint32_t)left_of(head_len(len), edits),
                                 .edits = edits,
                                 .least = UINT32_MAX};
    kind->salt = pattern_mix(fuzzy->salt + 2 * kind->len + edits);
    return kind;
}

static uint64_t head_hash(const struct fuzzy_class *kind, const struct head *head) {
    return finish(head->sums[0][head->len], ~kind->salt);
}

/* Puts the pattern's characters behind codes and widens the bounds that it widens. */
static struct filed file_word(struct match_patterns *patterns, uint32_t number, uint32_t *codes,
                              size_t *used) {
    struct pattern_fuzzy *fuzzy = &patterns->fuzzy;
    struct span text = pattern_text(patterns, number);
    struct filed filed = {.number = number, .at = (uint32_t)*used, .edits = patterns->all[number].edits};
    for (size_t at = 0; at < text.len; filed.len++)
        codes[(*used)++] = pattern_character(text, &at);
    struct fuzzy_class *kind = class_of(fuzzy, filed.len, filed.edits);
    uint32_t least = (uint32_t)left_of(filed.len, filed.edits), most = filed.len + filed.edits;
    kind->least = least < kind->least ? least : kind->least;
    kind->most = most > kind->most ? most : kind->most;
    fuzzy->shortest = least < fuzzy->shortest ? least : fuzzy->shortest;
    fuzzy->longest = most > fuzzy->longest ? most : fuzzy->longest;
    struct head head;
    sum_head(fuzzy, codes + filed.at, filed.len, &head);
    filed.hash = head_hash(kind, &head);
    return filed;
}

static int by_hash(const void *a, const void *b) {
    const struct filed *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static bool same_group(const struct filed *a, const struct filed *b, const uint32_t *codes) {
    size_t len = head_len(a->len);
    return a->hash == b->hash && a->edits == b->edits && len == head_len(b->len) &&
           memcmp(codes + a->at, codes + b->at, len * sizeof *codes) == 0;
}

static void add_reference(struct pattern_fuzzy *fuzzy, uint64_t rest, uint32_t group) {
    pattern_bloom_add(&fuzzy->bloom, rest);
    size_t at = place_of(fuzzy, rest);
    while (fuzzy->places[at].group != PATTERN_NONE && fuzzy->places[at].tag != tag_of(rest))
        at = at + 1 < fuzzy->place_count ? at + 1 : 0;
    struct fuzzy_place *place = &fuzzy->places[at];
    if (place->group == PATTERN_NONE) {
        *place = (struct fuzzy_place){.tag = tag_of(rest), .group = group};
        return;
    }
    struct fuzzy_link *links = fuzzy->links;
    if (!(place->group & FUZZY_LINKED)) {
        links[fuzzy->link_count] = (struct fuzzy_link){.group = place->group, .next = PATTERN_NONE};
        place->group = (uint32_t)fuzzy->link_count++ | FUZZY_LINKED;
    }
    links[fuzzy->link_count] = (struct fuzzy_link){.group = group, .next = place->group & ~FUZZY_LINKED};
    place->group = (uint32_t)fuzzy->link_count++ | FUZZY_LINKED;
}

static bool is_among(const uint64_t *hashes, size_t count, uint64_t hash) {
    for (size_t i = 0; i < count; i++)
        if (hashes[i] == hash)
            return true;
    return false;
}

/* All that can be left of the group's head, each once; their number. */
static size_t list_rests(struct pattern_fuzzy *fuzzy, const struct filed *filed, const uint32_t *codes,
                         uint64_t *rests) {
    const struct fuzzy_class *kind = class_of(fuzzy, filed->len, filed->edits);
    struct head head;
    sum_head(fuzzy, codes + filed->at, filed->len, &head);
    size_t found = rests_of(&head, head.len, head.len - kind->left, kind->salt, rests), count = 0;
    for (size_t i = 0; i < found; i++)
        if (!is_among(rests, count, rests[i]))
            rests[count++] = rests[i];
    return count;
}

/* Room for so many references. */
static void begin_table(struct pattern_fuzzy *fuzzy, size_t references) {
    fuzzy->place_count = references + references / 2 + 1;
    ASSERT(references < FUZZY_LINKED / 2);
    fuzzy->places = xmalloc(fuzzy->place_count * sizeof *fuzzy->places);
    for (size_t i = 0; i < fuzzy->place_count; i++)
        fuzzy->places[i] = (struct fuzzy_place){.group = PATTERN_NONE};
    fuzzy->links = xmalloc((references + 1) * 2 * sizeof *fuzzy->links);
    pattern_bloom_init(&fuzzy->bloom, references);
}

/* The words by group, and what refers to the groups. */
static void write_groups(struct pattern_fuzzy *fuzzy, const struct filed *filed, size_t count,
                         const uint32_t *codes) {
    size_t references = 0, group = 0;
    uint64_t rests[RESTS_MAX];
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !same_group(&filed[i - 1], &filed[i], codes))
            references += list_rests(fuzzy, &filed[i], codes, rests);
    begin_table(fuzzy, references);
    for (size_t i = 0; i < count; i++) {
        uint32_t *cells = fuzzy->cells;
        if (i == 0 || !same_group(&filed[i - 1], &filed[i], codes)) {
            group = fuzzy->cell_count;
            cells[fuzzy->cell_count++] = filed[i].edits;
            cells[fuzzy->cell_count++] = 0;
            for (size_t rest = list_rests(fuzzy, &filed[i], codes, rests); rest-- > 0;)
                add_reference(fuzzy, rests[rest], (uint32_t)group);
        }
        cells[group + 1]++;
        cells[fuzzy->cell_count++] = filed[i].number;
        cells[fuzzy->cell_count++] = filed[i].len;
        memcpy(cells + fuzzy->cell_count, codes + filed[i].at, filed[i].len * sizeof *codes);
        fuzzy->cell_count += filed[i].len;
    }
    fuzzy->cells = xrealloc(fuzzy->cells, fuzzy->cell_count * sizeof *fuzzy->cells);
    fuzzy->links = xrealloc(fuzzy->links, (fuzzy->link_count + 1) * sizeof *fuzzy->links);
}

void pattern_fuzzy_build(struct match_patterns *patterns) {
    struct pattern_fuzzy *fuzzy = &patterns->fuzzy;
    size_t count = 0, bytes = 0, used = 0;
    for (size_t i = 0; i < patterns->count; i++) {
        count += patterns->all[i].kind == PATTERN_FUZZY;
        bytes += patterns->all[i].kind == PATTERN_FUZZY ? patterns->all[i].len : 0;
    }
    if (count == 0)
        return;
    ASSERT(bytes + 4 * count < FUZZY_LINKED);
    fuzzy->salt = pattern_mix(patterns->seed + 2);
    for (uint64_t i = 0; i < FUZZY_HEAD; i++)
        fuzzy->weights[i] = pattern_mix(patterns->seed + 3 + i) | 1;
    fuzzy->shortest = UINT32_MAX;
    fuzzy->cells = xmalloc((bytes + 4 * count) * sizeof *fuzzy->cells);
    uint32_t *codes = xmalloc((bytes + 1) * sizeof *codes);
    struct filed *filed = xmalloc(count * sizeof *filed);
    count = 0;
    for (uint32_t i = 0; i < patterns->count; i++)
        if (patterns->all[i].kind == PATTERN_FUZZY)
            filed[count++] = file_word(patterns, i, codes, &used);
    qsort(filed, count, sizeof *filed, by_hash);
    write_groups(fuzzy, filed, count, codes);
    patterns->shortest = fuzzy->shortest < patterns->shortest ? fuzzy->shortest : patterns->shortest;
    free(codes);
    free(filed);
}

void pattern_fuzzy_free(struct pattern_fuzzy *fuzzy) {
    free(fuzzy->bloom.words);
    free(fuzzy->places);
    free(fuzzy->links);
    free(fuzzy->cells);
}

size_t pattern_fuzzy_bytes(const struct pattern_fuzzy *fuzzy) {
    return fuzzy->bloom.count * 8 + fuzzy->place_count * sizeof *fuzzy->places +
           (fuzzy->link_count + 1) * sizeof *fuzzy->links + fuzzy->cell_count * sizeof *fuzzy->cells;
}

/* Finding -------------------------------------------------------------------------------------------------
 */

/* The word in characters. */
struct tried {
    const uint32_t *codes;
    size_t len;
};

/* The rests of the word that pass the filter; their number. */
static size_t pass_class(const struct pattern_try *try, const struct fuzzy_class *kind,
                         const struct head *head, uint64_t *rests) {
    const struct pattern_fuzzy *fuzzy = &try->patterns->fuzzy;
    size_t used = head->len < kind->len ? head->len : kind->len, passed = 0;
    size_t count = rests_of(head, used, used - kind->left, kind->salt, rests);
    if (!pattern_spend(try, 1 + count / 2))
        return 0;
    for (size_t i = 0; i < count; i++) { /* without a branch that nobody can foretell */
        uint64_t rest = rests[i];
        rests[passed] = rest;
        passed += pattern_bloom_has(&fuzzy->bloom, rest) ? 1 : 0;
    }
    size_t once = 0;
    for (size_t i = 0; i < passed; i++) {
        if (is_among(rests, once, rests[i]))
            continue;
        rests[once++] = rests[i];
        __builtin_prefetch(&fuzzy->places[place_of(fuzzy, rests[i])]);
    }
    return once;
}

/* The groups that have the rest, put down as found numbers are. */
static void list_groups(const struct pattern_try *try, uint64_t rest) {
    const struct pattern_fuzzy *fuzzy = &try->patterns->fuzzy;
    size_t at = place_of(fuzzy, rest);
    while (fuzzy->places[at].group != PATTERN_NONE && fuzzy->places[at].tag != tag_of(rest))
        at = at + 1 < fuzzy->place_count ? at + 1 : 0;
    uint32_t group = fuzzy->places[at].group;
    if (group == PATTERN_NONE || !(group & FUZZY_LINKED)) {
        if (group != PATTERN_NONE)
            pattern_list_add(&try->work->groups, group);
        return;
    }
    for (uint32_t link = group & ~FUZZY_LINKED; link != PATTERN_NONE; link = fuzzy->links[link].next) {
        if (!pattern_spend(try, FAR_STEPS))
            return;
        pattern_list_add(&try->work->groups, fuzzy->links[link].group);
    }
}

static void try_group(const struct pattern_try *try, const struct tried *word, uint32_t group) {
    const uint32_t *cells = try->patterns->fuzzy.cells + group;
    unsigned edits = cells[0];
    size_t count = pattern_spend(try, FAR_STEPS) ? cells[1] : 0;
    cells += 2;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = cells[0], len = cells[1];
        if (!pattern_spend(try, 4 + len / 2))
            return;
        if (pattern_near(cells + 2, len, word->codes, word->len, edits))
            pattern_list_add(&try->work->found, number);
        cells += 2 + len;
    }
}

/* Its characters; false: no fuzzy word is as long or as short. */
static bool read_word(const struct pattern_try *try, struct tried *word) {
    const struct pattern_fuzzy *fuzzy = &try->patterns->fuzzy;
    size_t len = 0;
    for (size_t at = 0; at < try->word.len;) {
        if (len >= fuzzy->longest)
            return false;
        try->work->codes[len++] = pattern_character(try->word, &at);
    }
    *word = (struct tried){.codes = try->work->codes, .len = len};
    return len >= fuzzy->shortest;
}

void pattern_fuzzy_find(const struct pattern_try *try) {
    const struct pattern_fuzzy *fuzzy = &try->patterns->fuzzy;
    struct pattern_list *groups = &try->work->groups;
    struct tried word;
    struct head head;
    uint64_t rests[FUZZY_CLASSES * RESTS_MAX];
    size_t count = 0;
    size_t longest = try->word.len < fuzzy->longest ? try->word.len : fuzzy->longest;
    if (fuzzy->class_count == 0 || !pattern_spend(try, longest / 4) || !read_word(try, &word))
        return;
    sum_head(fuzzy, word.codes, word.len, &head);
    for (const struct fuzzy_class *kind = fuzzy->classes; kind < fuzzy->classes + fuzzy->class_count; kind++)
        if (kind->least <= word.len && word.len <= kind->most && word.len >= kind->left)
            count += pass_class(try, kind, &head, rests + count);
    groups->count = 0;
    for (size_t i = 0; i < count && !try->budget->cut; i++)
        list_groups(try, rests[i]);
    pattern_list_sort(groups);
    for (size_t i = 0; i < groups->count; i++)
        __builtin_prefetch(fuzzy->cells + groups->numbers[i]);
    for (size_t i = 0; i < groups->count && !try->budget->cut; i++)
        try_group(try, &word, groups->numbers[i]);
}
