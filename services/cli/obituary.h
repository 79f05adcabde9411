/* obituary: dead letters, each once, the newest kept. Pure. */
#ifndef CLI_OBITUARY_H
#define CLI_OBITUARY_H

#include "screen.h"

#include "earshot/bus.h"

#include <jansson.h>

struct obituary_entry {
    char *key, *reason, *detail, *from; /* "" where the header is absent */
    int64_t timestamp;                  /* ms */
    int64_t byte, size;                 /* -1: unknown */
    char *value;                        /* the first OBITUARY_VALUE bytes */
    size_t value_len;
};

enum { OBITUARY_VALUE = 4096, OBITUARY_REASONS = 16, OBITUARY_REASON_LEN = 24 };

struct obituary {
    const char *reason; /* only these; NULL: all */
    size_t limit;       /* entries kept */
    struct obituary_entry *entries;
    size_t count;
    size_t total; /* different ones seen, of all reasons */
    struct {
        char name[OBITUARY_REASON_LEN];
        size_t n;
    } reasons[OBITUARY_REASONS]; /* the last takes what is more */
    size_t reason_count;
    uint64_t *keys; /* hashes of the keys seen: open addressing, a power of two */
    size_t key_cap;
};

void obituary_init(struct obituary *obituary, size_t limit, const char *reason);
void obituary_free(struct obituary *obituary);
/* A bus_row_f. */
void obituary_see(void *self, const struct bus_record *record);
/* Newest first. */
void obituary_settle(struct obituary *obituary);

void obituary_show(struct screen *screen, const struct obituary *obituary);
/* "7 dead letters: json 4, utf8 3" and a newline. */
void obituary_show_count(struct screen *screen, const struct obituary *obituary);
/* A JSON object a line: key, at, reason, detail, byte, size, from, and value (or value_base64 where it is no
 * UTF-8), cut to OBITUARY_VALUE bytes. */
void obituary_print(struct buf *out, const struct obituary *obituary);

#endif
