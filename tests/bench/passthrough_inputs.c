/* passthrough_inputs: a document of generate.py is an id and a text, which is less than what sources send: it
 * gets the members that a post has beside them, with values of its own, so that the record has about 700
 * bytes and compresses as such records do. */
#include "passthrough_inputs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUE_BYTES = 700, DRESS_MAX = 700 };

struct inputs {
    FILE *mentions, *alerts; /* NULL: made here */
    int64_t mention_count, alert_count, alerts_wanted;
    char *line, *value;
    size_t line_cap, value_cap;
    char key[80];
};

static FILE *open_in(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        die(EXIT_FAILED, "%s: %s: matchers/generate.py makes it", path, strerror(errno));
    return file;
}

struct inputs *inputs_new(const struct inputs_from *from) {
    struct inputs *inputs = xcalloc(1, sizeof *inputs);
    inputs->alerts_wanted = from->folder ? from->alerts : 1;
    if (from->folder) {
        inputs->mentions = open_in(from->folder, "mentions.ndjson");
        inputs->alerts = open_in(from->folder, "alerts.ndjson");
    }
    inputs->value_cap = VALUE_BYTES + 64;
    inputs->value = xcalloc(1, inputs->value_cap);
    return inputs;
}

void inputs_free(struct inputs **inputs) {
    struct inputs *gone = *inputs;
    *inputs = NULL;
    if (gone->mentions) {
        fclose(gone->mentions);
        fclose(gone->alerts);
    }
    free(gone->line);
    free(gone->value);
    free(gone);
}

/* Without its end; absent where there is none. */
static struct span next_line(struct inputs *inputs, FILE *file) {
    ssize_t len = getline(&inputs->line, &inputs->line_cap, file);
    if (len <= 0)
        return (struct span){NULL, 0};
    return (struct span){inputs->line, (size_t)len - (inputs->line[len - 1] == '\n')};
}

/* A mention that matches, at two places as a rule: words, so that compression has its usual work. */
static size_t make_value(char *out, int64_t i) {
    static const char *const WORDS[64] = {
        "speaker", "battery",  "the",     "sound",  "is",       "great",    "bought",  "again",
        "never",   "my",       "and",     "works",  "a",        "bass",     "return",  "love",
        "after",   "two",      "weeks",   "of",     "use",      "it",       "still",   "charges",
        "fast",    "but",      "remote",  "app",    "keeps",    "crashing", "when",    "I",
        "open",    "settings", "support", "said",   "they",     "would",    "replace", "in",
        "March",   "which",    "was",     "nice",   "compared", "to",       "other",   "brands",
        "price",   "seems",    "fair",    "volume", "could",    "be",       "higher",  "overall",
        "happy",   "with",     "this",    "one",    "kitchen",  "bath",     "travel",  "box"};
    uint64_t random = (uint64_t)i * 0x9e3779b97f4a7c15u + 12345;
    size_t len = (size_t)sprintf(out,
                                 "{\"id\":\"bench:%" PRId64 "\",\"source\":{\"platform\":\"bench\"},\"type\":"
                                 "\"post\",\"created_at\":\"2026-11-21T20:25:55Z\",\"text\":\"speaker ",
                                 i);
    while (len < VALUE_BYTES - 12) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        len += (size_t)sprintf(out + len, "%s ", WORDS[random >> 58]);
    }
    return len + (size_t)sprintf(out + len, "\"}");
}

/* Half of them are not known, as it is with posts. */
static size_t make_dress(char *out, int64_t i) {
    uint64_t random = ((uint64_t)i + 1) * 0x9e3779b97f4a7c15u;
    unsigned author = (unsigned)(random >> 40), number = (unsigned)(random >> 20 & 0xFFFFF);
    return (size_t)snprintf(
        out, DRESS_MAX,
        "{\"native_id\":\"11%08u\",\"type\":\"post\",\"url\":\"https://social.example/@u%06x/"
        "11%08u\",\"title\":null,"
        "\"language\":null,\"author\":{\"id\":\"%u\",\"handle\":\"u%06x\",\"name\":\"User %06x\",\"url\":"
        "\"https://social.example/"
        "@u%06x\",\"followers\":%u},\"collected_at\":\"2026-11-25T00:00:%02uZ\",\"in_reply_to\":"
        "null,\"links\":[],\"hashtags\":[],\"mentions\":[],\"engagement\":{\"likes\":%u,\"reposts\":null,"
        "\"replies\":%u,"
        "\"views\":null,\"score\":null},",
        number, author, number, author, author, author, author, number % 5000, number % 60, number % 97,
        number % 13);
}

static struct span dressed(struct inputs *inputs, struct span line, int64_t i) {
    if (inputs->value_cap < line.len + DRESS_MAX) {
        inputs->value_cap = 2 * (line.len + DRESS_MAX);
        inputs->value = xrealloc(inputs->value, inputs->value_cap);
    }
    size_t len = make_dress(inputs->value, i);
    memcpy(inputs->value + len, line.ptr + 1, line.len - 1); /* without its brace */
    return (struct span){inputs->value, len + line.len - 1};
}

void inputs_mention(struct inputs *inputs, struct input *out) {
    int64_t i = inputs->mention_count++;
    snprintf(inputs->key, sizeof inputs->key, "bench:%" PRId64, i);
    out->key = span_of(inputs->key);
    if (!inputs->mentions) {
        out->value = (struct span){inputs->value, make_value(inputs->value, i)};
        return;
    }
    struct span line = next_line(inputs, inputs->mentions);
    if (!line.len)
        die(EXIT_FAILED, "mentions.ndjson has only %" PRId64 " documents: ask for fewer records", i);
    out->value = dressed(inputs, line, i);
}

bool inputs_alert(struct inputs *inputs, struct input *out) {
    if (inputs->alert_count >= inputs->alerts_wanted)
        return false;
    inputs->alert_count++;
    if (!inputs->alerts) {
        *out = (struct input){SPAN("acme"), SPAN("{\"id\":\"acme\",\"query\":\"speaker\"}")};
        return true;
    }
    out->value = next_line(inputs, inputs->alerts);
    if (!out->value.len || sscanf(out->value.ptr, "{\"id\": \"%64[^\"]\"", inputs->key) != 1)
        die(EXIT_FAILED, "alerts.ndjson has no alert in line %" PRId64, inputs->alert_count);
    out->key = span_of(inputs->key);
    return true;
}
