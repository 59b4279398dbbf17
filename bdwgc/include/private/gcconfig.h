/* SPDX-License-Identifier: MIT */
/*
 * private/gcconfig.h - what bdwgc's own tests ask of its configuration
 */
#ifndef GCCONFIG_H
#define GCCONFIG_H

#include <gc/gc.h>

#ifdef __LP64__
#define CPP_WORDSZ 64
#else
#define CPP_WORDSZ 32
#endif
#define CPP_PTRSZ CPP_WORDSZ
#define ALIGNMENT (CPP_PTRSZ / 8)
#ifdef __linux__
#define OS_TYPE "LINUX"
#else
#define OS_TYPE "KGC"
#endif
#ifdef __x86_64__
#define MACH_TYPE "X86_64"
#else
#define MACH_TYPE "I386"
#endif
#ifdef GC_THREADS
#define THREADS
#endif
/* Interior pointers count always, and there is no fork for the heap. */
#define ALL_INTERIOR_POINTERS
#define FUNCPTR_IS_DATAPTR
#define NO_TEST_HANDLE_FORK
#define NO_INCREMENTAL
#define NO_DEBUGGING
#define GC_TOGGLE_REFS_NOT_NEEDED
#ifndef MIN_WORDS
#define MIN_WORDS (16 / (int)sizeof(void *))
#endif

#endif /* GCCONFIG_H */
