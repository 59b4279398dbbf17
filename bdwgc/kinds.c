// SPDX-License-Identifier: MIT
/*
 * kinds.c - kinds of objects, and procedures that hear of their death
 *
 * The first four kinds are fixed; what GC_new_kind() gives has a descriptor,
 * which typed.c turns into a layout.  Only objects of the latter carry their
 * kind, in a tail; the others' is told from the flags that kgc has of them.
 *
 * A disclaim procedure is called as a finalizer of the object: so at the end
 * of an allocation or of GC_gcollect(), with no lock held, and not from
 * within the collector as bdwgc does.  An object whose procedure says that it
 * shall live is watched again.  The mark bit of such an object, which its
 * client sets to save it while the procedure is about to run, is a field of
 * its tail.
 *
 * Bad at: mark procedures are never called.
 *
 * Locking: bdw_lock() where the table grows.
 */
#include <string.h>

#include "internal.h"

#define NKINDS 32

static struct kind {
	GC_descr descr;
	GC_disclaim_proc disclaim;
	bool is_atomic; /* nothing is scanned */
	bool keeps;	/* what the object points to outlives it */
} kinds[NKINDS];
static int nkinds = KIND_FIRST;

/* --- the table ----------------------------------------------------------- */

void **GC_new_free_list(void)
{
	return GC_malloc_uncollectable(sizeof(void *));
}

void **GC_new_free_list_inner(void)
{
	return GC_new_free_list();
}

/*
 * With @adjust the object's size is added to a descriptor by length: 0 then
 * says that the whole object is scanned.
 */
unsigned GC_new_kind(void **list, GC_word descr, int adjust, int clear)
{
	struct kind *k;
	int kind;

	bdw_lock();
	kind = nkinds < NKINDS ? nkinds++ : -1;
	bdw_unlock();
	if (kind < 0)
		GC_get_abort_func()("GC: too many kinds");
	k = &kinds[kind < 0 ? KIND_NORMAL : kind];
	k->is_atomic = !descr && !adjust;
	k->descr = adjust && (descr & GC_DS_TAGS) == GC_DS_LENGTH
			   ? (GC_descr)GC_DS_PER_OBJECT
			   : descr;
	return (unsigned)(k - kinds);
}

unsigned GC_new_kind_inner(void **list, GC_word descr, int adjust, int clear)
{
	return GC_new_kind(list, descr, adjust, clear);
}

unsigned GC_new_proc(GC_mark_proc proc)
{
	static unsigned nprocs = GC_RESERVED_MARK_PROCS;

	return __atomic_fetch_add(&nprocs, 1, __ATOMIC_RELAXED);
}

unsigned GC_new_proc_inner(GC_mark_proc proc)
{
	return GC_new_proc(proc);
}

struct GC_ms_entry *GC_mark_and_push(void *obj, struct GC_ms_entry *top,
				     struct GC_ms_entry *limit, void **src)
{
	return top;
}

void GC_push_obj_descr(void *p, GC_word descr)
{
}

void GC_register_describe_type_fn(int kind, GC_describe_type_fn fn)
{
}

/* --- allocation ---------------------------------------------------------- */

void *bdw_alloc_kind(size_t size, int kind)
{
	void *p;

	switch (kind) {
	case KIND_NOSCAN:
		return GC_malloc_atomic(size);
	case KIND_UNCOLLECTABLE:
		return GC_malloc_uncollectable(size);
	case KIND_NOSCAN_UNCOLLECTABLE:
		return GC_malloc_atomic_uncollectable(size);
	}
	if (kind < KIND_FIRST || kind >= nkinds)
		return GC_malloc(size);
	if (kinds[kind].is_atomic)
		return bdw_alloc(size, KGC_NOSCAN);
	bdw_ready();
	p = size < BDW_MAX_SIZE ? bdw_alloc_described(bdw_block_size(size),
						      kinds[kind].descr)
				: NULL;
	return bdw_allocated(p, size);
}

void *GC_malloc_kind(size_t size, int kind)
{
	return kind < KIND_FIRST ? bdw_alloc_kind(size, kind)
				 : bdw_alloc_tail(size, kind, NULL, 0);
}

void *GC_malloc_kind_global(size_t size, int kind)
{
	return GC_malloc_kind(size, kind);
}

