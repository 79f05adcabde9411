#include "mention_oracle.h"

#include "earshot/scan.h"
#include "earshot/times.h"

#include <jansson.h>

/* Where the two differ rightly: the reader's depth is less; jansson loses a NUL byte that follows a number or
 * a word; and the next. */

/* jansson takes no number beyond its types; the reader keeps members that it does not know as they are. */
static bool only_overflow(const json_error_t *error) {
    return json_error_code(error) == json_error_numeric_overflow;
}

/* Rules. Each takes a member that may be absent. */

static bool is_text(const json_t *value) {
    return !value || json_is_null(value) || json_is_string(value);
}

static bool is_short(const json_t *value, size_t max) {
    return is_text(value) && (!json_is_string(value) || json_string_length(value) <= max);
}

static bool is_required(const json_t *value, size_t max) {
    return json_is_string(value) && is_short(value, max) && json_string_length(value) > 0;
}

static bool is_one_of(const json_t *value, const char *choices) {
    if (!json_is_string(value))
        return is_text(value);
    size_t len = json_string_length(value);
    for (const char *at = choices; *at; at += strlen(at) + 1)
        if (strlen(at) == len && memcmp(at, json_string_value(value), len) == 0)
            return true;
    return false;
}

static bool is_time(const json_t *value) {
    int64_t seconds;
    if (!json_is_string(value))
        return is_text(value);
    return times_parse((struct span){json_string_value(value), json_string_length(value)}, &seconds);
}

static bool is_count(const json_t *value) {
    return !value || json_is_null(value) || (json_is_integer(value) && json_integer_value(value) >= 0);
}

static bool is_number(const json_t *value) {
    return !value || json_is_null(value) || json_is_number(value);
}

static bool is_object(const json_t *value) {
    return !value || json_is_null(value) || json_is_object(value);
}

static bool is_array_of(const json_t *value, bool (*rule)(const json_t *element)) {
    size_t i;
    json_t *element;
    if (!json_is_array(value))
        return !value || json_is_null(value);
    json_array_foreach(value, i, element) {
        if (json_is_null(element) || !rule(element))
            return false;
    }
    return true;
}

static bool is_attachment(const json_t *value) {
    return json_is_object(value) && is_text(json_object_get(value, "type")) &&
           is_text(json_object_get(value, "url")) && is_text(json_object_get(value, "description"));
}

static bool is_source(const json_t *value) {
    return json_is_object(value) && is_required(json_object_get(value, "platform"), MENTION_PLATFORM_MAX) &&
           is_one_of(json_object_get(value, "kind"), "social\0blog\0news\0forum\0review\0web\0") &&
           is_text(json_object_get(value, "host"));
}

static bool is_author(const json_t *value) {
    return is_object(value) && is_text(json_object_get(value, "id")) &&
           is_text(json_object_get(value, "handle")) && is_text(json_object_get(value, "name")) &&
           is_text(json_object_get(value, "url")) && is_count(json_object_get(value, "followers"));
}

static bool is_engagement(const json_t *value) {
    return is_object(value) && is_count(json_object_get(value, "likes")) &&
           is_count(json_object_get(value, "reposts")) && is_count(json_object_get(value, "replies")) &&
           is_count(json_object_get(value, "views")) && is_number(json_object_get(value, "score"));
}

static bool are_texts(const json_t *root, const char *names) {
    for (; *names; names += strlen(names) + 1)
        if (!is_text(json_object_get(root, names)))
            return false;
    return true;
}

