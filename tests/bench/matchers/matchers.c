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

/* A line of /proc/self/status, in bytes; 0 where it is not there. */
static size_t status_of(const char *status, const char *name) {
    const char *at = strstr(status, name);
    return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

struct matchers_memory matchers_memory(void) {
    char status[4096] = "";
    FILE *file = fopen("/proc/self/status", "r");
    if (file) {
        status[fread(status, 1, sizeof status - 1, file)] = '\0';
        fclose(file);
    }
    return (struct matchers_memory){status_of(status, "VmRSS:"), status_of(status, "VmHWM:")};
}

/* Where the system refuses, the peak is that since the start. */
void matchers_memory_reset(void) {
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

void matchers_pairs_open(struct matchers_pairs *pairs, const char *path) {
    *pairs = (struct matchers_pairs){.kept = path != NULL};
    if (!path || strcmp(path, "-") == 0)
        return;
    pairs->file = fopen(path, "wb");
    if (!pairs->file)
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

/* Lucene.java has the same. */
static uint64_t hash_pair(uint64_t hash, uint32_t document, uint32_t alert) {
    hash = (hash ^ ((uint64_t)document << 32 | alert)) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static void put_number(FILE *file, uint32_t value) {
    const unsigned char bytes[] = {(unsigned char)value, (unsigned char)(value >> 8),
                                   (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    fwrite(bytes, 1, sizeof bytes, file);
}

/* All documents before this one are through. */
static void mark_until(struct matchers_pairs *pairs, size_t document) {
    while ((pairs->mark_count + 1) * MATCHERS_MARK <= document && pairs->mark_count < MATCHERS_MARKS_MAX)
        pairs->marks[pairs->mark_count++] = pairs->hash;
}

static void keep(struct matchers_pairs *pairs, uint32_t document) {
    mark_until(pairs, document);
    if (pairs->count > 1)
        qsort(pairs->alerts, pairs->count, sizeof *pairs->alerts, by_number);
    for (size_t i = 0; i < pairs->count; i++) {
        pairs->hash = hash_pair(pairs->hash, document, pairs->alerts[i]);
        if (!pairs->file)
            continue;
        put_number(pairs->file, document);
        put_number(pairs->file, pairs->alerts[i]);
    }
}

void matchers_pairs_end(struct matchers_pairs *pairs, uint32_t document) {
    pairs->total += pairs->count;
    if (pairs->kept)
        keep(pairs, document);
    pairs->count = 0;
}

void matchers_pairs_close(struct matchers_pairs *pairs, size_t documents) {
    mark_until(pairs, documents);
    if (pairs->file && (ferror(pairs->file) || fclose(pairs->file) != 0))
        die(EXIT_FAILED, "the pairs cannot be written");
    free(pairs->alerts);
    pairs->alerts = NULL;
    pairs->file = NULL;
}

/* By how many documents they are of: those that another engine may have looked at alone. */
static void print_hashes(const struct matchers_pairs *pairs, size_t documents) {
    size_t marks = pairs->mark_count;
    if (marks * MATCHERS_MARK == documents)
        marks--; /* the last one is the hash itself */
    printf("\"hashes\":{");
    for (size_t i = 0; i < marks; i++)
        printf("\"%zu\":\"%016llx\",", (i + 1) * MATCHERS_MARK, (unsigned long long)pairs->marks[i]);
    printf("\"%zu\":\"%016llx\"}", documents, (unsigned long long)pairs->hash);
}

void matchers_print(const struct matchers_result *result, double *round_ns) {
    size_t rounds = result->rounds;
    double documents = (double)result->measured * 1e9, median = matchers_median(round_ns, rounds);
    printf("{\"engine\":\"%s\",\"how\":\"%s\",\"alerts\":%zu,\"documents\":%zu,\"measured\":%zu,\"documents_"
           "per_s\":%.1f,"
           "\"slowest\":%.1f,\"fastest\":%.1f,\"rounds\":%zu,\"build_s\":%.3f,\"pass_ns\":%.1f,",
           result->engine, result->how, result->alerts, result->documents, result->measured,
           documents / median, documents / round_ns[rounds - 1], documents / round_ns[0], rounds,
           result->build_s, result->pass_ns);
    printf("\"index_bytes\":%zu,\"own_bytes\":%zu,\"peak_bytes\":%zu,\"pairs\":%llu,\"cut\":%llu,",
           result->index_bytes, result->own_bytes, result->peak_bytes,
           (unsigned long long)result->pairs->total, (unsigned long long)result->cut);
    print_hashes(result->pairs, result->documents);
    printf("}\n");
}
