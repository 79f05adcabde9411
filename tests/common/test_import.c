/* What holds for every tool: errors with their place, limits, what findings say, and long queries. */
#include "import_check.h"

#include "cmocka_all.h"

int main(void) {
    return 0;
}
