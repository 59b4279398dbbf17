/* SPDX-License-Identifier: MIT */
/*
 * gc_config_macros.h - <gc/gc_config_macros.h> under its other name
 */
#include <gc/gc_config_macros.h>
