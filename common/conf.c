/* conf: the layers, lowest first, each written over the one below. The flags are walked twice: first for
 * --config, --help and --version, which decide what else is read, and for what is no flag at all. */
#include "earshot/conf.h"

#include "conf_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_FIRST = 4096, MESSAGE_MAX = 1 << 20 };

static const struct conf_option BUILTIN[] = {
    {.name = "General", .type = CONF_HEADING},
    {.name = "config",
     .type = CONF_STRING,
     .offset = offsetof(struct conf_builtin, config),
     .argument = "FILE",
     .help = "options as lines `name = value`; # begins a comment"},
    {.name = "help",
     .type = CONF_BOOL,
     .offset = offsetof(struct conf_builtin, help),
     .help = "print this",
     .letter = 'h'},
    {.name = "version",
     .type = CONF_BOOL,
     .offset = offsetof(struct conf_builtin, version),
     .help = "print it"},
    {.name = NULL},
};

bool conf_table(struct conf_loader *loader, size_t i, const struct conf_option **options, void **filled) {
    const struct conf *conf = loader->conf;
    size_t count = 0;
    while (count < COUNT_OF(conf->tables) && conf->tables[count])
        count++;
    if (i > count)
        return false;
    *options = i < count ? conf->tables[i] : BUILTIN;
    *filled = i < count ? conf->structs[i] : &loader->builtin;
    return true;
}

bool conf_bad(struct conf_loader *loader, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_clear(loader->message);
    buf_printf(loader->message, "%s: %s", loader->place, text);
    return false;
}

/* Fallbacks are the program's own text: one that cannot be read is a bug. */
static void set_fallback(struct conf_loader *loader, const struct conf_option *option, void *filled) {
    static const size_t SIZES[] = {
        [CONF_STRING] = sizeof(char *),    [CONF_SECRET] = sizeof(char *),
        [CONF_INT] = sizeof(int64_t),      [CONF_BOOL] = sizeof(bool),
        [CONF_DURATION] = sizeof(int64_t), [CONF_SIZE] = sizeof(int64_t),
        [CONF_CHOICE] = sizeof(int),       [CONF_HEADING] = 0,
    };
    const struct conf_target target = {.option = option, .filled = filled};
    loader->place = option->name;
    memset((char *)filled + option->offset, 0, SIZES[option->type]);
    bool good = !option->fallback || conf_set(loader, &target, option->fallback);
    ASSERT(good);
}

static void set_fallbacks(struct conf_loader *loader) {
    const struct conf_option *option;
    void *filled;
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; option->name; option++)
            set_fallback(loader, option, filled);
}

/* The environment. */

/* Its value, NULL where it is absent or empty. */
static const char *lookup(char **env, const char *variable) {
    size_t len = strlen(variable);
    for (; *env; env++)
        if (strncmp(*env, variable, len) == 0 && (*env)[len] == '=')
            return (*env)[len + 1] ? *env + len + 1 : NULL;
    return NULL;
}

static bool read_variable(struct conf_loader *loader, char **env, struct conf_target *target) {
    const char *variable = conf_variable(loader, span_of(target->option->name));
    const char *text = lookup(env, variable), *path = NULL, *with_file = NULL;
    if (target->option->type == CONF_SECRET) {
        with_file = arena_printf(loader->conf->owned, "%s_FILE", variable);
        path = lookup(env, with_file);
    }
    loader->place = path ? with_file : variable;
    if (text && path)
        return conf_bad(loader, "%s is set too: one of them is enough", variable);
    target->in_file = path != NULL;
    return (!text && !path) || conf_set(loader, target, path ? path : text);
}

/* EARSHOT_KAFKA_SASL_USERNAME is the property sasl.username. */
static bool read_property(struct conf_loader *loader, const char *entry) {
    static const char PREFIX[] = "EARSHOT_KAFKA_", SUFFIX[] = "_FILE";
    size_t skip = sizeof PREFIX - 1, name_len = strcspn(entry, "="), suffix = sizeof SUFFIX - 1;
    if (strncmp(entry, PREFIX, skip) != 0 || name_len <= skip || !entry[name_len] || !entry[name_len + 1])
        return true;
    struct conf_target target = {.property = {.ptr = NULL}};
    char *name = arena_copy(loader->conf->owned, (struct span){entry + skip, name_len - skip});
    loader->place = arena_copy(loader->conf->owned, (struct span){entry, name_len});
    size_t len = name_len - skip;
    if (len > suffix && strcmp(name + len - suffix, SUFFIX) == 0) {
        target.in_file = true;
        len -= suffix;
    }
    for (size_t i = 0; i < len; i++)
        if (name[i] == '_')
            name[i] = '.';
        else if (name[i] >= 'A' && name[i] <= 'Z')
            name[i] = (char)(name[i] - 'A' + 'a');
    target.property = (struct span){.ptr = name, .len = len};
    return conf_set(loader, &target, entry + name_len + 1);
}

static bool read_environment(struct conf_loader *loader, char **env) {
    const struct conf_option *option;
    void *filled;
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; filled != &loader->builtin && option->name; option++) {
            struct conf_target target = {.option = option, .filled = filled};
            if (option->type != CONF_HEADING && !read_variable(loader, env, &target))
                return false;
        }
    for (char **entry = env; loader->conf->kafka_properties && *entry; entry++)
        if (!read_property(loader, *entry))
            return false;
    return true;
}

/* All of it. */

static enum conf_result answer(struct conf_loader *loader) {
    buf_clear(loader->message);
    if (loader->builtin.help)
        conf_help(loader, loader->message);
    else
        buf_printf(loader->message, "%s %s\n", loader->conf->program, EARSHOT_VERSION);
    return CONF_HELP;
}

enum conf_result conf_load(struct conf *conf, int argc, char **argv, char **env, struct buf *message) {
    struct conf_loader loader = {.conf = conf, .message = message};
    conf->owned = arena_new(ARENA_FIRST);
    conf->properties = NULL;
    conf->property_count = 0;
    set_fallbacks(&loader);
    const char *of_environment = lookup(env, "EARSHOT_CONFIG");
    loader.builtin.config = of_environment;
    if (!conf_read_flags(&loader, argc, argv, true))
        return CONF_BAD;
    if (loader.builtin.help || loader.builtin.version)
        return answer(&loader);
    loader.place = loader.builtin.config == of_environment ? "EARSHOT_CONFIG" : "--config";
    if (loader.builtin.config && !conf_read_file(&loader, loader.builtin.config))
        return CONF_BAD;
    if (!read_environment(&loader, env) || !conf_read_flags(&loader, argc, argv, false))
        return CONF_BAD;
    return CONF_OK;
}

void conf_load_or_exit(struct conf *conf, int argc, char **argv) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    enum conf_result result = conf_load(conf, argc, argv, environ, &message);
    if (result == CONF_BAD) {
        fprintf(stderr, "%s: %s\n", conf->program, message.ptr);
        exit(EXIT_USAGE);
    }
    if (result == CONF_HELP) {
        fputs(message.ptr, stdout);
        exit(EXIT_OK);
    }
    buf_free(&message);
}

void conf_free(struct conf *conf) {
    arena_free(&conf->owned);
    conf->properties = NULL;
    conf->operands = NULL;
    conf->property_count = conf->operand_count = 0;
}
