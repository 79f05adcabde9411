/* conf: configuration of a program from one table, which also makes --help.
 *
 * An option `redis-password` is read, the later winning, from: its fallback; the file of --config (lines
 * `redis-password = …`, # comments); the environment (EARSHOT_REDIS_PASSWORD, and for secrets
 * EARSHOT_REDIS_PASSWORD_FILE, a file that holds the value); the flag --redis-password (not for secrets:
 * arguments are seen by every user of the machine; give --redis-password-file). Booleans: `--json`,
 * `--no-json`, `json = true`. `kafka.<property>` (file and flag; EARSHOT_KAFKA_SASL_USERNAME in the
 * environment) goes into a list of its own; its secrets are read from files in the same way
 * (--kafka.sasl.password-file, EARSHOT_KAFKA_SASL_PASSWORD_FILE). A key or flag that is unknown, a bad value
 * or one outside its range is one line naming the place, what is wrong and the nearest name. The environment
 * is shared by all programs: a variable that no option has is another program's, and an empty one is none.
 */
#ifndef EARSHOT_CONF_H
#define EARSHOT_CONF_H

#include "earshot/base.h"
#include "earshot/buf.h"

enum conf_type {
    CONF_STRING,   /* const char *; NULL where there is no fallback */
    CONF_SECRET,   /* const char *; never printed */
    CONF_INT,      /* int64_t, min..max */
    CONF_BOOL,     /* bool */
    CONF_DURATION, /* int64_t milliseconds; 250ms 10s 5m 2h 7d */
    CONF_SIZE,     /* int64_t bytes; 64KiB 4MiB 1GiB or plain */
    CONF_CHOICE,   /* int: the index in `choices` */
    CONF_HEADING,  /* not an option: a heading in --help */
};

struct conf_option {
    const char *name; /* lower case with -; NULL ends the table */
    enum conf_type type;
    char letter;          /* short flag, or 0 */
    size_t offset;        /* in the program's struct: offsetof() */
    const char *fallback; /* as text; NULL: none */
    const char *argument; /* what --help calls the value: HOST:PORT */
    const char *help;     /* one line; the default is added */
    int64_t min, max;     /* of CONF_INT, CONF_DURATION, CONF_SIZE; 0,0: any that is not negative */
    const char *choices;  /* "plain|json" */
};

struct conf_property {
    const char *name, *value; /* without `kafka.` */
};

struct conf {
    const char *program, *usage, *about; /* of --help: `usage` is what follows the program's name */
    const struct conf_option *tables[4]; /* each ended by {0}; unused ones NULL */
    void *structs[4];                    /* what each table fills */
    bool kafka_properties;               /* whether kafka.<property> is taken */
    struct conf_property *properties;    /* filled */
    size_t property_count;
    const char *const *operands; /* what is no flag, in order */
    size_t operand_count;
    const char *epilog;  /* examples at the end of --help, or NULL */
    struct arena *owned; /* what was filled in; conf_free() */
};

enum conf_result { CONF_OK, CONF_HELP, CONF_BAD };

/* CONF_HELP: --help or --version was asked and its text is in message, for stdout. CONF_BAD: message is the
 * one line. environ in `env`. Strings that are filled in live until conf_free(). */
enum conf_result conf_load(struct conf *conf, int argc, char **argv, char **env,
                           struct buf *message) MUST_CHECK;
/* The shell of it: prints, and exits 0 after help, 2 on bad configuration. */
void conf_load_or_exit(struct conf *conf, int argc, char **argv);
void conf_free(struct conf *conf);

#endif
