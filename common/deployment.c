/* deployment: small and read rarely, but what it says decides which counters a record may touch: everything
 * is checked to the letter. */
#include "earshot/deployment.h"

#include "earshot/arena.h"
#include "earshot/scan.h"
#include "siphash.h"

#include <stdio.h>

enum { ARENA_FIRST = 1024, PARTITIONS_MAX = 100000, SHARDS_MAX = 16384, WINDOW_MAX = 1 << 20 };

bool deployment_id_ok(struct span id) {
    if (id.len == 0 || id.len > DEPLOYMENT_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

/* Members. Each reader stands on its value. */

static bool read_id(struct scan *scan, struct deployment *out) {
    size_t byte = scan_byte(scan);
    struct span id = scan_string(scan);
    if (!id.ptr)
        return false;
    if (!deployment_id_ok(id))
        return scan_fault(scan, FAULT_TYPE, byte, "an id has 1 to %d of a-z 0-9", DEPLOYMENT_ID_MAX);
    memcpy(out->id, id.ptr, id.len);
    out->id[id.len] = '\0';
    return true;
}

static bool read_int(struct scan *scan, int max, int *out) {
    int64_t value;
    if (!scan_integer(scan, 1, max, &value))
        return false;
    *out = (int)value;
    return true;
}

static bool read_partitions(struct scan *scan, struct deployment *out) {
    return read_int(scan, PARTITIONS_MAX, &out->partitions);
}

static bool read_shards(struct scan *scan, struct deployment *out) {
    size_t byte = scan_byte(scan);
    if (!read_int(scan, SHARDS_MAX, &out->shards))
        return false;
    if (out->shards & (out->shards - 1))
        return scan_fault(scan, FAULT_TYPE, byte, "%d is no power of two", out->shards);
    return true;
}

static bool read_window(struct scan *scan, struct deployment *out) {
    return read_int(scan, WINDOW_MAX, &out->window);
}

static bool read_created_at(struct scan *scan, struct deployment *out) {
    return scan_integer(scan, 0, INT64_MAX, &out->created_at);
}

static const struct member {
    const char *name;
    bool (*read)(struct scan *scan, struct deployment *out);
} MEMBERS[] = {
    {"id", read_id},         {"partitions", read_partitions}, {"shards", read_shards},
    {"window", read_window}, {"created_at", read_created_at},
};

static bool read_member(struct scan *scan, struct span name, unsigned *seen, struct deployment *out) {
    for (size_t i = 0; i < COUNT_OF(MEMBERS); i++) {
        if (!span_eq(name, span_of(MEMBERS[i].name)))
            continue;
        if (*seen >> i & 1)
            return scan_doubled(scan);
        *seen |= 1u << i;
        return MEMBERS[i].read(scan, out);
    }
    return scan_fault(scan, FAULT_TYPE, scan_name_byte(scan),
                      "unknown member: the deployment was made by another version of Earshot");
}

static bool read_deployment(struct scan *scan, struct deployment *out) {
    struct scan_scope scope;
    struct span name;
    unsigned seen = 0;
    if (!scan_object(scan, &scope))
        return false;
    while (scan_member(scan, &scope, &name))
        if (!read_member(scan, name, &seen, out))
            return false;
    if (!scan_ok(scan))
        return false;
    for (size_t i = 0; i < COUNT_OF(MEMBERS); i++)
        if (!(seen >> i & 1))
            return scan_fault(scan, FAULT_MISSING, scan_byte(scan) - 1, "member `%s` is missing",
                              MEMBERS[i].name);
    return scan_end(scan);
}

bool deployment_parse(struct span json, struct deployment *out, struct fault *fault) {
    struct arena *arena = arena_new(ARENA_FIRST);
    struct scan scan;
    *out = (struct deployment){.partitions = 0};
    scan_begin(&scan, json, arena, fault);
    bool ok = read_deployment(&scan, out);
    arena_free(&arena);
    return ok;
}

void deployment_print(const struct deployment *deployment, struct buf *out) {
    buf_printf(out, "{\"id\":\"%s\",\"partitions\":%d,\"shards\":%d,\"window\":%d,\"created_at\":%lld}",
               deployment->id, deployment->partitions, deployment->shards, deployment->window,
               (long long)deployment->created_at);
}

bool deployment_same(const struct deployment *a, const struct deployment *b) {
    return strcmp(a->id, b->id) == 0 && a->partitions == b->partitions && a->shards == b->shards &&
           a->window == b->window;
}

uint64_t deployment_seed(const struct deployment *deployment) {
    static const unsigned char KEY[SIPHASH_KEY + 1] = "matcher's hashes";
    struct siphash hash;
    siphash_begin(&hash, KEY);
    siphash_add(&hash, deployment->id, strlen(deployment->id));
    return siphash_end(&hash);
}

int deployment_shard(const struct deployment *deployment, struct span alert_id) {
    ASSERT(deployment->shards > 0);
    return crc16_xmodem(alert_id) % deployment->shards;
}
