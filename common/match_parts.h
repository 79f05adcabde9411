/* The inside of an index, for the files of match. Reading order: match_code.h, match_program.c (a query
 * becomes a program), match_file.c (under which of its words it is filed), match_flat.c (it is written as it
 * is run), match_run.c (a document calls up programs), match_evaluate.c, match_proximity.c, match_window.c,
 * match_predicate.c (a program is tried). */
#ifndef COMMON_MATCH_PARTS_H
#define COMMON_MATCH_PARTS_H

#include "match_code.h"
#include "match_patterns.h"
#include "query_tree.h"

#include "earshot/buf.h"
#include "earshot/match.h"

#define MATCH_NONE UINT32_MAX

/* The index. */

/* Programs begin with a line of the processor's cache; in the first is none. */
enum { MATCH_LINE = 64 / sizeof(uint32_t), MATCH_NO_PROGRAM = 0 };

/* A program that a document calls up which has an anchor, if it may have what the program needs: bits of the
 * document's signature, both of needs and one of either. */
struct match_posting {
    uint32_t program; /* in code */
    uint16_t needs[2], either[2];
};

/* postings from first on; count 0: the slot is free */
struct match_anchor {
    uint64_t hash;
    uint32_t first, count;
};

struct match_index {
    uint64_t seed;
    struct arena *arena; /* ids and texts of predicates */
    const char *ids;     /* one behind the other */
    uint32_t *programs;  /* in code: by id, then version */
    size_t program_count;
    uint32_t *code;
    size_t code_count, code_cap;
    uint64_t *hashes; /* of spellings, while it is compiled */
    size_t hash_count, hash_cap;
    struct query_predicate *predicates;
    size_t predicate_count, predicate_cap;
    struct match_patterns *patterns;
    uint64_t *pattern_hashes;
    bool authors, sites, links; /* some query looks there */
    bool pairs;                 /* some query is filed under one */

    uint64_t *filter; /* a bit for each anchor */
    uint64_t filter_mask;
    struct match_anchor *anchors; /* open-addressed */
    uint64_t anchor_mask;
    struct match_posting *postings;
    size_t posting_count;
    uint32_t *always; /* programs without an anchor */
    size_t always_count;
};

static inline struct span match_entry_id(const struct match_index *index, struct match_entry entry) {
    return (struct span){index->ids + entry.id, entry.id_len};
}

static inline size_t match_filter_bit(const struct match_index *index, uint64_t hash) {
    return hash & index->filter_mask;
}

static inline size_t match_anchor_slot(const struct match_index *index, uint64_t hash) {
    return hash >> 20 & index->anchor_mask;
}

/* A document's signature has a byte for each of 1,024 classes of hashes. */
enum { MATCH_SIGNATURE = 1024 };
static inline uint16_t match_signature_bit(uint64_t hash) {
    return (uint16_t)(hash >> 54);
}

/* Four bytes of a link, in small letters. */
enum { MATCH_GRAM = 4 };
static inline uint64_t match_gram(uint64_t seed, const char *bytes) {
    return text_hash(seed, MATCH_SPACE_PATTERN, (struct span){bytes, MATCH_GRAM});
}

static inline uint64_t match_pattern_hash(uint64_t seed, uint32_t number) {
    return text_hash(seed, MATCH_SPACE_PATTERN, (struct span){(const char *)&number, sizeof number});
}

/* Compiling. */

/* Zeroed memory that is looked at here and there, so that many small pages cost more than few large ones. */
void *match_pages(size_t size) MUST_CHECK;
/* Grows *array, of elements of size, to room for need of them. */
void match_grow(void *array, size_t *cap, size_t need, size_t size);
/* The same, where there is less. */
static inline void match_room(void *array, size_t *cap, size_t need, size_t size) {
    if (need > *cap)
        match_grow(array, cap, need, size);
}
/* Appends to code: units of it; a node, to which all belongs that is appended before its end. */
uint32_t *match_put(struct match_index *index, size_t units);
size_t match_begin(struct match_index *index, enum match_op op);
void match_finish(struct match_index *index, size_t node);
/* Appends the query's program; where it begins. */
uint32_t match_program(struct match_index *index, struct text_folder *folder, struct match_entry entry,
                       const struct query *query);
/* Writes all programs anew, as they are run. */
void match_flatten(struct match_index *index);
/* Files every program under what it needs, and flattens it. */
void match_file(struct match_index *index, const struct match_sample *sample);

/* In how many of a million documents it is; UINT32_MAX: nobody knows. sample may be NULL. */
uint32_t match_sample_frequency(const struct match_sample *sample, uint64_t hash);

/* Running. */

/* Of an operand of NEAR. */
struct match_occurrence {
    uint32_t first, last;       /* positions */
    uint32_t marks, mark_count; /* in scratch->marks: what to show, instead of start to end */
    uint32_t start, end;
    uint8_t field;
    bool used;
};

struct match_matched {
    const uint32_t *program;
    uint32_t first, count; /* in ranges */
    bool ranges_cut;
};

/* The next key; MATCH_NONE: none. */
struct match_link {
    uint32_t next;   /* with these bits of the hash */
    uint32_t beside; /* at this place */
};

