/* file: mentions, one JSON object a line, from a file or standard input. What a line holds is not looked at:
 * the engine does that; only --shift-to-now reads all lines once before, for the newest created_at. */
#include "connector.h"
#include "file_cursor.h"

#include "earshot/lines.h"
#include "earshot/log.h"
#include "earshot/mention.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEASURE_LINES = 2000, FOLLOW_MS = 200, ARENA_FIRST = 64 * 1024, BOM_BYTES = 3 };

struct file_conf {
    const char *path;
    bool shift_to_now, follow;
};

#define AT(field) offsetof(struct file_conf, field)
static const struct conf_option OPTIONS[] = {
    {.name = "path",
     .type = CONF_STRING,
     .offset = AT(path),
     .argument = "PATH",
     .help = "file of mentions, one JSON object a line; - is standard input"},
    {.name = "shift-to-now",
     .type = CONF_BOOL,
     .offset = AT(shift_to_now),
     .help = "move all times by one constant, so that the newest mention is of now"},
    {.name = "follow",
     .type = CONF_BOOL,
     .offset = AT(follow),
     .help = "wait for more at the end of the file, also where it was replaced by a new one"},
    {0},
};

enum phase { PHASE_SPOOL, PHASE_MEASURE, PHASE_READ, PHASE_ENDED };

struct file {
    const struct source *source;
    const struct file_conf *conf;
    enum phase phase;
    int fd;
    FILE *spool; /* of standard input, where it has to be read twice */
    struct lines *lines;
    int64_t newest;            /* while measuring; MENTION_NO_TIME: none yet */
    bool resumable;            /* a regular file by its path */
    struct file_cursor cursor; /* of all that was given */
    int64_t told;              /* offset of the cursor that was told last */
};

struct files {
    const struct connector_host *host;
    struct file *list;
    size_t count, next;
    struct arena *arena;
    struct fault fault;
    char position[24], problem[512];
};

static const char *check(const void *conf_) {
    const struct file_conf *conf = conf_;
    if (!conf->path || !*conf->path)
        return "path: say which file to read, or - for standard input";
    if (conf->follow && strcmp(conf->path, "-") == 0)
        return "follow: standard input ends by itself; leave it out";
    if (strcmp(conf->path, "-") != 0 && access(conf->path, R_OK) != 0)
        return errno == ENOENT ? "path: there is no such file" : "path: it cannot be read";
    return NULL;
}

static void free_files(void *self) {
    struct files *files = self;
    for (size_t i = 0; i < files->count; i++) {
        struct file *file = &files->list[i];
        lines_free(&file->lines);
        if (file->spool)
            fclose(file->spool);
        if (file->fd > STDIN_FILENO)
            close(file->fd);
    }
    arena_free(&files->arena);
    free(files->list);
    free(files);
}

/* Windows' editors put a byte order mark before the first line. */
static int64_t first_byte(int fd) {
    char bytes[BOM_BYTES];
    bool bom =
        pread(fd, bytes, sizeof bytes, 0) == BOM_BYTES && memcmp(bytes, "\xef\xbb\xbf", BOM_BYTES) == 0;
    return bom ? BOM_BYTES : 0;
}

/* The cursor of the source, where it is of this file. */
static bool resume(struct file *file) {
    struct file_cursor cursor;
    uint64_t tail;
    if (!file->resumable || !file->source->cursor.ptr)
        return false;
    if (!file_cursor_parse(file->source->cursor, &cursor) || !file_tail(file->fd, cursor.offset, &tail) ||
        tail != cursor.tail) {
        log_warn("file.other", "%s is another file than the one that was read before: reading it all",
                 file->conf->path);
        return false;
    }
    file->cursor = cursor;
    file->told = cursor.offset;
    return true;
}

static bool start_reading(struct file *file) {
    file->phase = PHASE_READ;
    return file->fd == STDIN_FILENO || lines_seek(file->lines, file->cursor.offset, file->cursor.line);
}

