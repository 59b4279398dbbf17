/* SPDX-License-Identifier: MIT */
/*
 * gc_backptr.h - <gc/gc_backptr.h> under its other name
 */
#include <gc/gc_backptr.h>
