/* SPDX-License-Identifier: MIT */
/* kernel/tls.h - thread-local variables: a task's copy of them */
#ifndef KERNEL_TLS_H
#define KERNEL_TLS_H

#include <stddef.h>
#include <stdint.h>

/* What a copy takes, with the room to align it. */
size_t tls_room(void);
/*
 * Make a fresh copy that ends at @end or a little below; returns its thread
 * pointer, for arch_set_tls().  *@lo is where the copy begins.
 */
uintptr_t tls_make(uintptr_t end, uintptr_t *lo);

#endif /* KERNEL_TLS_H */
