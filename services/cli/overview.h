/* overview: `earshot --help`. Pure. */
#ifndef CLI_OVERVIEW_H
#define CLI_OVERVIEW_H

#include "command.h"

void overview_add(struct buf *out, const struct command *const *commands, size_t count);
/* The line for a command that does not exist, without its end. */
void overview_add_unknown(struct buf *out, const char *written, const struct command *const *commands,
                          size_t count);

#endif
