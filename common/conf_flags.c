/* conf_flags: what stands on the command line. No abbreviations: a flag that is added later must not change
 * what an old script says. */
#include "conf_parts.h"

struct walk {
    struct conf_loader *loader;
    char **at; /* the next argument; the last is NULL */
    bool builtin;
};

/* The argument after a flag. One that looks like a flag is more likely one than a value: --name=--value. */
static const char *following(struct walk *walk) {
    if (!*walk->at || strncmp(*walk->at, "--", 2) == 0) {
        conf_bad(walk->loader, "a value is missing");
        return NULL;
    }
    return *walk->at++;
}

static bool set(struct walk *walk, const struct conf_target *target, const char *text) {
    return target->builtin != walk->builtin || conf_set(walk->loader, target, text);
}

static bool is_bool(const struct conf_target *target) {
    return target->option && target->option->type == CONF_BOOL;
}

static bool unknown(struct conf_loader *loader, struct span name) {
    const char *meant = conf_nearest(loader, CONF_LAYER_FLAGS, name);
    if (meant)
        return conf_bad(loader, "unknown flag; did you mean --%s?", meant);
    return conf_bad(loader, "unknown flag; --help lists them");
}

static bool no_secret(struct conf_loader *loader, struct span name) {
    return conf_bad(loader,
                    "arguments are seen by every user of this machine: give --%.*s-file FILE, or set %s",
                    (int)name.len, name.ptr, conf_variable(loader, name));
}

static bool negated(struct walk *walk, struct span name, const char *value) {
    static const char NO[] = "no-";
    struct span rest = {.ptr = name.ptr + sizeof NO - 1, .len = name.len - (sizeof NO - 1)};
    struct conf_target target;
    if (name.len < sizeof NO || memcmp(name.ptr, NO, sizeof NO - 1) != 0 ||
        !conf_find(walk->loader, CONF_LAYER_FLAGS, rest, &target) || !is_bool(&target))
        return unknown(walk->loader, name);
    if (value)
        return conf_bad(walk->loader, "takes no value");
    return set(walk, &target, "false");
}

/* --name, --name=value, --name value, --no-name. */
static bool long_flag(struct walk *walk, const char *text) {
    struct conf_loader *loader = walk->loader;
    struct conf_target target;
    struct span name = {.ptr = text, .len = strcspn(text, "=")};
    const char *value = text[name.len] ? text + name.len + 1 : NULL;
    loader->place = arena_printf(loader->conf->owned, "--%.*s", (int)name.len, text);
    if (!conf_find(loader, CONF_LAYER_FLAGS, name, &target))
        return negated(walk, name, value);
    if (conf_is_secret(&target) && !target.in_file)
        return no_secret(loader, name);
    if (!value)
        value = is_bool(&target) ? "true" : following(walk);
    return value && set(walk, &target, value);
}

/* -j, -n 5, -n5, -jn5. */
static bool short_flags(struct walk *walk, const char *letters) {
    struct conf_loader *loader = walk->loader;
    for (; *letters; letters++) {
        struct conf_target target;
        loader->place = arena_printf(loader->conf->owned, "-%c", *letters);
        if (!conf_find_letter(loader, *letters, &target))
            return conf_bad(loader, "unknown flag; --help lists them");
        ASSERT(!conf_is_secret(&target));
        if (!is_bool(&target)) {
            const char *value = letters[1] ? letters + 1 : following(walk);
            return value && set(walk, &target, value);
        }
        if (!set(walk, &target, "true"))
            return false;
    }
    return true;
}

bool conf_read_flags(struct conf_loader *loader, int argc, char **argv, bool builtin) {
    struct walk walk = {.loader = loader, .at = argc > 0 ? argv + 1 : argv, .builtin = builtin};
    const char **operands = arena_calloc(loader->conf->owned, (size_t)argc + 1, sizeof *operands);
    bool flags_ended = false;
    loader->conf->operands = operands;
    loader->conf->operand_count = 0;
    while (*walk.at && !loader->builtin.help && !loader->builtin.version) {
        const char *text = *walk.at++;
        if (flags_ended || text[0] != '-' || !text[1])
            operands[loader->conf->operand_count++] = text;
        else if (strcmp(text, "--") == 0)
            flags_ended = true;
        else if (!(text[1] == '-' ? long_flag(&walk, text + 2) : short_flags(&walk, text + 1)))
            return false;
    }
    return true;
}
