/* SPDX-License-Identifier: MIT */
/* map.js - a cell for each page, coloured by its class and how full it is */
"use strict";

const MAP_HEIGHT = 520;		/* that the cells are chosen for */
const PALEST = 0.2;		/* of a page that has an object at all */
const MOST_OBJECTS = 40;	/* of a page, in the list */

function style_of(name) {
	return getComputedStyle(document.documentElement).getPropertyValue(name);
}

class HeapMap {
	constructor(heap) {
		this.heap = heap;
		this.canvas = by_id("map");
		this.fills = this.page_fills();
		this.canvas.onmousemove = event => {
			const page = this.page_at(event);
			tip(event, page >= 0 && this.name(page));
		};
		this.canvas.onmouseleave = () => tip();
		this.canvas.onclick = event => {
			const page = this.page_at(event);
			if (page >= 0)
				this.select(page);
		};
		legend(heap, by_id("map-legend"), ["free", style_of("--line")],
			["no memory", style_of("--surface")]);
		this.draw();
	}

	/* Bytes that are allocated, page by page. */
	page_fills() {
		const { heap } = this, fills = new Float64Array(heap.npages);
		for (let i = 0; i < heap.n; i++) {
			let at = heap.addr[i] - heap.start;
			const end = at + heap.size(i);
			while (at < end) {
				const page = Math.floor(at / heap.pageSize);
				const stop = Math.min(end, (page + 1) * heap.pageSize);
				fills[page] += stop - at;
				at = stop;
			}
		}
		return fills;
	}

	/* The largest cells that keep the picture low. */
	measure() {
		const width = this.canvas.parentElement.clientWidth;
		const { npages } = this.heap;
		let cell = 16;
		while (cell > 3 && Math.ceil(npages / Math.floor(width / cell)) *
			cell > MAP_HEIGHT)
			cell--;
		this.cell = cell;
		this.across = Math.floor(width / cell);
		Object.assign(this.canvas.dataset, { cell, across: this.across });
		return Math.ceil(npages / this.across);
	}

	draw() {
		const { heap, canvas } = this, rows = this.measure(), { cell } = this;
		const scale = devicePixelRatio || 1;
		canvas.width = this.across * cell * scale;
		canvas.height = rows * cell * scale;
		canvas.style.width = this.across * cell + "px";
		const context = canvas.getContext("2d");
		context.scale(scale, scale);
		const gap = cell > 5 ? 1 : 0;
		const free = style_of("--line"), none = style_of("--surface");
		for (let page = 0; page < heap.npages; page++) {
			const s = heap.page_span[page], kind = heap.span_kind[s];
			const fill = this.fills[page] / heap.pageSize;
			const given_back = kind === SPAN_GAP || kind === SPAN_FREE &&
				page - heap.span_page[s] < heap.span_released[s];
			context.globalAlpha = kind >= SPAN_FREE ? 1 :
				PALEST + (1 - PALEST) * Math.min(fill, 1);
			context.fillStyle = given_back ? none : kind === SPAN_FREE ?
				free : heap.groups[heap.span_group[s]][2];
			context.fillRect(page % this.across * cell,
				Math.floor(page / this.across) * cell,
				cell - gap, cell - gap);
		}
		context.globalAlpha = 1;
		if (this.selected !== undefined) {
			context.strokeStyle = style_of("--ink");
			context.lineWidth = 2;
			context.strokeRect(this.selected % this.across * cell - 1,
				Math.floor(this.selected / this.across) * cell - 1,
				cell + 2 - gap, cell + 2 - gap);
		}
	}

	page_at(event) {
		const x = Math.floor(event.offsetX / this.cell);
		const y = Math.floor(event.offsetY / this.cell);
		const page = y * this.across + x;
		return x < this.across && page < this.heap.npages ? page : -1;
	}

	name(page) {
		const { heap } = this, s = heap.page_span[page];
		const where = `page ${page} at ` +
			hex(heap.start + page * heap.pageSize);
		const kind = heap.span_kind[s];
		if (kind === SPAN_GAP)
			return where + "\nno memory of the heap";
		if (kind === SPAN_FREE)
			return where + `\none of ${heap.span_npages[s]} free pages`;
		return `${where}\n${heap.kinds[kind]}, objects of ` +
			`${heap.span_size[s].toLocaleString("en")} bytes, ` +
			`${percent(this.fills[page], heap.pageSize)} filled`;
	}

	/* Objects that lie in the page, also in part. */
	objects(page) {
		const { heap } = this, s = heap.page_span[page];
		const lo = heap.start + page * heap.pageSize;
		const found = [];
		for (let i = heap.span_first[s]; i < heap.span_first[s + 1]; i++)
			if (heap.addr[i] < lo + heap.pageSize &&
				heap.addr[i] + heap.size(i) > lo)
				found.push(i);
		return found;
	}

	select(page) {
		const { heap } = this, found = this.objects(page);
		const more = found.length - MOST_OBJECTS;
		this.selected = page;
		by_id("page-body").replaceChildren(
			make("h3", {}, this.name(page)),
			make("p", { className: "quiet" }, count_text(found.length,
				"object") + (more > 0 ? `, ${more} not listed` : "")),
			make("ul", { className: "columns" },
				...found.slice(0, MOST_OBJECTS).map(i =>
					make("li", {}, object_link(heap, i)))));
		this.draw();
	}
}
