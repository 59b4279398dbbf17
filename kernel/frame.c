// SPDX-License-Identifier: MIT
/*
 * frame.c - physical page frames
 *
 * RAM is cut into blocks of 2 MiB.  A block's record has a bit for each frame,
 * set when it is free, and is in one of two lists or none: "whole" when all
 * its frames are free, "partial" when some are.  Single frames come from
 * partial blocks first, so that whole ones last for large pages; a block whose
 * frames have all come back is whole again.  Taking and freeing are constant
 * time, but for the search of a bit in 64 bytes.
 *
 * What is usable is the loader's RAM without page 0, the page of the start-up
 * code for further processors, the image and the initrd.  Blocks may have
 * holes, as UEFI's maps do: their frames are just never free.  Records exist
 * for blocks that have RAM, 80 bytes each, 160 KiB for 4 GiB; they are mapped
 * at arch_frame_records().  The page tables for that come, lowest first, from
 * the usable list itself, as do all that are needed before frame_init().
 *
 * The last frames are kept for page tables: splitting a large page to give a
 * part of it back must not fail.
 *
 * Bad at: memory far apart in physical space by the gigabyte in many pieces;
 * finding a record tries each piece in turn.
 *
 * Locking: interrupts off.  There is one CPU.
 */
#include <kernel/frame.h>

#include <arch/cpu.h>
#include <arch/upcall.h>
#include <boot/bootinfo.h>
#include <kernel/cpu.h>
#include <kgc/kgc.h>
#include <lib/mem.h>

enum {
	BLOCK_SHIFT = 21,
	BLOCK_FRAMES = 512,
	WORD_BITS = 8 * sizeof(unsigned long),
	BLOCK_WORDS = BLOCK_FRAMES / WORD_BITS,
	PIECES_MAX = BOOT_RANGES_MAX + 8, /* reserved parts cut ranges in two */
	TABLE_RESERVE = 64,
	TRAMPOLINE = 0x8000,
	TRIM_BYTES = 1 << 20,
	NONE = 0, /* no block: indices in lists are one higher */
};

struct block {
	uint32_t next, prev; /* in its list */
	uint32_t nfree;
	uint32_t number; /* physical address >> BLOCK_SHIFT */
	unsigned long free[BLOCK_WORDS];
};

/* A run of usable frames, [lo, hi). */
struct piece {
	uint64_t lo, hi;
};

/* Blocks that follow each other: records from `first` on. */
struct run {
	uint32_t number, count, first;
};

static struct piece pieces[PIECES_MAX];
static unsigned int npieces;
static struct run runs[PIECES_MAX];
static unsigned int nruns;

/* How far the usable list has been given out before frame_init(). */
static unsigned int early_piece;
static uint64_t early_at;

static struct block *blocks;
static uint32_t partial, whole; /* heads of the lists */
static size_t nfree, ntotal, nrecords;
static uint64_t ram_bytes, ram_lost;

struct frame_fault frame_fault, frame_fault_table;
bool frame_mapping;

extern char __image_start[], __image_end[];

static void piece_add(uint64_t lo, uint64_t hi)
{
	if (hi > lo && npieces < PIECES_MAX) {
		pieces[npieces++] = (struct piece){ lo, hi };
		ntotal += (hi - lo) / FRAME_SIZE;
	}
}

/* Add what @kept, in any order, leaves of [@lo, @hi). */
static void piece_cut(uint64_t lo, uint64_t hi, const struct piece *kept,
		      unsigned int n)
{
	const struct piece *first;
	unsigned int i;
	uint64_t next;

	while (lo < hi) {
		first = NULL;
		for (i = 0; i < n; i++)
			if (kept[i].hi > lo && kept[i].lo < hi &&
			    kept[i].hi > kept[i].lo &&
			    (!first || kept[i].lo < first->lo))
				first = &kept[i];
		next = first ? first->lo : hi;
		piece_add(lo, next);
		lo = first ? first->hi : hi;
	}
}

