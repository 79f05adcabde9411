/* intent: what the writer of a text wants, and how likely it is that it does harm if nobody answers: an
 * escalation risk with its reasons. By a model: logistic regressions over the features of the text and how it
 * feels. A function of the mention alone. */
#ifndef EARSHOT_INTENT_H
#define EARSHOT_INTENT_H

#include "earshot/score.h"

enum intent {
    INTENT_COMPLAINT,
    INTENT_QUESTION,
    INTENT_PURCHASE, /* a lead: may buy soon */
    INTENT_PRAISE,
    INTENT_OTHER,
};
enum { INTENTS = 5 };

/* Why a text may escalate. */
enum reason {
    REASON_ANGER,
    REASON_LEGAL,  /* lawyers, authorities, fraud */
    REASON_PRESS,  /* goes public: newspapers, petitions, reviews everywhere */
    REASON_REFUND, /* money back */
    REASON_SAFETY, /* health, danger, data exposed */
};
enum { REASONS = 5 };
_Static_assert(INTENTS + REASONS <= MODEL_ENTRY_COLUMNS, "the columns of a model's intents, in this order");

struct intents {
    double likely[INTENTS];  /* they are 1 together */
    enum intent intent;      /* the likeliest */
    double reasons[REASONS]; /* each 0..1 by itself */
    double risk;             /* 0..1 */
};

/* features: after features_end(). score: of the same text. followers: of its author; -1 unknown. */
struct intents intents_of(const struct model *model, const struct features *features,
                          const struct score *score, int64_t followers) MUST_CHECK;
/* The token, of those of `features`, that says most for a reason. */
uint32_t intents_token(const struct model *model, const struct features *features,
                       enum reason reason) MUST_CHECK;
const char *intent_name(enum intent intent);
const char *reason_name(enum reason reason);

/* What else tells intents, as features like those of the text. Of a token: its word with that before the
 * last, with the quarter of the text in which it stands, and with whether the text asks. Nothing of its
 * shape. */
enum { INTENT_MORE = 3 };
uint32_t intent_more(const struct features *features, uint32_t token, uint32_t more[INTENT_MORE]) MUST_CHECK;
/* And how a text feels. */
enum { INTENT_FEELINGS = 3 };
void intent_feelings(const struct score *score, uint32_t feelings[INTENT_FEELINGS]);

#endif
