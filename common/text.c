/* text: one pass, no look-back but one flag: whether a letter stands right before, which decides if # @ $
 * begin something. Runs of ASCII letters, most of most texts, are passed by a table. */
#include "earshot/text.h"

#include "text_look.h"

enum {
    JOINER = 0x200D,
    TEXT_STYLE = 0xFE0E,
    PICTURE_STYLE = 0xFE0F,
    KEYCAP = 0x20E3,
    FIRST_FLAG_TAG = 0xE0020,
    LAST_FLAG_TAG = 0xE007F,
};

void text_begin(struct text_cursor *cursor, struct span text) {
    *cursor = (struct text_cursor){.text = text};
}

/* Code 0 and length 0 at the end of the text. */
static struct text_character peek(struct span text, size_t at) {
    return at < text.len ? text_character_at(text, at) : (struct text_character){0, 0};
}

static bool is_ascii_letter(char c) {
    return ((unsigned)c | 0x20) - 'a' < 26;
}

static bool is_ascii_digit(char c) {
    return c >= '0' && c <= '9';
}

size_t text_keycap(struct span text, size_t at) {
    char c = text.ptr[at];
    if (!is_ascii_digit(c) && c != '#' && c != '*')
        return 0;
    if (at + 3 >= text.len || (unsigned char)text.ptr[at + 1] < 0xE2)
        return 0;
    struct text_character next = peek(text, at + 1);
    size_t len = 1 + next.len;
    if (next.code == PICTURE_STYLE) {
        next = peek(text, at + len);
        len += next.len;
    }
    return next.code == KEYCAP ? len : 0;
}

/* The length of the character at `at` where it goes on with a word or a tag; 0: it does not. */
static size_t run_step(struct span text, size_t at, bool alone_too, bool *is_digit) {
    if (at >= text.len)
        return 0;
    struct text_character c = text_character_at(text, at);
    enum text_class class = text_class_of(c.code);
    *is_digit = class == TEXT_DIGIT || class == TEXT_ALONE_DIGIT;
    switch (class) {
    case TEXT_DIGIT:
        return c.len == 1 && text_keycap(text, at) ? 0 : c.len;
    case TEXT_LETTER:
    case TEXT_MARK:
    case TEXT_HIDDEN:
        return c.len;
    case TEXT_ALONE:
    case TEXT_ALONE_DIGIT:
        return alone_too ? c.len : 0;
    default:
        return 0;
    }
}

static size_t run_end(struct span text, size_t at, bool alone_too, bool *only_digits) {
    bool digit;
    *only_digits = true;
    for (;;) {
        while (at < text.len && is_ascii_letter(text.ptr[at])) {
            *only_digits = false;
            at++;
        }
        size_t len = run_step(text, at, alone_too, &digit);
        if (len == 0)
            return at;
        *only_digits = *only_digits && digit;
        at += len;
    }
}

static size_t marks_end(struct span text, size_t at) {
    for (;;) {
        struct text_character c = peek(text, at);
        enum text_class class = text_class_of(c.code);
        if (class != TEXT_MARK && class != TEXT_HIDDEN)
            return at;
        at += c.len;
    }
}

size_t text_marks(struct span text) {
    return marks_end(text, 0);
}

/* Emoji. */

static bool is_style(uint32_t code) {
    return code == TEXT_STYLE || code == PICTURE_STYLE;
}

/* Selectors and tones. A mark of another kind begins a word: it is of what comes next, or of nothing. */
static size_t modifiers_end(struct span text, size_t at) {
    for (;;) {
        struct text_character c = peek(text, at);
        if (!is_style(c.code) && text_class_of(c.code) != TEXT_TONE)
            return at;
        at += c.len;
    }
}

/* The tags that make a flag of 🏴. */
static size_t flag_tags_end(struct span text, size_t at) {
    for (;;) {
        struct text_character c = peek(text, at);
        if (c.code < FIRST_FLAG_TAG || c.code > LAST_FLAG_TAG)
            return at;
        at += c.len;
    }
}

/* What goes with a picture that ends at `at`. */
static size_t parts_end(struct span text, size_t at) {
    size_t end = flag_tags_end(text, at);
    if (end > at)
        return end;
    end = modifiers_end(text, at);
    struct text_character c = peek(text, end);
    return c.code == KEYCAP ? end + c.len : end;
}

