// SPDX-License-Identifier: MIT
/*
 * registers_test.c - each register of i386 as the only root
 *
 * system.h says what these functions do.  They are assembly as a whole, for
 * the compiler would keep copies.
 */
#include "system.h"

/* --- callee-saved, over a call of kgc_collect() -------------------------- */

#define HOLD(name, load)                                 \
	__asm__(".text\n"                                \
		"hold_" #name ":\n"                      \
		" pushl %ebx\n"                          \
		" pushl %esi\n"                          \
		" pushl %edi\n"                          \
		" pushl %ebp\n"                          \
		" subl $12, %esp\n"                      \
		" movl 32(%esp), %eax\n"                 \
		" notl %eax\n" load " xorl %eax, %eax\n" \
		" call *36(%esp)\n"                      \
		" addl $12, %esp\n"                      \
		" popl %ebp\n"                           \
		" popl %edi\n"                           \
		" popl %esi\n"                           \
		" popl %ebx\n"                           \
		" ret\n");                               \
	sys_hold_fn hold_##name

#define CALLEE_SAVED(reg)                           \
	HOLD(reg, " movl %eax, %" #reg "\n");       \
	KTEST(system_registers, callee_saved_##reg) \
	{                                           \
		sys_check_held(hold_##reg);         \
	}

HOLD(none, "");

KTEST(system_registers, callee_saved_none)
{
	sys_check_not_held(hold_none);
}

CALLEE_SAVED(ebx)
CALLEE_SAVED(esi)
CALLEE_SAVED(edi)
CALLEE_SAVED(ebp)

/* --- any, in a loop that is interrupted ---------------------------------- */

/* ebx holds the address of struct sys_spin, or ecx in its place. */
#define SPIN(name, flags, load, clear)                                         \
	__asm__(".text\n"                                                      \
		"spin_" #name ":\n"                                            \
		" pushl %ebx\n"                                                \
		" pushl %esi\n"                                                \
		" pushl %edi\n"                                                \
		" pushl %ebp\n"                                                \
		" movl 20(%esp), %eax\n"                                       \
		" notl %eax\n"                                                 \
		" movl 24(%esp), %" flags "\n" load " movl $1, (%" flags ")\n" \
		"1: pause\n"                                                   \
		" cmpl $0, 4(%" flags ")\n"                                    \
		" je 1b\n" clear " popl %ebp\n"                                \
		" popl %edi\n"                                                 \
		" popl %esi\n"                                                 \
		" popl %ebx\n"                                                 \
		" ret\n");                                                     \
	sys_spin_fn spin_##name

#define PREEMPTED_WITH(name)                      \
	KTEST(system_registers, preempted_##name) \
	{                                         \
		sys_check_preempted(spin_##name); \
	}
#define PREEMPTED(reg, flags)                 \
	SPIN(reg, flags,                      \
	     " movl %eax, %" #reg "\n"        \
	     " xorl %eax, %eax\n",            \
	     " xorl %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg)
#define XMM(reg)                              \
	SPIN(reg, "ebx",                      \
	     " movd %eax, %" #reg "\n"        \
	     " xorl %eax, %eax\n",            \
	     " pxor %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg)
#define XMM_HIGH(reg)                         \
	SPIN(reg##_high, "ebx",               \
	     " movd %eax, %" #reg "\n"        \
	     " pslldq $12, %" #reg "\n"       \
	     " xorl %eax, %eax\n",            \
	     " pxor %" #reg ", %" #reg "\n"); \
	PREEMPTED_WITH(reg##_high)
#define MM(reg)                             \
	SPIN(reg, "ebx",                    \
	     " movd %eax, %" #reg "\n"      \
	     " xorl %eax, %eax\n",          \
	     " pxor %" #reg ", %" #reg "\n" \
	     " emms\n");                    \
	PREEMPTED_WITH(reg)

SPIN(none, "ebx", " xorl %eax, %eax\n", "");

KTEST(system_registers, preempted_none)
{
	sys_check_not_preempted(spin_none);
}

SPIN(eax, "ebx", "", " xorl %eax, %eax\n");
PREEMPTED_WITH(eax)
PREEMPTED(ecx, "ebx")
PREEMPTED(edx, "ebx")
PREEMPTED(esi, "ebx")
PREEMPTED(edi, "ebx")
PREEMPTED(ebx, "ecx")
PREEMPTED(ebp, "ebx")

XMM(xmm0)
XMM(xmm1)
XMM(xmm2)
XMM(xmm3)
XMM(xmm4)
XMM(xmm5)
XMM(xmm6)
XMM(xmm7)
XMM_HIGH(xmm0)
XMM_HIGH(xmm7)
MM(mm0)
MM(mm7)
