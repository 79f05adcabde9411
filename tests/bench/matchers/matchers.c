/* matchers: one way to read, to take time and to tell, so that engines differ in nothing but themselves. */
#include "matchers.h"

#include <stdlib.h>
#include <time.h>

struct span matchers_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die(EXIT_FAILED, "%s cannot be read", path);
    long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        die(EXIT_FAILED, "%s cannot be read", path);
    char *bytes = xmalloc((size_t)size + 1);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size)
        die(EXIT_FAILED, "%s cannot be read", path);
    bytes[size] = '\0';
    fclose(file);
    return (struct span){bytes, (size_t)size};
}

bool matchers_line(struct span *rest, struct span *line) {
    if (rest->len == 0)
        return false;
    const char *stop = memchr(rest->ptr, '\n', rest->len);
    size_t len = stop ? (size_t)(stop - rest->ptr) : rest->len, step = stop ? len + 1 : len;
    *line = (struct span){rest->ptr, len};
    *rest = (struct span){rest->ptr + step, rest->len - step};
    return true;
}

size_t matchers_number(const char *text) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value < 1 || value > UINT32_MAX)
        die(EXIT_USAGE, "%s is not a number from 1 on", text);
    return value;
}

int64_t matchers_cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double matchers_median(double *values, size_t count) {
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

void matchers_pairs_open(struct matchers_pairs *pairs, const char *path) {
    *pairs = (struct matchers_pairs){.file = path ? fopen(path, "wb") : NULL};
    if (path && !pairs->file)
        die(EXIT_FAILED, "%s cannot be written", path);
}

void matchers_pairs_add(struct matchers_pairs *pairs, uint32_t alert) {
    if (pairs->count == pairs->cap) {
        pairs->cap = pairs->cap * 2 + 64;
        pairs->alerts = xrealloc(pairs->alerts, pairs->cap * sizeof *pairs->alerts);
    }
    pairs->alerts[pairs->count++] = alert;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void put_number(FILE *file, uint32_t value) {
    const unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8),
                                   (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    fwrite(bytes, 1, sizeof bytes, file);
}

void matchers_pairs_end(struct matchers_pairs *pairs, uint32_t document) {
    pairs->total += pairs->count;
    if (pairs->file) {
        if (pairs->count > 1)
            qsort(pairs->alerts, pairs->count, sizeof *pairs->alerts, by_number);
        for (size_t i = 0; i < pairs->count; i++) {
            put_number(pairs->file, document);
            put_number(pairs->file, pairs->alerts[i]);
        }
    }
    pairs->count = 0;
}

void matchers_pairs_close(struct matchers_pairs *pairs) {
    if (pairs->file && (ferror(pairs->file) || fclose(pairs->file) != 0))
        die(EXIT_FAILED, "the pairs cannot be written");
    free(pairs->alerts);
    *pairs = (struct matchers_pairs){.total = pairs->total};
}

void matchers_print(struct matchers_result *result, double *round_ns, size_t rounds) {
    double documents = (double)result->documents * 1e9, median = matchers_median(round_ns, rounds);
    result->documents_per_s = documents / median;
    result->fastest = documents / round_ns[0];
    result->slowest = documents / round_ns[rounds - 1];
    printf("{\"engine\":\"%s\",\"how\":\"%s\",\"alerts\":%zu,\"documents\":%zu,\"documents_per_s\":%.1f,"
           "\"slowest\":%.1f,\"fastest\":%.1f,\"rounds\":%zu,\"build_s\":%.3f,\"pairs\":%llu}\n",
           result->engine, result->how, result->alerts, result->documents, result->documents_per_s,
           result->slowest, result->fastest, rounds, result->build_s, (unsigned long long)result->pairs);
}
