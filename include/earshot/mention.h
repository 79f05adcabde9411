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

enum { MENTION_BYTES_MAX = 256 * 1024, MENTION_DEPTH_MAX = 32 };
#define MENTION_NO_TIME INT64_MIN

/* Which appended members must be there; those of later stages must not (FAULT_RESERVED in RAW). */
enum mention_stage { MENTION_RAW, MENTION_MATCHED, MENTION_ENRICHED };

struct mention_range {
    struct span field; /* "title", "text", "hashtags", "mentions" */
    uint32_t start, end;
    double weight; /* of analysis words; 0 in matches */
};

struct mention_match {
    struct span id;
    int64_t version;
    struct span at; /* the JSON array as it stands: [[field,start,end],…] */
};

struct mention_analysis {
    struct span label; /* positive, neutral, negative */
    int score;         /* thousandths, -1000..1000 */
    struct span words; /* the JSON array as it stands */
};

/* Strings are decoded (escapes undone): they point into the input where there was no escape, else into the
 * arena. Absent and null are both {NULL, 0}. */
struct mention {
    struct span id, platform, kind, host, type, url, title, text, language, country;
    struct span author; /* the JSON object as it stands */
    struct span author_id, author_handle, author_name;
    int64_t followers;                            /* -1 unknown */
    int64_t created_at, updated_at, collected_at; /* Unix seconds, floor; MENTION_NO_TIME */
    const struct span *hashtags, *mentions;
    size_t hashtag_count, mention_count;
    size_t body_end; /* byte of the object's closing brace: what is appended goes here */

    const struct mention_match *matches; /* MATCHED and later */
    size_t match_count;
    struct span analysis_language;           /* ENRICHED */
    const struct mention_analysis *analyses; /* in the order of matches, as many */
};

/* Validates all of json and fills out. false: fault has reason, byte and a sentence. Never reads past len. */
bool mention_read(struct span json, enum mention_stage stage, struct arena *arena, struct mention *out,
                  struct fault *fault) MUST_CHECK;

/* Appends `,"name":value` before the closing brace of json: out is json with it. */
void mention_append(struct buf *out, struct span json, const struct mention *mention, const char *name,
                    struct span value);

#endif