struct match_scratch {
    struct text_words *words;
    struct match_memo *memo;
    struct buf small;                /* a word in small letters */
    const struct match_index *index; /* this and the next: of the run */
    const struct match_document *document;
    struct text_folder *folder;
    struct buf folded; /* links and hosts, in small letters, a NUL behind each */
    struct {
        uint32_t start, end;
    } urls; /* in folded */
    struct {
        uint32_t first, end;
    } field_places[2];                  /* of title and text */
    uint8_t signature[MATCH_SIGNATURE]; /* 0 or 1 */

    uint64_t *hits;                     /* hashes that may be anchors */
    const struct match_anchor **called; /* those that are */
    size_t called_cap;
    size_t hit_count, hit_cap;
    uint64_t *met; /* a set of hits */
    size_t met_cap;
    uint32_t *candidates, *sorting; /* programs */
    size_t candidate_count, candidate_cap, sorting_cap;
    struct match_matched *matched;
    size_t matched_count, matched_cap;

    uint32_t *heads; /* by some bits of the hash: the first key; MATCH_NONE: none */
    size_t head_cap;
    uint64_t head_mask;
    uint32_t *at; /* by place: the first key there */
    size_t at_cap;
    struct match_link *links; /* by key */
    size_t link_cap;

    int64_t steps_left; /* below 0: there were too many, and what is found from then on does not count */
    bool collects;      /* ranges are wanted: no short cuts */
    struct match_range *ranges;
    size_t range_count, range_cap;
    bool ranges_cut;
    struct match_occurrence *occurrences;
    size_t occurrence_count, occurrence_cap;
    uint32_t *marks; /* positions */
    size_t mark_count, mark_cap;
};

/* False: there were too many. */
static inline bool match_spend(struct match_scratch *scratch, size_t steps) {
    scratch->steps_left -= (int64_t)steps;
    return scratch->steps_left >= 0;
}

/* Keys of 32 bits of a hash, by position; MATCH_NONE behind the last. */

static inline uint32_t match_key_from(const struct match_scratch *scratch, uint32_t hash, uint32_t key) {
    while (key != MATCH_NONE && (uint32_t)scratch->words->keys[key].hash != hash)
        key = scratch->links[key].next;
    return key;
}

static inline uint32_t match_first_key(const struct match_scratch *scratch, uint32_t hash) {
    return match_key_from(scratch, hash, scratch->heads[hash >> 8 & scratch->head_mask]);
}

static inline uint32_t match_next_key(const struct match_scratch *scratch, uint32_t key) {
    return match_key_from(scratch, (uint32_t)scratch->words->keys[key].hash, scratch->links[key].next);
}

/* Fills scratch->heads, at and links from the document's keys. */
void match_table(struct match_scratch *scratch);
/* The words of the document, and what else is hashed of it. */
void match_look(const struct match_index *index, struct match_scratch *scratch,
                const struct match_document *document);
/* Whether the program's node is true; with scratch->collects what made it so is appended to ranges, else
 * nothing is. */
bool match_evaluate(struct match_scratch *scratch, const uint32_t *node) MUST_CHECK;
bool match_predicate(const struct match_scratch *scratch, const struct query_predicate *predicate) MUST_CHECK;

/* Evaluating, below a whole program. */

/* The places of a word, ascending. */
struct match_cursor {
    const uint32_t *spellings[2];
    uint32_t keys[2]; /* of each the next; MATCH_NONE: no more */
    uint32_t fields;
};

/* False: there are none. */
bool match_cursor_open(struct match_cursor *cursor, const struct match_scratch *scratch, const uint32_t *word,
                       uint32_t fields) MUST_CHECK;
/* The next place; MATCH_NONE behind the last. */
uint32_t match_cursor_next(struct match_cursor *cursor, struct match_scratch *scratch);

/* The occurrences of a PHRASE or WORD. */
struct match_phrase {
    uint32_t words, rarest;
    const uint32_t *others;     /* word nodes */
    struct match_cursor cursor; /* of the rarest */
};
bool match_phrase_open(struct match_phrase *phrase, const struct match_scratch *scratch, const uint32_t *node,
                       uint32_t fields) MUST_CHECK;
/* Where the next begins, ascending; MATCH_NONE behind the last. They may overlap. */
uint32_t match_phrase_next(struct match_phrase *phrase, struct match_scratch *scratch);

/* An ENTITY's next bytes in a field from byte `from` on. */
struct match_entity {
    enum match_field field;
    uint32_t start, end;
    uint32_t first, last; /* places inside; MATCH_NONE: none is */
};
bool match_entity_next(struct match_scratch *scratch, const uint32_t *node, enum match_field field,
                       size_t from, struct match_entity *out) MUST_CHECK;

bool match_near(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) MUST_CHECK;
bool match_window(struct match_scratch *scratch, const uint32_t *node, uint32_t fields) MUST_CHECK;
/* Appends the occurrences of a WINDOW to scratch->occurrences, with their marks. */
void match_window_occurrences(struct match_scratch *scratch, const uint32_t *node, uint32_t fields);

static inline void match_add_range(struct match_scratch *scratch, uint8_t field, uint32_t start,
                                   uint32_t end) {
    match_room(&scratch->ranges, &scratch->range_cap, scratch->range_count + 1, sizeof *scratch->ranges);
    scratch->ranges[scratch->range_count++] =
        (struct match_range){.field = (enum match_field)field, .start = start, .end = end};
}

#endif
