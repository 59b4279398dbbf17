/* SPDX-License-Identifier: MIT */
/*
 * gc_disclaim.h - <gc/gc_disclaim.h> under its other name
 */
#include <gc/gc_disclaim.h>
