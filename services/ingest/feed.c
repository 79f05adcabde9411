/* feed: looks at each feed from time to time and gives the entries that are new or say something else. All
 * feeds share one http; one answer is parsed and given at a time. What is a good neighbour: conditional
 * requests, the server's Retry-After, longer pauses after failures, and no two feeds in step. */
#include "connector.h"
#include "feed_mention.h"

#include "earshot/http.h"
#include "earshot/log.h"
#include "earshot/metrics.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PARALLEL = 16,
    BODY_MAX = 8 << 20,
    TIMEOUT_MS = 30000,
    PAUSE_MAX_MS = 6 * 3600 * 1000,
    DAY_MS = 24 * 3600 * 1000,
    FAILURES_MAX = 16,
    ARENA_FIRST = 64 * 1024,
    ITEM_MAX = 1 << 20,
    HOST_MAX = 254,
};

struct feed_conf {
    const char *url;
    int64_t every;
    int kind;
};

static const char *const KINDS[] = {"news", "blog", "forum", "review", "social", "web"};

#define AT(field) offsetof(struct feed_conf, field)
// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "url", .type = CONF_STRING, .offset = AT(url), .argument = "URL",
     .help = "address of the feed: RSS, RDF or Atom"},
    {.name = "every", .type = CONF_DURATION, .offset = AT(every), .fallback = "15m", .argument = "TIME",
     .min = 10000, .max = DAY_MS, .help = "how often it is looked at"},
    {.name = "kind", .type = CONF_CHOICE, .offset = AT(kind), .fallback = "news",
     .choices = "news|blog|forum|review|social|web", .help = "source.kind of its mentions"},
    {0},
};
// clang-format on

struct look {
    const struct source *source;
    const struct feed_conf *conf;
    char host[HOST_MAX];
    struct feed_memory memory;
    bool changed; /* memory, since cursor() was asked */
    bool under_way, looked;
    int failures;
    bool told_moved;
    int64_t due; /* monotonic ms */
};

struct feeds {
    const struct connector_host *host;
    struct look *looks;
    size_t count;
    struct http *http;

    struct look *now; /* whose entries are given; NULL: none */
    struct feed feed;
    size_t left; /* entries of feed, the last first */
    char *etag, *modified;
    struct arena *arena;
    struct buf item;
    char position[24];
    struct metric *fetched, *unchanged, *failed;
};

static const char *check(const void *conf_) {
    const struct feed_conf *conf = conf_;
    char host[HOST_MAX];
    if (!conf->url || !*conf->url)
        return "url: say the address of the feed";
    if (strncasecmp(conf->url, "http://", 7) != 0 && strncasecmp(conf->url, "https://", 8) != 0)
        return "url: must begin with http:// or https://";
    feed_host(span_of(conf->url), host, sizeof host);
    if (!*host || strpbrk(host, "\"\\ \t"))
        return "url: names no host";
    return NULL;
}

static struct metric *fetches(const char *result) {
    char labels[40];
    snprintf(labels, sizeof labels, "result=\"%s\"", result);
    return metrics_counter("earshot_feed_fetches_total", "Looks at feeds, by what came of them", labels);
}

static void *start(const struct connector_host *host, const struct source *sources, size_t count,
                   struct buf *message) {
    (void)message;
    struct feeds *feeds = xcalloc(1, sizeof *feeds);
    feeds->host = host;
    feeds->looks = xcalloc(count, sizeof *feeds->looks);
    feeds->count = count;
    feeds->http = http_new("Earshot/" EARSHOT_VERSION " (feed reader)", PARALLEL, BODY_MAX, TIMEOUT_MS);
    feeds->arena = arena_new(ARENA_FIRST);
    buf_init(&feeds->item, ITEM_MAX);
    feeds->fetched = fetches("fetched");
    feeds->unchanged = fetches("unchanged");
    feeds->failed = fetches("failed");
    for (size_t i = 0; i < count; i++) {
        struct look *look = &feeds->looks[i];
        look->source = &sources[i];
        look->conf = sources[i].conf;
        look->due = host->monotonic();
        feed_host(span_of(look->conf->url), look->host, sizeof look->host);
        if (sources[i].cursor.ptr && !feed_memory_parse(sources[i].cursor, &look->memory))
            log_warn("feed.cursor", "%s: its cursor cannot be read: giving all its entries", sources[i].id);
    }
    return feeds;
}

