/* conf_parts: what conf*.c are made of and nobody else sees. */
#ifndef COMMON_CONF_PARTS_H
#define COMMON_CONF_PARTS_H

#include "earshot/arena.h"
#include "earshot/conf.h"

/* The options that every program has. */
struct conf_builtin {
    const char *config;
    bool help, version;
};

/* One conf_load() under way. */
struct conf_loader {
    struct conf *conf;
    struct buf *message;
    const char *place; /* what is being read: a flag, FILE:LINE, a variable */
    struct conf_builtin builtin;
};

/* What a name stands for: an option of a table, or a property of Kafka. */
struct conf_target {
    const struct conf_option *option; /* NULL: a property */
    void *filled;                     /* the struct that the option's offset is in */
    struct span property;
    bool in_file; /* the value is the name of a file that holds it */
    bool builtin;
};

/* Where a name may stand; decides which names there are. */
enum conf_layer { CONF_LAYER_FILE, CONF_LAYER_FLAGS };

/* Tables 0, 1, … until false; the last is that of the builtin options. */
bool conf_table(struct conf_loader *loader, size_t i, const struct conf_option **options, void **filled);
/* False, with one line in message: the place, a colon and the text. */
bool conf_bad(struct conf_loader *loader, const char *format, ...) PRINTF_LIKE(2, 3);

/* conf_name.c */
bool conf_find(struct conf_loader *loader, enum conf_layer layer, struct span name, struct conf_target *out);
bool conf_find_letter(struct conf_loader *loader, char letter, struct conf_target *out);
/* The name that was meant, with `-file` where it is a secret's; NULL: none is near. */
const char *conf_nearest(struct conf_loader *loader, enum conf_layer layer, struct span name);
/* redis-password: EARSHOT_REDIS_PASSWORD. */
const char *conf_variable(struct conf_loader *loader, struct span name);
bool conf_is_secret(const struct conf_target *target);

/* conf_value.c: text into the struct, or one line in message. A builtin's too. */
bool conf_set(struct conf_loader *loader, const struct conf_target *target, const char *text) MUST_CHECK;

/* conf_flags.c: builtin: only the builtin options are set, else only the others. */
bool conf_read_flags(struct conf_loader *loader, int argc, char **argv, bool builtin) MUST_CHECK;

/* conf_file.c */
bool conf_read_file(struct conf_loader *loader, const char *path) MUST_CHECK;
/* What the file holds without its last line end, or NULL and one line in message. */
const char *conf_read_secret(struct conf_loader *loader, const char *path) MUST_CHECK;

/* conf_help.c */
void conf_help(struct conf_loader *loader, struct buf *out);

#endif