static bool open_file(struct file *file, struct buf *message) {
    struct stat stat;
    bool std = strcmp(file->conf->path, "-") == 0;
    file->fd = std ? STDIN_FILENO : open(file->conf->path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &stat) < 0) {
        buf_printf(message, "%s: %s", file->conf->path, strerror(errno));
        return false;
    }
    if (S_ISDIR(stat.st_mode)) {
        buf_printf(message, "%s: is a directory; name a file of mentions, one a line", file->conf->path);
        return false;
    }
    file->resumable = !std && S_ISREG(stat.st_mode);
    file->lines = lines_new(file->fd, MENTION_BYTES_MAX);
    file->newest = MENTION_NO_TIME;
    file->cursor = (struct file_cursor){.offset = file->resumable ? first_byte(file->fd) : 0};
    bool resumed = resume(file);
    file->phase = PHASE_READ;
    if (file->conf->shift_to_now && !(resumed && file->cursor.shifted))
        file->phase = file->resumable ? PHASE_MEASURE : PHASE_SPOOL;
    else if (!file->conf->shift_to_now)
        file->cursor.shifted = false;
    if (file->resumable && file->phase == PHASE_READ && !start_reading(file)) {
        buf_printf(message, "%s: %s", file->conf->path, strerror(errno));
        return false;
    }
    return true;
}

static void *start(const struct connector_host *host, const struct source *sources, size_t count,
                   struct buf *message) {
    struct files *files = xcalloc(1, sizeof *files);
    files->host = host;
    files->list = xcalloc(count, sizeof *files->list);
    files->count = count;
    files->arena = arena_new(ARENA_FIRST);
    for (size_t i = 0; i < count; i++) {
        files->list[i].source = &sources[i];
        files->list[i].conf = sources[i].conf;
        files->list[i].fd = -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!open_file(&files->list[i], message)) {
            free_files(files);
            return NULL;
        }
    }
    return files;
}

static enum step failed(struct files *files, struct file *file, const char *what, struct item *item) {
    snprintf(files->problem, sizeof files->problem, "%s: %s: %s", file->conf->path, what, strerror(errno));
    item->problem = files->problem;
    file->phase = PHASE_ENDED;
    return STEP_FAILED;
}

