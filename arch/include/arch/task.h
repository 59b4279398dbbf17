/* SPDX-License-Identifier: MIT */
/*
 * arch/task.h - the machine's part of a task
 *
 * What a task has in registers while it does not run lies on its own stack,
 * from its saved stack pointer on, and in its FP area.
 */
#ifndef ARCH_TASK_H
#define ARCH_TASK_H

#include <stddef.h>
#include <stdint.h>

/* Alignment of the FP save area, and its size on this processor. */
enum { ARCH_FP_ALIGN = 64 };
size_t arch_fp_size(void);
/* Give the area the state of a task that has not run. */
void arch_fp_init(void *area);

/*
 * Prepare a stack that ends at @top so that the first arch_switch() to the
 * stack pointer returned calls @entry(@arg) with interrupts off.
 */
uintptr_t arch_stack_prepare(uintptr_t top, void (*entry)(void *arg),
			     void *arg);

/*
 * Save callee-saved registers on the stack and the FP state in @from_fp, store
 * the stack pointer in *@from_sp, and go on where @to_sp was saved.
 * Interrupts off.
 */
void arch_switch(uintptr_t *from_sp, void *from_fp, uintptr_t to_sp,
		 void *to_fp);

/* Bytes below a saved stack pointer that still belong to the task (red zone).
 */
enum { ARCH_REDZONE = 128 };

/*
 * Push the callee-saved registers, store the stack pointer in *@sp, and call
 * @fn(@arg) on the stack that ends at @stack_top (0: on this one).
 */
void arch_call_saved(void (*fn)(void *arg), void *arg, uintptr_t *sp,
		     uintptr_t stack_top);

/* Thread pointer of the task that is about to run (FS base, or %gs). */
void arch_set_tls(uintptr_t tp);

/*
 * Walk saved frame pointers from @fp, staying in [@lo, @hi): store up to @max
 * return addresses; returns how many.
 */
int arch_backtrace(uintptr_t fp, uintptr_t lo, uintptr_t hi, uintptr_t *pc,
		   int max);
/* The caller's frame pointer. */
#define arch_frame_pointer() ((uintptr_t)__builtin_frame_address(0))

#endif /* ARCH_TASK_H */
