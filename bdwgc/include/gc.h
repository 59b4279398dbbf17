/* SPDX-License-Identifier: MIT */
/*
 * gc.h - <gc/gc.h> under its other name
 */
#include <gc/gc.h>
