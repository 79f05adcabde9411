/* roll_unknown: an id that no saved alert has. */
#ifndef CLI_ROLL_UNKNOWN_H
#define CLI_ROLL_UNKNOWN_H

#include "roll.h"

/* Says so, with the nearest ids. Returns EXIT_FAILED. */
int roll_refuse_unknown(const struct roll *roll, const char *id);

#endif
