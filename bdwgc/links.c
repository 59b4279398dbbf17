// SPDX-License-Identifier: MIT
/*
 * links.c - disappearing links
 *
 * A link is a weak word of kgc's; a long one is cleared when the object is
 * gone for good, a short one before its finalizer runs.  A link to what is no
 * object is accepted and forgotten: what does not die does not disappear.
 */
#include "internal.h"

static int link_set(void **link, const void *obj, unsigned int flags)
{
	bool was;

	bdw_ready();
	was = kgc_clear_weak(link, flags);
	switch (kgc_set_weak(link, obj, flags)) {
	case -KGC_ENOMEM:
		return GC_NO_MEMORY;
	default:
		return was ? GC_DUPLICATE : GC_SUCCESS;
	}
}

static int link_move(void **link, void **to, unsigned int flags)
{
	bdw_ready();
	switch (kgc_move_weak(link, to, flags)) {
	case 0:
		return GC_SUCCESS;
	case -KGC_EBUSY:
		return GC_DUPLICATE;
	default:
		return GC_NOT_FOUND;
	}
}

int GC_register_disappearing_link(void **link)
{
	return link_set(link, GC_base(link), 0);
}

int GC_general_register_disappearing_link(void **link, const void *obj)
{
	return link_set(link, obj, 0);
}

int GC_unregister_disappearing_link(void **link)
{
	bdw_ready();
	return kgc_clear_weak(link, 0);
}

int GC_move_disappearing_link(void **link, void **to)
{
	return link_move(link, to, 0);
}

int GC_register_long_link(void **link, const void *obj)
{
	return link_set(link, obj, KGC_WEAK_LONG);
}

int GC_unregister_long_link(void **link)
{
	bdw_ready();
	return kgc_clear_weak(link, KGC_WEAK_LONG);
}

int GC_move_long_link(void **link, void **to)
{
	return link_move(link, to, KGC_WEAK_LONG);
}
