/* text_run: runs with bytes from 0x80. A word whose characters fold one by one, which is nearly every word,
 * is looked up character by character, and its form E is hashed in the text where it stands there. In scripts
 * without spaces each character is a word, hashed by what a table has. Words with marks, emoji and tags are
 * asked for in the memo, by their bytes, before they are folded. */
#include "text_look.h"
#include "text_words_parts.h"

enum { PICTURE_STYLE = 0xFE0F, KEYCAP = 0x20E3 };

/* The memo. */

static struct text_memo_key memo_key(const struct text_reader *reader, struct span raw) {
    const struct text_hash_key *key = &reader->words->memory->raw;
    char last[TEXT_MEMO_RAW] = {0};
    const char *from = raw.ptr;
    if (raw.ptr + TEXT_MEMO_RAW > reader->text.ptr + reader->text.len)
        from = memcpy(last, raw.ptr, raw.len);
    uint64_t before = key->first, sixteen[2];
    size_t left = raw.len;
    for (; left > 16; from += 16, left -= 16)
        before = text_hash_mix(text_eight(from) ^ before, text_eight(from + 8) ^ key->second);
    sixteen[0] = text_eight(from);
    sixteen[1] = text_eight(from + 8);
    return (struct text_memo_key){.hash = text_hash_end(key, before, sixteen, left, raw.len), .raw = raw};
}

/* The keys of the last place from `first` on, for the next time. */
static void keep(struct text_words *words, const struct text_memo_key *key, uint32_t first) {
    size_t forms = 0;
    for (uint32_t i = first; i < words->key_count; i++)
        forms += words->keys[i].len;
    if (words->key_count - first > TEXT_MEMO_KEYS || words->key_count == first || forms > TEXT_MEMO_FORMS)
        return;
    struct text_memo_entry *entry = text_memo_add(words->memory->memo, key);
    if (!entry)
        return;
    char *form = entry->forms;
    for (uint32_t i = first; i < words->key_count; i++) {
        struct text_key *kept = &entry->keys[entry->key_count++];
        *kept = words->keys[i];
        kept->form = memcpy(form, kept->form, kept->len);
        form += kept->len;
    }
}

/* The keys of a token, the last place; the hash of the first. */
static uint64_t put_keys(struct text_reader *reader, enum text_kind kind, struct span token) {
    struct text_words *words = reader->words;
    uint32_t first = words->key_count;
    size_t sign = kind == TEXT_WORD || kind == TEXT_EMOJI ? 0 : text_sign(token);
    struct span name = {token.ptr + sign, token.len - sign};
    if (token.len > TEXT_MEMO_RAW || kind == TEXT_HANDLE)
        return text_put_token(words, kind, name);
    struct text_memo_key key = memo_key(reader, token);
    const struct text_memo_entry *entry = text_memo_find(words->memory->memo, &key);
    if (!entry) {
        uint64_t hash = text_put_token(words, kind, name);
        keep(words, &key, first);
        return hash;
    }
    for (size_t i = 0; i < entry->key_count; i++) {
        struct text_key *to = text_new_key(words);
        *to = entry->keys[i];
        to->position = words->place_count - 1;
    }
    return entry->keys[0].hash;
}

static uint64_t put_token(struct text_reader *reader, const struct text_token *token, bool alone) {
    struct text_words *words = reader->words;
    uint32_t before = words->key_count;
    text_put_place(reader, token->start, token->end, token->kind, alone);
    uint64_t hash = put_keys(reader, token->kind,
                             (struct span){reader->text.ptr + token->start, token->end - token->start});
    if (token->kind == TEXT_TAG || (alone && words->key_count > before + 1))
        words->lacks_pairs = true;
    return hash;
}

/* Scripts without spaces. */

static bool is_mark(unsigned property) {
    unsigned class = property & TEXT_CLASS_BITS;
    return class == TEXT_MARK || class == TEXT_HIDDEN;
}

static bool is_alone(unsigned property) {
    unsigned class = property & TEXT_CLASS_BITS;
    return class == TEXT_ALONE || class == TEXT_ALONE_DIGIT;
}