static bool is_raw_mention(const json_t *root) {
    const json_t *rating = json_object_get(root, "rating"), *geo = json_object_get(root, "geo");
    return json_is_object(root) && is_required(json_object_get(root, "id"), MENTION_ID_MAX) &&
           is_source(json_object_get(root, "source")) &&
           is_one_of(json_object_get(root, "type"), "post\0comment\0review\0article\0repost\0tombstone\0") &&
           are_texts(root, "native_id\0url\0title\0text\0in_reply_to\0thread_id\0repost_of\0") &&
           (json_is_string(json_object_get(root, "title")) ||
            json_is_string(json_object_get(root, "text"))) &&
           is_short(json_object_get(root, "language"), MENTION_LANGUAGE_MAX) &&
           is_author(json_object_get(root, "author")) &&
           json_is_string(json_object_get(root, "created_at")) &&
           is_time(json_object_get(root, "created_at")) && is_time(json_object_get(root, "updated_at")) &&
           is_time(json_object_get(root, "collected_at")) &&
           is_array_of(json_object_get(root, "hashtags"), is_text) &&
           is_array_of(json_object_get(root, "mentions"), is_text) &&
           is_array_of(json_object_get(root, "links"), is_text) &&
           is_array_of(json_object_get(root, "attachments"), is_attachment) &&
           is_engagement(json_object_get(root, "engagement")) && is_object(rating) &&
           is_number(json_object_get(rating, "value")) && is_number(json_object_get(rating, "scale")) &&
           is_object(geo) && is_short(json_object_get(geo, "country"), MENTION_COUNTRY_MAX) &&
           !json_object_get(root, "matches") && !json_object_get(root, "matches_cut") &&
           !json_object_get(root, "analysis");
}

/* Members. */

static bool same_text(struct span ours, const json_t *theirs) {
    if (!json_is_string(theirs))
        return ours.ptr == NULL && ours.len == 0;
    return ours.ptr && span_eq(ours, (struct span){json_string_value(theirs), json_string_length(theirs)});
}

static bool same_time(int64_t ours, const json_t *theirs) {
    int64_t seconds;
    if (!json_is_string(theirs))
        return ours == MENTION_NO_TIME;
    return times_parse(span_of(json_string_value(theirs)), &seconds) && ours == seconds;
}

static bool same_texts(const struct span *ours, size_t count, const json_t *theirs) {
    if (json_array_size(theirs) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!same_text(ours[i], json_array_get(theirs, i)))
            return false;
    return true;
}

/* A member that is kept as JSON text. */
static bool same_json(struct span ours, const json_t *theirs) {
    if (!theirs || json_is_null(theirs))
        return ours.ptr == NULL;
    json_error_t error;
    json_t *value = json_loadb(ours.ptr, ours.len, JSON_REJECT_DUPLICATES, &error);
    bool same = json_equal(value, theirs);
    json_decref(value);
    return same;
}

/* The name of a member that differs; NULL: none. */
static const char *differing(const struct mention *ours, const json_t *root) {
    const json_t *source = json_object_get(root, "source"), *author = json_object_get(root, "author");
    const struct {
        const char *name;
        bool same;
    } CHECKS[] = {
        {"id", same_text(ours->id, json_object_get(root, "id"))},
        {"platform", same_text(ours->platform, json_object_get(source, "platform"))},
        {"kind", same_text(ours->kind, json_object_get(source, "kind"))},
        {"host", same_text(ours->host, json_object_get(source, "host"))},
        {"type", same_text(ours->type, json_object_get(root, "type"))},
        {"url", same_text(ours->url, json_object_get(root, "url"))},
        {"title", same_text(ours->title, json_object_get(root, "title"))},
        {"text", same_text(ours->text, json_object_get(root, "text"))},
        {"language", same_text(ours->language, json_object_get(root, "language"))},
        {"country", same_text(ours->country, json_object_get(json_object_get(root, "geo"), "country"))},
        {"author", same_json(ours->author, author)},
        {"author.id", same_text(ours->author_id, json_object_get(author, "id"))},
        {"author.handle", same_text(ours->author_handle, json_object_get(author, "handle"))},
        {"author.name", same_text(ours->author_name, json_object_get(author, "name"))},
        {"followers", json_is_integer(json_object_get(author, "followers"))
                          ? ours->followers == json_integer_value(json_object_get(author, "followers"))
                          : ours->followers == -1},
        {"created_at", same_time(ours->created_at, json_object_get(root, "created_at"))},
        {"updated_at", same_time(ours->updated_at, json_object_get(root, "updated_at"))},
        {"collected_at", same_time(ours->collected_at, json_object_get(root, "collected_at"))},
        {"hashtags", same_texts(ours->hashtags, ours->hashtag_count, json_object_get(root, "hashtags"))},
        {"mentions", same_texts(ours->mentions, ours->mention_count, json_object_get(root, "mentions"))},
    };
    for (size_t i = 0; i < COUNT_OF(CHECKS); i++)
        if (!CHECKS[i].same)
            return CHECKS[i].name;
    return NULL;
}

