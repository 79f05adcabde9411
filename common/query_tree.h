/* The tree of a query, for those who read it: query_print() and match_compile(). */
#ifndef COMMON_QUERY_TREE_H
#define COMMON_QUERY_TREE_H

#include "earshot/query.h"
#include "earshot/text.h"

enum query_kind {
    /* what has places in a title or text */
    QUERY_PHRASE, /* words next to each other, one or more */
    QUERY_WINDOW, /* words in any order, two or more, each at its own position */
    QUERY_ENTITY, /* exactly these characters */
    QUERY_NEAR,   /* two or more of the above or ORs of them, each near the next */
    /* what has none */
    QUERY_FIELD,
    /* what joins */
    QUERY_TITLE, /* only in the title: one child, without a field in it */
    QUERY_AND,
    QUERY_OR,
    QUERY_NOT,
};

/* How a word is compared. What is not TEXT_WORD is always plain. */
enum query_form {
    QUERY_PLAIN,
    QUERY_PREFIX,   /* text ends with the one * in it */
    QUERY_WILDCARD, /* * is any run of letters, ? exactly one; no two * side by side */
    QUERY_FUZZY,    /* within `edits` */
};

struct query_word {
    enum text_kind kind; /* never a link */
    enum query_form form;
    uint8_t edits;    /* 1 or 2 */
    struct span text; /* as it was written, with its sign and wildcards, without ~n */
};

enum query_field {
    QUERY_AUTHOR,
    QUERY_SITE,
    QUERY_LINK,
    QUERY_SOURCE,
    QUERY_TYPE,
    QUERY_LANG,
    QUERY_COUNTRY,
    QUERY_IS,
    QUERY_HAS,
    QUERY_FOLLOWERS,
    QUERY_ENGAGEMENT,
    QUERY_RATING,
    QUERY_IN_TITLE, /* title:, of which QUERY_TITLE is made: no predicate */
};

/* The values of source, type, is and has. */
enum query_value {
    QUERY_SOURCE_PLATFORM, /* the platform that text names */
    QUERY_SOURCE_SOCIAL,
    QUERY_SOURCE_BLOG,
    QUERY_SOURCE_NEWS,
    QUERY_SOURCE_FORUM,
    QUERY_SOURCE_REVIEW,
    QUERY_SOURCE_WEB,
    QUERY_TYPE_POST,
    QUERY_TYPE_COMMENT,
    QUERY_TYPE_REVIEW,
    QUERY_TYPE_ARTICLE,
    QUERY_TYPE_REPOST,
    QUERY_IS_REPLY,
    QUERY_IS_REPOST,
    QUERY_HAS_LINK,
    QUERY_HAS_MEDIA,
    QUERY_HAS_QUESTION,
};

/* What a field must be. The author's words are the node's. */
struct query_predicate {
    enum query_field field;
    enum query_value value; /* source, type, is, has */
    char code[3];           /* lang: two small letters; country: two capitals; a NUL */
    struct span text; /* author: the handle without its @, NULL where the operand can be none; site: the host,
                         ASCII letters small; link: as it was written; source: a platform, in small letters */
    int64_t least, most; /* followers, engagement: ends included; 0 and INT64_MAX where there is a * */
    double low, high;    /* rating: ends included; -INFINITY and INFINITY where there is a * */
};

struct query {
    enum query_kind kind;
    size_t start, end; /* bytes of the source */

    /* AND and OR: two or more, none of the same kind. NEAR: two or more. NOT and TITLE: one. */
    struct query *first, *last, *next;

    /* In a child of NEAR: what is between it and the next, in positions, and whether it comes first. */
    uint8_t distance;
    bool ordered;

    /* PHRASE, WINDOW, FIELD author (none where it is only a handle). */
    struct query_word *words;
    size_t word_count;
    const struct query_word *run; /* PHRASE: of words that nothing separates, all of them as one: a tag of
                                     this name is meant too; else NULL */
    uint8_t gap;                  /* WINDOW: other positions between the first and the last, at most */

    struct span text;                  /* ENTITY */
    struct query_predicate *predicate; /* FIELD */
};

#endif
