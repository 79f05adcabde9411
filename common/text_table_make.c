/* text_table_make: prints text_table.c, the definitions of text_define.c as tables in two stages: of each 64
 * characters the number of a row, and the rows, each once. Runs when Earshot is built. */
#include "text_define.h"

#include "text_table.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MAX = 4096 };

struct table {
    const char *name, *type;
    uint32_t rows[ROWS_MAX][TEXT_ROW];
    size_t row_count;
    size_t index[TEXT_CODES / TEXT_ROW];
};

static size_t row_of(struct table *table, const uint32_t row[TEXT_ROW]) {
    for (size_t i = 0; i < table->row_count; i++)
        if (memcmp(table->rows[i], row, sizeof table->rows[i]) == 0)
            return i;
    ASSERT(table->row_count < ROWS_MAX);
    memcpy(table->rows[table->row_count], row, sizeof table->rows[0]);
    return table->row_count++;
}

static void print_table(const struct table *table) {
    printf("\nconst uint16_t %s_index[] = {", table->name);
    for (size_t i = 0; i < TEXT_CODES / TEXT_ROW; i++)
        printf("%s%zu,", i % 32 ? "" : "\n", table->index[i]);
    printf("\n};\nconst %s %s_rows[][TEXT_ROW] = {\n", table->type, table->name);
    for (size_t i = 0; i < table->row_count; i++) {
        printf("{");
        for (size_t j = 0; j < TEXT_ROW; j++)
            printf("%u,", table->rows[i][j]);
        printf("},\n");
    }
    printf("};\n");
}

static void make_table(const char *name, const char *type,
                       uint32_t (*value)(const struct text_seconds *seconds, uint32_t code)) {
    struct text_seconds *seconds = text_define_seconds();
    struct table *table = xcalloc(1, sizeof *table);
    table->name = name;
    table->type = type;
    for (uint32_t first = 0; first < TEXT_CODES; first += TEXT_ROW) {
        uint32_t row[TEXT_ROW];
        for (uint32_t i = 0; i < TEXT_ROW; i++)
            row[i] = value(seconds, first + i);
        table->index[first / TEXT_ROW] = row_of(table, row);
    }
    print_table(table);
    free(table);
    free(seconds);
}

static uint32_t property(const struct text_seconds *seconds, uint32_t code) {
    return (uint32_t)text_define_class(code) | (text_define_is_emoji(code) ? TEXT_EMOJI_BIT : 0) |
           (text_define_has_accents(code) ? TEXT_ACCENT_BIT : 0) |
           (text_define_simple(seconds, code) ? TEXT_SIMPLE_BIT : 0) |
           (text_define_is_loose(code) ? TEXT_LOOSE_BIT : 0);
}

/* 0: itself. */
static uint32_t folded(const struct text_seconds *seconds, uint32_t code) {
    bool han = code >= TEXT_HAN_FIRST && code <= TEXT_HAN_LAST;
    uint32_t to = han ? code : text_define_simple(seconds, code);
    return to == code ? 0 : to;
}

static uint32_t plain(const struct text_seconds *seconds, uint32_t code) {
    (void)seconds;
    uint32_t to = text_define_has_accents(code) ? text_define_plain(code) : code;
    return to == code ? 0 : to;
}

static void make_letters(void) {
    struct text_seconds *seconds = text_define_seconds();
    printf("\nconst uint64_t text_letters[] = {\n");
    for (uint32_t code = 0; code < TEXT_LETTERS; code++)
        printf("%llu,%s", (unsigned long long)text_define_letter(seconds, code), code % 16 == 15 ? "\n" : "");
    printf("};\n");
    free(seconds);
}

static void print_alone(uint32_t form) {
    if (form == 0)
        printf("{0},");
    else if (form >= 0x10000)
        printf("{(char)%u,(char)%u,(char)%u,(char)%u},", 0xF0 | form >> 18, 0x80 | (form >> 12 & 63),
               0x80 | (form >> 6 & 63), 0x80 | (form & 63));
    else
        printf("{(char)%u,(char)%u,(char)%u,0},", 0xE0 | form >> 12, 0x80 | (form >> 6 & 63),
               0x80 | (form & 63));
}

static void make_alone(void) {
    struct text_seconds *seconds = text_define_seconds();
    printf("\nconst char text_alone_forms[][4] = {\n");
    for (uint32_t code = TEXT_ALONE_FIRST; code <= TEXT_ALONE_LAST; code++) {
        uint32_t form = text_define_simple(seconds, code);
        bool alone = text_define_class(code) == TEXT_ALONE && form >= 0x800 && !text_define_is_loose(form);
        print_alone(alone ? form : 0);
        if (code % 8 == 7)
            printf("\n");
    }
    printf("};\n");
    free(seconds);
}

int main(void) {
    printf("/* Printed by text_table_make. */\n#include \"text_table.h\"\n");
    make_table("text_property", "uint8_t", property);
    make_table("text_folded", "uint32_t", folded);
    make_table("text_plain", "uint16_t", plain);
    make_letters();
    make_alone();
    return 0;
}
