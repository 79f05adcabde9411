/* Codes of countries in three letters. */
#ifndef COMMON_IMPORT_COUNTRY_H
#define COMMON_IMPORT_COUNTRY_H

#include "earshot/base.h"

/* Its code in two letters; "": there is none. */
const char *import_country_of(struct span three);

#endif