static void pieces_init(void)
{
	const uint64_t limit = arch_phys_limit();
	const uint64_t page = FRAME_SIZE;
	const struct piece kept[] = {
		{ 0, page },
		{ TRAMPOLINE, TRAMPOLINE + page },
		{ (uintptr_t)__image_start, (uintptr_t)__image_end },
		{ bootinfo.initrd & ~(page - 1),
		  (bootinfo.initrd + bootinfo.initrd_size + page - 1) &
			  ~(page - 1) },
	};
	const struct bootrange *r;
	uint64_t hi;

	for (r = bootinfo.ram; r < bootinfo.ram + bootinfo.nram; r++) {
		ram_bytes += r->size;
		hi = r->base + r->size;
		if (hi > limit) {
			ram_lost += hi - (r->base > limit ? r->base : limit);
			hi = limit;
		}
		piece_cut(r->base, hi, kept, sizeof(kept) / sizeof(kept[0]));
	}
	if (!npieces)
		kernel_stop("the loader named no memory");
	early_at = pieces[0].lo;
}

static paddr_t early_alloc(void)
{
	if (!npieces)
		pieces_init();
	while (early_piece < npieces && early_at == pieces[early_piece].hi)
		if (++early_piece < npieces)
			early_at = pieces[early_piece].lo;
	if (early_piece == npieces)
		return 0;
	early_at += FRAME_SIZE;
	return early_at - FRAME_SIZE;
}

static void list_add(uint32_t *head, struct block *b)
{
	const uint32_t index = b - blocks + 1;

	b->prev = NONE;
	b->next = *head;
	if (*head)
		blocks[*head - 1].prev = index;
	*head = index;
}

static void list_remove(uint32_t *head, struct block *b)
{
	if (b->prev)
		blocks[b->prev - 1].next = b->next;
	else
		*head = b->next;
	if (b->next)
		blocks[b->next - 1].prev = b->prev;
}

static uint32_t *list_of(const struct block *b)
{
	return b->nfree == BLOCK_FRAMES ? &whole : &partial;
}

static struct block *block_of(paddr_t pa)
{
	const uint32_t number = pa >> BLOCK_SHIFT;
	const struct run *r;

	for (r = runs; r < runs + nruns; r++)
		if (number - r->number < r->count)
			return &blocks[r->first + number - r->number];
	return NULL;
}

/* Take the lowest free frame of @b, which has one. */
static paddr_t block_take(struct block *b)
{
	unsigned int i = 0, bit;

	while (!b->free[i])
		i++;
	bit = __builtin_ctzl(b->free[i]);
	b->free[i] &= b->free[i] - 1;
	if (b->nfree == BLOCK_FRAMES) {
		list_remove(&whole, b);
		list_add(&partial, b);
	}
	if (!--b->nfree)
		list_remove(&partial, b);
	nfree--;
	return ((paddr_t)b->number << BLOCK_SHIFT) +
	       (i * WORD_BITS + bit) * FRAME_SIZE;
}

static void block_give(paddr_t pa)
{
	struct block *b = block_of(pa);
	const unsigned int i = pa / FRAME_SIZE % BLOCK_FRAMES;

	if (b->nfree)
		list_remove(list_of(b), b);
	b->free[i / WORD_BITS] |= 1ul << i % WORD_BITS;
	b->nfree++;
	list_add(list_of(b), b);
	nfree++;
}

static void block_fill(struct block *b)
{
	memset(b->free, 0xff, sizeof(b->free));
	b->nfree = BLOCK_FRAMES;
	list_add(&whole, b);
	nfree += BLOCK_FRAMES;
}

static paddr_t take(size_t reserve)
{
	const unsigned long irq = arch_irq_save();
	paddr_t pa = 0;

	if (!blocks)
		pa = early_alloc();
	else if (nfree > reserve)
		pa = block_take(&blocks[(partial ? partial : whole) - 1]);
	arch_irq_restore(irq);
	return pa;
}

static bool is_lacking(struct frame_fault *f)
{
	f->n++;
	return f->nth && (f->n == f->nth || (f->all && f->n > f->nth));
}

paddr_t frame_alloc(void)
{
	const paddr_t pa = is_lacking(&frame_fault) ? 0 : take(TABLE_RESERVE);

	if (pa || !frame_reclaim() || is_lacking(&frame_fault))
		return pa;
	return take(TABLE_RESERVE);
}

paddr_t frame_alloc_large(void)
{
	const unsigned long irq = arch_irq_save();
	struct block *b = NULL;

	if (!is_lacking(&frame_fault) && whole &&
	    nfree >= TABLE_RESERVE + BLOCK_FRAMES) {
		b = &blocks[whole - 1];
		list_remove(&whole, b);
		memset(b->free, 0, sizeof(b->free));
		b->nfree = 0;
		nfree -= BLOCK_FRAMES;
	}
	arch_irq_restore(irq);
	return b ? (paddr_t)b->number << BLOCK_SHIFT : 0;
}

