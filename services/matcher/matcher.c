#include "matcher.h"

#include "earshot/buf.h"
#include "earshot/matched.h"
#include "earshot/mention.h"

#include <stdlib.h>

struct matcher {
    struct alerts *alerts;
    struct repeats *repeats;
    struct buf matches, value;
    int64_t window;
    int64_t *committed; /* by partition: where it was when it became ours */
    size_t partition_count;
};

struct matcher *matcher_new(int window, const unsigned char secret[REPEATS_SECRET], uint64_t seed) {
    struct matcher *matcher = xcalloc(1, sizeof *matcher);
    matcher->alerts = alerts_new(&(struct alerts_options){.seed = seed});
    matcher->repeats = repeats_new(window, secret);
    matcher->window = window;
    buf_init(&matcher->matches, MENTION_RECORD_MAX);
    buf_init(&matcher->value, MENTION_RECORD_MAX);
    return matcher;
}

void matcher_free(struct matcher **matcher) {
    struct matcher *gone = *matcher;
    *matcher = NULL;
    if (!gone)
        return;
    alerts_free(&gone->alerts);
    repeats_free(&gone->repeats);
    buf_free(&gone->matches);
    buf_free(&gone->value);
    free(gone->committed);
    free(gone);
}

struct alerts *matcher_alerts(struct matcher *matcher) {
    return matcher->alerts;
}

int64_t matcher_assigned(struct matcher *matcher, int32_t partition, int64_t committed) {
    size_t number = (size_t)partition;
    if (number >= matcher->partition_count) {
        matcher->committed = xrealloc(matcher->committed, (number + 1) * sizeof *matcher->committed);
        while (matcher->partition_count <= number)
            matcher->committed[matcher->partition_count++] = -1;
    }
    matcher->committed[number] = committed;
    repeats_forget(matcher->repeats, partition);
    if (committed < 0)
        return -1;
    return committed > matcher->window ? committed - matcher->window : 0;
}

void matcher_revoked(struct matcher *matcher, int32_t partition) {
    repeats_forget(matcher->repeats, partition);
}

static bool is_known(const struct matcher *matcher, const struct bus_record *record) {
    size_t number = (size_t)record->partition;
    return number < matcher->partition_count && record->offset < matcher->committed[number];
}

static void match_mention(struct matcher *matcher, const struct bus_record *record,
                          const struct mention *mention, struct arena *arena, struct matcher_result *result) {
    struct match_document document = matched_document(mention, record->timestamp);
    struct match_result found;
    if (!alerts_match(matcher->alerts, &document, arena, &found)) {
        result->outcome = MATCHER_WAIT;
        return;
    }
    result->matches_cut = found.cut;
    result->bounded = found.bounded;
    if (found.count == 0) {
        result->outcome = MATCHER_NOTHING;
        return;
    }
    for (size_t i = 0; i < found.count; i++)
        result->ranges_cut += found.matches[i].ranges_cut;
    buf_clear(&matcher->matches);
    buf_clear(&matcher->value);
    matched_print(found.matches, found.count, result->matches_cut, &matcher->matches);
    mention_append(&matcher->value, record->value, mention, "matches", buf_span(&matcher->matches));
    ASSERT(buf_ok(&matcher->matches) && buf_ok(&matcher->value)); /* mention.md: under 2 MiB by its limits */
    result->outcome = MATCHER_PUBLISH;
    result->value = buf_span(&matcher->value);
}

void matcher_judge(struct matcher *matcher, const struct bus_record *record, struct arena *arena,
                   struct matcher_result *result) {
    struct mention mention;
    *result = (struct matcher_result){.outcome = MATCHER_KNOWN};
    bool known = is_known(matcher, record);
    if (!mention_read(record->value, MENTION_RAW, arena, &mention, &result->fault)) {
        result->outcome = known ? MATCHER_KNOWN : MATCHER_BROKEN;
        return;
    }
    result->id = mention.id;
    struct span key = record->key.ptr ? record->key : mention.id;
    enum repeats_kind kind = repeats_see(matcher->repeats, record->partition, record->offset, key, &mention);
    if (known)
        return;
    if (kind == REPEATS_NEW)
        match_mention(matcher, record, &mention, arena, result);
    else
        result->outcome = kind == REPEATS_SAME ? MATCHER_SAME : MATCHER_CHANGED;
}
