/* deployment: what `earshot init` decided once for a deployment, and where a record came from.
 * Kept in the topic `deployment` and in Redis; two different ones must never be mixed. */
#ifndef EARSHOT_DEPLOYMENT_H
#define EARSHOT_DEPLOYMENT_H

#include "earshot/base.h"
#include "earshot/buf.h"
#include "earshot/fault.h"

enum { DEPLOYMENT_ID_MAX = 32, DEPLOYMENT_SHARDS = 64, DEPLOYMENT_PARTITIONS = 64, DEPLOYMENT_WINDOW = 4096 };

struct deployment {
    char id[DEPLOYMENT_ID_MAX + 1]; /* LOG: [a-z0-9]{1,32} */
    int partitions;                 /* P of the mention topics */
    int shards;                     /* S, a power of two */
    int window;                     /* W: records that the matcher remembers */
    int64_t created_at;             /* Unix seconds */
};

/* [a-z0-9]{1,32} */
bool deployment_id_ok(struct span id);
/* {"id","partitions","shards","window","created_at"}; false and fault where it is not one. */
bool deployment_parse(struct span json, struct deployment *out, struct fault *fault) MUST_CHECK;
void deployment_print(const struct deployment *deployment, struct buf *out);
/* Same log and same numbers; created_at does not count. */
bool deployment_same(const struct deployment *a, const struct deployment *b);

/* Of the matcher's hashes: made of the id alone, so that every worker of a deployment has the same, also
 * after a restart. Who knows the id knows the seed. */
uint64_t deployment_seed(const struct deployment *deployment);

/* The shard of an alert: CRC16-XMODEM(id) mod S, as Redis Cluster hashes a key. */
int deployment_shard(const struct deployment *deployment, struct span alert_id);
uint16_t crc16_xmodem(struct span bytes);
/* The partition of a mention and of what is done about it: murmur2(id), made positive, mod P: that of every
 * producer that does as mention.md says. */
int32_t deployment_partition(const struct deployment *deployment, struct span mention_id);
uint32_t murmur2(struct span key);

/* Header earshot-origin: LOG/P/O. */
#define ORIGIN_HEADER "earshot-origin"
enum { ORIGIN_MAX = DEPLOYMENT_ID_MAX + 1 + 10 + 1 + 20 };

struct origin {
    struct span log; /* borrowed from the header */
    int32_t partition;
    int64_t offset;
};

bool origin_parse(struct span header, struct origin *out) MUST_CHECK;
/* Returns the length; no NUL is promised to callers that pass ORIGIN_MAX bytes. */
size_t origin_print(char out[ORIGIN_MAX + 1], struct span log, int32_t partition, int64_t offset);

#endif
