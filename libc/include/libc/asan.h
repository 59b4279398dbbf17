/* SPDX-License-Identifier: MIT */
/* libc/asan.h - what a compiler, or <kgc_asan.h>, has a program call */
#ifndef LIBC_ASAN_H
#define LIBC_ASAN_H

#include <stddef.h>

#define ASAN_CALLBACKS(n)                              \
	void __asan_load##n##_noabort(const void *p);  \
	void __asan_load##n(const void *p);            \
	void __asan_store##n##_noabort(const void *p); \
	void __asan_store##n(const void *p)

ASAN_CALLBACKS(1);
ASAN_CALLBACKS(2);
ASAN_CALLBACKS(4);
ASAN_CALLBACKS(8);
ASAN_CALLBACKS(16);
void __asan_loadN_noabort(const void *p, size_t n);
void __asan_loadN(const void *p, size_t n);
void __asan_storeN_noabort(const void *p, size_t n);
void __asan_storeN(const void *p, size_t n);
void __asan_handle_no_return(void);

void *kgc_asan_memcpy(void *restrict to, const void *restrict from, size_t n);
void *kgc_asan_memmove(void *to, const void *from, size_t n);
void *kgc_asan_memset(void *p, int c, size_t n);
int kgc_asan_memcmp(const void *a, const void *b, size_t n);
size_t kgc_asan_strlen(const char *s);
char *kgc_asan_strcpy(char *restrict to, const char *restrict from);
char *kgc_asan_strncpy(char *restrict to, const char *restrict from, size_t n);
char *kgc_asan_strcat(char *restrict to, const char *restrict from);

#endif /* LIBC_ASAN_H */
