// SPDX-License-Identifier: MIT
/*
 * finalize.c - finalizers
 *
 * They are kgc's, and wait until bdw_after() or the client runs them, in the
 * thread that does.  A finalizer that allocates starts no other: the loop
 * that called it goes on with those.
 *
 * Registration for what is no object's base is ignored, and so it is while
 * leaks are looked for: then nothing is collected.
 */
#include "internal.h"

static void set(void *p, GC_finalization_proc fn, void *data,
		GC_finalization_proc *old_fn, void **old_data,
		enum kgc_order order)
{
	struct kgc_finalizer f = { .fn = fn, .arg = data, .order = order };

	bdw_ready();
	if (GC_find_leak || !p || kgc_lookup(p, NULL) != p) {
		f = (struct kgc_finalizer){ 0 };
	} else if (kgc_swap_finalizer(p, &f)) {
		bdw_warn("GC Warning: no memory for a finalizer\n", 0);
		f = (struct kgc_finalizer){ 0 };
	}
	if (old_fn)
		*old_fn = f.fn;
	if (old_data)
		*old_data = f.arg;
}

void GC_register_finalizer(void *obj, GC_finalization_proc fn, void *data,
			   GC_finalization_proc *old_fn, void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_ORDERED);
}

void GC_register_finalizer_ignore_self(void *obj, GC_finalization_proc fn,
				       void *data, GC_finalization_proc *old_fn,
				       void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_IGNORE_SELF);
}

void GC_register_finalizer_no_order(void *obj, GC_finalization_proc fn,
				    void *data, GC_finalization_proc *old_fn,
				    void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_NO_ORDER);
}

void GC_register_finalizer_unreachable(void *obj, GC_finalization_proc fn,
				       void *data, GC_finalization_proc *old_fn,
				       void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_UNREACHABLE);
}

void GC_debug_register_finalizer(void *obj, GC_finalization_proc fn, void *data,
				 GC_finalization_proc *old_fn, void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_ORDERED);
}

void GC_debug_register_finalizer_ignore_self(void *obj, GC_finalization_proc fn,
					     void *data,
					     GC_finalization_proc *old_fn,
					     void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_IGNORE_SELF);
}

void GC_debug_register_finalizer_no_order(void *obj, GC_finalization_proc fn,
					  void *data,
					  GC_finalization_proc *old_fn,
					  void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_NO_ORDER);
}

void GC_debug_register_finalizer_unreachable(void *obj, GC_finalization_proc fn,
					     void *data,
					     GC_finalization_proc *old_fn,
					     void **old_data)
{
	set(obj, fn, data, old_fn, old_data, KGC_UNREACHABLE);
}

int GC_should_invoke_finalizers(void)
{
	return bdw_is_up && kgc_finalizers_due();
}

int GC_invoke_finalizers(void)
{
	return bdw_is_up ? kgc_run_finalizers() : 0;
}

/* Those that finalizers register meanwhile are called too. */
void GC_finalize_all(void)
{
	bdw_ready();
	do
		kgc_queue_finalizers();
	while (!GC_finalize_on_demand && kgc_run_finalizers());
}
