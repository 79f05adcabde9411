/* query_field: a table of the fields, one function for each kind of operand. Values of closed sets become
 * numbers here, so that nobody behind compares strings; a value outside gives an error with the nearest one.
 */
#include "query_field.h"

#include "query_codes.h"
#include "query_words.h"

#include "earshot/edits.h"

#include <math.h>

/* A value as it stands. */
struct raw {
    struct span text; /* without quotes */
    size_t start;     /* its byte in the query */
    bool quoted;
};

struct field {
    const char *name, *example;
    bool (*read)(struct lexer *lexer, const struct raw *raw, struct query *node);
};

static const struct field FIELDS[QUERY_IN_TITLE + 1];

#define FAIL(lexer, raw, ...) lexer_error((lexer), (raw)->start, __VA_ARGS__)

/* ASCII letters small. */
static struct span small(struct lexer *lexer, struct span text) {
    char *copy = arena_copy(lexer->arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] | 0x20);
    return (struct span){copy, text.len};
}

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Closed sets. */

static const struct {
    enum query_field field;
    const char *name;
} VALUES[] = {
    [QUERY_SOURCE_PLATFORM] = {QUERY_SOURCE, NULL}, [QUERY_SOURCE_SOCIAL] = {QUERY_SOURCE, "social"},
    [QUERY_SOURCE_BLOG] = {QUERY_SOURCE, "blog"},   [QUERY_SOURCE_NEWS] = {QUERY_SOURCE, "news"},
    [QUERY_SOURCE_FORUM] = {QUERY_SOURCE, "forum"}, [QUERY_SOURCE_REVIEW] = {QUERY_SOURCE, "review"},
    [QUERY_SOURCE_WEB] = {QUERY_SOURCE, "web"},     [QUERY_TYPE_POST] = {QUERY_TYPE, "post"},
    [QUERY_TYPE_COMMENT] = {QUERY_TYPE, "comment"}, [QUERY_TYPE_REVIEW] = {QUERY_TYPE, "review"},
    [QUERY_TYPE_ARTICLE] = {QUERY_TYPE, "article"}, [QUERY_TYPE_REPOST] = {QUERY_TYPE, "repost"},
    [QUERY_IS_REPLY] = {QUERY_IS, "reply"},         [QUERY_IS_REPOST] = {QUERY_IS, "repost"},
    [QUERY_HAS_LINK] = {QUERY_HAS, "link"},         [QUERY_HAS_MEDIA] = {QUERY_HAS, "media"},
    [QUERY_HAS_QUESTION] = {QUERY_HAS, "question"},
};

const char *query_value_name(enum query_value value) {
    return VALUES[value].name;
}

/* What other tools call them. */
static const struct {
    enum query_field field;
    const char *written, *meant;
} HABITS[] = {
    {QUERY_TYPE, "tweet", "post"},     {QUERY_TYPE, "toot", "post"},     {QUERY_TYPE, "status", "post"},
    {QUERY_TYPE, "retweet", "repost"}, {QUERY_TYPE, "reply", "comment"}, {QUERY_TYPE, "news", "article"},
    {QUERY_IS, "retweet", "repost"},   {QUERY_IS, "comment", "reply"},   {QUERY_HAS, "image", "media"},
    {QUERY_HAS, "images", "media"},    {QUERY_HAS, "photo", "media"},    {QUERY_HAS, "video", "media"},
    {QUERY_HAS, "videos", "media"},    {QUERY_HAS, "url", "link"},
};

static const char *nearest_value(enum query_field field, struct span written) {
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < COUNT_OF(HABITS); i++)
        if (HABITS[i].field == field && span_eq(written, span_of(HABITS[i].written)))
            return HABITS[i].meant;
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        if (VALUES[i].field != field || !VALUES[i].name)
            continue;
        size_t edits = edits_between(written, span_of(VALUES[i].name));
        if (edits < least) {
            least = edits;
            best = VALUES[i].name;
        }
    }
    return best;
}

static bool find_value(enum query_field field, struct span written, enum query_value *value) {
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        if (VALUES[i].field != field || !VALUES[i].name || !span_eq(written, span_of(VALUES[i].name)))
            continue;
        *value = (enum query_value)i;
        return true;
    }
    return false;
}

