/* SPDX-License-Identifier: MIT */
/*
 * entry.S - exceptions and interrupts on i386
 *
 * Each vector's stub pushes an error code where the processor did not, then
 * its number; the rest of struct frame follows, on the interrupted stack: the
 * i386 ABI has no red zone.  A double fault goes through a task gate instead
 * (desc.c).
 */
	.text
	.cfi_sections .debug_frame

	.macro	stub vector
	.balign	16
1:
	.if	!(\vector == 8 || (\vector >= 10 && \vector <= 14) || \
		  \vector == 17 || \vector == 21 || \vector == 29 || \
		  \vector == 30)
	pushl	$0
	.endif
	pushl	$\vector
	.if	\vector < 32
	jmp	exception
	.else
	jmp	interrupt
	.endif
	.section .rodata
	.long	1b
	.text
	.endm

	.section .rodata
	.balign	8
	.globl	trap_stubs
trap_stubs:
	.text

	.altmacro
	.set	vector, 0
	.rept	256
	stub	%vector
	.set	vector, vector + 1
	.endr
	.noaltmacro

/*
 * For debuggers, from here on: where struct frame, of 52 bytes, has what, if
 * the canonical frame address is its end.
 */
	.macro	frame_offsets
	.cfi_signal_frame
	.cfi_offset edi, -52
	.cfi_offset esi, -48
	.cfi_offset ebp, -44
	.cfi_offset ebx, -36
	.cfi_offset edx, -32
	.cfi_offset ecx, -28
	.cfi_offset eax, -24
	.cfi_offset eip, -12
	.cfi_val_offset esp, 0
	.endm

exception:
	pusha
	cld
	movl	%esp, %eax
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	.cfi_startproc simple
	/* The frame's end is *(esp) + 52: breg4 0, deref, plus_uconst 52. */
	.cfi_escape 0x0f, 5, 0x74, 0, 0x06, 0x23, 52
	frame_offsets
	call	trap_exception
	ud2
	.cfi_endproc

/*
 * Stack for trap_irq():	struct frame
 *				interrupted eip, ebp: for backtraces  <- ebp
 *				argument, on 16 bytes
 */
interrupt:
	pusha
	cld
	movl	%esp, %eax
	pushl	40(%eax)
	pushl	%ebp
	movl	%esp, %ebp
	andl	$-16, %esp
	subl	$12, %esp
	pushl	%eax
	.cfi_startproc simple
	.cfi_def_cfa ebp, 60
	frame_offsets
	call	trap_irq
	leal	8(%ebp), %esp
	.cfi_endproc
	popa
	addl	$8, %esp
	iret

	.section .note.GNU-stack, "", @progbits
