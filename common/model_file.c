/* The file: MAGIC, and compressed what follows. The number of languages (a byte). For each its code (4
 * bytes), its view (a byte), its table and its words of feeling; then the tables of things and of aims; then
 * the questions of identification, and the dictionary of intents. A table is its unit and the two sums
 * (doubles, lowest byte first), and its weights column by column, which packs better than row by row; so are
 * feelings. Questions and a dictionary are their unit (a dictionary also that of its meanings), what is
 * added, and their rows, column by column; the two bytes of an entry's check come before its weights. */
#include "earshot/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zstd.h>

#define MAGIC "earshot model 6\n"

enum {
    TABLE_SIZE = 3 * 8 + 2 * FEATURE_BUCKETS,
    LANGUAGE_SIZE = 5 + TABLE_SIZE + 2 * FEATURE_BUCKETS,
    QUESTIONS_HEAD = (1 + MODEL_COLUMNS) * 8,
    QUESTIONS_SIZE = QUESTIONS_HEAD + (MODEL_COLUMNS << MODEL_IDENTIFY_BITS),
    DICTIONARY_SIZE = (2 + MODEL_ENTRY_COLUMNS) * 8 + (MODEL_ENTRY_COLUMNS + 2) * MODEL_ENTRIES,
    PACKING = 19, /* as small as it gets within seconds */
};

static size_t size_of(size_t languages) {
    return 1 + languages * LANGUAGE_SIZE + (MODEL_VIEWS + 1) * (size_t)TABLE_SIZE + QUESTIONS_SIZE +
           DICTIONARY_SIZE;
}

/* All tables lie in one piece of memory, of huge pages where the system has them: a text asks for hundreds of
 * places all over it, and of each the page would be looked up. Languages that are not there take none. */
enum {
    WEIGHTS_BYTES = FEATURE_BUCKETS * sizeof(struct model_weights),
    FEELINGS_BYTES = FEATURE_BUCKETS * sizeof(struct model_feeling),
    HUGE_PAGE = 2 << 20,
    TABLES_BYTES = MODEL_ENTRIES * sizeof(struct model_entry) +
                   (sizeof(struct model_row) << MODEL_IDENTIFY_BITS) + (MODEL_VIEWS + 1) * WEIGHTS_BYTES +
                   MODEL_LANGUAGES_MAX * (WEIGHTS_BYTES + FEELINGS_BYTES),
    TABLES_RESERVED = (TABLES_BYTES + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE,
};

/* All bytes 0. */
static void *table_take(struct model *model, size_t bytes) {
    ASSERT(model->tables_used + bytes <= TABLES_RESERVED);
    unsigned char *table = model->tables + model->tables_used;
    model->tables_used += bytes;
    return memset(table, 0, bytes);
}

static struct model_table table_new(struct model *model) {
    return (struct model_table){.unit = 1, .weights = table_take(model, WEIGHTS_BYTES)};
}

struct model *model_new(void) {
    struct model *model = xcalloc(1, sizeof *model);
    model->tables = aligned_alloc(HUGE_PAGE, TABLES_RESERVED);
    if (!model->tables)
        die(EXIT_FAILED, "out of memory (%d bytes for a model)", TABLES_RESERVED);
    (void)madvise(model->tables, TABLES_RESERVED, MADV_HUGEPAGE); /* small ones are right, too */
    model->intents =
        (struct model_dictionary){.unit = 1,
                                  .meaning_unit = 1,
                                  .entries = table_take(model, MODEL_ENTRIES * sizeof(struct model_entry))};
    model->identify =
        (struct model_questions){.bits = MODEL_IDENTIFY_BITS,
                                 .unit = 1,
                                 .rows = table_take(model, sizeof(struct model_row) << MODEL_IDENTIFY_BITS)};
    for (size_t i = 0; i < MODEL_VIEWS; i++)
        model->things[i] = table_new(model);
    model->aims = table_new(model);
    return model;
}

struct model_language *model_add(struct model *model, const char *code) {
    ASSERT(model->count < MODEL_LANGUAGES_MAX && strlen(code) < sizeof model->languages[0].code);
    struct model_language *language = &model->languages[model->count++];
    *language =
        (struct model_language){.table = table_new(model), .feelings = table_take(model, FEELINGS_BYTES)};
    memcpy(language->code, code, strlen(code) + 1);
    return language;
}

void model_free(struct model **model) {
    if (!*model)
        return;
    free((*model)->tables);
    free(*model);
    *model = NULL;
}

void model_expect(const struct model_language *language, struct features *features) {
    _Static_assert(sizeof(struct model_weights) == 2 && sizeof(struct model_feeling) == 2, "feature.h");
    features->fetch_each = language->table.weights;
    features->fetch_words = language->feelings;
}

const struct model_language *model_language(const struct model *model, struct span code) {
    size_t letters = 0;
    while (letters < code.len && (code.ptr[letters] | 0x20) >= 'a' && (code.ptr[letters] | 0x20) <= 'z')
        letters++;
    struct span name = {code.ptr, letters};
    if (span_same(name, SPAN("zht"))) /* traditional characters are simplified before anything is weighed */
        name = SPAN("zh");
    const struct model_language *other = NULL;
    for (size_t i = 0; i < model->count; i++) {
        const struct model_language *language = &model->languages[i];
        if (span_same(span_of(language->code), name))
            return language;
        if (strcmp(language->code, MODEL_OTHER) == 0)
            other = language;
    }
    ASSERT(other);
    return other;
}

struct model_entry *model_entry_add(struct model_dictionary *dictionary, uint32_t feature) {
    struct model_entry *entries = &dictionary->entries[MODEL_ENTRY_WAYS * feature_bucket(feature)];
    for (size_t i = 0; i < MODEL_ENTRY_WAYS; i++)
        if (!(entries[i].check & MODEL_ENTRY_USED)) {
            entries[i].check = model_entry_check(feature);
            return &entries[i];
        }
    return NULL;
}

/* Writing. */

static unsigned char *double_write(unsigned char *to, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        *to++ = (unsigned char)(bits >> 8 * i);
    return to;
}

static unsigned char *table_write(unsigned char *to, const struct model_table *table) {
    to = double_write(to, table->unit);
    to = double_write(to, table->positive);
    to = double_write(to, table->negative);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        to[i] = (unsigned char)table->weights[i].positive;
        to[FEATURE_BUCKETS + i] = (unsigned char)table->weights[i].negative;
    }
    return to + 2 * FEATURE_BUCKETS;
}

