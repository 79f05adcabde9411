/* operand: FILE|-|'QUERY' of the commands that take a query. */
#ifndef CLI_OPERAND_H
#define CLI_OPERAND_H

#include "earshot/base.h"
#include "earshot/buf.h"

enum { OPERAND_MAX = 64 << 20 };

/* A file of that name, standard input for -, or the operand itself, unless it must be a file or its name says
 * that one was meant. Appends to text (buf_init(text, OPERAND_MAX)). What goes wrong is said on stderr. */
int operand_read(const char *operand, bool must_be_file, struct buf *text) MUST_CHECK;
/* Without the line end that a file or echo puts behind it. */
struct span operand_line(struct span text) MUST_CHECK;

#endif
