/* text_fold: NFKC and case folding by utf8proc, Han simplification by OpenCC's table, the other two forms by
 * going through the first. Two ways through, the common first: a word of characters that fold one by one, as
 * nearly all letters do, is looked up; the rest is decomposed and composed.
 *
 * utf8proc sorts a run of marks by moving each past its neighbours, which takes the square of the run's
 * length: so a word is folded in pieces of PIECE characters, and a word of marks stays linear. Only words
 * longer than a piece could tell. */
#include "earshot/text.h"

#include "text_look.h"

#include <stdlib.h>
#include <utf8proc.h>

enum { PIECE = 64, EXPANSION = 20, PIECE_ROOM = PIECE * EXPANSION };

struct bytes {
    char *ptr;
    size_t len, cap;
};

struct text_folder {
    struct bytes e, s, g;
    utf8proc_int32_t piece[PIECE_ROOM];
};

struct text_folder *text_folder_new(void) {
    return xcalloc(1, sizeof(struct text_folder));
}

void text_folder_free(struct text_folder **folder) {
    if (!*folder)
        return;
    free((*folder)->e.ptr);
    free((*folder)->s.ptr);
    free((*folder)->g.ptr);
    free(*folder);
    *folder = NULL;
}

static char *room(struct bytes *bytes, size_t len) {
    if (!bytes->ptr || bytes->len + len > bytes->cap) {
        bytes->cap = 2 * (bytes->len + len) + 64;
        bytes->ptr = xrealloc(bytes->ptr, bytes->cap);
    }
    return bytes->ptr + bytes->len;
}

static void put_bytes(struct bytes *bytes, const char *from, size_t len) {
    memcpy(room(bytes, len), from, len);
    bytes->len += len;
}

static void put(struct bytes *bytes, uint32_t code) {
    char *to = room(bytes, 4);
    bytes->len += (size_t)(text_encode(to, code) - to);
}

static struct span span_of_bytes(const struct bytes *bytes) {
    return (struct span){.ptr = bytes->ptr, .len = bytes->len};
}

/* Form E. */

