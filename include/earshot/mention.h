/* mention: one public utterance as it flows through the topics: JSON, validated strictly, read fast, grown by
 * appending. The members, their types and the limits: mention.md beside this file.
 *
 * Nothing here parses to a DOM and prints again: unknown members and the original bytes are kept. */
#ifndef EARSHOT_MENTION_H
#define EARSHOT_MENTION_H

#include "earshot/arena.h"
#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/fault.h"

enum {
    MENTION_BYTES_MAX = 256 * 1024,       /* of a raw one */
    MENTION_RECORD_MAX = 2 * 1024 * 1024, /* with what the stages append: Kafka's max.message.bytes */
    MENTION_DEPTH_MAX = 32,
    MENTION_ID_MAX = 512, /* bytes, decoded; so are the next three */
    MENTION_PLATFORM_MAX = 64,
    MENTION_LANGUAGE_MAX = 35, /* RFC 5646, section 4.4.1 */
    MENTION_COUNTRY_MAX = 64,
    MENTION_MATCHES_MAX = 1000,
    MENTION_RANGES_MAX = 32, /* in the `at` of a match */
    MENTION_WORDS_MAX = 8,   /* in the `words` of an analysis */
};
#define MENTION_NO_TIME INT64_MIN

/* Which appended members must be there; those of later stages must not (FAULT_RESERVED). */
enum mention_stage { MENTION_RAW, MENTION_MATCHED, MENTION_ENRICHED };

/* Half open: bytes of title or text as they are decoded here, elements of hashtags or mentions. Checked by
 * mention_read(): start <= end, and end is inside. */
struct mention_range {
    struct span field; /* "title", "text", "hashtags", "mentions" */
    uint32_t start, end;
    double weight; /* of analysis words; 0 in matches */
};

struct mention_match {
    struct span id; /* alert_id_ok() */
    int64_t version;
    struct span at; /* the JSON array as it stands: [[field,start,end],…]; see mention_ranges() */
    bool at_cut;    /* there were more */
};

struct mention_analysis {
    struct span id;    /* of the match in the same place */
    struct span label; /* positive, neutral, negative */
    int score;         /* thousandths, -1000..1000 */
    struct span words; /* the JSON array as it stands: [[field,start,end,weight],…]; see mention_ranges() */
};

/* Strings are decoded (escapes undone): they point into the input where there was no escape, else into the
 * arena. Absent and null are both {NULL, 0}. */
struct mention {
    struct span id, platform, kind, host, type, url, title, text, language, country;
    struct span author; /* the JSON object as it stands */
    struct span author_id, author_handle, author_name;
    struct span in_reply_to, repost_of;
    int64_t followers, likes, reposts, replies;   /* -1 unknown */
    double rating;                                /* its value; NAN unknown */
    int64_t created_at, updated_at, collected_at; /* Unix seconds, floor; MENTION_NO_TIME */
    const struct span *hashtags, *mentions, *links;
    size_t hashtag_count, mention_count, link_count, attachment_count;
    size_t body_end; /* byte of the object's closing brace: what is appended goes here */

    const struct mention_match *matches; /* MATCHED and later; by id, none twice */
    size_t match_count;
    int64_t matches_cut;                     /* matches that there were beyond these */
    struct span analysis_language, intent;   /* ENRICHED; of a record of before there were intents: absent */
    int risk;                                /* thousandths, 0..1000 */
    struct span reasons;                     /* the JSON array as it stands */
    const struct mention_analysis *analyses; /* in the order of matches, as many */
};

/* Validates all of json and fills out. false: fault has reason, byte and a sentence that names the member.
 * Never reads past len. out lives as long as json and the arena. A null record (ptr NULL) is a FAULT_JSON. */
bool mention_read(struct span json, enum mention_stage stage, struct arena *arena, struct mention *out,
                  struct fault *fault) MUST_CHECK;

/* The elements of an `at` or `words` that mention_read() gave; their number. *out lives in the arena. */
size_t mention_ranges(struct span array, struct arena *arena, const struct mention_range **out) MUST_CHECK;

/* A source may claim any time: one that is more than this after the mention was collected is not believed. */
enum { MENTION_AHEAD_MAX = 3600 };
/* When it was collected, as far as the log agrees; MENTION_NO_TIME where nobody says. logged_at: of its
 * record, Unix seconds; 0: unknown. */
int64_t mention_collected(const struct mention *mention, int64_t logged_at) MUST_CHECK;
/* When it counts: created_at, or where that is ahead of it, when it was collected. */
int64_t mention_dated(const struct mention *mention, int64_t logged_at) MUST_CHECK;

/* Appends json with `,"name":value` before its closing brace to out. value may hold further members behind
 * itself: `[…],"matches_cut":3`. */
void mention_append(struct buf *out, struct span json, const struct mention *mention, const char *name,
                    struct span value);

#endif
