/* The cases of test_scan.c on the portable twin of the SSE2 code. */
#include "test_scan.c" // NOLINT(bugprone-suspicious-include)
