/* earshot-matcher: tries every mention against all alerts. */
#include "service.h"

int main(int argc, char **argv) {
    return worker_main(&MATCHER_SERVICE, argc, argv);
}