/* Values with commas between, as other tools have them. */
static bool is_list(struct lexer *lexer, const struct raw *raw, const struct query *node) {
    if (!memchr(raw->text.ptr, ',', raw->text.len))
        return false;
    lexer_error(lexer, raw->start, "several values are an OR group: %s",
                FIELDS[node->predicate->field].example);
    return true;
}

static bool read_value(struct lexer *lexer, const struct raw *raw, struct query *node) {
    struct query_predicate *predicate = node->predicate;
    struct span written = small(lexer, raw->text);
    enum query_field field = predicate->field;
    if (find_value(field, written, &predicate->value))
        return true;
    static const char *const ALL[] = {
        [QUERY_TYPE] = "post, comment, review, article, repost",
        [QUERY_IS] = "reply, repost",
        [QUERY_HAS] = "link, media, question",
    };
    return !is_list(lexer, raw, node) &&
           FAIL(lexer, raw, "`%s` is no value of %s: the nearest of %s is %s", lexer_excerpt(raw->text).text,
                FIELDS[field].name, ALL[field], nearest_value(field, written));
}

static bool read_code(struct lexer *lexer, const struct raw *raw, struct query *node) {
    struct query_predicate *predicate = node->predicate;
    bool language = predicate->field == QUERY_LANG;
    const struct query_codes *codes = language ? &QUERY_LANGUAGES : &QUERY_COUNTRIES;
    const struct query_code *code = query_code_of(codes, raw->text);
    if (code) {
        memcpy(predicate->code, code->code, sizeof predicate->code);
        return true;
    }
    if (is_list(lexer, raw, node))
        return false;
    code = query_code_near(codes, raw->text);
    return FAIL(lexer, raw, "`%s` is no %s: the nearest is %s:%s, %s", lexer_excerpt(raw->text).text,
                language ? "language of ISO 639-1" : "country of ISO 3166-1", FIELDS[predicate->field].name,
                code->code, code->name);
}

/* source: */

const char *query_platform_slip(struct span platform) {
    static const char *const NAMES[] = {
        "social",     "blog",    "news",     "forum",      "review",    "mastodon", "bluesky",
        "hackernews", "reddit",  "youtube",  "facebook",   "instagram", "tiktok",   "threads",
        "linkedin",   "twitter", "telegram", "trustpilot", "pinterest", "tumblr",   "discord",
    };
    const char *slip = NULL;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        struct span name = span_of(NAMES[i]);
        size_t edits = edits_between(platform, name);
        if (edits == 0)
            return NULL;
        if (platform.len >= 4 && edits <= (name.len < 8 ? 1 : 2))
            slip = NAMES[i];
    }
    return slip;
}

static bool read_source(struct lexer *lexer, const struct raw *raw, struct query *node) {
    enum { PLATFORM_MAX = 64 };
    struct query_predicate *predicate = node->predicate;
    struct span written = small(lexer, raw->text);
    if (find_value(QUERY_SOURCE, written, &predicate->value))
        return true;
    bool name = is_alnum(written.ptr[0]) && written.len <= PLATFORM_MAX;
    for (size_t i = 0; i < written.len; i++)
        name = name && (is_alnum(written.ptr[i]) || written.ptr[i] == '.' || written.ptr[i] == '_' ||
                        written.ptr[i] == '-');
    if (!name)
        return !is_list(lexer, raw, node) &&
               FAIL(lexer, raw,
                    "`%s` is no source: write social, blog, news, forum, review, web, or a platform such as "
                    "mastodon",
                    lexer_excerpt(raw->text).text);
    const char *slip = raw->quoted ? NULL : query_platform_slip(written);
    if (slip)
        return FAIL(lexer, raw,
                    "`%s` is no source: the nearest is %s; a platform of that name is written \"%s\"",
                    lexer_excerpt(raw->text).text, slip, lexer_excerpt(written).text);
    predicate->value = QUERY_SOURCE_PLATFORM;
    predicate->text = written;
    return true;
}

/* author: */

