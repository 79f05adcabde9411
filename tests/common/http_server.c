#include "http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, REQUEST_MAX = 16384, ANSWER_MAX = 64 << 20 };

struct connection {
    int fd; /* -1: free */
    struct buf request, answer;
    size_t sent;
    bool answering;
    enum http_ending ending;
};

struct http_server {
    http_serve_f *serve;
    void *self;
    int listening, port, wake[2];
    pthread_t thread;
    struct connection connections[CONNECTIONS_MAX];
};

static void drop(struct connection *connection) {
    close(connection->fd);
    connection->fd = -1;
    buf_free(&connection->request);
    buf_free(&connection->answer);
}

static void take_connection(struct http_server *server) {
    int fd = accept4(server->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (size_t i = 0; fd >= 0 && i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &server->connections[i];
        if (connection->fd >= 0)
            continue;
        *connection = (struct connection){.fd = fd};
        buf_init(&connection->request, REQUEST_MAX);
        buf_init(&connection->answer, ANSWER_MAX);
        return;
    }
    if (fd >= 0)
        close(fd);
}

static void hear(struct http_server *server, struct connection *connection) {
    char bytes[4096];
    ssize_t got = recv(connection->fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
        drop(connection);
        return;
    }
    if (connection->answering)
        return;
    buf_add(&connection->request, bytes, (size_t)got);
    if (!strstr(connection->request.ptr, "\r\n\r\n"))
        return;
    connection->answering = true;
    connection->ending = server->serve(server->self, connection->request.ptr, &connection->answer);
}

static void speak(struct connection *connection) {
    size_t left = connection->answer.len - connection->sent;
    ssize_t sent =
        left ? send(connection->fd, connection->answer.ptr + connection->sent, left, MSG_NOSIGNAL) : 0;
    if (sent < 0) {
        drop(connection);
        return;
    }
    connection->sent += (size_t)sent;
    if (connection->sent == connection->answer.len && connection->ending == HTTP_CLOSE)
        drop(connection);
}

static void *serve(void *self) {
    struct http_server *server = self;
    for (;;) {
        struct pollfd ready[CONNECTIONS_MAX + 2] = {{.fd = server->listening, .events = POLLIN},
                                                    {.fd = server->wake[0], .events = POLLIN}};
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            struct connection *connection = &server->connections[i];
            bool more = connection->answering &&
                        (connection->sent < connection->answer.len || connection->ending == HTTP_CLOSE);
            ready[i + 2] =
                (struct pollfd){.fd = connection->fd, .events = (short)(POLLIN | (more ? POLLOUT : 0))};
        }
        poll(ready, COUNT_OF(ready), -1);
        if (ready[1].revents)
            return NULL;
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            if (ready[i + 2].revents & (POLLIN | POLLHUP | POLLERR))
                hear(server, &server->connections[i]);
            else if (ready[i + 2].revents & POLLOUT)
                speak(&server->connections[i]);
        }
        if (ready[0].revents)
            take_connection(server);
    }
}

struct http_server *http_server_new(http_serve_f *answer, void *self) {
    struct http_server *server = xcalloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server->serve = answer;
    server->self = self;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        server->connections[i].fd = -1;
    server->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listening < 0 || bind(server->listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(server->listening, CONNECTIONS_MAX) != 0 ||
        getsockname(server->listening, (struct sockaddr *)&address, &len) != 0 ||
        pipe2(server->wake, O_CLOEXEC) != 0 || pthread_create(&server->thread, NULL, serve, server) != 0)
        die(EXIT_FAILED, "the test's HTTP server does not start");
    server->port = ntohs(address.sin_port);
    return server;
}

void http_server_free(struct http_server **server_) {
    struct http_server *server = *server_;
    if (write(server->wake[1], "", 1) != 1)
        die(EXIT_FAILED, "the test's HTTP server does not end");
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (server->connections[i].fd >= 0)
            drop(&server->connections[i]);
    }
    close(server->listening);
    close(server->wake[0]);
    close(server->wake[1]);
    free(server);
    *server_ = NULL;
}

int http_server_port(const struct http_server *server) {
    return server->port;
}
