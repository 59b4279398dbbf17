/* SPDX-License-Identifier: MIT */
/* page.js - read what the page has, and fill it */
"use strict";

function show_facts(heap) {
	const reached = heap.retained[heap.n];
	let total = 0;
	heap.span_count.forEach((count, s) => {
		total += count * heap.span_size[s];
	});
	document.title = heap.title;
	by_id("title").textContent = heap.title;
	by_id("facts").textContent = [
		count_text(heap.n, "object") + ", " + bytes_text(total),
		bytes_text(reached) + " reached",
		count_text(heap.nedges, "edge"),
		count_text(heap.npages, "page") +
			` of ${heap.pageSize} bytes from ${hex(heap.start)}`,
		`words of ${heap.wordSize} bytes`].join("; ") + "." +
		(heap.has_edges ? "" :
			" Edges were left out: too many for a page.");
}

async function start() {
	const info = JSON.parse(by_id("info").textContent);
	const bytes = await inflate(by_id("data").textContent);
	const heap = new Heap(info, unpack(info.columns, bytes));
	show_facts(heap);
	show_classes(heap);
	treemap = new Treemap(heap);
	const map = new HeapMap(heap);
	const timeline = new Timeline(heap);
	by_id("find").onsubmit = event => {
		event.preventDefault();
		find(heap, by_id("query").value.trim());
	};
	const redraw = () => {
		treemap.draw();
		map.draw();
		if (timeline.cycles.length)
			timeline.draw();
	};
	addEventListener("resize", redraw);
	addEventListener("hashchange", () => follow_hash(heap));
	follow_hash(heap);
	matchMedia("(prefers-color-scheme: dark)")
		.addEventListener("change", redraw);
	document.body.dataset.ready = "yes";
}

start().catch(error => {
	by_id("facts").textContent = "This page cannot be shown: " + error;
});
