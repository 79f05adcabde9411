/* feed_mention: feed.md says which field becomes which member. */
#include "feed_mention.h"

#include "earshot/times.h"

#include <inttypes.h>

enum { HOST_MAX = 254 };

void feed_host(struct span url, char *out, size_t size) {
    struct span sep = SPAN("://");
    size_t len = 0;
    out[0] = '\0';
    if (url.len < 4 || strncasecmp(url.ptr, "http", 4) != 0)
        return;
    const char *at = memmem(url.ptr, url.len, sep.ptr, sep.len), *end = url.ptr + url.len;
    if (!at)
        return;
    at += sep.len;
    const char *stop = at;
    while (stop < end && !strchr("/?#", *stop))
        stop++;
    const char *user = memrchr(at, '@', (size_t)(stop - at));
    at = user ? user + 1 : at;
    bool brackets = at < stop && *at == '[';
    for (; at < stop && len + 1 < size && (brackets || *at != ':'); at++) {
        out[len++] = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
        if (brackets && *at == ']')
            break;
    }
    out[len] = '\0';
}

static struct span known(struct span text) {
    return text.ptr ? text : SPAN("");
}

uint64_t feed_entry_id(const struct feed_entry *entry) {
    if (entry->guid.len)
        return feed_hash(FEED_HASH, entry->guid);
    if (entry->link.len)
        return feed_hash(FEED_HASH, entry->link);
    return feed_hash(feed_hash(FEED_HASH, known(entry->title)), known(entry->text));
}

uint32_t feed_entry_content(const struct feed_entry *entry) {
    uint64_t hash = feed_hash(feed_hash(FEED_HASH, known(entry->title)), known(entry->text));
    return (uint32_t)(hash ^ hash >> 32);
}

static void add_text(struct buf *out, const char *name, struct span text) {
    if (!text.ptr)
        return;
    buf_printf(out, ",\"%s\":", name);
    buf_add_json(out, text);
}

static void add_time(struct buf *out, const char *name, int64_t seconds) {
    char text[TIMES_TEXT];
    times_print(seconds, text);
    buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void add_author(struct buf *out, const struct feed_entry *entry) {
    if (!entry->author.ptr)
        return;
    buf_add_str(out, ",\"author\":{\"name\":");
    buf_add_json(out, entry->author);
    add_text(out, "url", entry->author_url);
    buf_add_char(out, '}');
}

void feed_mention_print(const struct feed_entry *entry, const struct feed_place *place, int64_t first,
                        bool changed, int64_t now, struct buf *out) {
    char host[HOST_MAX];
    feed_host(entry->link, host, sizeof host);
    int64_t created = entry->created_at == FEED_NO_TIME ? first : entry->created_at;
    int64_t updated = entry->updated_at;
    if (changed && updated == FEED_NO_TIME)
        updated = now;
    buf_printf(out, "{\"id\":\"rss:%s:%016" PRIx64 "\",\"source\":{\"kind\":\"%s\",\"platform\":\"rss\"",
               place->host, feed_entry_id(entry), place->kind);
    add_text(out, "host", span_of(*host ? host : place->host));
    buf_add_str(out, "},\"type\":\"article\"");
    add_text(out, "native_id", entry->guid);
    add_text(out, "url", entry->link);
    add_text(out, "title", entry->title);
    add_text(out, "text", entry->text);
    add_text(out, "language", entry->language);
    add_author(out, entry);
    add_time(out, "created_at", created);
    if (updated != FEED_NO_TIME)
        add_time(out, "updated_at", updated);
    buf_add_char(out, '}');
}