/* The last place is the second of two neighbours where the one before is such a word too. */
static inline void put_pair(struct text_reader *reader, uint64_t hash) {
    struct text_words *words = reader->words;
    if (words->places[words->place_count - 2].alone) {
        *text_new_key(words) = (struct text_key){
            .hash = text_hash_two(&words->memory->hash[TEXT_SPACE_PAIR], reader->last, hash),
            .position = words->place_count - 2,
            .space = TEXT_SPACE_PAIR,
        };
    }
    reader->last = hash;
}

/* The word at..end whose only form is of three or four bytes (four can be read). */
static void put_character(struct text_reader *reader, size_t at, size_t end, const char *form) {
    size_t len = end - at;
    uint32_t four = text_four(form) & (len > 3 ? UINT32_MAX : 0xFFFFFF);
    uint64_t hash = text_hash_four(&reader->words->memory->hash[TEXT_SPACE_WORD], four, len);
    text_put_place(reader, at, end, TEXT_WORD, true);
    *text_new_key(reader->words) = (struct text_key){
        .hash = hash, .form = form, .position = reader->words->place_count - 1, .len = len & TEXT_FORM_MAX};
    put_pair(reader, hash);
}

/* The number in text_alone_forms of the character of three bytes that four bytes begin with; the number of a
 * blank where it is none of these. */
static inline uint32_t alone_number(uint32_t four) {
    uint32_t code = (four & 0x0F) << 12 | (four >> 2 & 0xFC0) | (four >> 16 & 0x3F);
    bool is = (four & 0xFF) - 0xE3 <= 6 && (four & 0xC0C000) == 0x808000;
    return is ? code - TEXT_ALONE_FIRST : 0;
}

/* What was there before the last word of one character, should a mark stand behind it. */
struct before {
    uint32_t key_count;
    uint64_t last;
};

/* Words of one character from `at` on, while they can be looked up; where they end. What grows is kept at
 * hand. */
static size_t look_up_characters(struct text_reader *reader, size_t at, struct before *before) {
    struct text_words *words = reader->words;
    const struct text_hash_key word = words->memory->hash[TEXT_SPACE_WORD],
                               pair = words->memory->hash[TEXT_SPACE_PAIR];
    const struct span text = reader->text;
    const uint8_t field = reader->field;
    struct text_place *place = words->places + words->place_count;
    struct text_key *key = words->keys + words->key_count, *key_before = key;
    uint32_t position = words->place_count;
    uint64_t last = reader->last, last_before = last;
    for (bool after = place[-1].alone; at + 4 <= text.len; at += 3, after = true) {
        const char *form = text_alone_forms[alone_number(text_four(text.ptr + at))];
        uint32_t four = text_four(form);
        if (!four)
            break;
        size_t len = 3 + (four > 0xFFFFFF);
        uint64_t hash = text_hash_four(&word, four, len);
        key_before = key;
        last_before = last;
        *place++ = (struct text_place){(uint32_t)at, (uint32_t)at + 3, TEXT_WORD, field, true};
        *key++ =
            (struct text_key){.hash = hash, .form = form, .position = position, .len = len & TEXT_FORM_MAX};
        if (after)
            *key++ = (struct text_key){
                .hash = text_hash_two(&pair, last, hash), .position = position - 1, .space = TEXT_SPACE_PAIR};
        last = hash;
        position++;
    }
    words->place_count = position;
    words->key_count = (uint32_t)(key - words->keys);
    reader->last = last;
    *before = (struct before){.key_count = (uint32_t)(key_before - words->keys), .last = last_before};
    return at;
}

/* The same, without one that has marks. */
static size_t put_characters(struct text_reader *reader, size_t at) {
    struct text_words *words = reader->words;
    struct before before;
    size_t end = look_up_characters(reader, at, &before);
    if (end == at || end >= reader->text.len || (unsigned char)reader->text.ptr[end] < 0x80 ||
        !is_mark(text_property(text_character_at(reader->text, end).code)))
        return end;
    words->place_count--;
    words->key_count = before.key_count;
    reader->last = before.last;
    return end - 3;
}

