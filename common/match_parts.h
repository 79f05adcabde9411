/* The inside of an index, for the files of match. */
#ifndef COMMON_MATCH_PARTS_H
#define COMMON_MATCH_PARTS_H

#include "earshot/match.h"
#include "earshot/text.h"

#define MATCH_NONE UINT32_MAX

/* What is looked up for a position of a text: a word (also the name of a tag), a tag, the name of a tag that
 * a query wrote as a run of several words, a handle, a cashtag, an emoji. */
enum match_space { SPACE_WORD, SPACE_TAG, SPACE_RUN, SPACE_HANDLE, SPACE_CASHTAG, SPACE_EMOJI };

/* A term is one word of queries, however many queries have it. A key is a text in a space; its links are the
 * terms that a text's form E finds there, those not strict also its S and G. */
struct match_link {
    uint32_t term, next;
    bool strict;
};

struct match_key {
    struct span text; /* ptr NULL: free */
    uint32_t hash;
    uint32_t space;
    uint32_t link;
};

struct match_keys {
    struct arena *arena; /* the keys' texts */
    struct match_key *slots;
    size_t slot_count, used; /* slot_count is a power of two */
    struct match_link *links;
    size_t link_count, link_cap;
    struct span *owners; /* by term: the text of its first key */
    uint32_t *costs;     /* by term: a guess of how often texts have it, from its length */
    uint32_t *uses;      /* by term: times that queries have it */
    size_t term_count, term_cap;
    struct text_set words; /* the texts in SPACE_WORD; after match_keys_close() */
};

void match_keys_init(struct match_keys *keys);
void match_keys_free(struct match_keys *keys);
/* The first link of a key; MATCH_NONE. */
uint32_t match_keys_find(const struct match_keys *keys, enum match_space space, struct span text);
/* The term of these forms, made where it is new; counted as used. */
uint32_t match_keys_term(struct match_keys *keys, enum match_space space, struct text_forms forms);

/* All terms are there. */
void match_keys_close(struct match_keys *keys);

/* How often texts have a term, as far as one can guess without texts. */
uint32_t match_keys_cost(const struct match_keys *keys, uint32_t term);

/* A query as an array of nodes: a child is found by its number. */
enum match_kind { NODE_PHRASE, NODE_AND, NODE_OR, NODE_NOT };
struct match_node {
    enum match_kind kind;
    uint32_t first; /* child, or the first of a phrase's terms */
    uint32_t count; /* of a phrase's terms */
    uint32_t next;  /* sibling; MATCH_NONE */
};

struct match_entry {
    struct span id;
    int64_t version, from, to;
    uint32_t root;
};

struct match_index {
    struct arena *arena; /* ids */
    struct match_keys keys;
    struct match_entry *entries; /* by id, then version */
    size_t entry_count;
    struct match_node *nodes;
    size_t node_count, node_cap;
    uint32_t *terms; /* of the phrases */
    size_t phrase_terms, phrase_cap;
    uint32_t *trigger_start; /* by term, one more than there are: where its entries begin in triggers */
    uint32_t *triggers;      /* entries that can only match where the term is */
};

/* An occurrence of a term. Positions count up by field and place; those of different fields, and elements of
 * hashtags and mentions, are never next to each other. */
struct match_spot {
    uint32_t position, start, end;
    enum match_field field;
};

struct match_hit {
    uint32_t term;
    struct match_spot spot;
};

struct match_found {
    uint32_t epoch; /* of the run that filled it */
    uint32_t first, count;
};

struct match_scratch {
    struct text_folder *folder;
    uint32_t epoch;
    struct match_hit *hits; /* in the order of their positions */
    size_t hit_count, hit_cap;
    struct match_spot *spots; /* by term, then position */
    size_t spot_cap;
    struct match_found *found; /* by term */
    size_t found_cap;
    uint32_t *touched; /* terms found in this run */
    size_t touched_count, touched_cap;
    uint32_t *seen; /* by entry: the epoch in which it became a candidate */
    size_t seen_cap;
    uint32_t *candidates;
    size_t candidate_count, candidate_cap;
    uint32_t *leaves; /* phrases that made an entry match */
    size_t leaf_count, leaf_cap;
};

/* Grows *array, of elements of size, to room for need of them. */
void match_room(void *array, size_t *cap, size_t need, size_t size);

/* Finds the terms of the document: fills hits, spots, found, touched. */
void match_look(const struct match_index *index, struct match_scratch *scratch,
                const struct match_document *document);
/* Whether the entry's query is true of what was found; its phrases that made it so are in scratch->leaves. */
bool match_evaluate(const struct match_index *index, struct match_scratch *scratch, uint32_t root) MUST_CHECK;
/* Where those phrases are. */
void match_ranges(const struct match_index *index, const struct match_scratch *scratch, struct arena *arena,
                  struct match *match);

/* The spots of a term in this run. */
static inline const struct match_spot *match_spots(const struct match_scratch *scratch, uint32_t term,
                                                   uint32_t *count) {
    const struct match_found *found = &scratch->found[term];
    *count = found->epoch == scratch->epoch ? found->count : 0;
    return *count ? scratch->spots + found->first : NULL;
}

/* One pass over the occurrences of a phrase, from the left, not overlapping. */
struct match_stream {
    const uint32_t *terms;
    uint32_t count;
    uint32_t *at;           /* by term of the phrase: the spot to look at next */
    uint32_t from;          /* position before which nothing more is given */
    struct match_spot spot; /* the occurrence: of its first word; end is that of its last */
};

bool match_stream_next(struct match_stream *stream, const struct match_scratch *scratch);

#endif
