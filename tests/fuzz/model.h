/* SPDX-License-Identifier: MIT */
/*
 * model.h - what the heap should be, kept in plain arrays
 *
 * The model knows each object by its address, and nothing of how mm/ works.
 * Reachability is recomputed by reading the objects themselves, word by word,
 * with a search through all objects for each word that could be an address.
 */
#ifndef TESTS_FUZZ_MODEL_H
#define TESTS_FUZZ_MODEL_H

#include <kgc/kgc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MODEL_OBJECTS = 512, /* allocated at once */
	MODEL_LINKS = 4,     /* words of an object that the input sets */
	MODEL_WEAK = 16,
	MODEL_EPHEMERONS = 16,
	MODEL_TYPES = 2,
};

enum model_final { FINAL_NONE, FINAL_SET, FINAL_QUEUED };

struct model_object {
	uintptr_t addr; /* 0: there is none */
	size_t size;	/* usable */
	size_t block;	/* what a pointer may point into: the type's word too */
	size_t asked;
	unsigned int flags;
	int type; /* 0: not typed; else 1 + its number in model.type */
	uint8_t tag;
	enum model_final final;
	enum kgc_order order;
	bool marked;
};

struct model {
	struct model_object object[MODEL_OBJECTS];
	unsigned int n; /* allocated */
	struct {
		uintptr_t target; /* base; 0: not registered */
		unsigned int flags;
	} weak[MODEL_WEAK];
	struct {
		uintptr_t key, value; /* bases; key 0: none */
	} ephemeron[MODEL_EPHEMERONS];
	uint32_t cycles;    /* collections that the model has followed */
	unsigned int nruns; /* finalizers that should have run */
	int type[MODEL_TYPES];
};
extern struct model model;
/* Outside the roots. */
extern void *model_link[MODEL_WEAK];

/* Words 0 and 2 of typed objects may be pointers; type 1 is repeated. */
enum { MODEL_TYPE_WORDS = 4, MODEL_TYPE_POINTERS = 1 << 0 | 1 << 2 };

struct model_object *model_find(uintptr_t p);
struct model_object *model_find_base(uintptr_t p);
struct model_object *model_add(uintptr_t addr, size_t asked, unsigned int flags,
			       int type, uint8_t tag);
void model_remove(struct model_object *o);
void model_fill(struct model_object *o);
void model_check_contents(const struct model_object *o, size_t size);
void model_collect(void);
void model_compare(void);

#endif /* TESTS_FUZZ_MODEL_H */
