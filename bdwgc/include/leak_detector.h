/* SPDX-License-Identifier: MIT */
/*
 * leak_detector.h - <gc/leak_detector.h> under its other name
 */
#include <gc/leak_detector.h>
