/* program: what every long-running program of Earshot has: options, log, stop flag, health and metrics over
 * HTTP. The worker loop stands on it, and so does ingest, which consumes nothing.
 *
 * /livez: 200 while the loop calls program_progress() at least every PROGRAM_STALL_MS (Kafka's
 * max.poll.interval) and nothing is fatal; never the health of a dependency. /readyz: 200, or 503 and the one
 * line that says why not. /metrics: metrics.h, and this process as Prometheus' clients tell it. SIGTERM and
 * SIGINT set the stop flag; a second one changes nothing; past
 * --stop-timeout the process exits 1 with a line. */
#ifndef EARSHOT_PROGRAM_H
#define EARSHOT_PROGRAM_H

#include "earshot/base.h"
#include "earshot/bus_kafka.h"
#include "earshot/conf.h"
#include "earshot/metrics.h"

enum { PROGRAM_STALL_MS = 300000, PROGRAM_FAIL_FAST_MS = 8000 };

struct program_conf {
    const char *brokers;  /* --brokers, EARSHOT_BROKERS: localhost:9092 */
    const char *prefix;   /* --prefix: before every topic and group */
    const char *listen;   /* --listen: HOST:PORT of /livez /readyz /metrics, 127.0.0.1:0 (any free port, which
                             the log tells); "off": none */
    int log_format;       /* --log-format plain|json; plain on a terminal, json elsewhere: auto|plain|json */
    int log_level;        /* --log-level debug|info|warn|error */
    bool fail_fast;       /* --fail-fast: exit 3 within 10 s where what is needed cannot be reached at the
                             start; otherwise wait, say so once, and be not ready */
    int64_t stop_timeout; /* --stop-timeout, ms: 20s */
};

/* The table of these options, ended by {0}, for conf.tables. */
extern const struct conf_option PROGRAM_OPTIONS[];

struct program;

/* Opens the log, installs the signal handlers, starts the HTTP server. conf is borrowed. A port that is taken
 * dies with a line. */
struct program *program_new(const char *name, const struct program_conf *conf) MUST_CHECK;
void program_free(struct program **program);

/* A signal came: finish what is in hand. Any thread. */
bool program_stopping(const struct program *program);
/* The loop went round. */
void program_progress(struct program *program);
/* why NULL: ready. Else one line, copied. Logged once a change. */
void program_ready(struct program *program, const char *why);
/* From now on /livez is 503: the process is about to end. */
void program_fatal(struct program *program, const char *why);

/* Where the HTTP server listens; 0: it is off. */
int program_port(const struct program *program);

/* The counter earshot_limit_total{limit="…"}: something was cut or held back by this limit. */
struct metric *program_limit(const char *limit) MUST_CHECK;

/* brokers, prefix, client id and kafka.<property> of a loaded configuration. */
struct bus_conf program_bus_conf(const char *name, const struct program_conf *conf,
                                 const struct conf *loaded);

#endif
