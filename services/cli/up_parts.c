/* up_parts: addresses and secrets go to the programs by the environment, which other users of the machine
 * cannot read; the rest as flags. */
#include "up.h"

#include "process.h"

#include "earshot/times.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096 };

static const char *const PROGRAMS[UP_PARTS] = {
    [UP_BROKER] = "earshot",
    [UP_REDIS] = "redis-server",
    [UP_INIT] = "earshot",
    [UP_MATCHER] = "earshot-matcher",
    [UP_SENTIMENT] = "earshot-sentiment",
    [UP_AGGREGATOR] = "earshot-aggregator",
    [UP_ALERTS] = "earshot",
    [UP_INGEST] = "earshot-ingest",
};

static void add(struct up *up, enum up_part part, const char *argument) {
    size_t i = 0;
    while (up->argv[part][i])
        i++;
    ASSERT(i + 1 < UP_ARGS);
    up->argv[part][i] = argument;
}

static void add_pair(struct up *up, enum up_part part, const char *flag, const char *value) {
    add(up, part, flag);
    add(up, part, value);
}

static bool find(struct up *up, enum up_part part) {
    char path[PATH_BYTES];
    if (process_find(PROGRAMS[part], path, sizeof path)) {
        up->argv[part][0] = arena_copy(up->arena, span_of(path));
        return true;
    }
    if (part == UP_REDIS)
        buf_add_str(&up->message,
                    "redis-server is not installed: install it (apt install redis-server), or say with "
                    "--redis where one runs");
    else
        buf_printf(&up->message, "%s is not beside earshot: build it (cmake --build --preset release)",
                   PROGRAMS[part]);
    return false;
}

static void plan_redis(struct up *up) {
    up->redis_port = up->conf.redis_port ? (int)up->conf.redis_port : workplace_free_port();
    add_pair(up, UP_REDIS, "--bind", "127.0.0.1");
    add_pair(up, UP_REDIS, "--port", arena_printf(up->arena, "%d", up->redis_port));
    add_pair(up, UP_REDIS, "--dir", up->place.root);
    add_pair(up, UP_REDIS, "--save", "");
    add_pair(up, UP_REDIS, "--appendonly", "no");
    add_pair(up, UP_REDIS, "--maxmemory-policy", "noeviction");
    add_pair(up, UP_REDIS, "--daemonize", "no");
}

static void plan_ingest(struct up *up) {
    add_pair(up, UP_INGEST, "file", up->conf.mentions);
    if (up->conf.shift_to_now)
        add(up, UP_INGEST, "--shift-to-now");
    if (up->conf.rate)
        add_pair(up, UP_INGEST, "--rate", arena_printf(up->arena, "%lld", (long long)up->conf.rate));
    if (!up->conf.brokers)
        add_pair(up, UP_INGEST, "--max-backlog", arena_printf(up->arena, "%d", UP_BACKLOG));
}

static void plan_worker(struct up *up, enum up_part part) {
    add_pair(up, part, "--listen", "127.0.0.1:0");
    add_pair(up, part, "--log-format", "plain");
    add_pair(up, part, "--stop-timeout", "5s");
}

static bool is_meant(const struct up *up, enum up_part part) {
    switch (part) {
    case UP_BROKER:
        return !up->conf.brokers;
    case UP_REDIS:
        return !up->redis.url;
    case UP_ALERTS:
        return up->conf.alerts != NULL;
    case UP_INGEST:
        return up->conf.mentions != NULL;
    default:
        return true;
    }
}

bool up_plan(struct up *up) {
    const char *partitions = arena_printf(up->arena, "%lld", (long long)up->conf.partitions);
    for (enum up_part part = 0; part < UP_PARTS; part++) {
        if (is_meant(up, part) && !find(up, part))
            return false;
    }
    if (up->argv[UP_BROKER][0]) {
        add(up, UP_BROKER, "broker");
        add_pair(up, UP_BROKER, "--ready-file", arena_printf(up->arena, "%s/broker", up->place.root));
        if (up->conf.partitions)
            add_pair(up, UP_BROKER, "--partitions", partitions);
    }
    if (up->argv[UP_REDIS][0])
        plan_redis(up);
    add(up, UP_INIT, "init");
    if (up->conf.partitions)
        add_pair(up, UP_INIT, "--partitions", partitions);
    if (up->argv[UP_ALERTS][0]) {
        add_pair(up, UP_ALERTS, "alerts", "apply");
        add_pair(up, UP_ALERTS, up->conf.alerts, "--wait");
    }
    if (up->argv[UP_INGEST][0]) {
        plan_ingest(up);
        plan_worker(up, UP_INGEST);
    }
    for (enum up_part part = UP_MATCHER; part <= UP_AGGREGATOR; part++)
        plan_worker(up, part);
    return true;
}

/* The environment. */

/* NULL: not set. The file of a secret that was read already is not named twice. */
static void set(const char *name, const char *value) {
    char file[160];
    snprintf(file, sizeof file, "%s_FILE", name);
    unsetenv(file);
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void set_property(const struct conf_property *property) {
    char name[128];
    int len = snprintf(name, sizeof name, "EARSHOT_KAFKA_%s", property->name);
    for (int i = 0; i < len && name[i]; i++)
        name[i] = name[i] == '.' ? '_' : (char)toupper((unsigned char)name[i]);
    set(name, property->value);
}

bool up_connect(struct up *up) {
    char home[PATH_BYTES];
    set("EARSHOT_CONFIG", NULL);
    set("EARSHOT_BROKERS", up->brokers);
    set("EARSHOT_PREFIX", up->conf.prefix);
    set("EARSHOT_REDIS", up->url);
    set("EARSHOT_REDIS_PASSWORD", up->redis.url ? up->redis.password : NULL);
    setenv("EARSHOT_REDIS_CA_FILE", up->redis.url && up->redis.ca_file ? up->redis.ca_file : "", 1);
    setenv("EARSHOT_REDIS_CERT_FILE", up->redis.url && up->redis.cert_file ? up->redis.cert_file : "", 1);
    setenv("EARSHOT_REDIS_KEY_FILE", up->redis.url && up->redis.key_file ? up->redis.key_file : "", 1);
    if (!up->conf.brokers) /* the embedded broker answers a fetch when this is over, whatever has come */
        set("EARSHOT_KAFKA_FETCH_WAIT_MAX_MS", "10");
    for (size_t i = 0; i < up->loaded->property_count; i++)
        set_property(&up->loaded->properties[i]);
    const char *pairs[] = {"EARSHOT_BROKERS", up->brokers,     "EARSHOT_REDIS", up->url,
                           "EARSHOT_PREFIX",  up->conf.prefix, "PATH",          home};
    return process_home(home, sizeof home) && workplace_write_env(&up->place, pairs, COUNT_OF(pairs));
}
