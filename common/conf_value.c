/* conf_value: text to values. Units are asked for where a bare number would leave one guessing. */
#include "conf_parts.h"

#include <stdio.h>

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit DURATIONS[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
                                        {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const struct unit SIZES[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};
static const struct unit NUMBERS[] = {{"", 1}, {NULL, 0}};

/* The digits at *at, which goes past them; false: there are none, or too many. */
static bool take_digits(const char **at, int64_t *out) {
    const char *begin = *at;
    *out = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        int digit = **at - '0';
        if (*out > (INT64_MAX - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return *at > begin;
}

/* A number and one of the units; zero needs none. */
static bool take_number(const char *text, const struct unit *units, int64_t *out) {
    bool negative = *text == '-' && units == NUMBERS;
    const char *at = text + negative;
    if (!take_digits(&at, out))
        return false;
    const struct unit *unit = units;
    while (unit->name && strcmp(unit->name, at) != 0)
        unit++;
    if (!unit->name)
        return *out == 0 && !*at;
    if (*out > INT64_MAX / unit->factor)
        return false;
    *out *= negative ? -unit->factor : unit->factor;
    return true;
}

/* In the greatest unit that it is a whole number of. */
static void print_number(int64_t value, const struct unit *units, char out[32]) {
    const struct unit *best = units;
    for (const struct unit *unit = units; unit->name && value != 0; unit++)
        if (value % unit->factor == 0)
            best = unit;
    snprintf(out, 32, "%lld%s", (long long)(value / best->factor), best->name);
}

static bool set_number(struct conf_loader *loader, const struct conf_option *option, const char *text,
                       int64_t *to) {
    const struct unit *units = option->type == CONF_DURATION ? DURATIONS
                               : option->type == CONF_SIZE   ? SIZES
                                                             : NUMBERS;
    static const char *const WANTED[] = {[CONF_INT] = "a whole number",
                                         [CONF_DURATION] = "a time such as 250ms, 10s, 5m, 2h or 7d",
                                         [CONF_SIZE] = "a size such as 65536, 64KiB, 4MiB or 1GiB"};
    bool any = option->min == 0 && option->max == 0;
    int64_t value, max = any ? INT64_MAX : option->max;
    char limit[32];
    if (!take_number(text, units, &value))
        return conf_bad(loader, "`%s` is not %s", text, WANTED[option->type]);
    if (value < option->min || value > max) {
        print_number(value < option->min ? option->min : max, units, limit);
        return conf_bad(loader, "%s is %s than %s", text, value < option->min ? "less" : "more", limit);
    }
    *to = value;
    return true;
}

static bool set_bool(struct conf_loader *loader, const char *text, bool *to) {
    static const char *const WORDS[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strcmp(text, WORDS[i]) == 0) {
            *to = i % 2;
            return true;
        }
    return conf_bad(loader, "`%s` is neither true nor false", text);
}

static bool set_choice(struct conf_loader *loader, const struct conf_option *option, const char *text,
                       int *to) {
    const char *at = option->choices;
    for (int i = 0;; i++) {
        size_t len = strcspn(at, "|");
        if (len == strlen(text) && memcmp(at, text, len) == 0) {
            *to = i;
            return true;
        }
        if (!at[len])
            return conf_bad(loader, "`%s` is none of %s", text, option->choices);
        at += len + 1;
    }
}

static bool set_option(struct conf_loader *loader, const struct conf_target *target, const char *text) {
    void *to = (char *)target->filled + target->option->offset;
    switch (target->option->type) {
    case CONF_STRING:
    case CONF_SECRET:
        *(const char **)to = arena_copy(loader->conf->owned, span_of(text));
        return true;
    case CONF_INT:
    case CONF_DURATION:
    case CONF_SIZE:
        return set_number(loader, target->option, text, to);
    case CONF_BOOL:
        return set_bool(loader, text, to);
    case CONF_CHOICE:
        return set_choice(loader, target->option, text, to);
    case CONF_HEADING:
        break;
    }
    ASSERT(target->option->type != CONF_HEADING);
    return false;
}

/* The list is in the arena: its room doubles whenever it is full. */
static void set_property(struct conf *conf, struct span name, const char *value) {
    for (size_t i = 0; i < conf->property_count; i++)
        if (span_eq(name, span_of(conf->properties[i].name))) {
            conf->properties[i].value = arena_copy(conf->owned, span_of(value));
            return;
        }
    size_t count = conf->property_count;
    if ((count & (count - 1)) == 0) {
        struct conf_property *more = arena_calloc(conf->owned, count ? 2 * count : 1, sizeof *more);
        if (count)
            memcpy(more, conf->properties, count * sizeof *more);
        conf->properties = more;
    }
    conf->properties[conf->property_count++] = (struct conf_property){
        .name = arena_copy(conf->owned, name), .value = arena_copy(conf->owned, span_of(value))};
}

bool conf_set(struct conf_loader *loader, const struct conf_target *target, const char *text) {
    if (target->in_file && !(text = conf_read_secret(loader, text)))
        return false;
    if (target->option)
        return set_option(loader, target, text);
    set_property(loader->conf, target->property, text);
    return true;
}
