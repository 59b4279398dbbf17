/* SPDX-License-Identifier: MIT */
/*
 * gc_pthread_redirects.h - <gc/gc_pthread_redirects.h> under its other name
 */
#include <gc/gc_pthread_redirects.h>
