/* definitions: a removed alert's record may be gone from the compacted topic before an aggregator that was
 * down has seen it. So once a shard is told what there is, it is asked what it knows: what it knows from
 * before the end of what we have read, and we do not, was removed. */
#include "definitions.h"

#include "earshot/alert.h"
#include "earshot/hash.h"

#include <stdio.h>
#include <stdlib.h>

enum { CALL_ALERTS = 100, CALL_BYTES = 64 * 1024, VERSION_TEXT = 24, JSON_MAX = ALERT_BYTES_MAX * 2 };

struct definition {
    struct span id;
    char text[ALERT_ID_MAX];
    int64_t version;
    char *json; /* without the closing brace; NULL: removed */
    size_t json_len;
    bool waiting; /* to be told */
};

struct shard {
    struct definition **waiting;
    size_t count, cap;
    bool asked; /* what it knows */
};

struct definitions {
    struct deployment deployment;
    uint64_t seed;
    struct definition **table; /* by hash; a power of two */
    size_t size, count;
    int64_t last; /* the greatest offset read */
    bool loaded;
    struct shard *shards;
};

struct definitions *definitions_new(const struct deployment *deployment) {
    struct definitions *definitions = xmalloc(sizeof *definitions);
    *definitions =
        (struct definitions){.deployment = *deployment, .seed = hash_seed(), .size = 256, .last = -1};
    definitions->table = xcalloc(definitions->size, sizeof *definitions->table);
    definitions->shards = xcalloc((size_t)deployment->shards, sizeof *definitions->shards);
    return definitions;
}

void definitions_free(struct definitions **definitions) {
    struct definitions *old = *definitions;
    if (!old)
        return;
    for (size_t i = 0; i < old->size; i++) {
        if (old->table[i])
            free(old->table[i]->json);
        free(old->table[i]);
    }
    for (int shard = 0; shard < old->deployment.shards; shard++)
        free(old->shards[shard].waiting);
    free(old->shards);
    free(old->table);
    free(old);
    *definitions = NULL;
}

static struct definition **place(const struct definitions *definitions, struct span id) {
    size_t at = (size_t)hash_bytes(definitions->seed, id) & (definitions->size - 1);
    while (definitions->table[at] && !span_eq(definitions->table[at]->id, id))
        at = (at + 1) & (definitions->size - 1);
    return &definitions->table[at];
}

static void grow(struct definitions *definitions) {
    struct definitions old = *definitions;
    definitions->size *= 2;
    definitions->table = xcalloc(definitions->size, sizeof *definitions->table);
    for (size_t i = 0; i < old.size; i++)
        if (old.table[i])
            *place(definitions, old.table[i]->id) = old.table[i];
    free(old.table);
}

static struct definition *find(struct definitions *definitions, struct span id) {
    struct definition **found = place(definitions, id);
    if (*found)
        return *found;
    if (definitions->count * 2 >= definitions->size) {
        grow(definitions);
        found = place(definitions, id);
    }
    struct definition *definition = xcalloc(1, sizeof *definition);
    memcpy(definition->text, id.ptr, id.len);
    definition->id = (struct span){.ptr = definition->text, .len = id.len};
    definitions->count++;
    return *found = definition;
}

static void wait_for_telling(struct definitions *definitions, struct definition *definition) {
    if (definition->waiting)
        return;
    struct shard *shard = &definitions->shards[deployment_shard(&definitions->deployment, definition->id)];
    if (shard->count == shard->cap) {
        shard->cap = shard->cap * 2 + 16;
        shard->waiting = xrealloc(shard->waiting, shard->cap * sizeof(struct definition *));
    }
    shard->waiting[shard->count++] = definition;
    definition->waiting = true;
}

