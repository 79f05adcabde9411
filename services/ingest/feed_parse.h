/* feed_parse: RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom, as far as feeds keep to them, as one list of entries
 * in plain text. Pure: no network, no external entities, no DTDs. */
#ifndef EARSHOT_INGEST_FEED_PARSE_H
#define EARSHOT_INGEST_FEED_PARSE_H

#include "earshot/arena.h"
#include "earshot/buf.h"

enum { FEED_ENTRIES_MAX = 5000, FEED_TITLE_MAX = 2000, FEED_TEXT_MAX = 100000, FEED_SHORT_MAX = 1000 };
#define FEED_NO_TIME INT64_MIN

/* Valid UTF-8; ptr NULL: not given. */
struct feed_entry {
    struct span guid, link, title, text, author, author_url, language;
    int64_t created_at, updated_at; /* Unix seconds; FEED_NO_TIME */
};

struct feed {
    struct span title;
    struct feed_entry *entries; /* in the document's order */
    size_t count;
};

/* Everything in out lives in the arena. content_type: of the HTTP answer, NULL allowed: its charset goes
 * before the document's own, a byte order mark before both. url: relative links are resolved against it.
 * false: it is no feed; message says what it is. */
bool feed_parse(struct span bytes, const char *content_type, const char *url, struct arena *arena,
                struct feed *out, struct buf *message) MUST_CHECK;

#endif
