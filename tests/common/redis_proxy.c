/* redis_proxy: one thread, one connection at a time; ends when its listener is shut. */
#include "redis_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ASKED, ANSWERED, WAYS };

struct redis_proxy {
    struct sockaddr_un server;
    char url[64];
    int listener, wake[2]; /* a byte in the pipe: stop */
    pthread_t thread;
    pthread_mutex_t lock;
    size_t passed[WAYS], cut_at[WAYS]; /* 0: never */
};

/* How many of `len` bytes may pass; *cut: and then no more. */
static size_t allowed(struct redis_proxy *proxy, int way, size_t len, bool *cut) {
    pthread_mutex_lock(&proxy->lock);
    size_t at = proxy->cut_at[way];
    *cut = at && proxy->passed[way] + len >= at;
    if (*cut) {
        len = at - proxy->passed[way];
        proxy->cut_at[ASKED] = proxy->cut_at[ANSWERED] = 0;
    }
    proxy->passed[way] += len;
    pthread_mutex_unlock(&proxy->lock);
    return len;
}

static bool send_all(int fd, const char *bytes, size_t len) {
    while (len) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool pass(struct redis_proxy *proxy, int way, int from, int to) {
    char bytes[4096];
    bool cut = false;
    ssize_t got = recv(from, bytes, sizeof bytes, 0);
    if (got <= 0)
        return false;
    size_t len = allowed(proxy, way, (size_t)got, &cut);
    return send_all(to, bytes, len) && !cut;
}

/* What was sent to the server before a cut is executed: its end of the line stays open until it has read. */
static void serve(struct redis_proxy *proxy, int client) {
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr *)&proxy->server, sizeof proxy->server) == 0) {
        struct pollfd ends[] = {{.fd = client, .events = POLLIN},
                                {.fd = server, .events = POLLIN},
                                {.fd = proxy->wake[0], .events = POLLIN}};
        bool open = true;
        while (open && poll(ends, COUNT_OF(ends), -1) > 0 && !ends[2].revents) {
            if (ends[0].revents)
                open = pass(proxy, ASKED, client, server);
            if (open && ends[1].revents)
                open = pass(proxy, ANSWERED, server, client);
        }
    }
    close(client);
    shutdown(server, SHUT_WR);
    char rest[4096];
    while (recv(server, rest, sizeof rest, 0) > 0)
        continue;
    close(server);
}

static void *run(void *self) {
    struct redis_proxy *proxy = self;
    for (;;) {
        int client = accept(proxy->listener, NULL, NULL);
        if (client < 0)
            return NULL;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        serve(proxy, client);
    }
}

struct redis_proxy *redis_proxy_new(const char *path) {
    struct redis_proxy *proxy = xcalloc(1, sizeof *proxy);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    proxy->server.sun_family = AF_UNIX;
    (void)snprintf(proxy->server.sun_path, sizeof proxy->server.sun_path, "%s", path);
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT(bind(proxy->listener, (struct sockaddr *)&address, len) == 0);
    ASSERT(listen(proxy->listener, 8) == 0 && pipe(proxy->wake) == 0);
    ASSERT(getsockname(proxy->listener, (struct sockaddr *)&address, &len) == 0);
    (void)snprintf(proxy->url, sizeof proxy->url, "redis://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_mutex_init(&proxy->lock, NULL);
    ASSERT(pthread_create(&proxy->thread, NULL, run, proxy) == 0);
    return proxy;
}

void redis_proxy_free(struct redis_proxy **proxy) {
    struct redis_proxy *old = *proxy;
    ASSERT(write(old->wake[1], "", 1) == 1);
    shutdown(old->listener, SHUT_RDWR);
    pthread_join(old->thread, NULL);
    close(old->listener);
    close(old->wake[0]);
    close(old->wake[1]);
    pthread_mutex_destroy(&old->lock);
    free(old);
    *proxy = NULL;
}

const char *redis_proxy_url(const struct redis_proxy *proxy) {
    return proxy->url;
}

void redis_proxy_cut(struct redis_proxy *proxy, size_t asked, size_t answered) {
    pthread_mutex_lock(&proxy->lock);
    proxy->cut_at[ASKED] = asked ? proxy->passed[ASKED] + asked : 0;
    proxy->cut_at[ANSWERED] = answered ? proxy->passed[ANSWERED] + answered : 0;
    pthread_mutex_unlock(&proxy->lock);
}

void redis_proxy_counts(struct redis_proxy *proxy, size_t *asked, size_t *answered) {
    pthread_mutex_lock(&proxy->lock);
    *asked = proxy->passed[ASKED];
    *answered = proxy->passed[ANSWERED];
    pthread_mutex_unlock(&proxy->lock);
}
