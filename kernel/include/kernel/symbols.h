/* SPDX-License-Identifier: MIT */
/* kernel/symbols.h - addresses of the image and their names */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Name of the function or object that @addr lies in, its distance from there
 * in *@offset (may be NULL).  NULL if @addr is outside the image.
 */
const char *symbol_name(uintptr_t addr, size_t *offset);

/* "name+0x10" or the bare number; returns the length, below @size. */
int symbol_format(char *buf, size_t size, uintptr_t addr);

#endif /* KERNEL_SYMBOLS_H */
