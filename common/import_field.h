/* The fields of another tool's queries: a table a dialect, and the few ways in which a value is carried. */
#ifndef COMMON_IMPORT_FIELD_H
#define COMMON_IMPORT_FIELD_H

#include "import_lex.h"
#include "import_tree.h"

/* What stands behind a field's name. */
struct import_value {
    enum import_lexeme kind; /* WORD, PHRASE, ENTITY, RANGE, RAW */
    struct span text;        /* without quotes */
    int number;              /* what the lexer says of its kind: of ~n, plus signs */
    size_t start, end;       /* of the field and its value */
    bool negative;           /* it stands under a NOT */
};

struct import_choice {
    const char *written; /* in any case */
    const char *with;    /* text of the language; NULL: left out */
    const char *note;    /* why it is left out, or NULL, or why it finds other than that */
    enum import_effect effect;
};

struct import_field {
    const char *name; /* in any case */
    struct import_node *(*carry)(struct import_work *work, const struct import_field *field,
                                 const struct import_value *value);
    /* Of import_carry_text: text of the language, in which $ is the value in quotes and % the value behind
     * its # or @; of import_carry_range: the field. */
    const char *with;
    const char *note;          /* of what is left out: why; else what differs, with effect */
    enum import_effect effect; /* of a note; what finds more is left out under a NOT, which it would widen */
    const struct import_choice *choices; /* ended by {0} */
};

typedef struct import_node *import_carry_f(struct import_work *work, const struct import_field *field,
                                           const struct import_value *value);

import_carry_f import_carry_text;
import_carry_f import_carry_choice;
import_carry_f import_carry_language;
import_carry_f import_carry_country;
import_carry_f import_carry_region;  /* usa.fl, deu.berlin.berlin: its country */
import_carry_f import_carry_site;    /* a host, or an address of which only the host is carried */
import_carry_f import_carry_link;    /* a piece of a link in the text */
import_carry_f import_carry_range;   /* a single number is just that */
import_carry_f import_carry_minimum; /* a single number is the least */
import_carry_f import_carry_title;
import_carry_f import_carry_exact;   /* exactly these characters */
import_carry_f import_carry_content; /* words, wherever they stand */
import_carry_f import_carry_nothing;
/* Asks for what is so anyhow. NULL with work->failed false: there is nothing to carry. */
import_carry_f import_carry_always;

extern const struct import_dialect IMPORT_BRANDWATCH, IMPORT_TALKWALKER, IMPORT_X;

/* Words, a phrase, a link, a window, exactly these characters, or a string, as its kind is. */
struct import_node *import_operand(struct import_work *work, const struct import_value *value);
/* The text without accents, as a tool finds it that knows none. */
struct span import_plain(struct import_work *work, struct span text);
/* A piece of a link, without its scheme. */
struct import_node *import_link(struct import_work *work, const struct import_value *value);
#endif
