/* show_volume: a plot and, where they are few, a row a bucket; on a pipe only rows, all of them, whose first
 * line begins with #. */
#include "plot.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>

struct bucket {
    int64_t start, mentions, positive, neutral, negative; /* mentions -1: no longer kept */
    bool scored;
    double score;
};

static bool read_bucket(const json_t *row, struct bucket *out) {
    if (json_array_size(row) != 6 || !json_is_integer(json_array_get(row, 0)))
        return false;
    const json_t *mentions = json_array_get(row, 1), *score = json_array_get(row, 5);
    *out = (struct bucket){
        .start = json_integer_value(json_array_get(row, 0)),
        .mentions = json_is_integer(mentions) ? json_integer_value(mentions) : -1,
        .positive = json_integer_value(json_array_get(row, 2)),
        .neutral = json_integer_value(json_array_get(row, 3)),
        .negative = json_integer_value(json_array_get(row, 4)),
        .scored = json_is_number(score),
        .score = json_number_value(score),
    };
    return true;
}

static void add_plain_rows(struct screen *screen, const json_t *buckets, const char *grain) {
    buf_printf(screen->out, "%-16s %9s %9s %9s %9s %7s\n",
               strcmp(grain, "day") ? "# time (UTC)" : "# day (UTC)", "mentions", "positive", "neutral",
               "negative", "score");
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        struct bucket bucket;
        if (!read_bucket(json_array_get(buckets, i), &bucket))
            continue;
        buf_printf(screen->out, "%-16s", show_time(bucket.start, grain).text);
        if (bucket.mentions < 0) {
            buf_printf(screen->out, " %9s %9s %9s %9s %7s\n", "-", "-", "-", "-", "-");
            continue;
        }
        buf_printf(screen->out, " %9lld %9lld %9lld %9lld %7s\n", (long long)bucket.mentions,
                   (long long)bucket.positive, (long long)bucket.neutral, (long long)bucket.negative,
                   bucket.scored ? signed_of(bucket.score).text : "-");
    }
}

/* A bar of three parts, as long as the bucket is large. */
static void add_bar(struct screen *screen, const struct bucket *bucket, int64_t top, int width) {
    const struct {
        int64_t n;
        enum style style;
        const char *block;
    } parts[] = {{bucket->positive, STYLE_GOOD, "█"},
                 {bucket->neutral, STYLE_DIM, screen->colour ? "█" : "▒"},
                 {bucket->negative, STYLE_BAD, screen->colour ? "█" : "░"}};
    int64_t sum = 0;
    int done = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        sum += parts[i].n;
        int end = (int)((double)sum / (double)top * width + 0.5);
        end = end == 0 && sum > 0 ? 1 : end;
        screen_style(screen, parts[i].style);
        screen_repeat(screen, parts[i].block, end - done);
        screen_style(screen, STYLE_NONE);
        done = end;
    }
}

static void add_rows(struct screen *screen, const json_t *buckets, const char *grain, int64_t top) {
    enum { LEFT = 45 };
    int width = screen->width - LEFT > 4 ? screen->width - LEFT : 0;
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        struct bucket bucket;
        if (!read_bucket(json_array_get(buckets, i), &bucket))
            continue;
        buf_printf(screen->out, "%-16s", show_time(bucket.start, grain).text);
        if (bucket.mentions < 0) {
            screen_text(screen, STYLE_DIM, "  no longer kept");
        } else if (bucket.mentions > 0) {
            char plus[24], minus[24];
            snprintf(plus, sizeof plus, "+%lld", (long long)bucket.positive);
            snprintf(minus, sizeof minus, "-%lld", (long long)bucket.negative);
            buf_printf(screen->out, " %9s", digits_of(bucket.mentions).text);
            screen_text(screen, STYLE_GOOD, "  %6s", plus);
            screen_text(screen, STYLE_BAD, " %6s  ", minus);
            add_bar(screen, &bucket, top, width);
        }
        buf_add_char(screen->out, '\n');
    }
}

void show_plot(struct screen *screen, const json_t *buckets, const char *grain, int height) {
    size_t count = json_array_size(buckets), per;
    if (count == 0)
        return;
    int64_t *values = xcalloc(count, sizeof *values);
    int64_t ends[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        struct bucket bucket = {.mentions = -1};
        if (!read_bucket(json_array_get(buckets, i), &bucket))
            continue;
        values[i] = bucket.mentions;
        ends[i > 0] = bucket.start;
        if (i == 0)
            ends[1] = bucket.start;
    }
    struct digits from = show_time(ends[0], grain), to = show_time(ends[1], grain);
    const struct plot plot = {
        .values = values, .count = count, .height = height, .from = from.text, .to = to.text};
    plot_draw(screen, &plot, &per);
    if (per > 1)
        screen_text(screen, STYLE_DIM, "%9s one column is %zu %ss\n", "", per, grain);
    free(values);
}

static bool add_up(const json_t *buckets, struct bucket *total, int64_t *top) {
    for (size_t i = 0; i < json_array_size(buckets); i++) {
        struct bucket bucket;
        if (!read_bucket(json_array_get(buckets, i), &bucket))
            return false;
        if (bucket.mentions < 0)
            continue;
        total->mentions += bucket.mentions;
        total->positive += bucket.positive;
        total->negative += bucket.negative;
        *top = bucket.mentions > *top ? bucket.mentions : *top;
    }
    return true;
}

bool show_volume(struct screen *screen, const json_t *reply) {
    const json_t *buckets = json_object_get(reply, "buckets");
    struct span grain = show_string(reply, "grain"), alert = show_string(reply, "alert");
    struct bucket total = {0};
    int64_t top = 1;
    if (!json_is_array(buckets) || !grain.ptr || !alert.ptr || !add_up(buckets, &total, &top))
        return false;
    if (!screen->terminal) {
        add_plain_rows(screen, buckets, grain.ptr);
        return true;
    }
    screen_text(screen, STYLE_BOLD, "%s", alert.ptr);
    buf_printf(screen->out, "  %s mentions, by the %s (UTC)", digits_of(total.mentions).text, grain.ptr);
    screen_text(screen, STYLE_GOOD, "  +%s", digits_of(total.positive).text);
    screen_text(screen, STYLE_BAD, "  -%s\n\n", digits_of(total.negative).text);
    show_plot(screen, buckets, grain.ptr, 6);
    buf_add_char(screen->out, '\n');
    if (json_array_size(buckets) <= SHOW_ROWS_MAX)
        add_rows(screen, buckets, grain.ptr, top);
    else
        screen_text(screen, STYLE_DIM, "%zu %ss: a pipe or --json gives each\n", json_array_size(buckets),
                    grain.ptr);
    return true;
}
