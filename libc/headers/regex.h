/* SPDX-License-Identifier: MIT */
/* regex.h - the library's, which wants off_t before it */
#ifndef HEADERS_REGEX_H
#define HEADERS_REGEX_H

#include <sys/types.h>
#include_next <regex.h>

#endif /* HEADERS_REGEX_H */
