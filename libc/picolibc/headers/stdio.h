/* SPDX-License-Identifier: MIT */
/* stdio.h - the library's, and what POSIX has besides */
#ifndef LIBC_PICOLIBC_STDIO_H
#define LIBC_PICOLIBC_STDIO_H

/* Its argument is not const in 1.7. */
#define fsetpos library_fsetpos
#include_next <stdio.h>
#undef fsetpos
#include <stdarg.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if __POSIX_VISIBLE >= 200809
FILE *open_memstream(char **text, size_t *size);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f);
ssize_t getline(char **line, size_t *size, FILE *f);
int dprintf(int fd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
#endif
int fsetpos(FILE *f, const fpos_t *pos);
void flockfile(FILE *f);
int ftrylockfile(FILE *f);
void funlockfile(FILE *f);

#ifdef __cplusplus
}
#endif

#endif /* LIBC_PICOLIBC_STDIO_H */