/* Text is a handle and nothing more, its @ included. */
static bool is_handle(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    return text_next(&cursor, &token) && token.kind == TEXT_HANDLE && token.end == text.len &&
           token.start == 0;
}

/* Without what separates words at its ends. */
static struct span covered(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    size_t start = text.len, end = text.len;
    text_begin(&cursor, text);
    for (bool first = true; text_next(&cursor, &token); first = false) {
        start = first ? token.start : start;
        end = token.end;
    }
    return (struct span){text.ptr + start, end - start};
}

static bool no_wildcards(struct lexer *lexer, const struct raw *raw) {
    return FAIL(lexer, raw, "author: takes no wildcards and no `~`: write the handle, or words of the name");
}

static bool read_author(struct lexer *lexer, const struct raw *raw, struct query *node) {
    struct query_predicate *predicate = node->predicate;
    struct span text = covered(raw->text);
    size_t sign = text_sign(text);
    bool lone_sign = !raw->quoted && text_sign(raw->text) > 0 && text.ptr != raw->text.ptr;
    bool handle = is_handle(text) && !lone_sign;
    for (size_t i = 0; i < raw->text.len; i++) {
        char c = raw->text.ptr[i];
        if ((handle && (c == '*' || c == '?')) || ((handle || !raw->quoted) && c == '~'))
            return no_wildcards(lexer, raw);
    }
    if (handle) {
        struct span name = {text.ptr + sign, text.len - sign};
        predicate->text = (struct span){arena_copy(lexer->arena, name), name.len};
        return lexer_count(lexer, raw->start, 1);
    }
    if (!query_words(lexer, node, raw->start, raw->start + raw->text.len, raw->quoted))
        return false;
    for (size_t i = 0; i < node->word_count; i++)
        if (node->words[i].form != QUERY_PLAIN)
            return no_wildcards(lexer, raw);
    char *with_sign = arena_alloc(lexer->arena, text.len + 1);
    with_sign[0] = '@';
    memcpy(with_sign + 1, text.ptr, text.len);
    if (is_handle((struct span){with_sign, text.len + 1}))
        predicate->text = (struct span){with_sign + 1, text.len};
    return true;
}

/* site:, link: */

static bool is_host(struct span text) {
    bool label = false; /* something stands before this dot */
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
        if ((!fits && !(c == '.' && label)) || text_space((struct span){text.ptr + i, text.len - i}))
            return false;
        label = fits;
    }
    return label;
}

/* What of an address is its host. */
static struct span host_in(struct span text) {
    const char *scheme = memmem(text.ptr, text.len, "://", 3);
    if (scheme) {
        size_t gone = (size_t)(scheme - text.ptr) + 3;
        text = (struct span){text.ptr + gone, text.len - gone};
    }
    while (text.len > 0 && (text.ptr[0] == '*' || text.ptr[0] == '.' || text.ptr[0] == '@'))
        text = (struct span){text.ptr + 1, text.len - 1};
    size_t len = 0;
    while (len < text.len && !strchr("/:?#", text.ptr[len]))
        len++;
    while (len > 0 && text.ptr[len - 1] == '.')
        len--;
    return (struct span){text.ptr, len};
}

static bool read_site(struct lexer *lexer, const struct raw *raw, struct query *node) {
    struct span written = small(lexer, raw->text), host = host_in(written);
    if (is_host(written)) {
        node->predicate->text = written;
        return true;
    }
    return FAIL(lexer, raw,
                "`%s` is no host: write site:%s, which finds its subdomains too; an address is link:",
                lexer_excerpt(raw->text).text, is_host(host) ? lexer_excerpt(host).text : "acme.com");
}

static bool read_link(struct lexer *lexer, const struct raw *raw, struct query *node) {
    if (!raw->quoted && memchr(raw->text.ptr, '*', raw->text.len))
        return FAIL(
            lexer, raw,
            "link: finds a piece of a link wherever it stands, without wildcards: leave out the `*`, or "
            "quote it");
    node->predicate->text = (struct span){arena_copy(lexer->arena, raw->text), raw->text.len};
    return true;
}

/* followers:, engagement:, rating: */

struct bound {
    bool open; /* * */
    int64_t count;
    double number;
};

