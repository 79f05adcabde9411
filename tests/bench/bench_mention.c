/* Reading a mention: mention_read() against jansson (JSON_REJECT_DUPLICATES), which is what one would use
 * without it. Both in one process, turn about; CPU time of the thread; the median of the rounds. */
#include "earshot/mention.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 9, ROUND_NS = 200 * 1000 * 1000, BATCH = 64 };

/* What a connector writes: every member, most of them known. */
#define HEAD                                                                                                 \
    "{\"id\":\"mastodon:example.social:113520945\",\"source\":{\"kind\":\"social\",\"platform\":"            \
    "\"mastodon\","                                                                                          \
    "\"host\":\"example.social\"},\"type\":\"post\",\"native_id\":\"113520945\","                            \
    "\"url\":\"https://example.social/@ann/113520945\",\"title\":null,\"text\":\""
#define TAIL                                                                                                 \
    "\",\"language\":\"en\",\"author\":{\"id\":\"109\",\"handle\":\"ann\",\"name\":\"Ann Lindqvist\","       \
    "\"url\":\"https://example.social/@ann\",\"followers\":1204},\"created_at\":\"2026-11-21T20:25:55Z\","   \
    "\"updated_at\":null,\"collected_at\":\"2026-11-21T20:25:57Z\",\"in_reply_to\":null,\"thread_id\":null," \
    "\"repost_of\":null,\"hashtags\":[\"acme\"],\"mentions\":[],\"links\":[],\"attachments\":[],"            \
    "\"engagement\":{\"likes\":3,\"reposts\":0,\"replies\":1,\"views\":null,\"score\":null}}"

#define EN_TEXT                                                                                              \
    "My new Acme speaker keeps losing the connection after an hour. Support says reset it, I did "           \
    "that three times. Love the sound, hate the app #acme"

static const struct {
    const char *name, *text;
} CASES[] = {
    {"English, 700 bytes", HEAD EN_TEXT TAIL},
    {"the same with escapes",
     HEAD "My new \\\"Acme\\\" speaker keeps losing the connection after an hour.\\nSupport says "
          "reset it,\\nI did that three times. Love the sound \\ud83d\\ude21 #acme" TAIL},
    {"German", HEAD
     "Mein neuer Acme-Lautsprecher verliert st\u00e4ndig die Verbindung. F\u00fcr den Preis h\u00e4tte ich "
     "mehr erwartet, \u00fcber den Klang kann ich nicht klagen #acme" TAIL},
    {"Chinese", HEAD
     "\u65b0\u8cb7\u7684\u63da\u8072\u5668\u7528\u4e86\u4e00\u500b\u5c0f\u6642\u5c31\u65b7\u7dda\uff0c"
     "\u5ba2\u670d\u53eb\u6211\u91cd\u7f6e\uff0c\u6211\u8a66\u4e86\u4e09\u6b21\u9084\u662f\u4e00\u6a23\u3002"
     "\u97f3\u8cea\u5f88\u597d\uff0c\u4f46\u662f\u61c9\u7528\u7a0b\u5f0f\u592a\u5dee\u4e86\u3002#acme" TAIL},
    {"English, 4,000 bytes", HEAD EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT
                                 EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT
                                     EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT EN_TEXT TAIL},
};

static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

typedef void read_f(struct span text, struct arena *arena);

static void read_ours(struct span text, struct arena *arena) {
    struct mention mention;
    struct fault fault;
    ASSERT(mention_read(text, MENTION_RAW, arena, &mention, &fault));
    arena_reset(arena);
}

static void read_jansson(struct span text, struct arena *arena) {
    (void)arena;
    json_error_t error;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    ASSERT(root);
    json_decref(root);
}

/* Nanoseconds a mention, over one round. */
static double round_of(read_f *read, struct span text, struct arena *arena) {
    int64_t begin = cpu_ns(), spent;
    size_t count = 0;
    do {
        for (int i = 0; i < BATCH; i++)
            read(text, arena);
        count += BATCH;
        spent = cpu_ns() - begin;
    } while (spent < ROUND_NS);
    return (double)spent / (double)count;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    struct arena *arena = arena_new(16384);
    printf("%-22s %6s | %12s %8s %8s | %12s %8s | %6s\n", "mention", "bytes", "mention_read", "MB/s", "ns",
           "jansson", "MB/s", "times");
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct span text = span_of(CASES[i].text);
        double ours[ROUNDS], jansson[ROUNDS], bytes = (double)text.len;
        for (int round = 0; round < ROUNDS; round++) {
            ours[round] = round_of(read_ours, text, arena);
            jansson[round] = round_of(read_jansson, text, arena);
        }
        qsort(ours, ROUNDS, sizeof *ours, by_value);
        qsort(jansson, ROUNDS, sizeof *jansson, by_value);
        double a = ours[ROUNDS / 2], b = jansson[ROUNDS / 2];
        printf("%-22s %6zu | %10.0f/s %8.0f %8.0f | %10.0f/s %8.0f | %6.1f\n", CASES[i].name, text.len,
               1e9 / a, bytes * 1e3 / a, a, 1e9 / b, bytes * 1e3 / b, b / a);
    }
    arena_free(&arena);
    return 0;
}
