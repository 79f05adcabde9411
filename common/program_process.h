/* program_process: this process in the words of Prometheus' own clients: CPU, memory, descriptors, start. */
#ifndef PROGRAM_PROCESS_H
#define PROGRAM_PROCESS_H

#include "earshot/buf.h"

void process_render(const char *program, struct buf *out);

#endif
