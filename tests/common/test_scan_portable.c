/* The cases of test_scan.c on the portable twin of the SSE2 code: linked with es_scan_portable. */
#include "test_scan.c" // NOLINT(bugprone-suspicious-include)