/* The character c at `at` with its marks; where it ends. */
static size_t put_alone(struct text_reader *reader, size_t at, struct text_character c, unsigned property) {
    struct span text = reader->text;
    size_t end = at + c.len;
    while (end < text.len) {
        struct text_character mark = text_character_at(text, end);
        if (!is_mark(text_property(mark.code)))
            break;
        end += mark.len;
    }
    bool one = end == at + c.len, plain = (property & (TEXT_SIMPLE_BIT | TEXT_LOOSE_BIT)) == TEXT_SIMPLE_BIT;
    bool han = c.code >= TEXT_HAN_FIRST && c.code <= TEXT_HAN_LAST;
    if (one && plain && !han && text_folded(c.code) == c.code && at + 4 <= text.len && c.len >= 3) {
        put_character(reader, at, end, text.ptr + at);
    } else {
        const struct text_token token = {TEXT_WORD, at, end};
        put_pair(reader, put_token(reader, &token, true));
    }
    return end;
}

/* Words of letters. */

/* One that begins at a place, up to `end`; all is what is so of each character from 0x80, bits of
 * text_letters. */
struct letters {
    size_t end;
    unsigned all;
};

static bool goes_on(unsigned property) {
    unsigned class = property & TEXT_CLASS_BITS;
    return class == TEXT_LETTER || class == TEXT_DIGIT || is_mark(property);
}

/* The next byte from 0x80; most often that is the next byte. */
static inline size_t next_high(const struct text_reader *reader, size_t at, size_t end) {
    return at < end && (unsigned char)reader->text.ptr[at] >= 0x80 ? at : text_next_high(reader, at, end);
}

static bool is_keycap(struct span text, size_t digit, uint32_t behind) {
    return (behind == PICTURE_STYLE || behind == KEYCAP) && text_keycap(text, digit);
}

static unsigned letter_bits(uint32_t code) {
    unsigned property = text_property(code), bits = goes_on(property) ? TEXT_LETTER_GOES_ON : 0;
    uint32_t folded = text_folded(code);
    if (!(property & TEXT_SIMPLE_BIT))
        return bits;
    bits |= folded == code ? TEXT_LETTER_SIMPLE | TEXT_LETTER_OWN : TEXT_LETTER_SIMPLE;
    return text_property(folded) & TEXT_LOOSE_BIT ? bits : bits | TEXT_LETTER_STRICT;
}

/* The code of the character of two bytes at `at`, or TEXT_LETTERS where there is none. */
static inline uint32_t two_at(struct span text, size_t at) {
    const unsigned char *b = (const unsigned char *)text.ptr + at;
    bool two = at + 1 < text.len && b[0] >= 0xC2 && b[0] < 0xE0 && text_continues(b[1]);
    return two ? (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu) : TEXT_LETTERS;
}

/* A word that begins at `start` of a run that ends at `end`. Of a run the bytes below 0x80 are all of a word,
 * but for a digit that is a keycap. */
static struct letters pass_letters(const struct text_reader *reader, size_t start, size_t end) {
    struct span text = reader->text;
    unsigned all = TEXT_LETTER_ALL, bits;
    size_t at = next_high(reader, start, end), len;
    for (; at < end; at = next_high(reader, at + len, end)) {
        uint32_t two = two_at(text, at);
        if (two < TEXT_LETTERS) {
            len = 2;
            bits = (unsigned)text_letters[two];
        } else {
            struct text_character c = text_character_at(text, at);
            len = c.len;
            bits = letter_bits(c.code);
            if (at > start && is_keycap(text, at - 1, c.code))
                return (struct letters){at - 1, all};
        }
        if (!(bits & TEXT_LETTER_GOES_ON))
            return (struct letters){at, all};
        all &= bits;
    }
    return (struct letters){end, all};
}

/* The forms of a simple word: where they begin, and where they go on. */
struct forms {
    char *e, *s, *g, *e_end, *s_end, *g_end;
    bool has_s, has_g;
    bool on_letter; /* one that loses its accents */
};

/* The same bytes of ASCII in all of them. */
static void add_ascii(struct forms *forms, const struct text_reader *reader, size_t at, size_t len) {
    for (size_t i = 0; i < len; i += 8) {
        uint64_t eight = text_lower_case(text_eight(text_readable(reader, at + i)));
        memcpy(forms->e_end + i, &eight, 8);
        memcpy(forms->s_end + i, &eight, 8);
        memcpy(forms->g_end + i, &eight, 8);
    }
    forms->e_end += len;
    forms->s_end += len;
    forms->g_end += len;
    forms->on_letter = forms->s_end[-1] >= 'a' && forms->s_end[-1] <= 'z';
}

