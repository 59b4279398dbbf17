// SPDX-License-Identifier: MIT
/*
 * leak.c - malloc=leak: which blocks nobody freed and nothing refers to
 *
 * Each block ends in a note of what the program asked for and who asked.  The
 * report marks as a collection does and names every block with a note that
 * was not reached, also those that only lost blocks refer to.  The world is
 * stopped meanwhile, so there is nothing to guess.
 *
 * Bad at: a program that calls exit() far down: what its frames still refer to
 * is not lost.
 */
#include <kgc_leak.h>
#include <stdint.h>
#include <string.h>

#include <kernel/libc.h>
#include <kernel/printk.h>
#include <kernel/symbols.h>
#include <kgc/host.h>
#include <kgc/kgc.h>
#include <libc/malloc.h>

enum {
	DEPTH = 14,
	STALE = 16 << 10,
};

/* No address of the heap on either arch; no float that programs store. */
#define MAGIC ((uintptr_t)0xfffbd1e5c0dea5edULL)

/* Of linker.ld: what is marked ALLOCATES. */
extern const char __start_kgc_alloc_text[], __stop_kgc_alloc_text[];

struct note {
	uintptr_t magic;
	size_t size; /* as asked for */
	uintptr_t pc[DEPTH];
};

size_t leak_note_size(void)
{
	/* The block may end between two words. */
	return sizeof(struct note) + sizeof(uintptr_t);
}

static struct note *note_of(const void *p, size_t have)
{
	const uintptr_t end = (uintptr_t)p + have;

	return (struct note *)(end & ~(sizeof(uintptr_t) - 1)) - 1;
}

void leak_note_write(void *p, size_t have, size_t size)
{
	struct note *note = note_of(p, have);
	const int n = kgc_host_backtrace(note->pc, DEPTH, 0);

	if (n < DEPTH)
		note->pc[n] = 0;
	note->size = size;
	note->magic = MAGIC;
}

static bool has_note(const void *p, size_t have)
{
	return have >= leak_note_size() && note_of(p, have)->magic == MAGIC;
}

bool leak_note_clear(void *p, size_t have)
{
	if (!has_note(p, have))
		return false;
	memset(note_of(p, have), 0, sizeof(struct note));
	return true;
}

struct sum {
	size_t blocks, bytes;
};

/* Is @pc in one of the functions that malloc is made of? */
static bool is_own(uintptr_t pc)
{
	return pc >= (uintptr_t)__start_kgc_alloc_text &&
	       pc < (uintptr_t)__stop_kgc_alloc_text;
}

static void print_backtrace(const uintptr_t *pc)
{
	char name[128];
	int i = 0;

	while (i < DEPTH && pc[i] && is_own(pc[i] - 1))
		i++;
	for (; i < DEPTH && pc[i]; i++) {
		symbol_format(name, sizeof(name), pc[i] - 1);
		printk("    0x%lx %s\n", (unsigned long)pc[i], name);
	}
}

/* Called with the world stopped: prints, and calls nothing else. */
static void report(void *p, size_t have, unsigned int flags, void *arg)
{
	struct sum *sum = arg;
	const struct note *note = note_of(p, have);

	if (!has_note(p, have))
		return;
	sum->blocks++;
	sum->bytes += note->size;
	printk("leak: %zu bytes at 0x%lx\n", note->size, (unsigned long)p);
	print_backtrace(note->pc);
}

/* Words that calls left below this frame are no references. */
__attribute__((noinline)) void libc_main_ended(void)
{
	char room[STALE];

	memset(room, 0, sizeof(room));
	__asm__ volatile("" : : "r"(room) : "memory"); /* it is read */
}

/* All frames from this one on lie in what was cleared. */
static __attribute__((noinline)) size_t report_all(void)
{
	struct sum sum = { 0, 0 };

	kgc_find_leaks(report, &sum);
	printk("leaks: %zu blocks, %zu bytes\n", sum.blocks, sum.bytes);
	return sum.blocks;
}

size_t kgc_leak_report(void)
{
	if (malloc_mode != MALLOC_LEAK)
		return 0;
	libc_main_ended();
	return report_all();
}
