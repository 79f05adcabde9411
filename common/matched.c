#include "earshot/matched.h"

#define BEGIN(literal)                                                                                       \
    { (literal), sizeof(literal) - 1 }

/* Likes, reposts and replies, as far as they are known. */
static int64_t engagement_of(const struct mention *mention) {
    const int64_t parts[] = {mention->likes, mention->reposts, mention->replies};
    int64_t sum = -1;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        int64_t so_far = sum < 0 ? 0 : sum;
        if (parts[i] >= 0)
            sum = parts[i] > INT64_MAX - so_far ? INT64_MAX : so_far + parts[i];
    }
    return sum;
}

struct match_document matched_document(const struct mention *mention, int64_t time) {
    return (struct match_document){
        .title = mention->title,
        .text = mention->text,
        .hashtags = mention->hashtags,
        .hashtag_count = mention->hashtag_count,
        .mentions = mention->mentions,
        .mention_count = mention->mention_count,
        .time = time,
        .author_handle = mention->author_handle,
        .author_name = mention->author_name,
        .url = mention->url,
        .host = mention->host,
        .platform = mention->platform,
        .kind = mention->kind,
        .type = mention->type,
        .language = mention->language,
        .country = mention->country,
        .links = mention->links,
        .link_count = mention->link_count,
        .reply = mention->in_reply_to.ptr != NULL,
        .repost = mention->repost_of.ptr != NULL,
        .media = mention->attachment_count > 0,
        .followers = mention->followers,
        .engagement = engagement_of(mention),
        .rating = mention->rating,
    };
}

static void print_range(const struct match_range *range, struct buf *out) {
    static const struct span BEGINNINGS[] = {[MATCH_TITLE] = BEGIN("[\"title\","),
                                             [MATCH_TEXT] = BEGIN("[\"text\","),
                                             [MATCH_HASHTAGS] = BEGIN("[\"hashtags\","),
                                             [MATCH_MENTIONS] = BEGIN("[\"mentions\",")};
    buf_add_span(out, BEGINNINGS[range->field]);
    buf_add_int(out, range->start);
    buf_add_char(out, ',');
    buf_add_int(out, range->end);
    buf_add_char(out, ']');
}

void matched_print_at(const struct match *match, struct buf *out) {
    buf_add_char(out, '[');
    for (size_t i = 0; i < match->range_count; i++) {
        if (i)
            buf_add_char(out, ',');
        print_range(&match->ranges[i], out);
    }
    buf_add_char(out, ']');
}

void matched_print(const struct match *matches, size_t count, size_t cut, struct buf *out) {
    buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_add_str(out, i ? ",{\"id\":" : "{\"id\":");
        buf_add_json(out, matches[i].id);
        buf_add_str(out, ",\"version\":");
        buf_add_int(out, matches[i].version);
        buf_add_str(out, ",\"at\":");
        matched_print_at(&matches[i], out);
        buf_add_str(out, matches[i].ranges_cut ? ",\"at_cut\":true}" : "}");
    }
    buf_add_char(out, ']');
    if (cut) {
        buf_add_str(out, ",\"matches_cut\":");
        buf_add_int(out, (int64_t)cut);
    }
}
