/* label: how a text feels. */
#ifndef EARSHOT_LABEL_H
#define EARSHOT_LABEL_H

enum label { LABEL_POSITIVE, LABEL_NEUTRAL, LABEL_NEGATIVE };
enum { LABELS = 3 };

#endif
