/* httpd: the listening socket is opened here and handed to libmicrohttpd, so that a port that is taken or an
 * address that is none can be named, and so that one socket serves IPv6 and IPv4. */
#include "earshot/httpd.h"

// clang-format off
#include <sys/socket.h>
#include <microhttpd.h>
// clang-format on
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum { BODY_MAX = 8 << 20, CONNECTIONS_MAX = 64, IDLE_SECONDS = 10, HOST_MAX = 255 };

struct httpd {
    const struct httpd_route *routes;
    void *self;
    struct MHD_Daemon *daemon;
    int port;
};

/* HOST:PORT, [v6]:PORT or :PORT; host is empty for all addresses. */
static bool split_listen(const char *listen, char host[HOST_MAX + 1], const char **port) {
    const char *colon = strrchr(listen, ':');
    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return false;
    const char *start = listen, *end = colon;
    if (*start == '[') {
        if (end[-1] != ']')
            return false;
        start++;
        end--;
    } else if (memchr(start, ':', (size_t)(end - start))) {
        return false;
    }
    if (end < start || end - start > HOST_MAX)
        return false;
    memcpy(host, start, (size_t)(end - start));
    host[end - start] = '\0';
    *port = colon + 1;
    return strlen(*port) <= 5 && atoi(*port) <= 65535;
}

/* -1: errno says why. */
static int open_socket(const struct addrinfo *address) {
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int on = 1, off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, CONNECTIONS_MAX) == 0)
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static int open_first(const struct addrinfo *addresses, int family) {
    for (const struct addrinfo *a = addresses; a; a = a->ai_next) {
        int fd = family == AF_UNSPEC || a->ai_family == family ? open_socket(a) : -1;
        if (fd >= 0)
            return fd;
    }
    return -1;
}

static int listen_on(const char *listen_text, struct buf *message) {
    char host[HOST_MAX + 1];
    const char *port;
    if (!split_listen(listen_text, host, &port)) {
        buf_printf(message, "listen: %.300s: expected HOST:PORT or :PORT", listen_text);
        return -1;
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    int problem = getaddrinfo(*host ? host : NULL, port, &hints, &addresses);
    if (problem) {
        buf_printf(message, "listen: %.300s: %s", listen_text, gai_strerror(problem));
        return -1;
    }
    errno = EADDRNOTAVAIL;
    int fd = *host ? -1 : open_first(addresses, AF_INET6);
    if (fd < 0)
        fd = open_first(addresses, AF_UNSPEC);
    if (fd < 0)
        buf_printf(message, "listen: %.300s: %s%s", listen_text, strerror(errno),
                   errno == EADDRINUSE ? "; give another port, or :0 for a free one" : "");
    freeaddrinfo(addresses);
    return fd;
}

static int port_of(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    memset(&address, 0, sizeof address);
    socklen_t len = sizeof address;
    if (getsockname(fd, &address.any, &len) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static const struct httpd_route *find_route(const struct httpd *httpd, const char *path) {
    for (const struct httpd_route *route = httpd->routes; route->path; route++) {
        if (strcmp(route->path, path) == 0)
            return route;
    }
    return NULL;
}

/* Takes the body. */
static enum MHD_Result reply(struct MHD_Connection *connection, int status, const char *content_type,
                             struct buf *body) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body->len, body->ptr ? body->ptr : "", body->ptr ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response) {
        buf_free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(void *self, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state) {
    (void)version, (void)upload, (void)upload_size, (void)state;
    const struct httpd *httpd = self;
    struct buf body;
    buf_init(&body, BODY_MAX);
    const char *content_type = "text/plain; charset=utf-8";
    const struct httpd_route *route = find_route(httpd, url);
    int status = MHD_HTTP_NOT_FOUND;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        buf_add_str(&body, "only GET and HEAD\n");
    } else if (route) {
        status = route->answer(httpd->self, &body);
        content_type = route->content_type;
    } else {
        for (route = httpd->routes; route->path; route++)
            buf_printf(&body, "%s\n", route->path);
    }
    if (!buf_ok(&body)) {
        buf_clear(&body);
        status = MHD_HTTP_INTERNAL_SERVER_ERROR;
        content_type = "text/plain; charset=utf-8";
        buf_add_str(&body, "the answer is too long\n");
    }
    return reply(connection, status, content_type, &body);
}

struct httpd *httpd_new(const char *listen, const struct httpd_route *routes, void *self,
                        struct buf *message) {
    int fd = listen_on(listen, message);
    if (fd < 0)
        return NULL;
    struct httpd *httpd = xcalloc(1, sizeof *httpd);
    *httpd = (struct httpd){.routes = routes, .self = self, .port = port_of(fd)};
    httpd->daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, answer, httpd,
                         MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
    if (!httpd->daemon) {
        buf_printf(message, "listen: %.300s: the HTTP server does not start", listen);
        close(fd);
        free(httpd);
        return NULL;
    }
    return httpd;
}

void httpd_free(struct httpd **httpd) {
    if (!*httpd)
        return;
    MHD_stop_daemon((*httpd)->daemon);
    free(*httpd);
    *httpd = NULL;
}

int httpd_port(const struct httpd *httpd) {
    return httpd->port;
}
