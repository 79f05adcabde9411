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

/* What of a mention is matched: decoded, valid UTF-8. What is unknown is {NULL, 0}, or as it says. */
struct match_document {
    struct span title, text;
    const struct span *hashtags, *mentions; /* elements, with or without their # or @ */
    size_t hashtag_count, mention_count;
    int64_t time; /* against the alerts' from and to */

    struct span author_handle, author_name;
    struct span url, host, platform, kind, type, language, country;
    const struct span *links; /* those of title and text are seen there */
    size_t link_count;
    bool reply, repost, media;
    int64_t followers, engagement; /* -1: unknown */
    double rating;                 /* NAN: unknown */
};

/* How often words come in mentions: queries are filed under the rarest of theirs. Without it that is guessed.
 * One thread at a time; match_compile() only reads it. */
struct match_sample;

struct match_sample *match_sample_new(void) MUST_CHECK;
void match_sample_free(struct match_sample **sample);
/* What match_run() last saw with this scratch. */
struct match_scratch;
void match_sample_add(struct match_sample *sample, const struct match_scratch *scratch);

struct match_index;

struct match_options {
    uint64_t seed;                     /* of the hashes: nobody who writes mentions should know it */
    const struct match_sample *sample; /* taken with an index of the same seed; NULL: none */
};

/* Copies what it needs. Every query must parse: one that does not is a bug of the caller. options NULL: all
 * of it is 0. */
struct match_index *match_compile(const struct match_alert *alerts, size_t count,
                                  const struct match_options *options) MUST_CHECK;
void match_index_free(struct match_index **index);
/* From `to` on no version of this alert in it is in force; what was so before stays. While nobody else uses
 * it.
 */
void match_index_end(struct match_index *index, struct span id, int64_t to);
size_t match_index_count(const struct match_index *index);
/* Memory that it takes. */
size_t match_index_bytes(const struct match_index *index);

struct match_scratch *match_scratch_new(void) MUST_CHECK;
void match_scratch_free(struct match_scratch **scratch);

struct match_result {
    const struct match *matches; /* by id (bytewise), then version; in the arena */
    size_t count;                /* at most MATCH_ALERTS_MAX */
    size_t cut;                  /* how many more there were */
    bool bounded;                /* so much was to be tried that the rest was left out: MATCH_STEPS_MAX */
};

/* A document costs so many steps at most (one is about a look at a word, an alert in force that is tried
 * costs 200 more); what is found by then counts. */
enum { MATCH_STEPS_MAX = 2000000 };

struct match_result match_run(const struct match_index *index, struct match_scratch *scratch,
                              const struct match_document *document, struct arena *arena) MUST_CHECK;

#endif
