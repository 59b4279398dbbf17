// SPDX-License-Identifier: MIT
/*
 * graph.c - fuzz target: the reader of heap graphs
 *
 * What it takes for good is walked to the end: numbers must be in range.
 */
#include <string.h>

#include "internal.h"
#include "fuzz.h"

enum { HEADER = 104, AT_CRC = 80 };

static void walk_nodes(const struct graph_file *f)
{
	struct graph_walk w;
	uint32_t nodes = 0, edges = 0;

	graph_walk_start(&w, f);
	while (graph_walk_node(&w)) {
		must(w.node == nodes++);
		must(graph_node_size(&w) >= w.size / 2);
		while (graph_walk_edge(&w)) {
			must(w.target < f->nnodes);
			edges++;
		}
	}
	must(nodes == f->nnodes && edges == f->nedges);
}

static void walk_roots(const struct graph_file *f)
{
	struct graph_roots r;
	uint32_t n = 0;

	graph_roots_start(&r, f);
	for (; graph_roots_next(&r); n++)
		must(r.root < f->nnodes);
	must(n == f->nroots);
}

static void take(const uint8_t *data, size_t size)
{
	struct fault fault = { 0 };
	struct graph_file f;
	struct graph_case c;

	if (!graph_file_open(&f, data, size, &fault)) {
		must(fault.what && fault.at <= size);
		return;
	}
	walk_nodes(&f);
	walk_roots(&f);
	for (uint32_t i = 0; i < f.ncases; i++)
		graph_case_read(&c, &f, i);
}

/* As it is, and with the sum that it should have: the rest is read then. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *sealed;
	uint32_t crc;

	take(data, size);
	if (size < HEADER)
		return 0;
	sealed = malloc(size);
	memcpy(sealed, data, size);
	crc = crc32_of(data + HEADER, size - HEADER);
	memcpy(sealed + AT_CRC, &crc, sizeof(crc));
	take(sealed, size);
	free(sealed);
	return 0;
}