static bool only_digits(struct span text, size_t most) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len <= most;
}

/* So many digits that a double of them can be printed as they were written. */
static bool read_bound(struct span text, bool decimals, struct bound *bound) {
    enum { COUNT_DIGITS = 18, WHOLE = 9, DECIMALS = 6 };
    *bound = (struct bound){.open = span_eq(text, SPAN("*"))};
    if (bound->open)
        return true;
    const char *point = memchr(text.ptr, '.', text.len);
    struct span whole = {text.ptr, point ? (size_t)(point - text.ptr) : text.len};
    if (!only_digits(whole, decimals ? WHOLE : COUNT_DIGITS))
        return false;
    if (point && (!decimals || !only_digits((struct span){point + 1, text.len - whole.len - 1}, DECIMALS)))
        return false;
    double scale = 1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '.')
            bound->count = 10 * bound->count + (text.ptr[i] - '0');
        scale *= i > whole.len ? 10 : 1;
    }
    bound->number = (double)bound->count / scale;
    return true;
}

/* The next part between spaces; empty at the end. */
static struct span next_part(struct span text, size_t *at) {
    *at += text_space((struct span){text.ptr + *at, text.len - *at});
    size_t start = *at;
    while (*at < text.len && text_space((struct span){text.ptr + *at, text.len - *at}) == 0)
        ++*at;
    return (struct span){text.ptr + start, *at - start};
}

/* Something other than [… TO …]: what it would be as a range. */
static bool no_range(struct lexer *lexer, const struct raw *raw, const char *name) {
    struct span text = raw->text;
    size_t start = 0, len = 0;
    while (start < text.len && (text.ptr[start] < '0' || text.ptr[start] > '9'))
        start++;
    while (start + len < text.len && len < 9 && text.ptr[start + len] >= '0' && text.ptr[start + len] <= '9')
        len++;
    struct span number = len ? (struct span){text.ptr + start, len} : SPAN("1000");
    if (text.ptr[0] == '<')
        return FAIL(lexer, raw, "%s: takes a range, ends included: %s:[* TO %.*s]", name, name,
                    (int)number.len, number.ptr);
    return FAIL(lexer, raw, "%s: takes a range, ends included: %s:[%.*s TO *]", name, name, (int)number.len,
                number.ptr);
}

static bool read_range(struct lexer *lexer, const struct raw *raw, struct query *node) {
    struct query_predicate *predicate = node->predicate;
    const char *name = FIELDS[predicate->field].name, *example = FIELDS[predicate->field].example;
    bool decimals = predicate->field == QUERY_RATING;
    if (raw->quoted || raw->text.ptr[0] != '[')
        return no_range(lexer, raw, name);
    if (raw->text.ptr[raw->text.len - 1] != ']')
        return FAIL(lexer, raw, "the range is not closed: write %s", example);
    struct span inside = {raw->text.ptr + 1, raw->text.len - 2};
    size_t at = 0;
    struct span parts[4];
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        parts[i] = next_part(inside, &at);
    if (span_eq(parts[1], SPAN("to")))
        return lexer_error(lexer, raw->start + (size_t)(parts[1].ptr - raw->text.ptr),
                           "TO is written in capitals");
    if (parts[2].len == 0 || parts[3].len > 0 || !span_eq(parts[1], SPAN("TO")))
        return FAIL(lexer, raw, "a range is two numbers with TO between, or * for no end: %s", example);
    struct bound bounds[2];
    for (size_t i = 0; i < 2; i++)
        if (!read_bound(parts[2 * i], decimals, &bounds[i]))
            return lexer_error(
                lexer, raw->start + (size_t)(parts[2 * i].ptr - raw->text.ptr),
                decimals ? "`%s` is no number of at most 9 digits and 6 decimals, nor *: %s"
                         : "`%s` is no number of at most 18 digits, without sign or separators, nor "
                           "*: %s",
                lexer_excerpt(parts[2 * i]).text, example);
    predicate->least = bounds[0].open || decimals ? 0 : bounds[0].count;
    predicate->most = bounds[1].open || decimals ? INT64_MAX : bounds[1].count;
    predicate->low = bounds[0].open || !decimals ? -INFINITY : bounds[0].number;
    predicate->high = bounds[1].open || !decimals ? INFINITY : bounds[1].number;
    if (predicate->least > predicate->most || predicate->low > predicate->high)
        return FAIL(lexer, raw, "the smaller number stands first: %s:[%.*s TO %.*s]", name, (int)parts[2].len,
                    parts[2].ptr, (int)parts[0].len, parts[0].ptr);
    return true;
}

