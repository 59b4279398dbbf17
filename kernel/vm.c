// SPDX-License-Identifier: MIT
/*
 * vm.c - kernel address space: reserve, commit, decommit, release
 *
 * Reservations are kept in a sorted array of fixed size: mm/ makes one for the
 * heap and a handful for its records, tests some more.  Nothing is kept of
 * what is committed; the page tables know.
 *
 * A commit takes large frames where a whole large page lies in the range, and
 * zeroes what it took in its final place, which needs no window on i386.
 *
 * Locking: interrupts off for the array and the counters.  Two callers never
 * commit the same range: it is one reservation's owner that does.
 */
#include <kernel/vm.h>

#include <stdbool.h>

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <boot/bootinfo.h>
#include <kernel/frame.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/mem.h>

enum {
	ENOMEM = 12,
	RESERVATIONS_MAX = 256,
	ALIGN = 64 << 10,
	ALIGN_LARGE = 2 << 20,
	UNMAP_STEP = 2 << 20, /* interrupts are off for so long at most */
};

struct reservation {
	uintptr_t lo, hi;
};

static struct reservation reservations[RESERVATIONS_MAX];
static unsigned int nreservations;
static size_t reserved, committed;

extern char __image_end[];

static uintptr_t round_up(uintptr_t v, uintptr_t align)
{
	return (v + align - 1) & ~(align - 1);
}

uintptr_t vm_heap_base(void)
{
	return round_up((uintptr_t)__image_end, ALIGN);
}

uintptr_t vm_heap_limit(void)
{
	return arch_heap_end();
}

void vm_init(void)
{
	if (vm_heap_base() >= vm_heap_limit())
		panic("vm: the image leaves no room for a heap");
}

/* The lowest gap of @size in [@lo, @hi): its address, and its place in *@at. */
static uintptr_t gap_find(uintptr_t lo, uintptr_t hi, size_t size,
			  uintptr_t align, unsigned int *at)
{
	uintptr_t from = round_up(lo, align), to;
	unsigned int i;

	for (i = 0; i <= nreservations; i++) {
		to = i < nreservations ? reservations[i].lo : hi;
		if (to > hi)
			to = hi;
		if (from < to && to - from >= size) {
			*at = i;
			return from;
		}
		if (i < nreservations && reservations[i].hi > from)
			from = round_up(reservations[i].hi, align);
		/* Over the top of the address space, or past the region. */
		if (from < lo || from >= hi)
			break;
	}
	return 0;
}

static uintptr_t reservation_add(uintptr_t lo, uintptr_t hi, size_t size,
				 uintptr_t align)
{
	const unsigned long irq = arch_irq_save();
	uintptr_t va = 0;
	unsigned int at;

	if (nreservations < RESERVATIONS_MAX)
		va = gap_find(lo, hi, size, align, &at);
	if (va) {
		memmove(&reservations[at + 1], &reservations[at],
			(nreservations - at) * sizeof(reservations[0]));
		reservations[at] = (struct reservation){ va, va + size };
		nreservations++;
		reserved += size;
	}
	arch_irq_restore(irq);
	return va;
}

void *vm_reserve(size_t size, uintptr_t lo, uintptr_t hi)
{
	uintptr_t align = ALIGN;

	if (!size)
		return NULL;
	if (!lo && !hi) {
		lo = arch_other_base();
		hi = arch_other_end();
		if (size >= ALIGN_LARGE)
			align = ALIGN_LARGE;
	} else {
		if (!hi || hi > vm_heap_limit())
			hi = vm_heap_limit();
		if (lo < vm_heap_base())
			lo = vm_heap_base();
	}
	return (void *)reservation_add(lo, hi, size, align);
}

static void reservation_remove(uintptr_t lo, size_t size)
{
	const unsigned long irq = arch_irq_save();
	unsigned int i;

	for (i = 0; i < nreservations; i++)
		if (reservations[i].lo == lo)
			break;
	if (i == nreservations || reservations[i].hi - lo != size)
		panic("vm: release of 0x%lx, which is no reservation of 0x%zx",
		      (unsigned long)lo, size);
	nreservations--;
	memmove(&reservations[i], &reservations[i + 1],
		(nreservations - i) * sizeof(reservations[0]));
	reserved -= size;
	arch_irq_restore(irq);
}

void vm_release(void *addr, size_t size)
{
	vm_decommit(addr, size);
	reservation_remove((uintptr_t)addr, size);
}

static int map(uintptr_t va, paddr_t pa, size_t size)
{
	int error;

	frame_mapping = true;
	error = arch_map(va, pa, size, MMU_WRITE);
	frame_mapping = false;
	return error;
}

static int map_frame(uintptr_t va, paddr_t pa, size_t size)
{
	int error = map(va, pa, size);

	/* A frame for a table was missing: mm/ may have idle ones. */
	if (error && frame_reclaim())
		error = map(va, pa, size);
	if (error)
		frame_free(pa, size);
	return error;
}

/* Map fresh frames at @va, one large page or one page; 0 if there are none. */
static size_t commit_some(uintptr_t va, size_t left)
{
	size_t size = FRAME_LARGE_SIZE;
	paddr_t pa = 0;

	if (left >= size && !(va & (size - 1)) && arch_large_page() == size)
		pa = frame_alloc_large();
	if (!pa) {
		size = FRAME_SIZE;
		pa = frame_alloc();
	}
	if (!pa || map_frame(va, pa, size))
		return 0;
	memset((void *)va, 0, size);
	return size;
}

static void committed_add(size_t size)
{
	const unsigned long irq = arch_irq_save();

	committed += size;
	arch_irq_restore(irq);
}

int vm_commit(void *addr, size_t size)
{
	const uintptr_t va = (uintptr_t)addr;
	size_t done = 0, some;

	while (done < size) {
		some = commit_some(va + done, size - done);
		if (!some) {
			vm_decommit(addr, done);
			return -ENOMEM;
		}
		committed_add(some);
		done += some;
	}
	return 0;
}

/* Interrupts are off: arch_unmap() calls. */
static void uncommit_frame(paddr_t pa, size_t size)
{
	committed -= size;
	frame_free(pa, size);
}

void vm_decommit(void *addr, size_t size)
{
	const uintptr_t va = (uintptr_t)addr;
	size_t done, step;

	for (done = 0; done < size; done += step) {
		step = UNMAP_STEP - (va + done) % UNMAP_STEP;
		if (step > size - done)
			step = size - done;
		if (arch_unmap(va + done, step, uncommit_frame))
			panic("vm: no frame left to split a large page");
	}
}

const void *vm_initrd(size_t *size)
{
	static const void *initrd;

	*size = (size_t)bootinfo.initrd_size;
	if (!bootinfo.initrd_size)
		return NULL;
	if (!initrd)
		initrd = arch_map_initrd(bootinfo.initrd, *size);
	if (!initrd)
		printk("initrd: %llu KiB cannot be mapped\n",
		       (unsigned long long)bootinfo.initrd_size >> 10);
	return initrd;
}

void vm_stats(struct vm_stats *stats)
{
	const unsigned long irq = arch_irq_save();

	*stats = (struct vm_stats){
		.committed = committed,
		.reserved = reserved,
		.table_frames = arch_table_frames(),
		.free_frames = frame_count_free(),
		.total_frames = frame_count_total(),
	};
	arch_irq_restore(irq);
}
