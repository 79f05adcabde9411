#include "shell.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static char folder[64];

void shell_open(const char *name) {
    char path[4096];
    snprintf(folder, sizeof folder, "/tmp/earshot-%s-XXXXXX", name);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s:%s", PROGRAMS, getenv("PATH"));
    setenv("PATH", path, 1);
}

int shell_close(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

const char *shell_folder(void) {
    return folder;
}

void shell_write(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

int shell_run(const char *line, struct buf *out) {
    char whole[4096], block[4096];
    size_t n;
    snprintf(whole, sizeof whole, "cd %s; { %s; } 2>&1", folder, line);
    FILE *pipe = popen(whole, "r");
    assert_non_null(pipe);
    buf_clear(out);
    while ((n = fread(block, 1, sizeof block, pipe)) > 0)
        buf_add(out, block, n);
    int status = pclose(pipe);
    buf_add_str(out, ""); /* terminated, also where nothing was said */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void shell_check(const struct shell_case *cases, size_t count) {
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    for (size_t i = 0; i < count; i++) {
        int code = shell_run(cases[i].command, &out);
        if (code != cases[i].code || strcmp(out.ptr, cases[i].says) != 0)
            fail_msg("%s: exit code %d, want %d and `%s`, said:\n%s", cases[i].command, code, cases[i].code,
                     cases[i].says, out.ptr);
    }
    buf_free(&out);
}