/* Standard input goes to a file without a name; at its end that file is measured, then read. */
static enum step spool(struct files *files, struct file *file, int timeout_ms, struct item *item) {
    char bytes[16 * 1024];
    struct pollfd ready = {.fd = file->fd, .events = POLLIN};
    if (!file->spool && !(file->spool = tmpfile()))
        return failed(files, file, "cannot make a temporary file (set TMPDIR)", item);
    if (poll(&ready, 1, timeout_ms) <= 0)
        return STEP_IDLE;
    ssize_t got = read(file->fd, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return STEP_IDLE;
    if (got < 0)
        return failed(files, file, "cannot be read", item);
    if (got > 0 && fwrite(bytes, 1, (size_t)got, file->spool) == (size_t)got)
        return STEP_IDLE;
    if (got > 0 || fflush(file->spool) != 0)
        return failed(files, file, "cannot be kept in a temporary file", item);
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    file->fd = fileno(file->spool);
    lines_free(&file->lines);
    file->lines = lines_new(file->fd, MENTION_BYTES_MAX);
    file->phase = PHASE_MEASURE;
    return lines_seek(file->lines, 0, 0) ? STEP_IDLE : failed(files, file, "cannot be read again", item);
}

static void measure_line(struct files *files, struct file *file, const struct line *line) {
    struct mention mention;
    struct fault fault;
    arena_reset(files->arena);
    if (line->size <= MENTION_BYTES_MAX &&
        mention_read(line->bytes, MENTION_RAW, files->arena, &mention, &fault) &&
        mention.created_at > file->newest)
        file->newest = mention.created_at;
}

static enum step measure(struct files *files, struct file *file, struct item *item) {
    struct line line;
    for (int i = 0; i < MEASURE_LINES; i++) {
        enum lines_status status = lines_next(file->lines, 0, &line);
        if (status == LINES_FAILED)
            return failed(files, file, "cannot be read", item);
        if (status == LINES_WAIT)
            return STEP_IDLE;
        if (status == LINES_END && !lines_rest(file->lines, &line)) {
            file->cursor.shifted = true;
            file->cursor.shift = file->newest == MENTION_NO_TIME ? 0 : files->host->now() - file->newest;
            file->told = -1; /* a restart must shift by as much */
            return start_reading(file) ? STEP_KEEP : failed(files, file, "cannot be read again", item);
        }
        measure_line(files, file, &line);
    }
    return STEP_IDLE;
}

/* STEP_IDLE: it was empty. */
static enum step give(struct files *files, struct file *file, const struct line *line, struct item *item) {
    file->cursor.offset = line->end;
    file->cursor.line = line->number;
    if (line->size <= MENTION_BYTES_MAX && lines_is_blank(line->bytes))
        return STEP_IDLE;
    int len = snprintf(files->position, sizeof files->position, "%lld", (long long)line->number);
    *item = (struct item){
        .source = (size_t)(file - files->list),
        .bytes = line->bytes,
        .size = line->size,
        .position = {files->position, (size_t)len},
        .shift = file->cursor.shifted ? file->cursor.shift : 0,
    };
    if (line->size > MENTION_BYTES_MAX) {
        fault_set(&files->fault, FAULT_SIZE, MENTION_BYTES_MAX, "%zu bytes, more than %d", line->size,
                  MENTION_BYTES_MAX);
        item->fault = &files->fault;
    }
    return STEP_ITEM;
}

/* The path names another file now, or this one was cut: begin again. */
static bool was_replaced(const struct file *file) {
    struct stat here, there;
    if (fstat(file->fd, &here) < 0 || stat(file->conf->path, &there) < 0)
        return false;
    return here.st_ino != there.st_ino || here.st_dev != there.st_dev || here.st_size < file->cursor.offset;
}

static bool reopen(struct file *file) {
    int fd = open(file->conf->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    close(file->fd);
    lines_free(&file->lines);
    file->fd = fd;
    file->lines = lines_new(fd, MENTION_BYTES_MAX);
    file->cursor.offset = first_byte(fd);
    file->cursor.line = 0;
    log_info("file.replaced", "%s was replaced: reading the new one", file->conf->path);
    return start_reading(file);
}

static enum step at_end(struct files *files, struct file *file, int timeout_ms, struct item *item) {
    struct line line;
    bool following = file->conf->follow && !files->host->once;
    if (following && !was_replaced(file)) {
        poll(NULL, 0, timeout_ms < FOLLOW_MS ? timeout_ms : FOLLOW_MS);
        return STEP_IDLE;
    }
    if (lines_rest(file->lines, &line))
        return give(files, file, &line, item);
    if (!following || !reopen(file))
        file->phase = following ? PHASE_READ : PHASE_ENDED;
    return STEP_IDLE;
}

static enum step read_on(struct files *files, struct file *file, int timeout_ms, struct item *item) {
    struct line line;
    for (;;) {
        switch (lines_next(file->lines, timeout_ms, &line)) {
        case LINES_LINE:
            if (give(files, file, &line, item) == STEP_ITEM)
                return STEP_ITEM;
            break;
        case LINES_WAIT:
            return STEP_IDLE;
        case LINES_END:
            return at_end(files, file, timeout_ms, item);
        default:
            return failed(files, file, "cannot be read", item);
        }
    }
}

static enum step step_file(struct files *files, struct file *file, int timeout_ms, struct item *item) {
    switch (file->phase) {
    case PHASE_SPOOL:
        return spool(files, file, timeout_ms, item);
    case PHASE_MEASURE:
        return measure(files, file, item);
    case PHASE_READ:
        return read_on(files, file, timeout_ms, item);
    default:
        return STEP_DONE;
    }
}

/* A file is read to its end before the next begins; those that are followed take turns. */
static enum step step(void *self, int timeout_ms, struct item *item) {
    struct files *files = self;
    size_t done = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct file *file = &files->list[files->next];
        enum step step = step_file(files, file, timeout_ms / (int)files->count, item);
        if (step == STEP_ITEM || step == STEP_KEEP || step == STEP_FAILED)
            return step;
        done += step == STEP_DONE;
        files->next = (files->next + 1) % files->count;
    }
    return done == files->count ? STEP_DONE : STEP_IDLE;
}

static bool cursor(void *self, size_t source, struct buf *out) {
    struct files *files = self;
    struct file *file = &files->list[source];
    if (!file->resumable || file->cursor.offset == file->told ||
        !file_tail(file->fd, file->cursor.offset, &file->cursor.tail))
        return false;
    file->told = file->cursor.offset;
    file_cursor_print(&file->cursor, out);
    return true;
}

static struct connector_progress progress(const void *self, size_t source) {
    const struct files *files = self;
    const struct file *file = &files->list[source];
    struct stat stat;
    struct connector_progress progress = {.done = file->cursor.offset};
    if (file->phase == PHASE_READ && fstat(file->fd, &stat) == 0 && S_ISREG(stat.st_mode))
        progress.total = stat.st_size;
    return progress;
}

const struct connector CONNECTOR_FILE = {
    .name = "file",
    .about = "mentions, one JSON object a line, from files or standard input",
    .operands = "PATH|-",
    .operand = "path",
    .options = OPTIONS,
    .conf_size = sizeof(struct file_conf),
    .check = check,
    .start = start,
    .step = step,
    .cursor = cursor,
    .progress = progress,
    .stop = free_files,
};
