/* SPDX-License-Identifier: MIT */
/*
 * javaxfc.h - <gc/javaxfc.h> under its other name
 */
#include <gc/javaxfc.h>
