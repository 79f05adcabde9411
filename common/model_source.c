/* The assembler takes the bytes in as they are: as a table of C they would cost minutes to compile. */
#include "earshot/model.h"

__asm__(".section .rodata\n"
        ".global earshot_model_begin\n"
        ".global earshot_model_end\n"
        "earshot_model_begin:\n"
        ".incbin \"" MODEL_FILE "\"\n"
        "earshot_model_end:\n"
        ".previous\n");

extern const char earshot_model_begin[], earshot_model_end[];

struct span model_source(void) {
    return (struct span){earshot_model_begin, (size_t)(earshot_model_end - earshot_model_begin)};
}