/* What is joined to the picture that ends at `at`. */
static size_t joined_end(struct span text, size_t at) {
    for (;;) {
        struct text_character joiner = peek(text, at);
        if (joiner.code != JOINER)
            return at;
        struct text_character next = peek(text, at + joiner.len);
        enum text_class class = text_class_of(next.code);
        if (class != TEXT_PICTURE && class != TEXT_TONE)
            return at;
        at = parts_end(text, at + joiner.len + next.len);
    }
}

/* The end of the emoji whose first character is c; `at` where it is none. */
static size_t emoji_end(struct span text, size_t at, struct text_character c, enum text_class class) {
    if (class == TEXT_FLAG) {
        struct text_character second = peek(text, at + c.len);
        if (text_class_of(second.code) == TEXT_FLAG)
            c.len += second.len;
        return modifiers_end(text, at + c.len);
    }
    if (text_is_emoji(c.code) || peek(text, at + c.len).code == PICTURE_STYLE)
        return joined_end(text, parts_end(text, at + c.len));
    return at;
}

/* Links. */

static bool begins_with(struct span text, size_t at, const char *lower) {
    for (size_t i = 0; lower[i]; i++) {
        if (at + i >= text.len)
            return false;
        char c = text.ptr[at + i];
        if ((is_ascii_letter(c) ? c | 0x20 : c) != lower[i])
            return false;
    }
    return true;
}

bool text_is_link(struct span text, size_t at) {
    int c = text.ptr[at] | 0x20;
    if (c == 'h')
        return begins_with(text, at, "http://") || begins_with(text, at, "https://");
    return c == 'w' && begins_with(text, at, "www.");
}

static size_t link_end(struct span text, size_t at) {
    while (at < text.len) {
        struct text_character c = text_character_at(text, at);
        if (text_class_of(c.code) == TEXT_SPACE)
            break;
        at += c.len;
    }
    return at;
}

/* Tags, handles, cashtags: each is given the first byte behind its sign and returns where it ends, or that
 * byte where nothing stands there. */

static size_t tag_end(struct span text, size_t at) {
    bool only_digits;
    if (text_class_of(peek(text, at).code) == TEXT_HIDDEN)
        return at;
    size_t end = run_end(text, at, true, &only_digits);
    return only_digits ? at : end;
}

static size_t cashtag_end(struct span text, size_t at) {
    size_t end = at;
    bool digit;
    while (end < text.len && is_ascii_letter(text.ptr[end]))
        end++;
    return end - at > 8 || run_step(text, end, true, &digit) ? at : end;
}

static bool begins_name(struct span text, size_t at) {
    enum text_class class = text_class_of(peek(text, at).code);
    bool digit;
    return class != TEXT_MARK && class != TEXT_HIDDEN && run_step(text, at, true, &digit) > 0;
}

/* A run with single . and - inside; of a host, - may be doubled (xn--…). */
static size_t name_end(struct span text, size_t at, bool host) {
    bool only_digits;
    while (begins_name(text, at)) {
        at = run_end(text, at, true, &only_digits);
        size_t dash = at;
        while (dash < text.len && text.ptr[dash] == '-' && (host || dash == at))
            dash++;
        if (dash == at && dash < text.len && text.ptr[dash] == '.')
            dash++;
        if (dash == at || !begins_name(text, dash))
            break;
        at = dash;
    }
    return at;
}

static size_t handle_end(struct span text, size_t at) {
    size_t end = name_end(text, at, false);
    if (end == at || end >= text.len || text.ptr[end] != '@')
        return end;
    size_t host = name_end(text, end + 1, true);
    return host == end + 1 ? end : host;
}

size_t text_sign(struct span text) {
    static const char *const WIDE[] = {"\xef\xbc\x83", "\xef\xbc\xa0", "\xef\xbc\x84"};
    if (text.len == 0)
        return 0;
    if (text.ptr[0] == '#' || text.ptr[0] == '@' || text.ptr[0] == '$')
        return 1;
    for (size_t i = 0; i < COUNT_OF(WIDE) && text.len >= 3; i++)
        if (memcmp(text.ptr, WIDE[i], 3) == 0)
            return 3;
    return 0;
}

