/* match: alerts compiled to an immutable index, and mentions tried against all of them at once. Pure: no
 * clock, no I/O. The language: query.md beside this file. An index may be used by many threads, each with a
 * scratch of its own. */
#ifndef EARSHOT_MATCH_H
#define EARSHOT_MATCH_H

#include "earshot/arena.h"
#include "earshot/base.h"

enum { MATCH_ALERTS_MAX = 1000, MATCH_RANGES_MAX = 32 };

/* An id may come more than once, with versions that are in force at different times. */
struct match_alert {
    struct span id;
    int64_t version; /* offset of the alert's record in `alerts` */
    struct span query;
    int64_t from, to; /* in force for documents with from <= time, and time < to where to is not 0 */
};

enum match_field { MATCH_TITLE, MATCH_TEXT, MATCH_HASHTAGS, MATCH_MENTIONS };

/* Half open: bytes of the decoded UTF-8 for title and text, elements for hashtags and mentions. */
struct match_range {
    enum match_field field;
    uint32_t start, end;
};

struct match {
    struct span id; /* borrowed from the index */
    int64_t version;
    const struct match_range *ranges; /* by field, then start; not overlapping; at most MATCH_RANGES_MAX; one
                                         an occurrence of a word or phrase, those that overlap made one */
    size_t range_count;
    bool ranges_cut;
};

/* What of a mention is matched: decoded, valid UTF-8. */
struct match_document {
    struct span title, text;
    const struct span *hashtags, *mentions; /* elements, with or without their # or @ */
    size_t hashtag_count, mention_count;
    int64_t time; /* against the alerts' from and to */
};

struct match_index;
struct match_scratch;

/* Copies what it needs. Every query must parse (query_parse_carried): one that does not is a bug of the
 * caller. */
struct match_index *match_compile(const struct match_alert *alerts, size_t count) MUST_CHECK;
void match_index_free(struct match_index **index);
size_t match_index_count(const struct match_index *index);

struct match_scratch *match_scratch_new(void) MUST_CHECK;
void match_scratch_free(struct match_scratch **scratch);

/* The matching alerts sorted by id (bytewise), at most MATCH_ALERTS_MAX (*cut says how many more there were).
 * *out lives in the arena. Returns their number. */
size_t match_run(const struct match_index *index, struct match_scratch *scratch,
                 const struct match_document *document, struct arena *arena, const struct match **out,
                 size_t *cut) MUST_CHECK;

#endif
