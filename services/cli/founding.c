/* founding: Kafka is the truth. Redis may be new (it is filled from the log), but must not be older than the
 * log: its marks would stand for records that are no more. */
#include "founding.h"

#include "earshot/functions.h"

#include <stdio.h>

static bool number_fits(const char *flag, int wanted, int have, const char *id, struct buf *message) {
    if (wanted == 0 || wanted == have)
        return true;
    buf_printf(message,
               "deployment '%s' has %s %d, which cannot change: leave --%s out, or found another deployment "
               "with a --prefix and a Redis of its own",
               id, flag, have, flag);
    return false;
}

static bool fits_wish(const struct founding_wish *wish, const struct deployment *have, struct buf *message) {
    if (wish->id && strcmp(wish->id, have->id) != 0) {
        buf_printf(message,
                   "Kafka holds deployment '%s', not '%s': leave --id out, or give another --brokers or "
                   "--prefix",
                   have->id, wish->id);
        return false;
    }
    return number_fits("partitions", wish->partitions, have->partitions, have->id, message) &&
           number_fits("shards", wish->shards, have->shards, have->id, message) &&
           number_fits("window", wish->window, have->window, have->id, message);
}

static bool fits_redis(const struct deployment *have, const struct founding_meta *meta, struct buf *message) {
    if (strcmp(meta->schema, FUNCTIONS_SCHEMA) != 0)
        buf_printf(message,
                   "Redis holds schema '%s' of deployment '%s', this program writes schema %s: use an empty "
                   "Redis, which is filled again from Kafka",
                   meta->schema, meta->deployment.id, FUNCTIONS_SCHEMA);
    else if (strcmp(have->id, meta->deployment.id) != 0)
        buf_printf(message,
                   "Redis holds deployment '%s', Kafka '%s': correct --redis or --brokers, or empty that "
                   "Redis (it is filled again from Kafka)",
                   meta->deployment.id, have->id);
    else if (!deployment_same(have, &meta->deployment))
        buf_printf(message,
                   "Redis and Kafka hold deployment '%s' with other numbers: empty that Redis (it is filled "
                   "again from Kafka)",
                   have->id);
    else
        return true;
    return false;
}

static bool new_deployment(const struct founding_wish *wish, const char *fresh_id, struct deployment *out,
                           struct buf *message) {
    int shards = wish->shards ? wish->shards : DEPLOYMENT_SHARDS;
    if (wish->id && !deployment_id_ok(span_of(wish->id))) {
        buf_printf(message, "--id has 1 to %d of a-z 0-9, not '%s'", DEPLOYMENT_ID_MAX, wish->id);
        return false;
    }
    if ((shards & (shards - 1)) != 0) {
        buf_printf(message, "--shards is a power of two (16, 32, 64 …), not %d", shards);
        return false;
    }
    snprintf(out->id, sizeof out->id, "%s", wish->id ? wish->id : fresh_id);
    out->partitions = wish->partitions ? wish->partitions : DEPLOYMENT_PARTITIONS;
    out->shards = shards;
    out->window = wish->window ? wish->window : DEPLOYMENT_WINDOW;
    return true;
}

bool founding_decide(const struct founding_wish *wish, const struct deployment *recorded,
                     const struct founding_meta *meta, const char *fresh_id, struct founding *out,
                     struct buf *message) {
    *out = (struct founding){.write_kafka = !recorded, .write_redis = !meta->there};
    if (!recorded && meta->there) {
        buf_printf(
            message,
            "Redis holds deployment '%s', but Kafka has none: a view must not outlive its log. Correct "
            "--brokers or --prefix, or give an empty --redis",
            meta->deployment.id);
        return false;
    }
    if (!recorded)
        return new_deployment(wish, fresh_id, &out->deployment, message);
    out->deployment = *recorded;
    return fits_wish(wish, recorded, message) && (!meta->there || fits_redis(recorded, meta, message));
}
