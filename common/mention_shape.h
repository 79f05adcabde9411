/* mention_shape: objects whose members are known beforehand, as tables; for mention*.c only. */
#ifndef COMMON_MENTION_SHAPE_H
#define COMMON_MENTION_SHAPE_H

#include "earshot/mention.h"
#include "earshot/scan.h"

/* How far the ranges of matches and analysis reach into each field, and where it was said. */
enum reader_field { READER_TITLE, READER_TEXT, READER_HASHTAGS, READER_MENTIONS, READER_FIELDS };

struct reader {
    struct scan scan;
    enum mention_stage stage;
    struct {
        uint32_t end;
        size_t byte;
    } reach[READER_FIELDS];
    size_t analysis_count, analysis_byte;
};

struct member;
/* The cursor is on a value that is not the null of an optional member. base is what offsets count from. */
typedef bool member_f(struct reader *reader, const struct member *member, void *base);

enum { NOWHERE = UINT16_MAX }; /* validated, not kept */

struct member {
    struct span name;
    member_f *read;
    bool required;              /* present, and not null */
    uint16_t offset;            /* of what is filled, or NOWHERE */
    uint16_t count_offset;      /* arrays: of their size_t */
    uint16_t max;               /* bytes or elements; 0: any */
    const char *const *choices; /* shape_choice: ended by NULL */
    const struct shape *shape;  /* shape_object, shape_objects */
    enum mention_stage since;   /* earlier it is reserved */
};

/* A constant that a table may hold, as SPAN() is not. */
#define NAME(literal)                                                                                        \
    { .ptr = (literal), .len = sizeof(literal) - 1 }

struct shape {
    const struct member *members; /* in the order in which they usually come: that one is tried first */
    size_t count;                 /* at most 64 */
};

/* One object. Members that the shape has not are validated and passed over. */
bool shape_read(struct reader *reader, const struct shape *shape, void *base) MUST_CHECK;

/* Where the member is kept, NULL: nowhere. */
static inline void *shape_place(const struct member *member, void *base) {
    return member->offset == NOWHERE ? NULL : (char *)base + member->offset;
}

/* Readers. What they fill: */
member_f shape_text;    /* struct span; not empty where it is required */
member_f shape_choice;  /* struct span */
member_f shape_time;    /* int64_t */
member_f shape_count;   /* int64_t, not negative */
member_f shape_number;  /* nothing */
member_f shape_texts;   /* const struct span *, size_t */
member_f shape_object;  /* struct span, its text; the members fill by offsets from the same base */
member_f shape_objects; /* nothing */

/* Elements that are gathered in the arena before their number is known. */
struct shape_list {
    void *items;
    size_t size, count, cap;
};

/* The next item, zeroed. */
void *shape_push(struct shape_list *list, struct arena *arena) MUST_CHECK;

/* mention_stages.c: what the stages append. */
member_f stages_matches, stages_analysis;
/* After the whole: the appended members fit each other and the body. */
bool stages_check(struct reader *reader, const struct mention *mention) MUST_CHECK;

#endif
