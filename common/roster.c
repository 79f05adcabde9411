/* roster: an open table of pointers; alerts are allocated one by one and never go. */
#include "earshot/roster.h"

#include "earshot/hash.h"

#include <stdlib.h>

struct roster {
    struct deployment deployment;
    uint64_t seed;
    struct roster_alert **table; /* by hash; a power of two */
    size_t size, count;
};

struct roster *roster_new(const struct deployment *deployment) {
    struct roster *roster = xmalloc(sizeof *roster);
    *roster = (struct roster){.deployment = *deployment, .seed = hash_seed(), .size = 1024};
    roster->table = xcalloc(roster->size, sizeof *roster->table);
    return roster;
}

void roster_free(struct roster **roster) {
    struct roster *old = *roster;
    if (!old)
        return;
    for (size_t i = 0; i < old->size; i++)
        free(old->table[i]);
    free(old->table);
    free(old);
    *roster = NULL;
}

static struct roster_alert **place(const struct roster *roster, struct span id) {
    size_t at = (size_t)hash_bytes(roster->seed, id) & (roster->size - 1);
    while (roster->table[at] && !span_eq(roster->table[at]->id, id))
        at = (at + 1) & (roster->size - 1);
    return &roster->table[at];
}

static void grow(struct roster *roster) {
    struct roster old = *roster;
    roster->size *= 2;
    roster->table = xcalloc(roster->size, sizeof *roster->table);
    for (size_t i = 0; i < old.size; i++)
        if (old.table[i])
            *place(roster, old.table[i]->id) = old.table[i];
    free(old.table);
}

struct roster_alert *roster_find(struct roster *roster, struct span id) {
    struct roster_alert **found = place(roster, id);
    if (*found)
        return *found;
    if (roster->count * 2 >= roster->size) {
        grow(roster);
        found = place(roster, id);
    }
    ASSERT(id.len <= ALERT_ID_MAX);
    struct roster_alert *alert = xcalloc(1, sizeof *alert);
    memcpy(alert->text, id.ptr, id.len);
    alert->id = (struct span){.ptr = alert->text, .len = id.len};
    alert->number = (uint32_t)roster->count++;
    alert->shard = deployment_shard(&roster->deployment, id);
    return *found = alert;
}

void roster_forget(struct roster *roster) {
    for (size_t i = 0; i < roster->size; i++) {
        struct roster_alert *alert = roster->table[i];
        if (alert) {
            alert->floor = 0;
            alert->untrimmed = 0;
        }
    }
}