void frame_free(paddr_t pa, size_t size)
{
	const unsigned long irq = arch_irq_save();
	size_t done;

	if (size == FRAME_LARGE_SIZE && !(pa & (FRAME_LARGE_SIZE - 1)))
		block_fill(block_of(pa));
	else
		for (done = 0; done < size; done += FRAME_SIZE)
			block_give(pa + done);
	arch_irq_restore(irq);
}

bool frame_reclaim(void)
{
	static bool asking;
	size_t bytes = 0;

	if (!arch_irq_enabled())
		return false;
	/* Pinned: who else comes here meanwhile is kgc_trim() itself. */
	cpu_pin();
	if (!asking) {
		asking = true;
		bytes = kgc_trim(TRIM_BYTES);
		asking = false;
	}
	cpu_unpin();
	return bytes;
}

paddr_t kernel_table_frame(void)
{
	const bool lacking = frame_mapping && is_lacking(&frame_fault_table);
	const paddr_t pa = lacking ? 0 : take(0);

	if (pa)
		arch_zero_frame(pa, FRAME_SIZE);
	return pa;
}

void kernel_table_free(paddr_t pa)
{
	frame_free(pa, FRAME_SIZE);
}

/* Give numbers to the blocks that pieces touch; how many there are. */
static uint32_t runs_init(void)
{
	uint32_t lo, hi, count = 0;
	struct run *r;
	unsigned int i;

	for (i = 0; i < npieces; i++) {
		lo = pieces[i].lo >> BLOCK_SHIFT;
		hi = (pieces[i].hi - 1) >> BLOCK_SHIFT;
		r = nruns ? &runs[nruns - 1] : NULL;
		if (!r || lo > r->number + r->count) {
			r = &runs[nruns++];
			*r = (struct run){ lo, 0, count };
		}
		count += hi + 1 - (r->number + r->count);
		r->count = hi + 1 - r->number;
	}
	return count;
}

static struct block *records_map(uint32_t count)
{
	const uintptr_t base = arch_frame_records();
	const size_t size = count * sizeof(struct block);
	size_t done;
	paddr_t pa;

	for (done = 0; done < size; done += FRAME_SIZE, nrecords++) {
		pa = early_alloc();
		if (!pa || arch_map(base + done, pa, FRAME_SIZE, MMU_WRITE))
			kernel_stop("no memory for the frames' records");
		memset((void *)(base + done), 0, FRAME_SIZE);
	}
	return (struct block *)base;
}

static void piece_release(uint64_t lo, uint64_t hi)
{
	while (lo < hi) {
		if (!(lo & (FRAME_LARGE_SIZE - 1)) &&
		    hi - lo >= FRAME_LARGE_SIZE) {
			block_fill(block_of(lo));
			lo += FRAME_LARGE_SIZE;
		} else {
			block_give(lo);
			lo += FRAME_SIZE;
		}
	}
}

void frame_init(void)
{
	unsigned int i;
	uint32_t j;

	if (!npieces)
		pieces_init();
	blocks = records_map(runs_init());
	for (i = 0; i < nruns; i++)
		for (j = 0; j < runs[i].count; j++)
			blocks[runs[i].first + j].number = runs[i].number + j;
	/* Highest first, so that the lowest stand at the lists' heads. */
	for (i = npieces; i-- > early_piece;)
		piece_release(i == early_piece ? early_at : pieces[i].lo,
			      pieces[i].hi);
}

size_t frame_count_free(void)
{
	return nfree;
}

size_t frame_count_total(void)
{
	return ntotal;
}

uint64_t frame_ram_bytes(void)
{
	return ram_bytes;
}

uint64_t frame_ram_lost(void)
{
	return ram_lost;
}

uint64_t frame_ram_in(uint64_t lo, uint64_t hi)
{
	const struct bootrange *r;
	uint64_t sum = 0, from, to;

	for (r = bootinfo.ram; r < bootinfo.ram + bootinfo.nram; r++) {
		from = r->base > lo ? r->base : lo;
		to = r->base + r->size < hi ? r->base + r->size : hi;
		sum += to > from ? to - from : 0;
	}
	return sum;
}

uint64_t frame_ram_kept(void)
{
	return frame_ram_in(0, FRAME_SIZE) +
	       frame_ram_in(TRAMPOLINE, TRAMPOLINE + FRAME_SIZE);
}

size_t frame_record_count(void)
{
	return nrecords;
}
