/* process: between fork and exec only what is safe there is called, since librdkafka's threads may be
 * running. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, EXIT_NOT_STARTED = 127 };

/* In the child. */
static _Noreturn void become(const char *const *argv, int log, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before prctl() */
        _exit(EXIT_NOT_STARTED);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    if (log >= 0) {
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
    }
    execv(argv[0], (char *const *)argv);
    _exit(EXIT_NOT_STARTED);
}

pid_t process_start(const char *const *argv, const char *log) {
    int file = -1;
    if (log && (file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
        return -1;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(argv, file, parent);
    if (file >= 0)
        close(file);
    return pid;
}

pid_t process_reap(int *status, int *signal_number) {
    int raw;
    pid_t pid = waitpid(-1, &raw, WNOHANG);
    if (pid <= 0)
        return 0;
    *status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 0;
    *signal_number = WIFSIGNALED(raw) ? WTERMSIG(raw) : 0;
    return pid;
}

bool process_home(char *out, size_t size) {
    char path[PATH_BYTES];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0)
        return false;
    path[len] = '\0';
    return (size_t)snprintf(out, size, "%s", dirname(path)) < size;
}

bool process_find(const char *name, char *out, size_t size) {
    char home[PATH_BYTES];
    if (process_home(home, sizeof home) && (size_t)snprintf(out, size, "%s/%s", home, name) < size &&
        access(out, X_OK) == 0)
        return true;
    const char *path = getenv("PATH");
    for (path = path ? path : "/usr/local/bin:/usr/bin:/bin"; *path;) {
        int len = (int)strcspn(path, ":");
        if (len > 0 && (size_t)snprintf(out, size, "%.*s/%s", len, path, name) < size &&
            access(out, X_OK) == 0)
            return true;
        path += path[len] ? len + 1 : len;
    }
    return false;
}
