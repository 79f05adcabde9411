#include "topics.h"

#include <stdio.h>

enum keep { KEEP, KEEP_ANSWERS, KEEP_COMPACTED, KEEP_COMPACTED_LATE };

static const struct topic_row {
    const char *name;
    int partitions; /* 0: the deployment's */
    enum keep keep;
} ROWS[TOPICS_COUNT] = {
    {"mentions.raw", 0, KEEP},
    {"mentions.matched", 0, KEEP},
    {"mentions.enriched", 0, KEEP_ANSWERS},
    {"mentions.dead", 4, KEEP_ANSWERS},
    /* As long as the mentions: what is counted anew is corrected anew. */
    {"actions", 0, KEEP_ANSWERS},
    /* A version of an alert is needed while a raw mention of its time may be read again. */
    {"alerts", 1, KEEP_COMPACTED_LATE},
    {"cursors", 16, KEEP_COMPACTED},
    {"deployment", 1, KEEP_COMPACTED},
};

static void fill_config(struct topics *topics, size_t i, const struct topics_wanted *wanted) {
    const char **at = topics->config[i];
    bool compacted = ROWS[i].keep == KEEP_COMPACTED || ROWS[i].keep == KEEP_COMPACTED_LATE;
    *at++ = "message.timestamp.type";
    *at++ = "LogAppendTime";
    *at++ = "max.message.bytes";
    *at++ = "2097152";
    *at++ = "cleanup.policy";
    *at++ = compacted ? "compact" : "delete";
    bool answers = ROWS[i].keep == KEEP_ANSWERS;
    if (ROWS[i].keep != KEEP_COMPACTED && (answers ? wanted->keep_answers_ms : wanted->keep_ms) > 0) {
        *at++ = compacted ? "min.compaction.lag.ms" : "retention.ms";
        *at++ = answers ? topics->keep_answers : topics->keep;
    }
    if (wanted->replication > 0) {
        *at++ = "min.insync.replicas";
        *at++ = topics->insync;
    }
    *at = NULL;
}

void topics_fill(struct topics *topics, const struct topics_wanted *wanted, const char *prefix) {
    snprintf(topics->keep, sizeof topics->keep, "%lld", (long long)wanted->keep_ms);
    snprintf(topics->keep_answers, sizeof topics->keep_answers, "%lld", (long long)wanted->keep_answers_ms);
    snprintf(topics->insync, sizeof topics->insync, "%d",
             wanted->replication >= 3 ? wanted->replication - 1 : 1);
    for (size_t i = 0; i < TOPICS_COUNT; i++) {
        snprintf(topics->names[i], sizeof topics->names[i], "%s%s", prefix, ROWS[i].name);
        fill_config(topics, i, wanted);
        topics->list[i] = (struct bus_topic){
            .name = topics->names[i],
            .partitions = ROWS[i].partitions ? ROWS[i].partitions : wanted->partitions,
            .replication = wanted->replication,
            .config = topics->config[i],
        };
    }
}
