#include "earshot/label.h"

static const char *const NAMES[LABELS] = {
    [LABEL_POSITIVE] = "positive", [LABEL_NEUTRAL] = "neutral", [LABEL_NEGATIVE] = "negative"};
static const char *const SHORT[LABELS] = {
    [LABEL_POSITIVE] = "pos", [LABEL_NEUTRAL] = "neu", [LABEL_NEGATIVE] = "neg"};

const char *label_name(enum label label) {
    return NAMES[label];
}

static bool find(const char *const names[LABELS], struct span name, enum label *label) {
    for (int i = 0; i < LABELS; i++) {
        if (!span_eq(name, span_of(names[i])))
            continue;
        *label = (enum label)i;
        return true;
    }
    return false;
}

bool label_find(struct span name, enum label *label) {
    return find(NAMES, name, label);
}

bool label_find_short(struct span name, enum label *label) {
    return find(SHORT, name, label);
}