/* Form S of a character of form E. */
static void add_loose(struct forms *forms, uint32_t code, unsigned property) {
    if (property & TEXT_ACCENT_BIT) {
        forms->on_letter = true;
        forms->has_s |= text_plain(code) != code;
        forms->s_end = text_encode_plain(forms->s_end, code);
        return;
    }
    if (!(property & TEXT_LOOSE_BIT) || code == 0x640)
        forms->on_letter = false;
    bool dropped = text_is_arabic_vowel(code) || forms->on_letter;
    forms->has_s |= dropped;
    if (!dropped)
        forms->s_end = text_encode(forms->s_end, code);
}

static void add_written_out(struct forms *forms, uint32_t code) {
    if (code != 0xE4 && code != 0xF6 && code != 0xFC) {
        forms->g_end = text_encode(forms->g_end, code);
        return;
    }
    *forms->g_end++ = code == 0xE4 ? 'a' : code == 0xF6 ? 'o' : 'u';
    *forms->g_end++ = 'e';
    forms->has_g = true;
}

/* Of the simple word at..end; a form has at most half as many bytes again. */
static struct forms make_forms(const struct text_reader *reader, size_t at, size_t end) {
    size_t room = 2 * (end - at) + TEXT_HASH_SPARE;
    char *e = arena_alloc(reader->words->memory->arena, 3 * room), *s = e + room, *g = s + room;
    struct forms forms = {.e = e, .s = s, .g = g, .e_end = e, .s_end = s, .g_end = g};
    while (at < end) {
        size_t high = next_high(reader, at, end);
        if (high > at)
            add_ascii(&forms, reader, at, high - at);
        if (high == end)
            break;
        struct text_character c = text_character_at(reader->text, high);
        uint32_t folded = text_folded(c.code);
        forms.e_end = text_encode(forms.e_end, folded);
        add_loose(&forms, folded, text_property(folded));
        add_written_out(&forms, folded);
        at = high + c.len;
    }
    forms.has_s = forms.has_s && forms.s_end > forms.s;
    return forms;
}

/* A key of the last place. */
static inline void put_key(struct text_words *words, uint64_t hash, const char *form, size_t len,
                           enum form which) {
    *text_new_key(words) = (struct text_key){.hash = hash,
                                             .form = form,
                                             .position = words->place_count - 1,
                                             .len = len & TEXT_FORM_MAX,
                                             .loose = which != FORM_E,
                                             .written_out = which == FORM_G};
}

static void put_form(struct text_words *words, const char *form, const char *end, enum form which) {
    size_t len = (size_t)(end - form);
    put_key(words, text_hash_readable(&words->memory->hash[TEXT_SPACE_WORD], form, len), form, len, which);
}

/* Form E where it is the text's bytes, but for the case of ASCII. */
static inline void put_own(struct text_reader *reader, size_t at, size_t len) {
    struct text_words *words = reader->words;
    const struct text_hash_key *key = &words->memory->hash[TEXT_SPACE_WORD];
    const char *form = reader->text.ptr + at;
    uint64_t hash = len <= TEXT_HASH_SPARE ? text_hash_readable(key, text_readable(reader, at), len)
                                           : text_hash_any(key, (struct span){form, len});
    *text_new_key(words) = (struct text_key){.hash = hash,
                                             .form = form,
                                             .position = words->place_count - 1,
                                             .len = len & TEXT_FORM_MAX,
                                             .ascii = true};
}

/* The keys of a word of which every character is simple. */
static void put_simple(struct text_reader *reader, size_t at, const struct letters *letters) {
    struct text_words *words = reader->words;
    bool own = letters->all & TEXT_LETTER_OWN, strict = letters->all & TEXT_LETTER_STRICT;
    struct forms forms;
    if (2 * (letters->end - at) > TEXT_FORM_MAX)
        return;
    if (!own || !strict)
        forms = make_forms(reader, at, letters->end);
    if (own)
        put_own(reader, at, letters->end - at);
    else
        put_form(words, forms.e, forms.e_end, FORM_E);
    if (!strict && forms.has_s)
        put_form(words, forms.s, forms.s_end, FORM_S);
    if (!strict && forms.has_g)
        put_form(words, forms.g, forms.g_end, FORM_G);
}

