#include "workplace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 4096 };

static bool fail(struct buf *message, const char *path) {
    buf_printf(message, "%s: %s", path, strerror(errno));
    return false;
}

bool workplace_open(struct workplace *workplace, const char *log_dir, struct buf *message) {
    const char *tmp = getenv("TMPDIR");
    *workplace = (struct workplace){.logs = ""};
    snprintf(workplace->root, sizeof workplace->root, "%s/earshot-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(workplace->root))
        return fail(message, workplace->root);
    if (log_dir && strcmp(log_dir, "-") == 0)
        return true;
    if (log_dir) {
        char *whole = realpath(log_dir, NULL);
        if (!whole && errno == ENOENT && mkdir(log_dir, 0755) == 0)
            whole = realpath(log_dir, NULL);
        if (!whole)
            return fail(message, log_dir);
        snprintf(workplace->logs, sizeof workplace->logs, "%s", whole);
        free(whole);
        return true;
    }
    int len = snprintf(workplace->logs, sizeof workplace->logs, "%.500s/logs", workplace->root);
    ASSERT(len < (int)sizeof workplace->logs);
    return mkdir(workplace->logs, 0755) == 0 || fail(message, workplace->logs);
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw) {
    (void)stat;
    (void)flag;
    (void)ftw;
    (void)remove(path);
    return 0;
}

void workplace_close(struct workplace *workplace, bool keep) {
    bool inside = strncmp(workplace->logs, workplace->root, strlen(workplace->root)) == 0;
    if (workplace->root[0] && !(keep && inside))
        (void)nftw(workplace->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *workplace_log(const struct workplace *workplace, const char *name, char *out, size_t size) {
    if (!workplace->logs[0])
        return NULL;
    snprintf(out, size, "%s/%s.log", workplace->logs, name);
    return out;
}

void workplace_last_lines(const struct workplace *workplace, const char *name, int lines, char *out,
                          size_t size) {
    char path[WORKPLACE_PATH + 64], tail[TAIL_BYTES + 1];
    out[0] = '\0';
    FILE *file = workplace_log(workplace, name, path, sizeof path) ? fopen(path, "r") : NULL;
    if (!file)
        return;
    if (fseek(file, -TAIL_BYTES, SEEK_END) != 0)
        rewind(file);
    size_t len = fread(tail, 1, TAIL_BYTES, file);
    fclose(file);
    while (len > 0 && tail[len - 1] == '\n')
        len--;
    tail[len] = '\0';
    const char *first = tail + len;
    while (first > tail && (first[-1] != '\n' || --lines > 0))
        first--;
    for (size_t at = 0; *first && at + 3 < size; first++) {
        at += (size_t)snprintf(out + at, size - at, "%s%.*s", *first == '\n' ? "; " : "", *first != '\n',
                               first);
    }
}

bool workplace_read(const struct workplace *workplace, const char *name, char *out, size_t size) {
    char path[WORKPLACE_PATH + 64];
    snprintf(path, sizeof path, "%s/%s", workplace->root, name);
    FILE *file = fopen(path, "r");
    bool ok = file && fgets(out, (int)size, file);
    if (file)
        fclose(file);
    if (ok)
        out[strcspn(out, "\n")] = '\0';
    return ok && out[0];
}

void workplace_quote(struct buf *out, const char *text) {
    buf_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_str(out, "'\\''");
        else
            buf_add_char(out, *text);
    }
    buf_add_char(out, '\'');
}

bool workplace_write_env(const struct workplace *workplace, const char *const *pairs, size_t count) {
    char path[WORKPLACE_PATH + 64];
    struct buf text;
    buf_init(&text, 65536);
    for (size_t i = 0; i + 1 < count; i += 2) {
        buf_printf(&text, "export %s=", pairs[i]);
        workplace_quote(&text, pairs[i + 1]);
        buf_add_str(&text, strcmp(pairs[i], "PATH") == 0 ? ":\"$PATH\"\n" : "\n");
    }
    snprintf(path, sizeof path, "%s/env", workplace->root);
    FILE *file = fopen(path, "w");
    bool ok = file && fwrite(text.ptr, 1, text.len, file) == text.len;
    if (file)
        ok = fclose(file) == 0 && ok;
    buf_free(&text);
    return ok;
}

int workplace_free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd < 0)
        return 0;
    if (bind(fd, (struct sockaddr *)&address, len) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}
