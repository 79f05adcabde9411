/* reader: the Redis functions called for a command. */
#ifndef CLI_READER_H
#define CLI_READER_H

#include "earshot/buf.h"
#include "earshot/store.h"

enum { READER_REPLY_MAX = 64 << 20, READER_ARGS_MAX = 8 };

/* FCALL_RO function 0 args…: the reply's bytes into out. Errors are said on stderr; an unknown alert with the
 * nearest ids. args[0] is the alert where there are any. Returns an exit code. */
int reader_call(struct store *store, const char *function, const char *const *args, size_t count,
                struct buf *out) MUST_CHECK;

#endif