static unsigned char *language_write(unsigned char *to, const struct model_language *language) {
    memcpy(to, language->code, sizeof language->code);
    to += sizeof language->code;
    *to++ = language->view;
    to = table_write(to, &language->table);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        to[i] = (unsigned char)language->feelings[i].value;
        to[FEATURE_BUCKETS + i] = language->feelings[i].check;
    }
    return to + 2 * FEATURE_BUCKETS;
}

static unsigned char *questions_write(unsigned char *to, const struct model_questions *questions) {
    to = double_write(to, questions->unit);
    for (size_t i = 0; i < MODEL_COLUMNS; i++)
        to = double_write(to, questions->added[i]);
    for (size_t k = 0; k < MODEL_COLUMNS; k++)
        for (size_t i = 0; i < (size_t)1 << questions->bits; i++)
            *to++ = (unsigned char)questions->rows[i].weights[k];
    return to;
}

static void dictionary_write(unsigned char *to, const struct model_dictionary *dictionary) {
    to = double_write(to, dictionary->unit);
    to = double_write(to, dictionary->meaning_unit);
    for (size_t i = 0; i < MODEL_ENTRY_COLUMNS; i++)
        to = double_write(to, dictionary->added[i]);
    for (int shift = 0; shift < 16; shift += 8)
        for (size_t i = 0; i < MODEL_ENTRIES; i++)
            *to++ = (unsigned char)(dictionary->entries[i].check >> shift);
    for (size_t k = 0; k < MODEL_ENTRY_COLUMNS; k++)
        for (size_t i = 0; i < MODEL_ENTRIES; i++)
            *to++ = (unsigned char)dictionary->entries[i].weights[k];
}

static bool write_all(const char *path, const void *bytes, size_t len) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool good = fwrite(MAGIC, 1, strlen(MAGIC), file) == strlen(MAGIC) && fwrite(bytes, 1, len, file) == len;
    return fclose(file) == 0 && good;
}

bool model_write(const struct model *model, const char *path) {
    size_t size = size_of(model->count), bound = ZSTD_compressBound(size);
    unsigned char *plain = xmalloc(size), *packed = xmalloc(bound), *to = plain;
    *to++ = (unsigned char)model->count;
    for (size_t i = 0; i < model->count; i++)
        to = language_write(to, &model->languages[i]);
    for (size_t i = 0; i < MODEL_VIEWS; i++)
        to = table_write(to, &model->things[i]);
    to = table_write(to, &model->aims);
    to = questions_write(to, &model->identify);
    dictionary_write(to, &model->intents);
    size_t len = ZSTD_compress(packed, bound, plain, size, PACKING);
    bool good = !ZSTD_isError(len) && write_all(path, packed, len);
    free(plain);
    free(packed);
    return good;
}

/* Reading. */

static const unsigned char *double_read(const unsigned char *from, double *value) {
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)*from++ << 8 * i;
    memcpy(value, &bits, sizeof *value);
    return from;
}

static const unsigned char *table_read(const unsigned char *from, struct model_table *table) {
    from = double_read(from, &table->unit);
    from = double_read(from, &table->positive);
    from = double_read(from, &table->negative);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        table->weights[i] = (struct model_weights){.positive = (int8_t)from[i],
                                                   .negative = (int8_t)from[FEATURE_BUCKETS + i]};
    return from + 2 * FEATURE_BUCKETS;
}

