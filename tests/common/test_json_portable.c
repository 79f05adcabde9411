/* The cases of test_json.c on the portable twin of the SSE2 code: linked with es_json_portable. */
#include "test_json.c" // NOLINT(bugprone-suspicious-include)
