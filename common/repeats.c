/* repeats: a ring a partition, the place of a record is its offset modulo the number of places; buckets chain
 * the records whose keys hash alike, the latest first. Nothing is ever unlinked: a chain goes from late to
 * early, so it ends where a place was taken again (a later record is there) or where the window ends. */
#include "earshot/repeats.h"

#include "siphash.h"

#include <stdlib.h>

#define NOWHERE UINT32_MAX

struct place {
    uint64_t key, content;
    int64_t offset; /* -1: free */
};

struct ring {
    struct place *places;
    uint32_t *older;  /* by place: the next of its bucket */
    uint32_t *latest; /* by bucket */
    int64_t newest;
};

struct repeats {
    unsigned char secret[REPEATS_SECRET];
    int64_t window;
    int64_t place_count; /* one more than the window: the first before a record and itself */
    size_t bucket_count; /* a power of two */
    struct ring **rings; /* by partition */
    size_t ring_count;
};

struct repeats *repeats_new(int window, const unsigned char secret[REPEATS_SECRET]) {
    ASSERT(window > 0);
    struct repeats *repeats = xcalloc(1, sizeof *repeats);
    memcpy(repeats->secret, secret, REPEATS_SECRET);
    repeats->window = window;
    repeats->place_count = (int64_t)window + 1;
    for (repeats->bucket_count = 1; repeats->bucket_count < (size_t)window;)
        repeats->bucket_count *= 2;
    return repeats;
}

static void ring_free(struct ring *ring) {
    if (!ring)
        return;
    free(ring->places);
    free(ring->older);
    free(ring->latest);
    free(ring);
}

void repeats_free(struct repeats **repeats) {
    struct repeats *gone = *repeats;
    *repeats = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->ring_count; i++)
        ring_free(gone->rings[i]);
    free(gone->rings);
    free(gone);
}

void repeats_forget(struct repeats *repeats, int32_t partition) {
    if ((size_t)partition >= repeats->ring_count)
        return;
    ring_free(repeats->rings[partition]);
    repeats->rings[partition] = NULL;
}

static void ring_clear(const struct repeats *repeats, struct ring *ring) {
    for (int64_t i = 0; i < repeats->place_count; i++)
        ring->places[i].offset = -1;
    for (size_t i = 0; i < repeats->bucket_count; i++)
        ring->latest[i] = NOWHERE;
    ring->newest = -1;
}

static struct ring *ring_of(struct repeats *repeats, int32_t partition) {
    size_t number = (size_t)partition;
    if (number >= repeats->ring_count) {
        repeats->rings = xrealloc(repeats->rings, (number + 1) * sizeof(struct ring *));
        while (repeats->ring_count <= number)
            repeats->rings[repeats->ring_count++] = NULL;
    }
    if (!repeats->rings[number]) {
        struct ring *ring = xcalloc(1, sizeof *ring);
        ring->places = xcalloc((size_t)repeats->place_count, sizeof *ring->places);
        ring->older = xcalloc((size_t)repeats->place_count, sizeof *ring->older);
        ring->latest = xcalloc(repeats->bucket_count, sizeof *ring->latest);
        ring_clear(repeats, ring);
        repeats->rings[number] = ring;
    }
    return repeats->rings[number];
}

static struct place place_of(const struct repeats *repeats, int64_t offset, struct span key,
                             const struct mention *mention) {
    struct siphash hash;
    struct place place = {.offset = offset};
    siphash_begin(&hash, repeats->secret);
    siphash_add_span(&hash, key);
    place.key = siphash_end(&hash);
    siphash_begin(&hash, repeats->secret);
    siphash_add_span(&hash, mention->type);
    siphash_add(&hash, &mention->updated_at, sizeof mention->updated_at);
    siphash_add_span(&hash, mention->title);
    siphash_add_span(&hash, mention->text);
    place.content = siphash_end(&hash);
    return place;
}

static enum repeats_kind judge(const struct repeats *repeats, const struct ring *ring,
                               const struct place *place) {
    enum repeats_kind kind = REPEATS_NEW;
    uint32_t at = ring->latest[place->key & (repeats->bucket_count - 1)];
    int64_t last = INT64_MAX;
    for (; at != NOWHERE; at = ring->older[at]) {
        const struct place *other = &ring->places[at];
        if (other->offset >= last || other->offset < place->offset - repeats->window)
            break;
        last = other->offset;
        if (other->offset >= place->offset || other->key != place->key)
            continue;
        if (other->content == place->content)
            return REPEATS_SAME;
        kind = REPEATS_CHANGED;
    }
    return kind;
}

static void remember(const struct repeats *repeats, struct ring *ring, const struct place *place) {
    uint32_t at = (uint32_t)(place->offset % repeats->place_count);
    uint32_t *latest = &ring->latest[place->key & (repeats->bucket_count - 1)];
    if (place->offset <= ring->newest)
        return; /* known already: the worker tries it again */
    ring->places[at] = *place;
    ring->older[at] = *latest;
    *latest = at;
    ring->newest = place->offset;
}

enum repeats_kind repeats_see(struct repeats *repeats, int32_t partition, int64_t offset, struct span key,
                              const struct mention *mention) {
    struct ring *ring = ring_of(repeats, partition);
    if (offset < ring->newest - repeats->window)
        ring_clear(repeats, ring); /* reading began anew, far before */
    struct place place = place_of(repeats, offset, key, mention);
    enum repeats_kind kind = judge(repeats, ring, &place);
    remember(repeats, ring, &place);
    return kind;
}
