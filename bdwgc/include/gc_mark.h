/* SPDX-License-Identifier: MIT */
/*
 * gc_mark.h - <gc/gc_mark.h> under its other name
 */
#include <gc/gc_mark.h>
