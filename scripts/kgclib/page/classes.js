/* SPDX-License-Identifier: MIT */
/* classes.js - the table of kinds and sizes; a heading sorts by its column */
"use strict";

const COLUMNS = ["kind", "size", "spans", "objects", "bytes", "filled"];

/* By kind and size, "large" being one of all sizes, as heapdump.py sums up. */
function class_rows(heap) {
	const rows = new Map();
	heap.span_kind.forEach((kind, s) => {
		if (kind >= SPAN_FREE)
			return;
		const size = heap.span_class[s] ? heap.span_size[s] : 0;
		const key = kind * 2 ** 32 + size;
		if (!rows.has(key))
			rows.set(key, { kind: heap.kinds[kind], order: key,
				size, spans: 0, objects: 0, bytes: 0,
				pages: 0 });
		const row = rows.get(key);
		row.spans++;
		row.objects += heap.span_count[s];
		row.bytes += heap.span_count[s] * heap.span_size[s];
		row.pages += heap.span_npages[s];
	});
	for (const row of rows.values())
		row.filled = row.bytes / (row.pages * heap.pageSize);
	return [...rows.values()].sort((a, b) => a.order - b.order);
}

function class_cells(row, most) {
	const bar = make("span", { className: "bar" });
	bar.style.width = (row.bytes / most * 6).toFixed(2) + "rem";
	const bar_cell = make("td", {}, bar);
	bar_cell.style.textAlign = "left";
	return [
		...[row.kind, row.size || "large", row.spans, row.objects,
			row.bytes, percent(row.filled, 1)].map(value =>
			make("td", {}, typeof value === "number" ?
				value.toLocaleString("en") : value)),
		bar_cell];
}

/* Sorts by the column; numbers fall at first, names rise. */
function sort_rows(rows, name, cell) {
	const up = cell.ariaSort ? cell.ariaSort === "descending" :
		name === "kind";
	const value = row => name === "kind" ? row.order : row[name];
	for (const other of cell.parentElement.cells)
		other.removeAttribute("aria-sort");
	cell.ariaSort = up ? "ascending" : "descending";
	rows.sort((a, b) => up ? value(a) - value(b) : value(b) - value(a));
}

function show_classes(heap) {
	const body = make("tbody"), rows = class_rows(heap);
	const most = Math.max(...rows.map(row => row.bytes));
	const fill = () => body.replaceChildren(...rows.map(row =>
		make("tr", {}, ...class_cells(row, most))));
	const head = COLUMNS.map(name => {
		const cell = make("th", { scope: "col" });
		cell.append(make("button", { type: "button", onclick: () => {
			sort_rows(rows, name, cell);
			fill();
		} }, name));
		return cell;
	});
	by_id("classes").replaceChildren(make("thead", {},
		make("tr", {}, ...head,
			make("th", { ariaLabel: "bytes, as a bar" }))), body);
	fill();
}
