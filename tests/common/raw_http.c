#include "raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int raw_http(int port, const char *request, struct buf *out) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    size_t from = out->len;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request)) {
        char block[4096];
        for (ssize_t n; (n = recv(fd, block, sizeof block, 0)) > 0;)
            buf_add(out, block, (size_t)n);
    }
    if (fd >= 0)
        close(fd);
    int status = -1;
    if (out->len > from && sscanf(out->ptr + from, "HTTP/1.1 %d", &status) != 1)
        status = -1;
    return status;
}

int raw_http_get(int port, const char *path, struct buf *out) {
    char request[300];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
             path);
    return raw_http(port, request, out);
}
