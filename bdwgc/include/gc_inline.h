/* SPDX-License-Identifier: MIT */
/*
 * gc_inline.h - <gc/gc_inline.h> under its other name
 */
#include <gc/gc_inline.h>
