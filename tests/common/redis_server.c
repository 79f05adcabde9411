#include "redis_server.h"

#include "earshot/functions.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_MS = 20000, WORDS_MAX = 64, PATH_MAX_LEN = 80 };

struct redis_server {
    char folder[PATH_MAX_LEN], socket[PATH_MAX_LEN + 8], url[PATH_MAX_LEN + 32];
    bool aof;
    pid_t pid; /* 0: not running */
};

static bool answers(const struct redis_server *server) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char reply[8] = "";
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", server->socket);
    bool ok = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
              send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 && recv(fd, reply, sizeof reply, 0) > 0 &&
              memcmp(reply, "+PONG", 5) == 0;
    close(fd);
    return ok;
}

static void run(const struct redis_server *server) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that is killed leaves none behind */
    if (chdir(server->folder) != 0 || !freopen("log", "a", stdout))
        _exit(126);
    execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket, "--dir",
           server->folder, "--save", "", "--appendonly", server->aof ? "yes" : "no", "--appendfsync",
           "always", "--enable-debug-command", "yes", (char *)NULL);
    fprintf(stderr, "redis-server is not installed: tests/run installs it\n");
    _exit(127);
}

void redis_server_start(struct redis_server *server) {
    (void)unlink(server->socket);
    (void)fflush(stdout); /* or the child prints it too */
    server->pid = fork();
    ASSERT(server->pid >= 0);
    if (server->pid == 0)
        run(server);
    const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
    for (int waited = 0; !answers(server); waited += 5) {
        ASSERT(waited < START_MS && waitpid(server->pid, NULL, WNOHANG) == 0);
        nanosleep(&pause, NULL);
    }
}

struct redis_server *redis_server_new(bool aof) {
    struct redis_server *server = xcalloc(1, sizeof *server);
    const char *parent = getenv("TMPDIR");
    server->aof = aof;
    (void)snprintf(server->folder, sizeof server->folder, "%s/earshot-redis-XXXXXX",
                   parent ? parent : "/tmp");
    ASSERT(mkdtemp(server->folder));
    (void)snprintf(server->socket, sizeof server->socket, "%s/s", server->folder);
    (void)snprintf(server->url, sizeof server->url, "unix://%s", server->socket);
    redis_server_start(server);
    return server;
}

void redis_server_kill(struct redis_server *server) {
    if (server->pid) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, NULL, 0);
    }
    server->pid = 0;
}

void redis_server_free(struct redis_server **server) {
    char command[PATH_MAX_LEN + 16];
    redis_server_kill(*server);
    (void)snprintf(command, sizeof command, "rm -rf %s", (*server)->folder);
    ASSERT(system(command) == 0);
    free(*server);
    *server = NULL;
}

const char *redis_server_url(const struct redis_server *server) {
    return server->url;
}

const char *redis_server_socket(const struct redis_server *server) {
    return server->socket;
}

int redis_server_pid(const struct redis_server *server) {
    return server->pid;
}

struct store *redis_server_store(const struct redis_server *server) {
    struct buf message;
    buf_init(&message, 1024);
    const struct store_conf conf = {.url = server->url, .timeout_ms = 20000};
    struct store *store = store_new(&conf, &message);
    ASSERT(store);
    buf_free(&message);
    return store;
}

const struct store_reply *redis_ask(struct store *store, const char *command) {
    struct span words[WORDS_MAX];
    size_t count = 0;
    while (*command) {
        const char *end = strchrnul(command, ' ');
        ASSERT(count < WORDS_MAX);
        words[count++] = (struct span){.ptr = command, .len = (size_t)(end - command)};
        command = *end ? end + 1 : end;
    }
    const struct store_reply *reply = NULL;
    enum store_status status = store_ask(store, words, count, &reply);
    ASSERT(status == STORE_OK);
    return reply;
}

void redis_init(struct store *store, const char *id, int shards, int partitions) {
    char command[200];
    const struct span load[] = {SPAN("FUNCTION"), SPAN("LOAD"), SPAN("REPLACE"), functions_source()};
    const struct store_reply *reply = NULL;
    enum store_status status = store_ask(store, load, COUNT_OF(load), &reply);
    ASSERT(status == STORE_OK && reply->type == STORE_STRING);
    (void)snprintf(command, sizeof command,
                   "HSET " FUNCTIONS_META " schema " FUNCTIONS_SCHEMA
                   " id %s shards %d partitions %d window 4096",
                   id, shards, partitions);
    (void)redis_ask(store, command);
}
