/* show: what the pages have in common. */
#include "show.h"

#include "earshot/times.h"

#include <stdio.h>

struct digits show_time(int64_t seconds, const char *grain) {
    struct digits digits;
    char text[TIMES_TEXT];
    times_print(seconds, text);
    text[10] = ' ';
    text[strcmp(grain, "day") == 0 ? 10 : 16] = '\0';
    snprintf(digits.text, sizeof digits.text, "%s", text);
    return digits;
}

struct digits show_age(int64_t seconds) {
    static const struct {
        int64_t seconds;
        const char *name;
    } UNITS[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    struct digits digits = {"now"};
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        if (seconds >= UNITS[i].seconds) {
            snprintf(digits.text, sizeof digits.text, "%lld %s", (long long)(seconds / UNITS[i].seconds),
                     UNITS[i].name);
            break;
        }
    }
    return digits;
}

struct span show_string(const json_t *object, const char *member) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_string(value))
        return (struct span){0};
    return (struct span){.ptr = json_string_value(value), .len = json_string_length(value)};
}

int64_t show_integer(const json_t *object, const char *member) {
    return json_integer_value(json_object_get(object, member));
}

void show_opinion(struct screen *screen, const json_t *reply) {
    static const struct {
        const char *name;
        enum style style;
    } LABELS[] = {{"positive", STYLE_GOOD}, {"neutral", STYLE_DIM}, {"negative", STYLE_BAD}};
    int64_t mentions = show_integer(reply, "mentions");
    for (size_t i = 0; i < COUNT_OF(LABELS); i++) {
        int64_t n = show_integer(reply, LABELS[i].name);
        buf_printf(screen->out, "%-10s %9s %5s", LABELS[i].name, digits_of(n).text,
                   percent_of(n, mentions).text);
        if (screen->terminal && n > 0) {
            buf_add_str(screen->out, "  ");
            screen_bar(screen, LABELS[i].style, n, mentions, 30);
        }
        buf_add_char(screen->out, '\n');
    }
}

/* One place of one list: name, number, share; or blank. */
static void add_place(struct screen *screen, const json_t *list, size_t place, int64_t mentions, int width) {
    const json_t *pair = json_array_get(list, place);
    enum { NUMBERS = 16 };
    if (!pair) {
        screen_repeat(screen, " ", width);
        return;
    }
    const json_t *name = json_array_get(pair, 0);
    int64_t n = json_integer_value(json_array_get(pair, 1));
    screen_cell(screen, (struct span){json_string_value(name), json_string_length(name)},
                width - NUMBERS - 2);
    buf_printf(screen->out, " %9s %5s  ", digits_of(n).text, percent_of(n, mentions).text);
}

static void add_side_by_side(struct screen *screen, const json_t *reply, const char *const *names,
                             size_t count, int width) {
    int64_t mentions = show_integer(reply, "mentions");
    for (size_t i = 0; i < count; i++) {
        screen_style(screen, STYLE_BOLD);
        screen_cell(screen, span_of(names[i]), width);
        screen_style(screen, STYLE_NONE);
    }
    buf_add_char(screen->out, '\n');
    for (size_t place = 0; place < SHOW_TOP; place++) {
        bool any = false;
        for (size_t i = 0; i < count; i++)
            any = any || json_array_size(json_object_get(reply, names[i])) > place;
        if (!any)
            break;
        for (size_t i = 0; i < count; i++)
            add_place(screen, json_object_get(reply, names[i]), place, mentions, width);
        buf_add_char(screen->out, '\n');
    }
}

void show_rankings(struct screen *screen, const json_t *reply, const char *const *names, size_t count) {
    enum { NARROW = 28, WIDE = 40 };
    size_t fit = (size_t)(screen->width / NARROW);
    fit = fit < 1 ? 1 : fit > count ? count : fit;
    fit = (count + (count + fit - 1) / fit - 1) / ((count + fit - 1) / fit);
    int width = screen->width / (int)fit;
    width = width > WIDE ? WIDE : width;
    for (size_t i = 0; i < count; i += fit) {
        size_t n = count - i < fit ? count - i : fit;
        if (i > 0)
            buf_add_char(screen->out, '\n');
        add_side_by_side(screen, reply, names + i, n, width);
    }
}