/* Short words, in registers. */

__extension__ typedef unsigned __int128 sixteen_t;

struct short_forms {
    sixteen_t e, s, g;
    size_t s_len;
    bool has_s, has_g;
};

/* The two bytes of a character of two. */
static inline unsigned two_bytes(uint32_t code) {
    return (0xC0 | code >> 6) | (0x80 | (code & 0x3F)) << 8;
}

static inline sixteen_t with_two(sixteen_t form, unsigned now, unsigned then, unsigned bit) {
    return form ^ (sixteen_t)(now ^ then) << bit;
}

/* Form S with one letter of ASCII instead of two bytes. */
static inline sixteen_t with_one(sixteen_t form, unsigned letter, unsigned bit) {
    sixteen_t below = ((sixteen_t)1 << bit) - 1, above = form >> bit >> 16;
    return (form & below) | (sixteen_t)letter << bit | above << bit << 8;
}

/* The character of two bytes at a bit of the forms; those behind it were done. */
static inline void fold_two(struct short_forms *forms, unsigned bit) {
    unsigned raw = (unsigned)(forms->e >> bit) & 0xFFFF;
    uint64_t letter = text_letters[(raw & 0x1F) << 6 | (raw >> 8 & 0x3F)];
    uint32_t folded = letter >> 16 & 0xFFFF, plain = letter >> 32 & 0xFFFF;
    unsigned two = two_bytes(folded);
    if (two != raw) {
        forms->e = with_two(forms->e, raw, two, bit);
        forms->s = with_two(forms->s, raw, two, bit);
        forms->g = with_two(forms->g, raw, two, bit);
    }
    if (folded == 0xE4 || folded == 0xF6 || folded == 0xFC) {
        unsigned out = folded == 0xE4 ? 'a' | 'e' << 8 : folded == 0xF6 ? 'o' | 'e' << 8 : 'u' | 'e' << 8;
        forms->g = with_two(forms->g, two, out, bit);
        forms->has_g = true;
    }
    if (plain == folded)
        return;
    forms->has_s = true;
    if (plain < 0x80) {
        forms->s = with_one(forms->s, plain, bit);
        forms->s_len--;
    } else {
        forms->s = with_two(forms->s, two, plain < TEXT_TWO_LETTERS ? two_bytes(plain) : plain, bit);
    }
}

static inline uint64_t kept(uint64_t eight, size_t count) {
    return count >= 8 ? eight : eight & ~(UINT64_MAX << 8 * count);
}

static inline struct short_forms make_short(const char *bytes, size_t len, unsigned high) {
    uint64_t low = text_lower_case(kept(text_eight(bytes), len));
    uint64_t upper = len > 8 ? text_lower_case(kept(text_eight(bytes + 8), len - 8)) : 0;
    sixteen_t word = (sixteen_t)upper << 64 | low;
    struct short_forms forms = {.e = word, .s = word, .g = word, .s_len = len};
    while (high) {
        unsigned second = 31 - (unsigned)__builtin_clz(high);
        fold_two(&forms, 8 * (second - 1));
        high &= ~(3u << (second - 1));
    }
    return forms;
}

static inline void put_short_form(struct text_words *words, sixteen_t form, size_t len, enum form which) {
    const uint64_t halves[2] = {(uint64_t)form, (uint64_t)(form >> 64)};
    const uint64_t sixteen[2] = {text_hash_lower(halves[0]), text_hash_lower(halves[1])};
    const struct text_hash_key *key = &words->memory->hash[TEXT_SPACE_WORD];
    char *copy = arena_alloc(words->memory->arena, TEXT_HASH_SPARE);
    memcpy(copy, halves, TEXT_HASH_SPARE);
    put_key(words, text_hash_end(key, key->first, sixteen, len, len), copy, len, which);
}

/* A word of at most sixteen bytes whose characters are of one or two, and in form E too. high: bits of its
 * bytes from 0x80. */
