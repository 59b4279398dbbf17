// SPDX-License-Identifier: MIT
/*
 * memory.c - the shell's commands on memory: every byte of RAM, and a map
 *
 * RAM is what the loader's map says it is.  Each part is counted where it is
 * kept: the image by the linker's symbols, frames by the frame allocator, page
 * tables, and what the heap has of the host, whose pages are then shared out
 * by looking at each span.  All of it is read in one pinned piece, before the
 * first line is printed, so that the sum is exact.
 *
 * Bad at: what firmware keeps for itself, which the loader's map leaves out.
 */
#include <boot/bootinfo.h>
#include <kernel/cpu.h>
#include <kernel/frame.h>
#include <kernel/param.h>
#include <kernel/task.h>
#include <kernel/vm.h>
#include <kgc/kgc.h>
#include <lib/format.h>
#include <lib/mem.h>
#include <lib/noroot.h>

#include "internal.h"

extern char __image_start[], __text_end[], __rodata_end[], __data_start[],
	__noroot_start[], __image_tables[], __image_end[];

/* --- mem --- */

struct class
{
	size_t size, bytes, spans;
};

/* What the spans have, bytes. */
struct spans {
	struct class of[KGC_NCLASSES];
	size_t large, nlarge;
	size_t nogc, idle;
};

static struct spans spans NOROOT;
static struct kgc_memory memory NOROOT;
static struct vm_stats vm NOROOT;
static size_t stacks NOROOT;
static uint64_t sum NOROOT;

static void add_span(const struct kgc_span *s)
{
	struct class *c = &spans.of[s->sizeclass];

	if (s->flags < 0) {
		if (text_equal(s->kind, "free"))
			spans.idle += s->bytes - s->released;
	} else if (s->flags & KGC_NOGC) {
		spans.nogc += s->bytes;
	} else if (!s->sizeclass) {
		spans.large += s->bytes;
		spans.nlarge++;
	} else {
		c->size = s->size;
		c->bytes += s->bytes;
		c->spans++;
	}
}

static size_t stack_bytes(void)
{
	const struct task *task;
	size_t n = 0;

	for (task = task_next(NULL); task;
	     task = task_next((struct task *)task))
		if (task->block)
			n += task->end - task->block;
	return n;
}

/* Pinned, on the one CPU: nothing changes meanwhile. */
static void read_all(void)
{
	struct kgc_span s = { .base = NULL };

	memset(&spans, 0, sizeof(spans));
	cpu_pin();
	while (kgc_span((char *)s.base + s.bytes, &s))
		add_span(&s);
	kgc_read_memory(&memory);
	vm_stats(&vm);
	stacks = stack_bytes();
	cpu_unpin();
}

static void part(uint64_t bytes, const char *name)
{
	sum += bytes;
	shell_printf("%14llu  %s\n", (unsigned long long)bytes, name);
}

static void show_image(void)
{
	const uint64_t page = FRAME_SIZE - 1;
	const uint64_t lo = bootinfo.initrd & ~page;
	const uint64_t hi =
		(bootinfo.initrd + bootinfo.initrd_size + page) & ~page;

	part(frame_ram_kept(), "kept: page 0, further processors' start");
	part(frame_ram_lost(), "beyond the reach of page tables");
	part((uint64_t)(__text_end - __image_start), "image: text");
	part((uint64_t)(__rodata_end - __text_end), "image: rodata");
	part((uint64_t)(__noroot_start - __data_start), "image: data");
	part((uint64_t)(__image_tables - __noroot_start), "image: bss");
	part((uint64_t)(__image_end - __image_tables), "image: page tables");
	part(bootinfo.initrd_size ? frame_ram_in(lo, hi) : 0, "initrd");
}

static void show_heap(void)
{
	const struct class *c;
	char name[64];

	for (c = spans.of; c < spans.of + KGC_NCLASSES; c++) {
		if (!c->spans)
			continue;
		format_buffer(name, sizeof(name),
			      "heap: objects of %zu, in %zu span%s", c->size,
			      c->spans, c->spans > 1 ? "s" : "");
		part(c->bytes, name);
	}
	format_buffer(name, sizeof(name), "heap: %zu large object%s",
		      spans.nlarge, spans.nlarge == 1 ? "" : "s");
	part(spans.large, name);
	part(stacks, "heap: stacks of tasks");
	part(spans.nogc - stacks, "heap: other nogc blocks");
	part(spans.idle, "heap: free pages");
}

