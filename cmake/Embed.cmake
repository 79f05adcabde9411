# cmake -D IN=file -D OUT=file.c -D HEADER=x.h -D FUNCTION=name -P Embed.cmake: the bytes of IN as a C function
# that returns them as a span. (A string literal may not be longer than 4,095 bytes in C11.)
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT} "/* Generated from a file of the tree by cmake/Embed.cmake. */
#include \"${HEADER}\"

static const unsigned char BYTES[] = {
    ${bytes}
};

struct span ${FUNCTION}(void) {
    return (struct span){.ptr = (const char *)BYTES, .len = sizeof BYTES};
}
")