static void forget_answer(struct feeds *feeds) {
    free(feeds->etag);
    free(feeds->modified);
    feeds->etag = feeds->modified = NULL;
    feeds->now = NULL;
    arena_reset(feeds->arena);
}

static void stop(void *self) {
    struct feeds *feeds = self;
    forget_answer(feeds);
    for (size_t i = 0; i < feeds->count; i++)
        feed_memory_free(&feeds->looks[i].memory);
    http_free(&feeds->http);
    arena_free(&feeds->arena);
    buf_free(&feeds->item);
    free(feeds->looks);
    free(feeds);
}

/* --- when --- */

/* A tenth more or less, so that feeds do not stay in step. */
static int64_t jittered(const struct feeds *feeds, int64_t ms) {
    int64_t tenth = ms / 10;
    return ms - tenth + (tenth ? (int64_t)(feeds->host->random() % (uint64_t)(2 * tenth)) : 0);
}

static void plan(struct feeds *feeds, struct look *look, int64_t retry_after_ms) {
    int64_t pause = look->conf->every;
    for (int i = 0; i < look->failures && pause < PAUSE_MAX_MS; i++)
        pause *= 2;
    int64_t most = look->conf->every > PAUSE_MAX_MS ? look->conf->every : PAUSE_MAX_MS;
    pause = jittered(feeds, pause < most ? pause : most);
    if (retry_after_ms > pause)
        pause = retry_after_ms < DAY_MS ? retry_after_ms : DAY_MS;
    look->due = feeds->host->monotonic() + pause;
}

static void ask_due(struct feeds *feeds) {
    int64_t now = feeds->host->monotonic();
    for (size_t i = 0; i < feeds->count; i++) {
        struct look *look = &feeds->looks[i];
        if (look->under_way || look->due > now || (feeds->host->once && look->looked))
            continue;
        const struct http_request request = {
            .url = look->conf->url,
            .etag = look->memory.etag,
            .last_modified = look->memory.modified,
            .tag = look,
        };
        look->under_way = true;
        http_get(feeds->http, &request);
    }
}

/* --- answers --- */

static void fail(struct feeds *feeds, struct look *look, const struct http_response *answer,
                 const char *why) {
    metric_add(feeds->failed, 1);
    if (look->failures == 0)
        log_warn("feed.failing", "%s: %s; trying again, less and less often", look->source->id, why);
    look->failures += look->failures < FAILURES_MAX;
    plan(feeds, look, answer->retry_after_ms);
}

static void succeed(struct feeds *feeds, struct look *look, const struct http_response *answer) {
    if (look->failures)
        log_info("feed.recovered", "%s: it can be read again", look->source->id);
    look->failures = 0;
    if (answer->moved_permanently && !look->told_moved) {
        look->told_moved = true;
        log_warn("feed.moved", "%s: moved for good to %s: change its url", look->source->id, answer->url);
    }
    plan(feeds, look, answer->retry_after_ms);
}

static void read_feed(struct feeds *feeds, struct look *look, const struct http_response *answer) {
    struct buf why;
    buf_init(&why, 400);
    if (feed_parse(answer->body, answer->content_type, answer->url, feeds->arena, &feeds->feed, &why)) {
        succeed(feeds, look, answer);
        metric_add(feeds->fetched, 1);
        feed_memory_begin(&look->memory);
        feeds->now = look;
        feeds->left = feeds->feed.count;
        feeds->etag = answer->etag ? xstrdup(answer->etag) : NULL;
        feeds->modified = answer->last_modified ? xstrdup(answer->last_modified) : NULL;
    } else {
        fail(feeds, look, answer, buf_span(&why).ptr);
        arena_reset(feeds->arena);
    }
    buf_free(&why);
}