/* What readers see of it: earshot_alerts puts more behind it and closes it. NULL: it is no alert. */
static char *print(struct span value, int64_t version, size_t *len) {
    struct fault fault;
    struct alert *alert = alert_parse(value, &fault);
    if (!alert)
        return NULL;
    struct buf out;
    buf_init(&out, JSON_MAX);
    buf_add_str(&out, "{\"id\":");
    buf_add_json(&out, span_of(alert->id));
    buf_add_str(&out, ",\"name\":");
    if (alert->name)
        buf_add_json(&out, span_of(alert->name));
    else
        buf_add_str(&out, "null");
    buf_add_str(&out, ",\"query\":");
    buf_add_json(&out, span_of(alert->query));
    buf_printf(&out, ",\"version\":%lld", (long long)version);
    alert_free(&alert);
    *len = out.len;
    if (!buf_ok(&out))
        buf_free(&out);
    return out.ptr;
}

void definitions_row(void *self, const struct bus_record *record) {
    struct definitions *definitions = self;
    if (record->offset > definitions->last)
        definitions->last = record->offset;
    if (!alert_id_ok(record->key))
        return;
    size_t len = 0;
    char *json = record->value.ptr ? print(record->value, record->offset, &len) : NULL;
    if (record->value.ptr && !json)
        return;
    struct definition *definition = find(definitions, record->key);
    free(definition->json);
    definition->json = json;
    definition->json_len = len;
    definition->version = record->offset;
    wait_for_telling(definitions, definition);
}

void definitions_loaded(struct definitions *definitions) {
    definitions->loaded = true;
}

void definitions_forget(struct definitions *definitions) {
    for (size_t i = 0; i < definitions->size; i++)
        if (definitions->table[i])
            wait_for_telling(definitions, definitions->table[i]);
    for (int shard = 0; shard < definitions->deployment.shards; shard++)
        definitions->shards[shard].asked = false;
}

/* Telling. --------------------------------------------------------------------------------------------- */

/* What is told leaves the list only when Redis has it. */
static enum keeper_result tell_some(struct definitions *definitions, struct keeper *keeper, int number) {
    struct shard *shard = &definitions->shards[number];
    struct span words[3 * CALL_ALERTS] = {{.len = 0}}; /* gcc -O2 cannot see that count > 0 */
    char versions[CALL_ALERTS][VERSION_TEXT];
    size_t count = 0, bytes = 0;
    for (size_t i = shard->count; i > 0 && count < CALL_ALERTS && bytes < CALL_BYTES; i--, count++) {
        const struct definition *definition = shard->waiting[i - 1];
        struct span json = {.ptr = definition->json ? definition->json : "", .len = definition->json_len};
        words[3 * count] = definition->id;
        words[3 * count + 1].ptr = versions[count];
        words[3 * count + 1].len =
            (size_t)snprintf(versions[count], VERSION_TEXT, "%lld", (long long)definition->version);
        words[3 * count + 2] = json;
        bytes += json.len;
    }
    enum keeper_result result = keeper_define(keeper, number, words, 3 * count);
    if (result != KEEPER_OK)
        return result;
    for (; count > 0; count--)
        shard->waiting[--shard->count]->waiting = false;
    return KEEPER_OK;
}

/* A version between what Redis has and what is created next under this id. */
static void known(void *self, struct span id, int64_t version) {
    struct definitions *definitions = self;
    if (!alert_id_ok(id) || version > definitions->last || *place(definitions, id))
        return;
    struct definition *definition = find(definitions, id);
    definition->version = version + 1;
    wait_for_telling(definitions, definition);
}

static bool shard_done(const struct definitions *definitions, int shard) {
    return definitions->shards[shard].count == 0 &&
           (definitions->shards[shard].asked || !definitions->loaded);
}

enum keeper_result definitions_tell(struct definitions *definitions, struct keeper *keeper) {
    for (int shard = 0; shard < definitions->deployment.shards; shard++) {
        if (shard_done(definitions, shard))
            continue;
        if (definitions->shards[shard].count)
            return tell_some(definitions, keeper, shard);
        definitions->shards[shard].asked = true;
        return keeper_defined(keeper, shard, known, definitions);
    }
    return KEEPER_OK;
}

bool definitions_done(const struct definitions *definitions) {
    for (int shard = 0; shard < definitions->deployment.shards; shard++)
        if (!shard_done(definitions, shard))
            return false;
    return true;
}