void *GC_generic_malloc(size_t size, int kind)
{
	return GC_malloc_kind(size, kind);
}

void *GC_generic_malloc_ignore_off_page(size_t size, int kind)
{
	return GC_malloc_kind(size, kind);
}

void *GC_generic_or_special_malloc(size_t size, int kind)
{
	return GC_malloc_kind(size, kind);
}

void *GC_generic_malloc_uncollectable(size_t size, int kind)
{
	return kind == KIND_NOSCAN ? GC_malloc_atomic_uncollectable(size)
				   : GC_malloc_uncollectable(size);
}

/* --- the kind of an object ----------------------------------------------- */

int GC_get_kind_and_size(const void *p, size_t *size)
{
	struct tail *tail = bdw_tail_of(p);
	int flags = kgc_flags(p);

	if (size)
		*size = GC_size(p);
	if (tail)
		return tail->kind;
	if (flags < 0)
		return KIND_NORMAL;
	if (flags & KGC_UNCOLLECTABLE)
		return flags & KGC_NOSCAN ? KIND_NOSCAN_UNCOLLECTABLE
					  : KIND_UNCOLLECTABLE;
	return flags & KGC_NOSCAN ? KIND_NOSCAN : KIND_NORMAL;
}

/* --- disclaim ------------------------------------------------------------ */

void GC_register_disclaim_proc(int kind, GC_disclaim_proc proc,
			       int mark_from_all)
{
	if (kind < KIND_FIRST || kind >= nkinds)
		return;
	kinds[kind].disclaim = proc;
	kinds[kind].keeps = mark_from_all;
}

static void disclaim(void *p, void *arg)
{
	struct tail *t = bdw_tail_of(p);
	struct kind *k = arg;

	if (!k->disclaim || !k->disclaim(p))
		return;
	if (t)
		t->is_marked = 0;
	bdw_kind_watch(p, (int)(k - kinds));
}

void bdw_kind_watch(void *p, int kind)
{
	struct kgc_finalizer f = { .fn = disclaim, .arg = &kinds[kind] };

	if (kind < KIND_FIRST || !kinds[kind].disclaim)
		return;
	f.order = kinds[kind].keeps ? KGC_ORDERED : KGC_NO_ORDER;
	if (kgc_swap_finalizer(p, &f))
		bdw_warn("GC Warning: no memory to watch an object\n", 0);
}

int GC_is_marked(const void *p)
{
	struct tail *t = bdw_tail_of(p);

	return t ? t->is_marked : GC_is_heap_ptr(p);
}

void GC_set_mark_bit(const void *p)
{
	struct tail *t = bdw_tail_of(p);

	if (t)
		t->is_marked = 1;
}

void GC_clear_mark_bit(const void *p)
{
	struct tail *t = bdw_tail_of(p);

	if (t)
		t->is_marked = 0;
}

/* --- objects with a closure ---------------------------------------------- */

void GC_init_finalized_malloc(void)
{
	bdw_ready();
}

static void closure_run(void *p, void *arg)
{
	const struct GC_finalizer_closure *c = arg;

	c->proc(p, c->cd);
}

void *GC_finalized_malloc(size_t size,
			  const struct GC_finalizer_closure *closure)
{
	struct kgc_finalizer f = { .fn = closure_run,
				   .arg = (void *)closure,
				   .order = KGC_ORDERED };
	void *p = GC_malloc(size);

	if (!p || GC_base(p) != p)
		return p;
	if (!kgc_swap_finalizer(p, &f))
		return p;
	kgc_free(p);
	return bdw_allocated(NULL, size);
}

/* --- objects of gcj ------------------------------------------------------ */

void GC_init_gcj_malloc(int index, void *proc)
{
	bdw_ready();
}

void GC_init_gcj_malloc_mp(unsigned index, GC_mark_proc proc,
			   size_t descr_offset)
{
	bdw_ready();
}

void *GC_gcj_malloc(size_t size, const void *vtable)
{
	void *p = GC_malloc(size);

	if (p && size >= sizeof(vtable))
		memcpy(p, &vtable, sizeof(vtable));
	return p;
}

void *GC_gcj_malloc_ignore_off_page(size_t size, const void *vtable)
{
	return GC_gcj_malloc(size, vtable);
}