/* What the stages appended; the rules of it are test_mention.c's. */
static const char *differing_matches(const struct mention *ours, const json_t *root) {
    const json_t *matches = json_object_get(root, "matches");
    const json_t *alerts = json_object_get(json_object_get(root, "analysis"), "alerts");
    if (json_array_size(matches) != ours->match_count || json_array_size(alerts) != ours->match_count)
        return "matches";
    for (size_t i = 0; i < ours->match_count; i++) {
        const json_t *match = json_array_get(matches, i), *alert = json_array_get(alerts, i);
        double score = json_number_value(json_object_get(alert, "score")) * 1000 - ours->analyses[i].score;
        if (!same_text(ours->matches[i].id, json_object_get(match, "id")) ||
            ours->matches[i].version != json_integer_value(json_object_get(match, "version")) ||
            ours->matches[i].at_cut != json_is_true(json_object_get(match, "at_cut")) ||
            !same_json(ours->matches[i].at, json_object_get(match, "at")))
            return "a match";
        if (!same_text(ours->analyses[i].label, json_object_get(alert, "label")) || score > 0.5 ||
            score < -0.5 || !same_json(ours->analyses[i].words, json_object_get(alert, "words")))
            return "an analysis";
    }
    return NULL;
}

static bool is_json(struct span text, struct arena *arena, struct fault *fault) {
    struct scan scan;
    scan_begin(&scan, text, arena, fault);
    return scan_skip(&scan, NULL) && scan_end(&scan);
}

static const char *compare_mention(struct span text, const json_t *root, struct arena *arena, bool *taken) {
    struct mention mention;
    struct fault fault;
    *taken = mention_read(text, MENTION_RAW, arena, &mention, &fault);
    bool right = is_raw_mention(root) && text.len <= MENTION_BYTES_MAX;
    if (*taken != right)
        return arena_printf(arena, "the oracle %s it, the reader says: %s %s", right ? "takes" : "refuses",
                            *taken ? "taken" : fault_name(fault.reason), *taken ? "" : fault.detail);
    const char *name = *taken ? differing(&mention, root) : NULL;
    if (name)
        return arena_printf(arena, "member %s differs", name);
    if (mention_read(text, MENTION_ENRICHED, arena, &mention, &fault) &&
        (name = differing_matches(&mention, root)))
        return arena_printf(arena, "%s differs", name);
    return NULL;
}

static const char *compare(struct span text, const json_t *root, const json_error_t *error,
                           struct arena *arena, bool *taken) {
    struct fault fault;
    struct mention mention;
    bool ours = is_json(text, arena, &fault);
    if (!ours && fault.byte > text.len)
        return "the fault is behind the text";
    if (ours && !root)
        return only_overflow(error) ? NULL : arena_printf(arena, "only jansson refuses: %s", error->text);
    if (!ours && root && fault.reason != FAULT_DEPTH && !memchr(text.ptr, '\0', text.len))
        return arena_printf(arena, "only the cursor refuses: %s", fault.detail);
    if (ours)
        return compare_mention(text, root, arena, taken);
    /* what is no JSON is no mention, though another fault may come first */
    for (enum mention_stage stage = MENTION_RAW; stage <= MENTION_ENRICHED; stage++)
        if (mention_read(text, stage, arena, &mention, &fault))
            return "taken, and is no JSON";
    return NULL;
}

const char *oracle_disagrees(struct span text, struct arena *arena, bool *taken) {
    json_error_t error;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    *taken = false;
    const char *why = compare(text, root, &error, arena, taken);
    json_decref(root);
    return why;
}
