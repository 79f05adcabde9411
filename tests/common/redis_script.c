/* redis_script: one thread, one connection at a time; stopping is a closed listener and a closed connection.
 */
#include "redis_script.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEARD_MAX = 1 << 16 };

struct redis_script {
    const struct scene *scenes;
    size_t count;
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock;
    int client; /* -1: none */
    bool stopping;
    char heard[HEARD_MAX];
    size_t heard_len;
};

static ssize_t hear(struct redis_script *script, int fd) {
    char bytes[4096];
    ssize_t got = recv(fd, bytes, sizeof bytes, 0);
    pthread_mutex_lock(&script->lock);
    if (got > 0 && script->heard_len + (size_t)got <= HEARD_MAX) {
        memcpy(script->heard + script->heard_len, bytes, (size_t)got);
        script->heard_len += (size_t)got;
    }
    pthread_mutex_unlock(&script->lock);
    return got;
}

static void play(struct redis_script *script, const struct scene *scene, int fd) {
    if (scene->slam || hear(script, fd) <= 0)
        return;
    if (scene->answer.len)
        (void)send(fd, scene->answer.ptr, scene->answer.len, MSG_NOSIGNAL);
    while (scene->hold && hear(script, fd) > 0)
        continue;
}

static bool set_client(struct redis_script *script, int fd) {
    pthread_mutex_lock(&script->lock);
    script->client = fd;
    bool go_on = !script->stopping;
    pthread_mutex_unlock(&script->lock);
    return go_on;
}

static void *serve(void *self) {
    struct redis_script *script = self;
    for (size_t i = 0;; i++) {
        int fd = accept(script->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        if (set_client(script, fd))
            play(script, &script->scenes[i < script->count ? i : script->count - 1], fd);
        bool go_on = set_client(script, -1);
        close(fd);
        if (!go_on)
            return NULL;
    }
}

struct redis_script *redis_script_new(const struct scene *scenes, size_t count) {
    struct redis_script *script = xcalloc(1, sizeof *script);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    script->scenes = scenes;
    script->count = count;
    script->client = -1;
    script->listener = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT(bind(script->listener, (struct sockaddr *)&address, len) == 0);
    ASSERT(listen(script->listener, 8) == 0);
    ASSERT(getsockname(script->listener, (struct sockaddr *)&address, &len) == 0);
    script->port = ntohs(address.sin_port);
    pthread_mutex_init(&script->lock, NULL);
    ASSERT(pthread_create(&script->thread, NULL, serve, script) == 0);
    return script;
}

void redis_script_free(struct redis_script **script) {
    struct redis_script *old = *script;
    pthread_mutex_lock(&old->lock);
    old->stopping = true;
    if (old->client >= 0)
        shutdown(old->client, SHUT_RDWR);
    pthread_mutex_unlock(&old->lock);
    shutdown(old->listener, SHUT_RDWR);
    pthread_join(old->thread, NULL);
    close(old->listener);
    pthread_mutex_destroy(&old->lock);
    free(old);
    *script = NULL;
}

int redis_script_port(const struct redis_script *script) {
    return script->port;
}

struct span redis_script_heard(struct redis_script *script) {
    pthread_mutex_lock(&script->lock);
    struct span heard = {.ptr = script->heard, .len = script->heard_len};
    pthread_mutex_unlock(&script->lock);
    return heard;
}
