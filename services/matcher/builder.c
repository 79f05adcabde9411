/* builder: one build is with the thread, done, or with the loop, never with two. What is replaced is freed by
 * the thread too: giving back 30 MiB takes milliseconds. */
#include "builder.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct builder {
    struct alerts *alerts;
    struct alerts_build *adopting; /* the loop's: done, and not yet taken as a whole */
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct alerts_build *todo, *done, *gone;
    double seconds; /* of done */
    bool stopping;
};

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void serve(struct builder *builder) {
    struct alerts_build *gone = builder->gone, *build = builder->todo;
    builder->gone = builder->todo = NULL;
    pthread_mutex_unlock(&builder->lock);
    alerts_build_free(&gone);
    double begin = now_s();
    if (build)
        alerts_build_run(build);
    pthread_mutex_lock(&builder->lock);
    if (!build)
        return;
    builder->done = build;
    builder->seconds = now_s() - begin;
}

static void *run(void *self) {
    struct builder *builder = self;
    pthread_mutex_lock(&builder->lock);
    while (!builder->stopping)
        if (builder->todo || builder->gone)
            serve(builder);
        else
            pthread_cond_wait(&builder->wake, &builder->lock);
    pthread_mutex_unlock(&builder->lock);
    return NULL;
}

struct builder *builder_new(struct alerts *alerts) {
    struct builder *builder = xcalloc(1, sizeof *builder);
    builder->alerts = alerts;
    pthread_mutex_init(&builder->lock, NULL);
    pthread_cond_init(&builder->wake, NULL);
    if (pthread_create(&builder->thread, NULL, run, builder) != 0)
        die(EXIT_FAILED, "cannot start a thread: the machine's limit of threads is reached");
    return builder;
}

void builder_free(struct builder **builder) {
    struct builder *gone = *builder;
    *builder = NULL;
    if (!gone)
        return;
    pthread_mutex_lock(&gone->lock);
    gone->stopping = true;
    pthread_cond_signal(&gone->wake);
    pthread_mutex_unlock(&gone->lock);
    pthread_join(gone->thread, NULL);
    struct alerts_build *builds[] = {gone->adopting, gone->todo, gone->done, gone->gone};
    for (size_t i = 0; i < COUNT_OF(builds); i++)
        alerts_build_free(&builds[i]);
    pthread_cond_destroy(&gone->wake);
    pthread_mutex_destroy(&gone->lock);
    free(gone);
}

/* What is replaced to the thread, what is built from it. */
static void hand_over(struct builder *builder, struct alerts_build **build, struct alerts_build **place) {
    pthread_mutex_lock(&builder->lock);
    ASSERT(!*place);
    *place = *build;
    pthread_cond_signal(&builder->wake);
    pthread_mutex_unlock(&builder->lock);
    *build = NULL;
}

static bool adopt(struct builder *builder, double *seconds) {
    if (!builder->adopting) {
        pthread_mutex_lock(&builder->lock);
        builder->adopting = builder->done;
        builder->done = NULL;
        pthread_mutex_unlock(&builder->lock);
    }
    if (!builder->adopting || !alerts_adopt(builder->alerts, builder->adopting))
        return false;
    *seconds = builder->seconds; /* the thread has no other build: it is not written */
    hand_over(builder, &builder->adopting, &builder->gone);
    return true;
}

bool builder_tend(struct builder *builder, double *seconds) {
    bool adopted = adopt(builder, seconds);
    struct alerts_build *build = alerts_begin(builder->alerts);
    if (build)
        hand_over(builder, &build, &builder->todo);
    return adopted;
}
