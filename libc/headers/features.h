/* SPDX-License-Identifier: MIT */
/* features.h - what the library's own header has in sys */
#ifndef HEADERS_FEATURES_H
#define HEADERS_FEATURES_H

#include <sys/features.h>

#endif /* HEADERS_FEATURES_H */
