/* earshot-sentiment: see sentiment.h. */
#include "sentiment.h"

int main(int argc, char **argv) {
    return worker_main(&SENTIMENT, argc, argv);
}
