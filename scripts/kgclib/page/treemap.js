/* SPDX-License-Identifier: MIT */
/*
 * treemap.js - the dominator tree as nested areas
 *
 * A level shows its largest objects, and the rest as one area that opens when
 * it is clicked; so the page has some hundred elements whatever the heap has.
 * Areas are laid out in rows along the shorter side, as long as that makes
 * them more square (Bruls, Huizing and van Wijk 2000).
 */
"use strict";

const MOST_CELLS = 200;		/* at a level, before the rest */
const LEAST_AREA = 90;		/* of one, in pixels */
const LABEL_HEIGHT = 18;

/* How far from a square the worst of a row is. */
function worst(row, sum, side) {
	const thick = sum / side;
	return Math.max(...row.map(({ area }) =>
		Math.max(thick * thick / area, area / (thick * thick))));
}

/* Gives each item x, y, w and h; they have areas that fill the box. */
function layout(items, box) {
	let { x, y, w, h } = box;
	for (let at = 0; at < items.length;) {
		const side = Math.min(w, h), row = [items[at]];
		let sum = items[at].area, next = at + 1;
		while (next < items.length) {
			const wider = [...row, items[next]];
			const total = sum + items[next].area;
			if (worst(wider, total, side) > worst(row, sum, side))
				break;
			row.push(items[next++]);
			sum = total;
		}
		const thick = sum / side;
		let along = 0;
		for (const item of row) {
			const length = item.area / thick;
			Object.assign(item, w >= h ?
				{ x, y: y + along, w: thick, h: length } :
				{ x: x + along, y, w: length, h: thick });
			along += length;
		}
		if (w >= h) {
			x += thick;
			w -= thick;
		} else {
			y += thick;
			h -= thick;
		}
		at = next;
	}
}

class Treemap {
	constructor(heap) {
		this.heap = heap;
		this.views = [{ at: heap.n, skip: 0 }];
		by_id("treemap").onmousemove = event => {
			const cell = event.target.closest(".cell");
			tip(event, cell && cell.tip);
		};
		by_id("treemap").onmouseleave = () => tip();
		legend(heap, by_id("treemap-legend"));
		this.draw();
	}

	/* What a level is made of: its objects, its own bytes, and the rest. */
	items(at, skip, area) {
		const { heap } = this, kids = heap.kept_by(at), items = [];
		let left = at === heap.n || skip ? 0 : heap.size(at);
		if (left)
			items.push({ own: at, bytes: left });
		for (let k = skip; k < kids.length; k++)
			left += heap.retained[kids[k]];
		const least = LEAST_AREA / area * left;
		let end = skip;
		for (; end < kids.length && end - skip < MOST_CELLS; end++) {
			const bytes = heap.retained[kids[end]];
			if (bytes < least && end > skip)
				break;
			items.push({ object: kids[end], bytes });
		}
		items.sort((a, b) => b.bytes - a.bytes);
		let rest = 0;
		for (let k = end; k < kids.length; k++)
			rest += heap.retained[kids[k]];
		if (rest)
			items.push({ rest: kids.length - end, skip: end, of: at,
				bytes: rest });
		return items;
	}

	fill(parent, at, skip, box, depth) {
		const area = box.w * box.h, items = this.items(at, skip, area);
		const total = items.reduce((sum, item) => sum + item.bytes, 0);
		for (const item of items)
			item.area = Math.max(item.bytes / total * area, 1e-3);
		layout(items, box);
		for (const item of items)
			if (item.w >= 2 && item.h >= 2)
				this.cell(parent, item, depth);
	}

