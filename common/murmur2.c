/* murmur2: Java's, with which Kafka's own clients choose the partition of a key. */
#include "earshot/deployment.h"

static const uint32_t FACTOR = 0x5bd1e995u;

static uint32_t word_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t murmur2(struct span key) {
    const unsigned char *bytes = (const unsigned char *)key.ptr;
    uint32_t hash = 0x9747b28cu ^ (uint32_t)key.len;
    size_t at = 0;
    for (; at + 4 <= key.len; at += 4) {
        uint32_t word = word_at(bytes + at) * FACTOR;
        word = (word ^ word >> 24) * FACTOR;
        hash = hash * FACTOR ^ word;
    }
    uint32_t rest = 0;
    for (size_t i = key.len; i > at; i--)
        rest = rest << 8 | bytes[i - 1];
    if (at < key.len)
        hash = (hash ^ rest) * FACTOR;
    hash = (hash ^ hash >> 13) * FACTOR;
    return hash ^ hash >> 15;
}

int32_t deployment_partition(const struct deployment *deployment, struct span mention_id) {
    return (int32_t)((murmur2(mention_id) & 0x7fffffff) % (uint32_t)deployment->partitions);
}
