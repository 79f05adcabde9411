/* mention_dates: counters, feeds and replays must date a mention alike, so it is done here. */
#include "earshot/mention.h"

int64_t mention_collected(const struct mention *mention, int64_t logged_at) {
    int64_t at = mention->collected_at;
    if (at == MENTION_NO_TIME || (logged_at > 0 && at > logged_at + MENTION_AHEAD_MAX))
        at = logged_at > 0 ? logged_at : MENTION_NO_TIME;
    return at;
}

int64_t mention_dated(const struct mention *mention, int64_t logged_at) {
    int64_t collected = mention_collected(mention, logged_at);
    if (collected == MENTION_NO_TIME || mention->created_at <= collected + MENTION_AHEAD_MAX)
        return mention->created_at;
    return collected;
}
