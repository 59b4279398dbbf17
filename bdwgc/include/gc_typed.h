/* SPDX-License-Identifier: MIT */
/*
 * gc_typed.h - <gc/gc_typed.h> under its other name
 */
#include <gc/gc_typed.h>
