/* SPDX-License-Identifier: MIT */
/* map.js - a cell for each page, coloured by its class and how full it is */
"use strict";

const MAP_HEIGHT = 520;		/* that the cells are chosen for */
const PALEST = 0.2;		/* of a page that has an object at all */
const MOST_OBJECTS = 40;	/* of a page, in the list */

function style_of(name) {
	return getComputedStyle(document.documentElement)
		.getPropertyValue(name);
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
				const next = (page + 1) * heap.pageSize;
				fills[page] += Math.min(end, next) - at;
				at = next;
			}
		}
		return fills;
	}

	/* The largest cells that keep the picture low. */
	measure() {
		const width = this.canvas.parentElement.clientWidth;
		let cell = 17, across, rows;
		do {
			cell--;
			across = Math.floor(width / cell);
			rows = Math.ceil(this.heap.npages / across);
		} while (cell > 3 && rows * cell > MAP_HEIGHT);
		Object.assign(this, { cell, across });
		Object.assign(this.canvas.dataset, { cell, across });
		return rows;
	}

	/* Its colour, and how strong that is. */
	look(page) {
		const { heap } = this, s = heap.page_span[page];
		const kind = heap.span_kind[s];
		const at = page - heap.span_page[s];
		if (kind === SPAN_GAP)
			return [this.none, 1];
		if (kind === SPAN_FREE)
			return [at < heap.span_released[s] ? this.none :
				this.free, 1];
		const fill = Math.min(this.fills[page] / heap.pageSize, 1);
		return [heap.groups[heap.span_group[s]][2],
			PALEST + (1 - PALEST) * fill];
	}

	draw() {
		const { heap, canvas } = this, rows = this.measure();
		const { cell, across } = this, gap = cell > 5 ? 1 : 0;
		const scale = devicePixelRatio || 1;
		canvas.width = across * cell * scale;
		canvas.height = rows * cell * scale;
		canvas.style.width = across * cell + "px";
		const context = canvas.getContext("2d");
		context.scale(scale, scale);
		this.free = style_of("--line");
		this.none = style_of("--surface");
		const x = page => page % across * cell;
		const y = page => Math.floor(page / across) * cell;
		for (let page = 0; page < heap.npages; page++) {
			[context.fillStyle, context.globalAlpha] =
				this.look(page);
			context.fillRect(x(page), y(page), cell - gap,
				cell - gap);
		}
		if (this.selected === undefined)
			return;
		context.globalAlpha = 1;
		context.strokeStyle = style_of("--ink");
		context.lineWidth = 2;
		context.strokeRect(x(this.selected) - 1, y(this.selected) - 1,
			cell + 2 - gap, cell + 2 - gap);
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
			return `${where}\none of ${heap.span_npages[s]} ` +
				"free pages";
		return `${where}\n${heap.kinds[kind]}, objects of ` +
			`${heap.span_size[s].toLocaleString("en")} bytes, ` +
			`${percent(this.fills[page], heap.pageSize)} filled`;
	}

	/* Objects that lie in the page, also in part. */
	objects(page) {
		const { heap } = this, s = heap.page_span[page];
		const lo = heap.start + page * heap.pageSize;
		const found = [];
		const end = heap.span_first[s + 1];
		for (let i = heap.span_first[s]; i < end; i++)
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
			make("p", { className: "quiet" },
				count_text(found.length, "object") +
				(more > 0 ? `, ${more} not listed` : "")),
			make("ul", { className: "columns" },
				...found.slice(0, MOST_OBJECTS).map(i =>
					make("li", {}, object_link(heap, i)))));
		this.draw();
	}
}
