/* SPDX-License-Identifier: MIT */
/*
 * gc_version.h - <gc/gc_version.h> under its other name
 */
#include <gc/gc_version.h>
