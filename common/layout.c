#include "layout.h"

#define HOUR ((int64_t)3600)
#define DAY  (24 * HOUR)
#define YEAR (365 * DAY)

const struct layout LAYOUTS[LAYOUT_KINDS] = {
    [LAYOUT_MINUTE] = {.letter = 'm', .seconds = 60, .block = HOUR, .keep = 48 * HOUR},
    [LAYOUT_HOUR] = {.letter = 'h', .seconds = HOUR, .block = DAY, .keep = 100 * DAY},
    [LAYOUT_DAY] = {.letter = 'd', .seconds = DAY, .block = YEAR, .keep = 1826 * DAY},
    [LAYOUT_JOINT_HOUR] = {.letter = 'j', .seconds = HOUR, .block = HOUR, .keep = 14 * DAY},
    [LAYOUT_JOINT_DAY] = {.letter = 'k', .seconds = DAY, .block = DAY, .keep = 1826 * DAY},
};

bool layout_kept(enum layout_kind kind, int64_t at, int64_t now) {
    const struct layout *layout = &LAYOUTS[kind];
    int64_t horizon = (now - layout->keep) / layout->seconds * layout->seconds;
    return at >= 0 && at >= horizon;
}

int64_t layout_expiry(enum layout_kind kind, int64_t block) {
    return (block + 1) * LAYOUTS[kind].block + LAYOUTS[kind].keep;
}
