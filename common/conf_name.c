/* conf_name: names: which there are, which was meant, and what they are called in the environment. */
#include "conf_parts.h"

#include "earshot/edits.h"

#define KAFKA "kafka."
#define FILE_ "-file"

/* name is text with the suffix behind it. */
static bool is_with(struct span name, const char *text, const char *suffix) {
    size_t len = strlen(text), more = strlen(suffix);
    return name.len == len + more && memcmp(name.ptr, text, len) == 0 &&
           memcmp(name.ptr + len, suffix, more) == 0;
}

static bool ends_with(struct span name, const char *suffix) {
    size_t len = strlen(suffix);
    return name.len >= len && memcmp(name.ptr + name.len - len, suffix, len) == 0;
}

static bool find_property(struct span name, struct conf_target *out) {
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789._";
    size_t skip = sizeof KAFKA - 1;
    if (name.len <= skip || memcmp(name.ptr, KAFKA, skip) != 0)
        return false;
    *out = (struct conf_target){.property = {.ptr = name.ptr + skip, .len = name.len - skip}};
    if (ends_with(out->property, FILE_)) {
        out->in_file = true;
        out->property.len -= sizeof FILE_ - 1;
    }
    for (size_t i = 0; i < out->property.len; i++)
        if (!memchr(LETTERS, out->property.ptr[i], sizeof LETTERS - 1))
            return false;
    return out->property.len > 0;
}

bool conf_find(struct conf_loader *loader, enum conf_layer layer, struct span name, struct conf_target *out) {
    const struct conf_option *option;
    void *filled;
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; option->name; option++) {
            bool builtin = filled == &loader->builtin;
            bool in_file = option->type == CONF_SECRET && is_with(name, option->name, FILE_);
            if (option->type == CONF_HEADING || (builtin && layer == CONF_LAYER_FILE) ||
                !(in_file || span_eq(name, span_of(option->name))))
                continue;
            *out = (struct conf_target){
                .option = option, .filled = filled, .in_file = in_file, .builtin = builtin};
            return true;
        }
    return loader->conf->kafka_properties && find_property(name, out);
}

bool conf_find_letter(struct conf_loader *loader, char letter, struct conf_target *out) {
    const struct conf_option *option;
    void *filled;
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; option->name; option++)
            if (option->type != CONF_HEADING && option->letter == letter) {
                *out = (struct conf_target){
                    .option = option, .filled = filled, .builtin = filled == &loader->builtin};
                return true;
            }
    return false;
}

bool conf_is_secret(const struct conf_target *target) {
    if (target->option)
        return target->option->type == CONF_SECRET;
    return ends_with(target->property, "password") || ends_with(target->property, "secret") ||
           span_eq(target->property, SPAN("ssl.key.pem"));
}

struct nearest {
    struct span name;
    size_t edits;
    const char *meant;
};

static void consider(struct nearest *nearest, const char *candidate, const char *meant) {
    size_t edits = edits_between(nearest->name, span_of(candidate));
    if (edits < nearest->edits) {
        nearest->edits = edits;
        nearest->meant = meant;
    }
}

const char *conf_nearest(struct conf_loader *loader, enum conf_layer layer, struct span name) {
    /* Two letters that changed places are two edits; many more are another word. */
    struct nearest nearest = {.name = name, .edits = name.len < 4 ? 2 : name.len < 12 ? 3 : 4};
    const struct conf_option *option;
    void *filled;
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; option->name; option++) {
            bool file = layer == CONF_LAYER_FILE;
            if (option->type == CONF_HEADING || (filled == &loader->builtin && file))
                continue;
            const char *with_file = arena_printf(loader->conf->owned, "%s" FILE_, option->name);
            bool secret = option->type == CONF_SECRET;
            consider(&nearest, option->name, secret && !file ? with_file : option->name);
            if (secret)
                consider(&nearest, with_file, with_file);
        }
    return nearest.meant;
}

const char *conf_variable(struct conf_loader *loader, struct span name) {
    char *variable = arena_printf(loader->conf->owned, "EARSHOT_%.*s", (int)name.len, name.ptr);
    for (char *at = variable; *at; at++)
        if (*at == '-' || *at == '.')
            *at = '_';
        else if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return variable;
}
