/* SPDX-License-Identifier: MIT */
/*
 * heap.js - the columns that page.py packed, and what follows from them
 *
 * Objects are numbers, in the order of their addresses; the number n, one past
 * the last, stands for all roots together.  Nothing is an object per object.
 */
"use strict";

const NONE = 0xffffffff;
const SPAN_FREE = 254, SPAN_GAP = 255;
const FLAGS = ["sampled", "has a finalizer", "its finalizer is due",
	"has weak links", "key of an ephemeron"];

async function inflate(text) {
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let i = 0; i < bytes.length; i++)
		bytes[i] = binary.charCodeAt(i);
	const stream = new Blob([bytes]).stream()
		.pipeThrough(new DecompressionStream("deflate"));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

/* A column's lowest bytes come first, then its second lowest, ... */
function unpack(table, bytes) {
	const arrays = { 1: Uint8Array, 4: Uint32Array, 8: Float64Array };
	const columns = {};
	let at = 0;
	for (const [name, width, length] of table) {
		const column = new arrays[width](length);
		for (let scale = 1; scale < 256 ** width; scale *= 256)
			for (let i = 0; i < length; i++)
				column[i] += bytes[at++] * scale;
		columns[name] = column;
	}
	return columns;
}

/* Where each run begins, of runs that have these lengths. */
function starts(lengths) {
	const first = new Uint32Array(lengths.length + 1);
	for (let i = 0; i < lengths.length; i++)
		first[i + 1] = first[i] + lengths[i];
	return first;
}

/* The greatest i that has sorted[i] <= value, or -1. */
function last_not_above(sorted, value) {
	let lo = 0, hi = sorted.length;
	while (lo < hi) {
		const mid = (lo + hi) >> 1;
		if (sorted[mid] <= value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

class Heap {
	constructor(info, columns) {
		Object.assign(this, info, columns);
		this.n = info.nobjects;
		this.read_spans();
		this.read_objects();
		this.sum_up();
		this.site_of = new Map();
		this.sampled.forEach((i, k) =>
			this.site_of.set(i, this.sampled_site[k]));
		this.has_edges = "to" in columns;
		if (this.has_edges)
			this.first = starts(this.edges);
		this.values = new Map();
		this.ephemeron_key.forEach((key, k) => {
			if (!this.values.has(key))
				this.values.set(key, []);
			this.values.get(key).push(this.ephemeron_value[k]);
		});
	}

	read_spans() {
		this.span_page = starts(this.span_npages);
		this.span_first = starts(this.span_count);
		this.page_span = new Uint32Array(this.npages);
		this.span_npages.forEach((npages, s) => this.page_span.fill(s,
			this.span_page[s], this.span_page[s] + npages));
	}

	read_objects() {
		this.addr = new Float64Array(this.n);
		this.span = new Uint32Array(this.n);
		let at = this.start;
		for (let i = 0; i < this.n; i++) {
			at += this.step[i] * 8;
			this.addr[i] = at;
		}
		this.span_count.forEach((count, s) => this.span.fill(s,
			this.span_first[s], this.span_first[s] + count));
	}

	/* What each object keeps, and whom, by its place in the tree. */
	sum_up() {
		const { n, dominator } = this;
		const left = new Uint32Array(n + 1);
		const leaves = [];
		this.retained = new Float64Array(n + 1);
		for (let i = 0; i < n; i++)
			if (dominator[i] !== NONE)
				left[dominator[i]]++;
		this.kid_first = starts(left);
		const fill = this.kid_first.slice();
		this.kids = new Uint32Array(this.kid_first[n + 1]);
		for (let i = 0; i < n; i++) {
			if (dominator[i] === NONE)
				continue;
			this.kids[fill[dominator[i]]++] = i;
			this.retained[i] = this.size(i);
			if (!left[i])
				leaves.push(i);
		}
		while (leaves.length) {
			const i = leaves.pop(), by = dominator[i];
			this.retained[by] += this.retained[i];
			if (--left[by] === 0 && by !== n)
				leaves.push(by);
		}
	}

	size(i) {
		return this.span_size[this.span[i]];
	}

	kind(i) {
		return this.kinds[this.span_kind[this.span[i]]];
	}

	group(i) {
		return this.span_group[this.span[i]];
	}

	is_reached(i) {
		return this.dominator[i] !== NONE;
	}

	/* Those that only this object keeps, the greatest first. */
	kept_by(i) {
		this.sorted ||= new Map();
		if (!this.sorted.has(i))
			this.sorted.set(i, this.kids.slice(this.kid_first[i],
				this.kid_first[i + 1]).sort((a, b) =>
				this.retained[b] - this.retained[a] || a - b));
		return this.sorted.get(i);
	}

	find(address) {
		const i = last_not_above(this.addr, address);
		return i >= 0 && address < this.addr[i] + this.size(i) ? i : -1;
	}

	targets(i) {
		return this.to.subarray(this.first[i], this.first[i + 1]);
	}

	referrers(i) {
		const found = [];
		for (let e = this.to.indexOf(i); e >= 0;
			e = this.to.indexOf(i, e + 1)) {
			const by = last_not_above(this.first, e);
			if (found[found.length - 1] !== by)
				found.push(by);
		}
		return found;
	}

	/* What keeps it, the outermost first, itself last. */
	chain(i) {
		const chain = [];
		for (; i !== this.n && i !== NONE; i = this.dominator[i])
			chain.push(i);
		return chain.reverse();
	}

	/* Breadth first from the roots: by whom each object was found first. */
	search() {
		const { n } = this;
		const via = new Uint32Array(n).fill(NONE);
		const queue = new Uint32Array(n);
		let end = 0;
		const visit = (i, by) => {
			if (via[i] === NONE) {
				via[i] = by;
				queue[end++] = i;
			}
		};
		for (const root of this.roots)
			visit(root[1], n);
		for (let i = 0; i < n; i++)
			if (this.kind(i).startsWith("uncollectable"))
				visit(i, n);
		for (let k = 0; k < end; k++) {
			const i = queue[k];
			for (let e = this.first[i]; e < this.first[i + 1]; e++)
				visit(this.to[e], i);
			for (const value of this.values.get(i) || [])
				visit(value, i);
		}
		return via;
	}

	/* A shortest chain from a root to the object, both in it. */
	path(i) {
		this.via ||= this.search();
		const path = [];
		for (; i !== this.n && i !== NONE; i = this.via[i])
			path.push(i);
		return path.reverse();
	}
}
