/* analysis: what the sentiment worker finds out about a mention, and as what it appends it: its language, how
 * it speaks of each alert, what its writer wants and whether it may escalate. By a model alone: the same
 * mention gives the same bytes, whatever came before. Linear in the mention, and at most some microseconds an
 * alert. */
#ifndef EARSHOT_ANALYSIS_H
#define EARSHOT_ANALYSIS_H

#include "earshot/aim.h"
#include "earshot/intent.h"
#include "earshot/mention.h"

enum { ANALYSIS_TITLE, ANALYSIS_TEXT }; /* numbers of fields */
#define ANALYSIS_WHOLE AIMS_WHOLE
/* How likely a reason is that is told: by folds of the texts of our own half of them are, 83% rightly. */
#define ANALYSIS_REASON_AT 0.3

struct analysis_reason {
    enum reason reason;
    double likely;        /* ANALYSIS_REASON_AT..1 */
    struct aim_word word; /* that says most for it; no weight */
};

/* Of a text, whatever it speaks of. */
struct analysis {
    const char *language; /* ISO 639-1; NULL: none that the model knows */
    double language_likely;
    /* Feelings are known of no words of its language, and no sign (emoji, emoticon) carries one. */
    bool unknown;
    struct intents intents;
    struct analysis_reason reasons[REASONS];
    size_t reason_count;
};

struct analyser;

/* Of a model's file, or the built-in one where path is NULL. NULL: message names the file and what is wrong.
 * One thread at a time. */
struct analyser *analyser_new(const char *path, struct buf *message) MUST_CHECK;
void analyser_free(struct analyser **analyser);

/* fields: title and text, each possibly absent; borrowed until the next. claim: the language that the mention
 * says it has. followers: of the author; -1 unknown. */
const struct analysis *analyser_read(struct analyser *analyser, const struct span fields[AIM_FIELDS],
                                     struct span claim, int64_t followers) MUST_CHECK;
/* Names in that text and where they stand, then how it speaks of each: aim.h. */
struct aims *analyser_aims(struct analyser *analyser) MUST_CHECK;
/* Reads a mention and its matches, which are its names in that order. Their ids; they live in the arena. */
const struct span *analyser_mention(struct analyser *analyser, const struct mention *mention,
                                    struct arena *arena) MUST_CHECK;
/* How it speaks of that name; of ANALYSIS_WHOLE: the whole. confidence: of the label, 0..1; 0: nothing is
 * known. */
void analyser_ask(struct analyser *analyser, uint32_t name, struct aim *aim, double *confidence);
/* Thousandths, -1000..1000: how much likelier positive is than negative. */
int analysis_score(const struct aim *aim) MUST_CHECK;

/* Appends members of a JSON object: what is known of the text whatever it speaks of (`"language":…` to
 * `"reasons":…`), and how it speaks of one name (`"label":…` to `"words":…`). */
void analysis_add(struct analyser *analyser, struct span claim, struct buf *out);
void analysis_add_name(struct analyser *analyser, uint32_t name, struct buf *out);
/* `,"alerts":[…]`: of the names from 0 up. */
void analysis_add_alerts(struct analyser *analyser, const struct span *ids, size_t count, struct buf *out);
/* Appends the JSON object of `analysis` (mention.md) to out, in the order of the mention's matches. mention:
 * read as MENTION_MATCHED. */
void analysis_write(struct analyser *analyser, const struct mention *mention, struct arena *arena,
                    struct buf *out);

#endif