static bool sign_token(const struct text_cursor *cursor, uint32_t code, size_t len,
                       struct text_token *token) {
    static const struct {
        uint32_t code, wide;
        enum text_kind kind;
        size_t (*end)(struct span text, size_t at);
    } SIGNS[] = {
        {'#', 0xFF03, TEXT_TAG, tag_end},
        {'@', 0xFF20, TEXT_HANDLE, handle_end},
        {'$', 0xFF04, TEXT_CASHTAG, cashtag_end},
    };
    for (size_t i = 0; i < COUNT_OF(SIGNS); i++) {
        if (code != SIGNS[i].code && code != SIGNS[i].wide)
            continue;
        size_t body = cursor->at + len, end = SIGNS[i].end(cursor->text, body);
        *token = (struct text_token){SIGNS[i].kind, cursor->at, end};
        return end > body;
    }
    return false;
}

/* The token that begins with c at the cursor, if one does. */
static bool token_of(const struct text_cursor *cursor, struct text_character c, struct text_token *token) {
    struct span text = cursor->text;
    size_t at = cursor->at;
    enum text_class class = text_class_of(c.code);
    bool only_digits;
    *token = (struct text_token){.kind = TEXT_WORD, .start = at, .end = at};
    if (c.len == 1 && text_keycap(text, at)) {
        token->kind = TEXT_EMOJI;
        token->end = at + text_keycap(text, at);
        return true;
    }
    switch (class) {
    case TEXT_LETTER:
    case TEXT_DIGIT:
    case TEXT_MARK:
        token->end = run_end(text, at, false, &only_digits);
        return true;
    case TEXT_ALONE:
    case TEXT_ALONE_DIGIT:
        token->end = marks_end(text, at + c.len);
        return true;
    case TEXT_PICTURE:
    case TEXT_FLAG:
    case TEXT_TONE:
        token->kind = TEXT_EMOJI;
        token->end = emoji_end(text, at, c, class);
        return token->end > at;
    default:
        return !cursor->after_word && sign_token(cursor, c.code, c.len, token);
    }
}

bool text_token_at(const struct text_cursor *cursor, struct text_character c, struct text_token *token) {
    if (!text_is_link(cursor->text, cursor->at))
        return token_of(cursor, c, token);
    *token = (struct text_token){TEXT_LINK, cursor->at, link_end(cursor->text, cursor->at)};
    return true;
}

bool text_next(struct text_cursor *cursor, struct text_token *token) {
    while (cursor->at < cursor->text.len) {
        struct text_character c = text_character_at(cursor->text, cursor->at);
        if (text_token_at(cursor, c, token)) {
            cursor->at = token->end;
            cursor->after_word = token->kind != TEXT_EMOJI && token->kind != TEXT_LINK;
            return true;
        }
        cursor->at += c.len;
        cursor->after_word = false;
    }
    return false;
}

size_t text_space(struct span text) {
    size_t at = 0;
    while (at < text.len) {
        struct text_character c = text_character_at(text, at);
        if (text_class_of(c.code) != TEXT_SPACE)
            break;
        at += c.len;
    }
    return at;
}

bool text_is_utf8(struct span text, size_t *byte) {
    for (size_t at = 0; at < text.len;) {
        struct text_character c = text_character_at(text, at);
        if (c.code == 0xFFFD && c.len == 1) {
            *byte = at;
            return false;
        }
        at += c.len;
    }
    return true;
}

bool text_is_dense(struct span text) {
    static const struct {
        uint32_t first, last;
    } HANGUL[] = {{0x1100, 0x11FF}, {0x3131, 0x318E}, {0xA960, 0xA97C}, {0xAC00, 0xD7FB}, {0xFFA1, 0xFFDC}};
    uint32_t code = peek(text, 0).code;
    enum text_class class = text_class_of(code);
    for (size_t i = 0; i < COUNT_OF(HANGUL); i++)
        if (code >= HANGUL[i].first && code <= HANGUL[i].last)
            return true;
    return text.len > 0 && (class == TEXT_ALONE || class == TEXT_ALONE_DIGIT);
}
