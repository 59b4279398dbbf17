/* SPDX-License-Identifier: MIT */
/* glob.h - the library's, with POSIX's names for its flags */
#ifndef HEADERS_GLOB_H
#define HEADERS_GLOB_H

#include_next <glob.h>

/* A backslash protects the next letter unless this is given. */
#ifndef GLOB_NOESCAPE
#define GLOB_NOESCAPE 0x2000
#endif
#ifndef GLOB_NOMATCH
#define GLOB_NOMATCH (-3)
#endif
#ifndef GLOB_ABORTED
#define GLOB_ABORTED GLOB_ABEND
#endif
#ifndef GLOB_NOSYS
#define GLOB_NOSYS (-4)
#endif

#endif /* HEADERS_GLOB_H */
