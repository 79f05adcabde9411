# cmake -D IN=text_han.txt -D OUT=text_han.c -P text_han.cmake: the lines `4E7E 5E72 …` as the function text_han().
file(STRINGS ${IN} lines REGEX "^[0-9A-F]+ " ENCODING UTF-8)
set(near "")
set(far "")
foreach(line IN LISTS lines)
    if(line MATCHES "^([0-9A-F][0-9A-F][0-9A-F][0-9A-F]) ([0-9A-F]+)")
        string(APPEND near "    [0x${CMAKE_MATCH_1} - FIRST] = 0x${CMAKE_MATCH_2},\n")
    elseif(line MATCHES "^([0-9A-F]+) ([0-9A-F]+)")
        string(APPEND far "    {0x${CMAKE_MATCH_1}, 0x${CMAKE_MATCH_2}},\n")
    endif()
endforeach()
file(WRITE ${OUT} "/* Generated from common/text_han.txt by common/text_han.cmake. */
#include \"text_parts.h\"

enum { FIRST = 0x3400, LAST = 0x9FFF };

static const uint32_t NEAR[LAST - FIRST + 1] = {
${near}};

static const uint32_t FAR[][2] = {
${far}};

uint32_t text_han(uint32_t character) {
    if (character >= FIRST && character <= LAST)
        return NEAR[character - FIRST] ? NEAR[character - FIRST] : character;
    size_t low = 0, high = COUNT_OF(FAR);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (FAR[middle][0] < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT_OF(FAR) && FAR[low][0] == character ? FAR[low][1] : character;
}
")