/* The table. */

static const struct field FIELDS[QUERY_IN_TITLE + 1] = {
    [QUERY_AUTHOR] = {"author", "author:@acme", read_author},
    [QUERY_SITE] = {"site", "site:acme.com", read_site},
    [QUERY_LINK] = {"link", "link:acme.com/shop", read_link},
    [QUERY_SOURCE] = {"source", "source:(blog OR news)", read_source},
    [QUERY_TYPE] = {"type", "type:(post OR comment)", read_value},
    [QUERY_LANG] = {"lang", "lang:(de OR nl)", read_code},
    [QUERY_COUNTRY] = {"country", "country:(DE OR NL)", read_code},
    [QUERY_IS] = {"is", "is:(reply OR repost)", read_value},
    [QUERY_HAS] = {"has", "has:(link OR media)", read_value},
    [QUERY_FOLLOWERS] = {"followers", "followers:[1000 TO *]", read_range},
    [QUERY_ENGAGEMENT] = {"engagement", "engagement:[10 TO *]", read_range},
    [QUERY_RATING] = {"rating", "rating:[1 TO 2.5]", read_range},
    [QUERY_IN_TITLE] = {"title", "title:acme", NULL},
};

const char *query_field_name(enum query_field field) {
    return FIELDS[field].name;
}

/* What other tools call it; NULL. */
static const char *field_habit(struct span name) {
    static const char *const FIELD_HABITS[][2] = {
        {"from", "author"},      {"by", "author"},       {"user", "author"},
        {"language", "lang"},    {"url", "link"},        {"links", "link"},
        {"domain", "site"},      {"host", "site"},       {"platform", "source"},
        {"location", "country"}, {"geo", "country"},     {"headline", "title"},
        {"intitle", "title"},    {"reach", "followers"}, {"interactions", "engagement"},
        {"stars", "rating"},
    };
    for (size_t i = 0; i < COUNT_OF(FIELD_HABITS); i++)
        if (span_eq(name, span_of(FIELD_HABITS[i][0])))
            return FIELD_HABITS[i][1];
    return NULL;
}

static const char *nearest_field(struct span name) {
    const char *best = field_habit(name);
    size_t least = name.len < 4 ? 1 : 2;
    for (size_t i = 0; !best && i < COUNT_OF(FIELDS); i++)
        if (edits_between(name, span_of(FIELDS[i].name)) == 0)
            return FIELDS[i].name;
    for (size_t edits = 1; !best && edits <= least; edits++)
        for (size_t i = 0; !best && i < COUNT_OF(FIELDS); i++)
            if (edits_between(name, span_of(FIELDS[i].name)) == edits)
                best = FIELDS[i].name;
    return best;
}

void query_field_begin(struct lexer *lexer, size_t end) {
    size_t start = lexer->start, at = start;
    while (at < end && ((unsigned)lexer->text.ptr[at] | 0x20) - 'a' < 26)
        at++;
    if (at == start || at == end || lexer->text.ptr[at] != ':')
        return;
    struct span name = lexer_slice(lexer, start, at);
    lexer->at = at + 1;
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++) {
        if (!span_eq(name, span_of(FIELDS[i].name)))
            continue;
        lexer->kind = LEX_FIELD;
        lexer->field = (enum query_field)i;
        return;
    }
    const char *near = nearest_field(small(lexer, name));
    struct excerpt shown = lexer_excerpt(name), words = lexer_excerpt(lexer_slice(lexer, start, end));
    if (near)
        lexer_error(lexer, start,
                    "`%s:` is no field: the nearest is %s:; to find the words write them in quotes: \"%s\"",
                    shown.text, near, words.text);
    else
        lexer_error(lexer, start,
                    "`%s:` is no field of the language; to find the words write them in quotes: \"%s\"",
                    shown.text, words.text);
}

