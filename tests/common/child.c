#include "child.h"

#include "cmocka_all.h"
#include "earshot/times.h"
#include "raw_http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOG_MAX = 4 << 20, LOOK_MS = 5 };

static void look_again_soon(void) {
    nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000}, NULL);
}

void child_start(struct child *child, const char *const *argv) {
    *child = (struct child){.log_fd = memfd_create("log", 0)};
    buf_init(&child->log, LOG_MAX);
    assert_true(child->log_fd >= 0);
    fflush(NULL);
    pid_t parent = getpid();
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid > 0)
        return;
    /* a test that fails leaves nothing behind */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    dup2(child->log_fd, STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

const char *child_log(struct child *child) {
    char block[4096];
    for (ssize_t n; (n = pread(child->log_fd, block, sizeof block, (off_t)child->log.len)) > 0;)
        buf_add(&child->log, block, (size_t)n);
    return child->log.ptr ? child->log.ptr : "";
}

void child_await_log(struct child *child, const char *text) {
    for (int64_t end = times_monotonic_ms() + CHILD_WAIT_MS; !strstr(child_log(child), text);
         look_again_soon()) {
        if (times_monotonic_ms() > end)
            fail_msg("not logged: %s; but:\n%s", text, child_log(child));
    }
}

int child_port(struct child *child) {
    child_await_log(child, " serves /livez");
    const char *at = strstr(child_log(child), " serves /livez");
    while (at > child->log.ptr && at[-1] != ' ')
        at--;
    return atoi(at);
}

void child_await_status(struct child *child, const char *path, int status, struct buf *body) {
    int port = child_port(child), got = 0;
    for (int64_t end = times_monotonic_ms() + CHILD_WAIT_MS; got != status; look_again_soon()) {
        buf_clear(body);
        got = raw_http_get(port, path, body);
        if (got != status && times_monotonic_ms() > end)
            fail_msg("%s is %d, not %d: %s", path, got, status, child_log(child));
    }
}

void child_signal(const struct child *child, int number) {
    assert_int_equal(kill(child->pid, number), 0);
}

int child_wait(struct child *child) {
    int status = 0;
    for (int64_t end = times_monotonic_ms() + CHILD_WAIT_MS; waitpid(child->pid, &status, WNOHANG) == 0;
         look_again_soon()) {
        if (times_monotonic_ms() > end) {
            kill(child->pid, SIGKILL);
            fail_msg("it does not end: %s", child_log(child));
        }
    }
    close(child->log_fd);
    buf_free(&child->log);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
