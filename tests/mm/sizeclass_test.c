// SPDX-License-Identifier: MIT
/*
 * sizeclass_test.c - the table of classes, word for word
 *
 * The 60 lines are those of Go 2011 as its runtime had them.
 */
#include "own.h"

static const struct {
	uint16_t size;
	uint8_t npages;
	uint16_t nelems;
} table[KGC_NCLASSES] = {
	{ 0, 0, 0 },	  { 8, 1, 512 },   { 16, 1, 256 },   { 32, 1, 128 },
	{ 48, 1, 85 },	  { 64, 1, 64 },   { 80, 1, 51 },    { 96, 1, 42 },
	{ 112, 1, 36 },	  { 128, 1, 32 },  { 144, 1, 28 },   { 160, 1, 25 },
	{ 176, 1, 23 },	  { 192, 1, 21 },  { 208, 1, 19 },   { 224, 1, 18 },
	{ 240, 1, 17 },	  { 256, 1, 16 },  { 288, 1, 14 },   { 320, 1, 12 },
	{ 352, 1, 11 },	  { 384, 1, 10 },  { 448, 1, 9 },    { 512, 1, 8 },
	{ 576, 1, 7 },	  { 640, 1, 6 },   { 704, 2, 11 },   { 768, 1, 5 },
	{ 832, 2, 9 },	  { 1024, 1, 4 },  { 1152, 2, 7 },   { 1280, 1, 3 },
	{ 1408, 3, 8 },	  { 1536, 2, 5 },  { 1664, 3, 7 },   { 2048, 1, 2 },
	{ 2304, 3, 5 },	  { 2560, 2, 3 },  { 3072, 3, 4 },   { 3328, 5, 6 },
	{ 4096, 1, 1 },	  { 4352, 6, 5 },  { 4608, 5, 4 },   { 5120, 4, 3 },
	{ 6144, 3, 2 },	  { 6656, 5, 3 },  { 6912, 7, 4 },   { 8192, 2, 1 },
	{ 8704, 7, 3 },	  { 10240, 5, 2 }, { 10496, 8, 3 },  { 12288, 3, 1 },
	{ 14080, 7, 2 },  { 16384, 4, 1 }, { 17664, 9, 2 },  { 20480, 5, 1 },
	{ 21248, 11, 2 }, { 24576, 6, 1 }, { 24832, 13, 2 }, { 28672, 7, 1 },
	{ 32768, 8, 1 },
};

static struct sizeclasses classes;

static void init(void)
{
	memset(&classes, 0, sizeof(classes));
	EXPECT_EQ(sizeclass_init(&classes), KGC_NCLASSES);
}

KTEST(mm_sizeclass, table_is_that_of_go)
{
	unsigned int c;

	init();
	for (c = 1; c < KGC_NCLASSES; c++) {
		EXPECT_EQ(classes.of[c].size, table[c].size);
		EXPECT_EQ(classes.of[c].npages, table[c].npages);
		EXPECT_EQ(classes.of[c].nelems, table[c].nelems);
	}
	EXPECT_EQ(classes.of[0].size, 0);
}

KTEST(mm_sizeclass, every_size_takes_least_class)
{
	unsigned int c = 1;
	size_t size;

	init();
	EXPECT_EQ(sizeclass_of(&classes, 0), 1);
	for (size = 1; size <= SMALL_MAX; size++) {
		if (size > table[c].size)
			c++;
		ASSERT_EQ(sizeclass_of(&classes, size), c);
	}
	EXPECT_EQ(c, KGC_NCLASSES - 1);
}

KTEST(mm_sizeclass, classes_keep_alignment)
{
	unsigned int c;

	init();
	EXPECT_EQ(classes.of[1].size, 8);
	for (c = 2; c < KGC_NCLASSES; c++)
		EXPECT_EQ(classes.of[c].size % 16, 0);
}

KTEST(mm_sizeclass, waste_is_bounded)
{
	size_t size, bytes;
	unsigned int c;

	init();
	for (c = 1; c < KGC_NCLASSES; c++) {
		bytes = classes.of[c].npages * PAGE_SIZE;
		size = classes.of[c].size;
		EXPECT((bytes - classes.of[c].nelems * size) * 1000 <=
		       bytes * 115);
		if (size > 128)
			EXPECT((size - classes.of[c - 1].size - 1) * 1000 <=
			       size * 188);
	}
}

KTEST(mm_sizeclass, reciprocal_divides_exactly)
{
	uint32_t off, end, index, next;
	unsigned int c;

	init();
	for (c = 1; c < KGC_NCLASSES; c++) {
		end = classes.of[c].npages * PAGE_SIZE;
		index = 0;
		next = classes.of[c].size;
		for (off = 0; off < end; off++) {
			if (off == next) {
				index++;
				next += classes.of[c].size;
			}
			ASSERT_EQ((uint64_t)off * classes.of[c].magic >> 32,
				  index);
		}
	}
}
