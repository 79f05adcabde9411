#include "earshot/matched.h"

#define BEGIN(literal)                                                                                       \
    { (literal), sizeof(literal) - 1 }

struct match_document matched_document(const struct mention *mention, int64_t time) {
    return (struct match_document){
        .title = mention->title,
        .text = mention->text,
        .hashtags = mention->hashtags,
        .hashtag_count = mention->hashtag_count,
        .mentions = mention->mentions,
        .mention_count = mention->mention_count,
        .time = time,
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