	cell(parent, item, depth) {
		const { heap } = this;
		const i = item.object ?? item.own;
		const cell = make("div", { className: "cell", role: "button",
			tabIndex: 0 });
		parent.append(cell);
		Object.assign(cell.style, {
			left: item.x + "px", top: item.y + "px",
			width: item.w + "px", height: item.h + "px" });
		cell.tip = this.name(item);
		cell.ariaLabel = cell.tip;
		if (item.w > 62 && item.h > LABEL_HEIGHT)
			cell.append(make("span", {}, this.label(item)));
		if (i === undefined)
			cell.classList.add("plain");
		else
			cell.style.setProperty("--hue",
				heap.groups[heap.group(i)][2]);
		cell.onclick = event => {
			event.stopPropagation();
			this.enter(item);
		};
		cell.onkeydown = event => {
			if (event.key === "Enter" || event.key === " ")
				cell.onclick(event);
		};
		if (item.object === undefined)
			return;
		cell.dataset.object = i;
		const room = depth && item.w > 60 && item.h > 44;
		if (room && heap.kept_by(i).length) {
			cell.classList.add("holds");
			this.fill(cell, i, 0, {
				x: 2, y: LABEL_HEIGHT, w: item.w - 6,
				h: item.h - LABEL_HEIGHT - 4 }, depth - 1);
		}
	}

	label(item) {
		const bytes = bytes_text(item.bytes), short = item.w < 160;
		if (item.own !== undefined)
			return "itself";
		if (item.rest) {
			const others = count_text(item.rest, "other");
			return short ? others : `${others}, ${bytes}`;
		}
		const address = hex(this.heap.addr[item.object]);
		return short ? bytes : `${bytes}  ${address}`;
	}

	name(item) {
		const { heap } = this;
		const share = percent(item.bytes, heap.retained[heap.n]);
		if (item.rest)
			return `${count_text(item.rest, "smaller object")}\n` +
				`keep ${bytes_text(item.bytes)}, ${share}`;
		if (item.own !== undefined)
			return `${describe(heap, item.own)}\nitself, ${share}`;
		return `${describe(heap, item.object)}\n` +
			`keeps ${bytes_text(item.bytes)}, ${share}`;
	}

	enter(item) {
		const { heap } = this;
		tip();
		if (item.rest)
			this.views.push({ at: item.of, skip: item.skip });
		else if (item.own === undefined &&
			heap.kept_by(item.object).length)
			this.go_to(item.object);
		if (!item.rest)
			show_object(heap, item.object ?? item.own, this);
		this.draw();
	}

	/* The views that lead to an object: those that keep it. */
	go_to(i) {
		const { heap } = this;
		const chain = heap.is_reached(i) ? heap.chain(i) : [];
		if (chain.length && !heap.kept_by(i).length)
			chain.pop();
		this.views = [{ at: heap.n, skip: 0 },
			...chain.map(at => ({ at, skip: 0 }))];
	}

	crumb(view, k) {
		const { heap } = this;
		const name = view.skip ? `after the first ${view.skip}` :
			view.at === heap.n ? "all that is reached" :
			hex(heap.addr[view.at]);
		const bytes = bytes_text(heap.retained[view.at]);
		const text = view.skip ? name : `${name}, ${bytes}`;
		if (k === this.views.length - 1)
			return make("span", { ariaCurrent: "true" }, text);
		return make("button", { className: "link", type: "button",
			onclick: () => {
				this.views.length = k + 1;
				this.draw();
			} }, text);
	}

	/* The views that led here; of many the middle is left out. */
	draw_crumbs() {
		const n = this.views.length, left_out = Math.max(0, n - 8);
		const shown = [];
		for (let k = 0; k < n; k++) {
			if (left_out && k === 3) {
				shown.push(make("span", {},
					`${left_out.toLocaleString("en")} more`));
				k += left_out;
			}
			shown.push(this.crumb(this.views[k], k));
		}
		by_id("crumbs").replaceChildren(...shown);
	}

	draw() {
		const { heap } = this, box = by_id("treemap");
		const view = this.views[this.views.length - 1];
		this.draw_crumbs();
		box.replaceChildren();
		/* As in a dump of a program that is over. */
		box.hidden = !heap.retained[heap.n];
		if (box.hidden)
			by_id("crumbs").textContent = "Nothing is reached " +
				"from the roots in the dump.";
		else
			this.fill(box, view.at, view.skip, { x: 0, y: 0,
				w: box.clientWidth, h: box.clientHeight }, 6);
	}
}
