/* operand: a query is rarely the name of a file, and a file's name is rarely meant as a query: what there is
 * decides. */
#include "operand.h"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static int read_all(const char *name, FILE *file, struct buf *text) {
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_add(text, block, n);
    if (ferror(file))
        return command_refuse(EXIT_FAILED, "%s: %s", name, strerror(errno));
    return buf_ok(text) ? EXIT_OK : command_refuse(EXIT_FAILED, "%s: more than 64 MiB", name);
}

/* One word that ends as files do. */
static bool means_file(const char *operand) {
    static const char *const ENDINGS[] = {".csv", ".tsv", ".txt", ".bwq", ".json", ".ndjson", ".query"};
    size_t len = strlen(operand);
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++) {
        size_t ending = strlen(ENDINGS[i]);
        if (len > ending && strcmp(operand + len - ending, ENDINGS[i]) == 0 && !strchr(operand, ' '))
            return true;
    }
    return false;
}

int operand_read(const char *operand, bool must_be_file, struct buf *text) {
    struct stat stat_of;
    if (strcmp(operand, "-") == 0)
        return read_all("standard input", stdin, text);
    if (stat(operand, &stat_of) != 0) {
        if (means_file(operand) || must_be_file)
            return command_refuse(EXIT_FAILED, "%s: %s", operand, strerror(errno));
        buf_add_str(text, operand);
        return EXIT_OK;
    }
    FILE *file = S_ISDIR(stat_of.st_mode) ? NULL : fopen(operand, "rb");
    if (!file)
        return command_refuse(EXIT_FAILED, "%s: %s", operand,
                              S_ISDIR(stat_of.st_mode) ? "is a directory" : strerror(errno));
    int code = read_all(operand, file, text);
    fclose(file);
    return code;
}

struct span operand_line(struct span text) {
    while (text.len > 0 && (text.ptr[text.len - 1] == '\r' || text.ptr[text.len - 1] == '\n'))
        text.len--;
    return text;
}
