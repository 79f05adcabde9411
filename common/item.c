#include "earshot/item.h"

#include "earshot/times.h"

static void add_or_null(struct buf *out, const char *head, struct span text) {
    buf_add_str(out, head);
    if (text.ptr)
        buf_add_json(out, text);
    else
        buf_add_str(out, "null");
}

static struct span cut(struct span text) {
    return span_cut(text, ITEM_TEXT_MAX);
}

/* An author is passed on as it came, unless it is so long that it could only be meant to fill the feed. */
static void add_author(struct buf *out, const struct mention *mention) {
    buf_add_str(out, ",\"author\":");
    if (!mention->author.ptr || mention->author.len <= ITEM_RAW_MAX) {
        buf_add_span(out, mention->author.ptr ? mention->author : SPAN("null"));
        return;
    }
    add_or_null(out, "{\"id\":", cut(mention->author_id));
    add_or_null(out, ",\"handle\":", cut(mention->author_handle));
    add_or_null(out, ",\"name\":", cut(mention->author_name));
    buf_add_str(out, ",\"followers\":");
    if (mention->followers < 0)
        buf_add_str(out, "null}");
    else
        buf_printf(out, "%lld}", (long long)mention->followers);
}

static void add_times(struct buf *out, const struct mention *mention, int64_t at) {
    char text[TIMES_TEXT];
    times_print(at, text);
    buf_add_str(out, ",\"created_at\":\"");
    buf_add_str(out, text);
    if (at != mention->created_at) {
        times_print(mention->created_at, text);
        buf_add_str(out, "\",\"claimed_at\":\"");
        buf_add_str(out, text);
    }
    buf_add_char(out, '"');
}

static void add_score(struct buf *out, int score) {
    int size = score < 0 ? -score : score;
    char text[] = {'0', '.', '0', '0', '0'};
    text[0] = (char)('0' + size / 1000);
    for (size_t at = sizeof text - 1; at > 1; at--, size /= 10)
        text[at] = (char)('0' + size % 10);
    if (score < 0)
        buf_add_char(out, '-');
    buf_add(out, text, sizeof text);
}

static void add_list(struct buf *out, const char *head, struct span raw) {
    buf_add_str(out, head);
    buf_add_span(out, raw.ptr && raw.len <= ITEM_RAW_MAX ? raw : SPAN("[]"));
}

/* Before all that comes as it stands: who sorts by risk takes the first member of that name. */
static void add_intent(struct buf *out, const struct mention *mention) {
    if (!mention->intent.ptr)
        return;
    add_or_null(out, ",\"intent\":", mention->intent);
    buf_add_str(out, ",\"risk\":");
    add_score(out, mention->risk);
    add_list(out, ",\"reasons\":", mention->reasons);
}

void item_begin(struct buf *out, const struct mention *mention, int64_t at) {
    struct span title = cut(mention->title), text = cut(mention->text);
    bool shorter = title.len < mention->title.len || text.len < mention->text.len;
    add_or_null(out, "{\"id\":", mention->id);
    add_or_null(out, ",\"url\":", mention->url.len <= ITEM_URL_MAX ? mention->url : (struct span){0});
    add_or_null(out, ",\"platform\":", mention->platform);
    add_or_null(out, ",\"kind\":", mention->kind);
    add_or_null(out, ",\"country\":", mention->country);
    add_intent(out, mention);
    add_author(out, mention);
    add_times(out, mention, at);
    add_or_null(out, ",\"title\":", title);
    add_or_null(out, ",\"text\":", text);
    buf_add_str(out, shorter ? ",\"cut\":true" : ",\"cut\":false");
    add_or_null(out, ",\"language\":", item_language(mention));
}

void item_end(struct buf *out, const struct mention_match *match, const struct mention_analysis *analysis,
              bool corrected) {
    buf_add_str(out, ",\"label\":\"");
    buf_add_span(out, analysis->label);
    buf_add_str(out, "\",\"score\":");
    add_score(out, analysis->score);
    if (corrected)
        buf_add_str(out, ",\"corrected\":true");
    add_list(out, ",\"words\":", analysis->words);
    add_list(out, ",\"at\":", match->at);
    buf_add_char(out, '}');
}

char item_sign(struct span label) {
    return span_eq(label, SPAN("positive")) ? '+' : span_eq(label, SPAN("negative")) ? '-' : '0';
}

struct span item_language(const struct mention *mention) {
    return mention->analysis_language.len ? mention->analysis_language
           : mention->language.len        ? mention->language
                                          : (struct span){0};
}