static void on_answer(struct feeds *feeds, const struct http_response *answer) {
    struct look *look = answer->tag;
    char why[64];
    look->under_way = false;
    look->looked = true;
    if (answer->status == 304) {
        metric_add(feeds->unchanged, 1);
        succeed(feeds, look, answer);
    } else if (answer->status == 200)
        read_feed(feeds, look, answer);
    else if (answer->status == 0)
        fail(feeds, look, answer, answer->problem);
    else {
        snprintf(why, sizeof why, "the server answers with status %d", answer->status);
        fail(feeds, look, answer, why);
    }
}

/* --- entries --- */

static void give(struct feeds *feeds, const struct feed_entry *entry, int64_t first, bool changed,
                 struct item *item) {
    struct look *look = feeds->now;
    const struct feed_place place = {.kind = KINDS[look->conf->kind], .host = look->host};
    buf_clear(&feeds->item);
    feed_mention_print(entry, &place, first, changed, feeds->host->now(), &feeds->item);
    int len = snprintf(feeds->position, sizeof feeds->position, "%016llx",
                       (unsigned long long)feed_entry_id(entry));
    *item = (struct item){
        .source = (size_t)(look - feeds->looks),
        .bytes = buf_span(&feeds->item),
        .size = feeds->item.len,
        .position = {feeds->position, (size_t)len},
    };
}

/* The next entry that is new or changed, the oldest (last) first. false: the document is through. */
static bool next_entry(struct feeds *feeds, struct item *item) {
    struct look *look = feeds->now;
    while (feeds->left > 0) {
        const struct feed_entry *entry = &feeds->feed.entries[--feeds->left];
        uint64_t id = feed_entry_id(entry);
        uint32_t content = feed_entry_content(entry);
        int64_t now = feeds->host->now();
        struct feed_seen *seen = feed_memory_find(&look->memory, id);
        if (seen && seen->content == content)
            continue;
        look->changed = true;
        if (seen)
            seen->content = content;
        else
            feed_memory_add(&look->memory, id, content, now);
        give(feeds, entry, seen ? seen->first : now, seen, item);
        return true;
    }
    feed_memory_end(&look->memory, feeds->etag, feeds->modified);
    look->changed = true;
    forget_answer(feeds);
    return false;
}

static bool all_looked(const struct feeds *feeds) {
    for (size_t i = 0; i < feeds->count; i++) {
        if (!feeds->looks[i].looked)
            return false;
    }
    return true;
}

static enum step step(void *self, int timeout_ms, struct item *item) {
    struct feeds *feeds = self;
    if (feeds->now && next_entry(feeds, item))
        return STEP_ITEM;
    ask_due(feeds);
    if (http_running(feeds->http) == 0) {
        if (feeds->host->once && all_looked(feeds))
            return STEP_DONE;
        timeout_ms = timeout_ms < 0 ? 0 : timeout_ms;
    }
    const struct http_response *answer = http_next(feeds->http, timeout_ms);
    if (answer)
        on_answer(feeds, answer);
    return feeds->now && next_entry(feeds, item) ? STEP_ITEM : STEP_IDLE;
}

static bool cursor(void *self, size_t source, struct buf *out) {
    struct feeds *feeds = self;
    struct look *look = &feeds->looks[source];
    if (!look->changed)
        return false;
    look->changed = false;
    feed_memory_print(&look->memory, out);
    return true;
}

const struct connector CONNECTOR_FEED = {
    .name = "feed",
    .about = "entries of RSS, RDF and Atom feeds",
    .operands = "URL…",
    .operand = "url",
    .options = OPTIONS,
    .conf_size = sizeof(struct feed_conf),
    .check = check,
    .start = start,
    .step = step,
    .cursor = cursor,
    .stop = stop,
};
