#include "earshot/marks.h"

#include <stdlib.h>

struct marks {
    int shards, partitions;
    struct mark *at; /* kind by kind, shard by shard */
};

struct marks *marks_new(int shards, int partitions) {
    struct marks *marks = xmalloc(sizeof *marks);
    size_t count = MARKS_KINDS * (size_t)shards * (size_t)partitions;
    *marks = (struct marks){.shards = shards, .partitions = partitions};
    marks->at = xcalloc(count, sizeof *marks->at);
    for (size_t i = 0; i < count; i++)
        marks->at[i] = (struct mark){.raw = -1, .next = -1};
    return marks;
}

void marks_free(struct marks **marks) {
    if (*marks)
        free((*marks)->at);
    free(*marks);
    *marks = NULL;
}

struct mark *marks_at(struct marks *marks, enum marks_of of, int shard, int32_t partition) {
    ASSERT(shard >= 0 && shard < marks->shards && partition >= 0 && partition < marks->partitions);
    size_t row = (size_t)of * (size_t)marks->shards + (size_t)shard;
    return &marks->at[row * (size_t)marks->partitions + (size_t)partition];
}

static int64_t read_number(const char *bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return (int64_t)value - 1;
}

static void print_number(int64_t value, char *out) {
    uint64_t left = (uint64_t)(value + 1);
    for (size_t i = 8; i-- > 0; left >>= 8)
        out[i] = (char)(left & 0xff);
}

bool marks_read(struct marks *marks, enum marks_of of, int shard, struct span stored) {
    size_t count = stored.len / MARK_BYTES;
    if (stored.len % MARK_BYTES || count > (size_t)marks->partitions)
        return false;
    for (int32_t p = 0; p < marks->partitions; p++) {
        struct mark *mark = marks_at(marks, of, shard, p);
        *mark = (struct mark){.raw = -1, .next = -1};
        if ((size_t)p < count) {
            mark->raw = read_number(stored.ptr + (size_t)p * MARK_BYTES);
            mark->next = read_number(stored.ptr + (size_t)p * MARK_BYTES + 8);
        }
    }
    return true;
}

void mark_print(struct mark mark, char out[MARK_BYTES]) {
    print_number(mark.raw, out);
    print_number(mark.next, out + 8);
}

int64_t marks_begin(struct marks *marks, enum marks_of of, int32_t partition) {
    int64_t begin = INT64_MAX;
    for (int shard = 0; shard < marks->shards; shard++) {
        int64_t next = marks_at(marks, of, shard, partition)->next;
        if (next < begin)
            begin = next;
    }
    return begin;
}