/* All letters and digits of ASCII: lower case and done. */
static bool fold_ascii(struct bytes *out, struct span word) {
    char *to = room(out, word.len);
    unsigned char high = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        high |= (unsigned char)c;
        to[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out->len = word.len;
    return high < 0x80;
}

/* Characters that are folded one by one. *loose: form S may be another. */
static bool fold_simple(struct bytes *out, struct span word, bool *loose) {
    unsigned properties = 0;
    for (size_t at = 0; at < word.len;) {
        struct text_character c = text_character_at(word, at);
        at += c.len;
        if (!(text_property(c.code) & TEXT_SIMPLE_BIT))
            return false;
        bool han = c.code >= TEXT_HAN_FIRST && c.code <= TEXT_HAN_LAST;
        uint32_t folded = han ? text_han(c.code) : text_folded(c.code);
        properties |= text_property(folded);
        put(out, folded);
    }
    *loose = properties & TEXT_LOOSE_BIT;
    return true;
}

/* Characters of word from *at on, decomposed and folded, at most PIECE of them; the number of what they
 * became.
 */
static utf8proc_ssize_t decompose_piece(struct text_folder *folder, struct span word, size_t *at) {
    enum {
        HOW = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE
    };
    utf8proc_ssize_t len = 0;
    int last_boundclass = 0;
    for (int count = 0; count < PIECE && *at < word.len; count++) {
        struct text_character c = text_character_at(word, *at);
        *at += c.len;
        utf8proc_ssize_t added =
            utf8proc_decompose_char((utf8proc_int32_t)c.code, folder->piece + len, PIECE_ROOM - len,
                                    (utf8proc_option_t)HOW, &last_boundclass);
        ASSERT(added >= 0 && len + added <= PIECE_ROOM);
        len += added;
    }
    return len;
}

static int combining_class(utf8proc_int32_t code) {
    return utf8proc_get_property(code)->combining_class;
}

/* Marks in their canonical order, as utf8proc_decompose() would leave them. */
static void order_marks(utf8proc_int32_t *codes, utf8proc_ssize_t len) {
    for (utf8proc_ssize_t i = 1; i < len; i++) {
        int class = combining_class(codes[i]);
        utf8proc_int32_t moved = codes[i];
        utf8proc_ssize_t j = i;
        for (; class > 0 && j > 0 && combining_class(codes[j - 1]) > class; j--)
            codes[j] = codes[j - 1];
        codes[j] = moved;
    }
}

static void fold_any(struct text_folder *folder, struct span word) {
    for (size_t at = 0; at < word.len;) {
        utf8proc_ssize_t len = decompose_piece(folder, word, &at);
        order_marks(folder->piece, len);
        len = utf8proc_normalize_utf32(folder->piece, len,
                                       (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
        ASSERT(len >= 0);
        for (utf8proc_ssize_t i = 0; i < len; i++)
            put(&folder->e, text_han((uint32_t)folder->piece[i]));
    }
    if (folder->e.len == 0) /* nothing but what is not seen */
        put_bytes(&folder->e, word.ptr, word.len);
}

/* Form S. */

static void make_s(struct text_folder *folder) {
    struct span e = span_of_bytes(&folder->e);
    bool on_letter = false; /* of a script that loses its accents */
    folder->s.len = 0;
    for (size_t at = 0; at < e.len;) {
        struct text_character c = text_character_at(e, at);
        at += c.len;
        if (c.code < 0x80) {
            on_letter = c.code >= 'a' && c.code <= 'z';
            put(&folder->s, c.code);
        } else if (text_has_accents(c.code)) {
            on_letter = true;
            char *to = room(&folder->s, 4);
            folder->s.len += (size_t)(text_encode_plain(to, c.code) - to);
        } else if (utf8proc_category((utf8proc_int32_t)c.code) == UTF8PROC_CATEGORY_MN) {
            if (!on_letter && !text_is_arabic_vowel(c.code))
                put(&folder->s, c.code);
        } else {
            on_letter = false;
            if (!text_is_arabic_vowel(c.code))
                put(&folder->s, c.code);
        }
    }
}

/* Form G. */
static void make_g(struct text_folder *folder) {
    struct span e = span_of_bytes(&folder->e);
    folder->g.len = 0;
    for (size_t i = 0; i < e.len; i++) {
        char next = i + 1 < e.len ? e.ptr[i + 1] : 0;
        bool umlaut = e.ptr[i] == '\xc3' && (next == '\xa4' || next == '\xb6' || next == '\xbc');
        if (umlaut)
            put_bytes(&folder->g, next == '\xa4' ? "ae" : next == '\xb6' ? "oe" : "ue", 2);
        else
            put_bytes(&folder->g, e.ptr + i, 1);
        i += umlaut;
    }
}

/* Of a form E that is there. */
static struct text_forms other_forms(struct text_folder *folder, bool loose) {
    struct text_forms forms = {.e = span_of_bytes(&folder->e)};
    if (loose)
        make_s(folder);
    if (loose && folder->s.len && !span_eq(span_of_bytes(&folder->s), forms.e))
        forms.s = span_of_bytes(&folder->s);
    if (loose)
        make_g(folder);
    if (loose && !span_eq(span_of_bytes(&folder->g), forms.e))
        forms.g = span_of_bytes(&folder->g);
    return forms;
}

struct text_forms text_fold_slowly(struct text_folder *folder, struct span word) {
    folder->e.len = 0;
    fold_any(folder, word);
    return other_forms(folder, true);
}

struct text_forms text_fold(struct text_folder *folder, struct span word) {
    struct text_forms forms = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    folder->e.len = 0;
    if (fold_ascii(&folder->e, word)) {
        forms.e = span_of_bytes(&folder->e);
        return forms;
    }
    bool loose = true;
    folder->e.len = 0;
    if (!fold_simple(&folder->e, word, &loose)) {
        folder->e.len = 0;
        fold_any(folder, word);
    }
    return other_forms(folder, loose);
}

struct span text_fold_emoji(struct text_folder *folder, struct span emoji) {
    folder->e.len = 0;
    for (size_t at = 0; at < emoji.len;) {
        struct text_character c = text_character_at(emoji, at);
        at += c.len;
        bool style = c.code == 0xFE0E || c.code == 0xFE0F;
        if (!style && text_class_of(c.code) != TEXT_TONE)
            put(&folder->e, c.code);
    }
    if (folder->e.len == 0)
        put_bytes(&folder->e, emoji.ptr, emoji.len);
    return span_of_bytes(&folder->e);
}

struct span text_fold_case(struct text_folder *folder, struct span text) {
    folder->e.len = 0;
    if (fold_ascii(&folder->e, text))
        return span_of_bytes(&folder->e);
    folder->e.len = 0;
    for (size_t at = 0; at < text.len;) {
        struct text_character c = text_character_at(text, at);
        utf8proc_int32_t codes[EXPANSION];
        int boundclass = 0;
        utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c.code, codes, EXPANSION,
                                                         UTF8PROC_CASEFOLD, &boundclass);
        at += c.len;
        for (utf8proc_ssize_t i = 0; i < count && i < EXPANSION; i++)
            put(&folder->e, (uint32_t)codes[i]);
    }
    return span_of_bytes(&folder->e);
}