/* Operands. */

static bool is_operator(struct span word) {
    return span_eq(word, SPAN("AND")) || span_eq(word, SPAN("OR")) || span_eq(word, SPAN("NOT"));
}

static bool read_raw(struct lexer *lexer, struct raw *raw) {
    struct span rest = lexer_slice(lexer, lexer->at, lexer->text.len);
    const struct field *field = &FIELDS[lexer->field];
    size_t end;
    *raw = (struct raw){.start = lexer->at};
    if (rest.len > 0 && rest.ptr[0] == '"') {
        size_t start;
        if (!lexer_quoted(lexer, lexer->at, &start, &end))
            return false;
        raw->text = lexer_trimmed(lexer_slice(lexer, start, end));
        raw->start = (size_t)(raw->text.ptr - lexer->text.ptr);
        raw->quoted = true;
        lexer->at = end + 1;
        return raw->text.len > 0 || FAIL(lexer, raw, "nothing between the quotes: write %s", field->example);
    }
    end = lexer_bare_end(lexer, lexer->at);
    const char *close = rest.len > 0 && rest.ptr[0] == '[' && field->read == read_range
                            ? memchr(rest.ptr, ']', rest.len)
                            : NULL;
    if (close)
        end = lexer->at + (size_t)(close - rest.ptr) + 1;
    raw->text = lexer_slice(lexer, lexer->at, end);
    if (raw->text.len == 0 || is_operator(raw->text))
        return FAIL(lexer, raw, "%s: wants its value right here: %s", field->name, field->example);
    lexer->at = end;
    return true;
}

static struct query *read_operand(struct lexer *lexer) {
    struct raw raw;
    if (!read_raw(lexer, &raw))
        return NULL;
    struct query *node = lexer_node(lexer, QUERY_FIELD, lexer->start, lexer->at);
    struct query_predicate *predicate = arena_calloc(lexer->arena, 1, sizeof *predicate);
    predicate->field = lexer->field;
    node->predicate = predicate;
    bool counted = lexer->field == QUERY_AUTHOR || lexer_count(lexer, raw.start, 1);
    return counted && FIELDS[lexer->field].read(lexer, &raw, node) ? node : NULL;
}

/* Behind a value of a group. False: it ends here, or there is an error. */
static bool another(struct lexer *lexer, size_t open) {
    const char *example = FIELDS[lexer->field].example;
    if (!lexer_skip_space(lexer))
        return false;
    if (lexer->at == lexer->text.len)
        return lexer_error(lexer, open, "the parenthesis is not closed: write ) where the group ends");
    if (lexer->text.ptr[lexer->at] == ')') {
        lexer->at++;
        return false;
    }
    struct span word = lexer_slice(lexer, lexer->at, lexer_bare_end(lexer, lexer->at));
    if (!span_eq(word, SPAN("OR")))
        return lexer_error(lexer, lexer->at, "%s: takes one value, or several with OR between: %s",
                           FIELDS[lexer->field].name, example);
    lexer->at += word.len;
    return lexer_skip_space(lexer);
}

static struct query *read_group(struct lexer *lexer) {
    size_t open = lexer->at++;
    struct query *group = lexer_node(lexer, QUERY_OR, lexer->start, lexer->at);
    if (!lexer_skip_space(lexer))
        return NULL;
    do {
        struct query *node = read_operand(lexer);
        if (!node)
            return NULL;
        if (group->last)
            group->last->next = node;
        else
            group->first = node;
        group->last = node;
    } while (another(lexer, open));
    if (lexer->kind == LEX_ERROR)
        return NULL;
    group->end = lexer->at;
    for (struct query *node = group->first; node; node = node->next)
        node->end = lexer->at; /* an error about one shows all of it */
    return group->first == group->last ? group->first : group;
}

struct query *query_field_operand(struct lexer *lexer) {
    bool group = lexer->at < lexer->text.len && lexer->text.ptr[lexer->at] == '(';
    return group ? read_group(lexer) : read_operand(lexer);
}
