/* A text, the names in it, and a model that knows a few words of English: WORDS in aim_rig.c. */
#ifndef TESTS_AIM_RIG_H
#define TESTS_AIM_RIG_H

#include "earshot/aim.h"

struct aim_rig {
    struct model *model; /* "en", which all texts are in, and any other */
    struct features *features;
    struct aims *aims;
    struct span fields[AIM_FIELDS]; /* title and text that were read */
};
extern struct aim_rig rig;

/* Of a group of tests, and before each: nothing is known of names, so that they are spoken of as likely as
 * rig.model->aims says, a little better than badly. */
int rig_open(void **state);
int rig_close(void **state);
int rig_forget(void **state);

/* Borrowed until the next. */
void rig_read_fields(struct span title, struct span text);
/* A line's end stands between title and text, where there is a title. */
void rig_read(const char *text);
/* The next name: wherever that is, the same bytes. */
uint32_t rig_name(const char *word);
/* Asks, and checks what holds of any answer. */
struct aim rig_ask(uint32_t name);
/* The words that drove it, strokes between; until the next. */
const char *rig_driven(uint32_t name) MUST_CHECK;
bool rig_same(const struct aim *a, const struct aim *b) MUST_CHECK;

#endif
