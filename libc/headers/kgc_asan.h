/* SPDX-License-Identifier: MIT */
/*
 * kgc_asan.h - calls of string.h whose ranges are checked
 *
 * kgc-cc -fsanitize=kernel-address includes it before all else: the compiler
 * itself has only loads and stores checked, not what it calls for longer
 * ranges.
 */
#pragma redefine_extname memcpy kgc_asan_memcpy
#pragma redefine_extname memmove kgc_asan_memmove
#pragma redefine_extname memset kgc_asan_memset
#pragma redefine_extname memcmp kgc_asan_memcmp
#pragma redefine_extname strlen kgc_asan_strlen
#pragma redefine_extname strcpy kgc_asan_strcpy
#pragma redefine_extname strncpy kgc_asan_strncpy
#pragma redefine_extname strcat kgc_asan_strcat
