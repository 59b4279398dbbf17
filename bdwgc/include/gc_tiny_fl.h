/* SPDX-License-Identifier: MIT */
/*
 * gc_tiny_fl.h - <gc/gc_tiny_fl.h> under its other name
 */
#include <gc/gc_tiny_fl.h>