static void put_short(struct text_reader *reader, size_t at, const struct letters *letters, unsigned high) {
    struct text_words *words = reader->words;
    size_t len = letters->end - at;
    struct short_forms forms = make_short(text_readable(reader, at), len, high);
    if (letters->all & TEXT_LETTER_OWN)
        put_own(reader, at, len);
    else
        put_short_form(words, forms.e, len, FORM_E);
    if (forms.has_s)
        put_short_form(words, forms.s, forms.s_len, FORM_S);
    if (forms.has_g)
        put_short_form(words, forms.g, len, FORM_G);
}

/* It begins no link: the bytes that tell one are ASCII up to the : or . that is in no run. */
size_t text_put_letters(struct text_reader *reader, size_t at, size_t end, uint64_t high) {
    const unsigned wanted = TEXT_LETTER_GOES_ON | TEXT_LETTER_SIMPLE;
    struct letters letters = {.end = end, .all = TEXT_LETTER_ALL};
    for (uint64_t rest = high; rest; rest &= rest - 1) {
        uint32_t two = two_at(reader->text, at + (size_t)__builtin_ctzll(rest));
        if (two == TEXT_LETTERS)
            return text_put_run(reader, at, end);
        letters.all &= (unsigned)text_letters[two];
        rest &= rest - 1;
    }
    if ((letters.all & wanted) != wanted)
        return text_put_run(reader, at, end);
    text_put_place(reader, at, end, TEXT_WORD, false);
    if ((letters.all & TEXT_LETTER_OWN) && (letters.all & TEXT_LETTER_STRICT))
        put_own(reader, at, end - at);
    else if ((letters.all & TEXT_LETTER_TWO) && end - at <= TEXT_HASH_SPARE)
        put_short(reader, at, &letters, (unsigned)high);
    else
        put_simple(reader, at, &letters);
    reader->word_end = end;
    return end;
}

/* All else. */

/* What begins at `at` with c, which is no word of a script without spaces; how far was read. */
static size_t put_other(struct text_reader *reader, size_t at, struct text_character c) {
    struct text_cursor cursor = {.text = reader->text, .at = at, .after_word = at == reader->word_end};
    struct text_token token;
    if (!text_token_at(&cursor, c, &token))
        return at + c.len;
    (void)put_token(reader, &token, false);
    if (token.kind != TEXT_EMOJI)
        reader->word_end = token.end;
    return token.end;
}

/* The same where c may begin a word of letters, in a run that ends at `end`. */
static size_t put_next(struct text_reader *reader, size_t at, struct text_character c, size_t end) {
    unsigned class = text_class_of(c.code);
    bool wide_sign = c.code == 0xFF03 || c.code == 0xFF04 || c.code == 0xFF20;
    if ((class == TEXT_SEPARATOR && !wide_sign) || class == TEXT_SPACE || class == TEXT_HIDDEN)
        return at + c.len;
    if (class != TEXT_LETTER && class != TEXT_DIGIT && class != TEXT_MARK)
        return put_other(reader, at, c);
    if (c.len == 1 && text_is_link(reader->text, at))
        return text_put_link(reader, at);
    struct letters letters = pass_letters(reader, at, end);
    if (letters.end == at)
        return put_other(reader, at, c);
    if (letters.all & TEXT_LETTER_SIMPLE) {
        text_put_place(reader, at, letters.end, TEXT_WORD, false);
        put_simple(reader, at, &letters);
    } else {
        const struct text_token token = {TEXT_WORD, at, letters.end};
        (void)put_token(reader, &token, false);
    }
    reader->word_end = letters.end;
    return letters.end;
}

size_t text_put_sign(struct text_reader *reader, size_t at) {
    return put_other(reader, at, (struct text_character){(unsigned char)reader->text.ptr[at], 1});
}

size_t text_put_run(struct text_reader *reader, size_t at, size_t end) {
    while (at < end) {
        struct text_character c = text_character_at(reader->text, at);
        unsigned property = text_property(c.code);
        if (!is_alone(property)) {
            at = put_next(reader, at, c, end);
            continue;
        }
        size_t behind = put_characters(reader, at);
        at = behind > at ? behind : put_alone(reader, at, c, property);
        reader->word_end = at;
    }
    return at;
}
