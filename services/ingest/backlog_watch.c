/* backlog_watch: a thread, since asking may take as long as the broker likes, and the engine must go on
 * serving acknowledgements meanwhile. */
#include "backlog_watch.h"

#include "backlog.h"

#include "earshot/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 250, MESSAGE_MAX = 400 };

struct backlog_watch {
    struct bus_admin *admin;
    struct bus_position *positions[BACKLOG_STAGES];
    bool told_unknown; /* the thread's */
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool stopping;
    struct backlog backlog;
    uint64_t sent;
};

static void tell(struct backlog_watch *watch, bool known, const char *why) {
    if (known == !watch->told_unknown)
        return;
    watch->told_unknown = !known;
    if (known)
        log_info("ingest.backlog-known", "the workers' positions are known again");
    else
        log_warn("ingest.backlog-unknown", "holding back until the workers' positions are known: %s", why);
}

static void look(struct backlog_watch *watch) {
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    pthread_mutex_lock(&watch->lock);
    struct backlog_sight sight = {.known = true, .sent = watch->sent};
    int partitions = watch->backlog.partitions;
    pthread_mutex_unlock(&watch->lock);
    for (int i = 0; i < BACKLOG_STAGES && sight.known; i++)
        sight.known = bus_admin_positions(watch->admin, BACKLOG_STAGE[i].group, BACKLOG_STAGE[i].topic,
                                          partitions, watch->positions[i], &message);
    tell(watch, sight.known, buf_span(&message).ptr);
    buf_free(&message);
    if (sight.known)
        sight.records = backlog_records((const struct bus_position **)watch->positions, partitions);
    pthread_mutex_lock(&watch->lock);
    backlog_see(&watch->backlog, &sight);
    pthread_mutex_unlock(&watch->lock);
}

/* false: it is to end. */
static bool pause_between(struct backlog_watch *watch) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping && pthread_cond_timedwait(&watch->wake, &watch->lock, &until) != ETIMEDOUT)
        ;
    bool stopping = watch->stopping;
    pthread_mutex_unlock(&watch->lock);
    return !stopping;
}

static void *run(void *self) {
    do
        look(self);
    while (pause_between(self));
    return NULL;
}

struct backlog_watch *backlog_watch_new(const struct bus_conf *conf, int partitions, int64_t max,
                                        struct buf *message) {
    struct bus_admin *admin = bus_admin_new(conf, message);
    if (!admin)
        return NULL;
    struct backlog_watch *watch = xcalloc(1, sizeof *watch);
    watch->admin = admin;
    watch->backlog = (struct backlog){.max = max, .partitions = partitions};
    for (int i = 0; i < BACKLOG_STAGES; i++)
        watch->positions[i] = xcalloc((size_t)partitions, sizeof **watch->positions);
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->wake, NULL);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0)
        die(EXIT_FAILED, "cannot start a thread: the machine's limit of threads is reached");
    return watch;
}

void backlog_watch_free(struct backlog_watch **watch_) {
    struct backlog_watch *watch = *watch_;
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->stopping = true;
    pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    bus_admin_free(&watch->admin);
    for (int i = 0; i < BACKLOG_STAGES; i++)
        free(watch->positions[i]);
    free(watch);
    *watch_ = NULL;
}

bool backlog_watch_holds(struct backlog_watch *watch, uint64_t sent_records, uint64_t sent_bytes) {
    pthread_mutex_lock(&watch->lock);
    watch->sent = sent_bytes;
    bool holds = backlog_holds(&watch->backlog, sent_records, sent_bytes);
    pthread_mutex_unlock(&watch->lock);
    return holds;
}
