/* SPDX-License-Identifier: MIT */
/* object.js - what is known of one object, and the search for it */
"use strict";

const MOST_LISTED = 100;	/* of anything in a list */
const MOST_LINKS = 24;		/* of a chain: half from each end */

let treemap;			/* follows what is shown */

function list(heap, name, objects, none) {
	const more = objects.length - MOST_LISTED;
	const head = `${name} ${objects.length.toLocaleString("en")}`;
	const items = Array.from(objects.slice(0, MOST_LISTED), i =>
		make("li", {}, object_link(heap, i)));
	if (more > 0)
		items.push(make("li", {}, `${more.toLocaleString("en")} more`));
	return make("div", {},
		make("h3", {}, head),
		items.length ? make("ul", {}, ...items) :
			make("p", { className: "quiet" }, none));
}

/* A chain, each link with what it keeps; the middle of a long one goes. */
function chain_list(heap, id, name, chain, start) {
	const link = i => make("li", {}, object_link(heap, i),
		` keeps ${bytes_text(heap.retained[i])}`);
	const half = MOST_LINKS / 2, more = chain.length - MOST_LINKS;
	const items = more <= 0 ? chain.map(link) : [
		...chain.slice(0, half).map(link),
		make("li", {}, `${more.toLocaleString("en")} more`),
		...chain.slice(-half).map(link)];
	return make("div", {}, make("h3", {}, name), make("ol", { id },
		make("li", {}, start), ...items));
}

function root_names(heap, i) {
	const names = heap.roots.filter(([, target]) => target === i)
		.map(([word, , , name]) => `${name} (at 0x${word})`);
	if (heap.kind(i).startsWith("uncollectable"))
		names.push("is uncollectable");
	return names;
}

function stack_text(stack) {
	return stack.slice(0, 6).join(" < ");
}

function site_text(heap, number) {
	const site = heap.sites.find(([n]) => n === number);
	return `site ${number}: ` + (site ? stack_text(site[5]) : "");
}

function object_facts(heap, i) {
	const facts = [];
	if (heap.is_reached(i))
		facts.push(`keeps ${heap.retained[i]} bytes, ` +
			percent(heap.retained[i], heap.retained[heap.n]) +
			" of what is reached");
	else
		facts.push("not reached from any root");
	FLAGS.slice(1).forEach((text, k) => {
		if (heap.flags[i] & 2 << k)
			facts.push(text);
	});
	if (heap.site_of.has(i))
		facts.push("allocated by " +
			site_text(heap, heap.site_of.get(i)));
	for (const name of root_names(heap, i))
		facts.push("root: " + name);
	return facts;
}

function why_lists(heap, i) {
	if (!heap.is_reached(i))
		return [];
	const parts = [chain_list(heap, "kept", "Kept by", heap.chain(i),
		"all roots")];
	if (heap.has_edges) {
		const path = heap.path(i), [first] = root_names(heap, path[0]);
		parts.push(chain_list(heap, "path", "A shortest path to it",
			path, first || "a root"));
	}
	return parts;
}

function edge_lists(heap, i) {
	if (!heap.has_edges)
		return [make("p", { className: "quiet" },
			"Paths and references are not in this page: the heap " +
			`has ${count_text(heap.nedges, "edge")}.`)];
	const by = heap.referrers(i), to = heap.targets(i);
	const parts = [
		list(heap, "Referred to by", by, "no object"),
		list(heap, "Refers to", to, "no object")];
	if (heap.values.has(i))
		parts.push(list(heap, "Keeps as an ephemeron's key",
			heap.values.get(i), ""));
	return parts;
}

/* @from: the treemap, if it was clicked there, and so shows it already. */
function show_object(heap, i, from) {
	by_id("object").hidden = false;
	by_id("object-body").replaceChildren(
		make("p", { id: "object-name" }, make("strong", {},
			describe(heap, i))),
		make("ul", { id: "object-facts" }, ...object_facts(heap, i).map(
			fact => make("li", {}, fact))),
		make("div", { className: "columns" }, ...why_lists(heap, i),
			...edge_lists(heap, i)));
	if (from)
		return;
	treemap.go_to(i);
	treemap.draw();
	by_id("object").scrollIntoView({ block: "nearest" });
}

function site_entry(heap, [number, live, bytes, ever, , stack]) {
	const here = [...heap.site_of].filter(([, site]) => site === number)
		.map(([i]) => i);
	return make("div", { className: "site" },
		make("h3", {}, `site ${number}: ${stack_text(stack)}`),
		make("p", { className: "quiet" }, `${live} of ${ever} ` +
			`sampled objects live, ${bytes_text(bytes)}`),
		make("ul", { className: "columns" },
			...here.slice(0, MOST_LISTED).map(i =>
				make("li", {}, object_link(heap, i)))));
}

/* By the address of the page, so that going back goes back. */
function go_to(heap, i) {
	const hash = "#" + hex(heap.addr[i]);
	if (location.hash === hash)
		show_object(heap, i);
	else
		location.hash = hash;
}

function follow_hash(heap) {
	const i = heap.find(Number(location.hash.slice(1) || NaN));
	if (i >= 0)
		show_object(heap, i);
}

/* By number, as "site 12", or by a part of a name in the stack. */
function sites_like(heap, query) {
	const number = /^site ([0-9]+)$/.exec(query);
	const part = query.toLowerCase();
	return heap.sites.filter(([n, , , , , stack]) => number ?
		n === Number(number[1]) :
		stack.some(name => name.toLowerCase().includes(part)));
}

/* An address in any base that C has; else part of a site's text. */
function find(heap, query) {
	const found = by_id("found");
	found.replaceChildren();
	if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(query)) {
		const i = heap.find(Number(query));
		if (i >= 0)
			go_to(heap, i);
		else
			found.append(`${query} is in no object.`);
		return;
	}
	const sites = sites_like(heap, query);
	if (!query || !sites.length)
		found.append(!query ? "" : !heap.sites.length ?
			"The dump has no sites: the profile was off." :
			`No address, and no site that has "${query}".`);
	found.append(...sites.slice(0, 8).map(site => site_entry(heap, site)));
	if (sites.length > 8)
		found.append(`${sites.length - 8} more sites.`);
}
