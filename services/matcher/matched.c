#include "matched.h"

static void print_ranges(const struct match *match, struct buf *out) {
    static const char *const FIELDS[] = {[MATCH_TITLE] = "title",
                                         [MATCH_TEXT] = "text",
                                         [MATCH_HASHTAGS] = "hashtags",
                                         [MATCH_MENTIONS] = "mentions"};
    buf_add_str(out, ",\"at\":[");
    for (size_t i = 0; i < match->range_count; i++) {
        const struct match_range *range = &match->ranges[i];
        buf_add_str(out, i ? ",[\"" : "[\"");
        buf_add_str(out, FIELDS[range->field]);
        buf_add_str(out, "\",");
        buf_add_int(out, range->start);
        buf_add_char(out, ',');
        buf_add_int(out, range->end);
        buf_add_char(out, ']');
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
        print_ranges(&matches[i], out);
        buf_add_str(out, matches[i].ranges_cut ? ",\"at_cut\":true}" : "}");
    }
    buf_add_char(out, ']');
    if (cut) {
        buf_add_str(out, ",\"matches_cut\":");
        buf_add_int(out, (int64_t)cut);
    }
}