static const unsigned char *language_read(const unsigned char *from, struct model *model) {
    char code[4];
    memcpy(code, from, sizeof code);
    code[3] = '\0';
    struct model_language *language = model_add(model, code);
    language->view = from[sizeof code] % MODEL_VIEWS;
    from = table_read(from + sizeof code + 1, &language->table);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++)
        language->feelings[i] =
            (struct model_feeling){.value = (int8_t)from[i], .check = from[FEATURE_BUCKETS + i]};
    return from + 2 * FEATURE_BUCKETS;
}

static const unsigned char *questions_read(const unsigned char *from, struct model_questions *questions) {
    from = double_read(from, &questions->unit);
    for (size_t i = 0; i < MODEL_COLUMNS; i++)
        from = double_read(from, &questions->added[i]);
    for (size_t k = 0; k < MODEL_COLUMNS; k++)
        for (size_t i = 0; i < (size_t)1 << questions->bits; i++)
            questions->rows[i].weights[k] = (int8_t)*from++;
    return from;
}

static void dictionary_read(const unsigned char *from, struct model_dictionary *dictionary) {
    from = double_read(from, &dictionary->unit);
    from = double_read(from, &dictionary->meaning_unit);
    for (size_t i = 0; i < MODEL_ENTRY_COLUMNS; i++)
        from = double_read(from, &dictionary->added[i]);
    for (int shift = 0; shift < 16; shift += 8)
        for (size_t i = 0; i < MODEL_ENTRIES; i++)
            dictionary->entries[i].check |= (uint16_t)(*from++ << shift);
    for (size_t k = 0; k < MODEL_ENTRY_COLUMNS; k++)
        for (size_t i = 0; i < MODEL_ENTRIES; i++)
            dictionary->entries[i].weights[k] = (int8_t)*from++;
    for (size_t i = 0; i < MODEL_ENTRIES; i++)
        dictionary->common += dictionary->entries[i].check & MODEL_ENTRY_COMMON;
}

/* NULL: it is not such a file. */
static unsigned char *unpack(struct span bytes, size_t *size) {
    size_t head = strlen(MAGIC);
    if (bytes.len < head || memcmp(bytes.ptr, MAGIC, head) != 0)
        return NULL;
    unsigned long long plain = ZSTD_getFrameContentSize(bytes.ptr + head, bytes.len - head);
    if (plain < 1 || plain > size_of(MODEL_LANGUAGES_MAX))
        return NULL;
    unsigned char *out = xmalloc((size_t)plain);
    *size = ZSTD_decompress(out, (size_t)plain, bytes.ptr + head, bytes.len - head);
    bool good = *size == plain && out[0] <= MODEL_LANGUAGES_MAX && *size == size_of(out[0]);
    if (good)
        return out;
    free(out);
    return NULL;
}

struct model *model_read(struct span bytes, struct buf *message) {
    size_t size;
    unsigned char *plain = unpack(bytes, &size);
    if (!plain) {
        buf_add_str(message, "not a model of this version of Earshot, or cut short: train it again");
        return NULL;
    }
    struct model *model = model_new();
    const unsigned char *from = plain + 1;
    bool other = false;
    for (size_t i = 0; i < plain[0]; i++) {
        from = language_read(from, model);
        other = other || strcmp(model->languages[i].code, MODEL_OTHER) == 0;
    }
    for (size_t i = 0; i < MODEL_VIEWS; i++)
        from = table_read(from, &model->things[i]);
    from = table_read(from, &model->aims);
    from = questions_read(from, &model->identify);
    dictionary_read(from, &model->intents);
    free(plain);
    if (other)
        return model;
    buf_add_str(message, "a model without a table for other languages (`" MODEL_OTHER "`)");
    model_free(&model);
    return NULL;
}

static bool read_all(const char *path, struct buf *bytes, struct buf *message) {
    char chunk[65536];
    FILE *file = fopen(path, "rb");
    for (size_t got; file && (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buf_add_span(bytes, (struct span){chunk, got});
    bool good = file && !ferror(file) && buf_ok(bytes);
    if (!good)
        buf_printf(message, "%s: cannot be read: %s", path,
                   buf_ok(bytes) ? strerror(errno) : "too large for a model");
    if (file)
        fclose(file);
    return good;
}

struct model *model_load(const char *path, struct buf *message) {
    enum { FILE_MAX = 64 << 20 };
    if (!path)
        return model_read(model_source(), message);
    struct buf bytes;
    buf_init(&bytes, FILE_MAX);
    struct model *model = NULL;
    if (read_all(path, &bytes, message)) {
        model = model_read(buf_span(&bytes), message);
        if (!model)
            buf_printf(message, " (%s)", path);
    }
    buf_free(&bytes);
    return model;
}