static void show_metadata(void)
{
	part(memory.bitmap, "bitmap, as mapped");
	part(memory.pages, "page table of spans");
	part(memory.released, "which pages were given back");
	part(memory.spans, "records of spans");
	part(memory.caches, "caches");
	part(memory.specials, "finalizers, weak links, samples");
	part(memory.profile, "call stacks of the profile");
	part(memory.types, "layouts of typed objects");
	part(memory.marker, "mark list");
	part(memory.other, "roots, and ends of tables");
}

static void show_frames(void)
{
	const struct cpu *cpu = cpu_here();

	part(cpu->stack_hi - cpu->stack_lo, "stack of the collector");
	part((uint64_t)vm.table_frames * FRAME_SIZE, "page tables");
	part((uint64_t)frame_record_count() * FRAME_SIZE, "records of frames");
	part((uint64_t)vm.free_frames * FRAME_SIZE, "free frames");
}

static void mem_run(int argc, char **argv)
{
	const uint64_t ram = frame_ram_bytes();

	read_all();
	sum = 0;
	show_image();
	show_heap();
	show_metadata();
	show_frames();
	shell_printf("%14llu  sum, of %llu bytes of RAM: %s\n",
		     (unsigned long long)sum, (unsigned long long)ram,
		     sum == ram ? "every byte" : "NOT ALL");
}

/* --- map --- */

enum { PAGE = 4096, ROW = 64 };

struct row {
	const char *start; /* address of the first page */
	unsigned int n;
	char cell[ROW];
	size_t idle; /* rows of nothing but free pages, not yet told of */
};

static void row_end(struct row *r)
{
	unsigned int i, free = 0;

	for (i = 0; i < r->n; i++)
		free += r->cell[i] == '.' || r->cell[i] == ' ';
	if (r->n == ROW && free == ROW) {
		r->idle++;
	} else if (r->n) {
		if (r->idle)
			shell_printf("%*s  (%zu rows of free pages)\n",
				     (int)sizeof(void *) * 2 + 2, "", r->idle);
		r->idle = 0;
		shell_printf("0x%0*lx  %.*s\n", (int)sizeof(void *) * 2,
			     (unsigned long)r->start, (int)r->n, r->cell);
	}
	r->start += (size_t)r->n * PAGE;
	r->n = 0;
}

/* Tenths of a span that are used; a full one shows 9. */
static char fill_of(const struct kgc_span *s)
{
	const size_t tenth = s->used * 10 / s->room;

	return (char)('0' + (tenth > 9 ? 9 : tenth));
}

/* A released page is not told apart from others of its run. */
static char cell_of(const struct kgc_span *s)
{
	if (s->flags < 0)
		return text_equal(s->kind, "gap") ? '~'
		       : s->released == s->bytes  ? ' '
						  : '.';
	if (s->flags & KGC_NOGC)
		return 'N';
	if (!s->sizeclass)
		return 'L';
	return fill_of(s);
}

static void map_run(int argc, char **argv)
{
	struct row row = { .n = 0 };
	struct kgc_span s = { .base = NULL };
	size_t done;

	while (kgc_span((char *)s.base + s.bytes, &s)) {
		if (!row.start)
			row.start = s.base;
		for (done = 0; done < s.bytes; done += PAGE) {
			row.cell[row.n++] = cell_of(&s);
			if (row.n == ROW)
				row_end(&row);
		}
	}
	row_end(&row);
	if (row.idle)
		shell_printf("%*s  (%zu rows of free pages)\n",
			     (int)sizeof(void *) * 2 + 2, "", row.idle);
	shell_printf("a page each: 0-9 tenths of its span used, L large, N"
		     " nogc, . free, blank given back\n");
}

static const struct shell_command commands[] = {
	{ .name = "mem",
	  .args = "",
	  .help = "every byte of RAM, by its use",
	  .run = mem_run },
	{ .name = "map",
	  .args = "",
	  .help = "the heap, a character each page",
	  .run = map_run },
};
const struct shell_group shell_memory_group = SHELL_GROUP("Memory", commands);
