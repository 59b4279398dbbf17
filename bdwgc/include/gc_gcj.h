/* SPDX-License-Identifier: MIT */
/*
 * gc_gcj.h - <gc/gc_gcj.h> under its other name
 */
#include <gc/gc_gcj.h>
