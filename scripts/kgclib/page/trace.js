/* SPDX-License-Identifier: MIT */
/* trace.js - the heap and the pauses of each collection, over time */
"use strict";

const HEAP_HEIGHT = 180, PAUSE_HEIGHT = 130, AXIS_LEFT = 52, AXIS_BELOW = 36;

function svg(name, attributes, text) {
	const element = document.createElementNS("http://www.w3.org/2000/svg",
		name);
	for (const key in attributes)
		element.setAttribute(key, attributes[key]);
	if (text !== undefined)
		element.textContent = text;
	return element;
}

/* Three or so round values from 0 on. */
function ticks(most) {
	const rough = most / 3, unit = 10 ** Math.floor(Math.log10(rough || 1));
	const step = [1, 2, 5, 10].find(k => k * unit >= rough) * unit;
	const values = [];
	for (let k = 0; k * step <= most * 1.0001; k++)
		values.push(+(k * step).toPrecision(6));
	return values;
}

class Timeline {
	constructor(heap) {
		this.cycles = heap.cycles;
		this.timed = this.cycles.every(c => c.time !== null);
		by_id("trace-facts").textContent = this.facts(heap);
		by_id("trace-legend").hidden = !this.cycles.length;
		if (this.cycles.length)
			this.draw();
	}

	facts(heap) {
		if (!this.cycles.length)
			return "No line of gctrace=1 came with the dump.";
		const left_out = heap.cyclesLeftOut;
		const n = this.cycles.length + left_out;
		const longest = Math.max(...this.cycles.map(c => c.pause));
		let text = count_text(n, "collection") +
			`, the longest pause ${longest.toFixed(3)} ms`;
		if (!this.cycles.every(c => c.exact))
			text += " (mark and all of rest: debuggc=1 tells)";
		if (left_out)
			text += `; ${left_out} shorter ones are not shown`;
		return text + ".";
	}

	when(cycle) {
		return this.timed ? cycle.time : cycle.number;
	}

	scale() {
		const { cycles } = this;
		const from = this.when(cycles[0]);
		const to = this.when(cycles[cycles.length - 1]);
		const width = this.width - AXIS_LEFT - 12;
		/* A single one stands in the middle. */
		this.x = c => AXIS_LEFT + (to > from ?
			(this.when(c) - from) / (to - from) : 0.5) * width;
		return [from, to];
	}

	/* One plot: its frame, its unit, and a function from value to y. */
	frame(root, top, height, most, unit) {
		const y = value => top + height - value / most * height;
		for (const value of ticks(most)) {
			const at = y(value);
			root.append(svg("line", { class: "grid", x1: AXIS_LEFT,
				x2: this.width - 12, y1: at, y2: at }));
			root.append(svg("text", { x: AXIS_LEFT - 6, y: at + 4,
				"text-anchor": "end" }, value));
		}
		root.append(svg("text", { x: AXIS_LEFT, y: top - 8 }, unit));
		return y;
	}

	heap(root) {
		const { cycles, x } = this;
		const most = Math.max(0.1, ...cycles.map(c => c.before));
		const y = this.frame(root, 24, HEAP_HEIGHT, most * 1.05,
			"heap, MB");
		const left = `${x(cycles[0])},${y(0)}`;
		const right = `${x(cycles[cycles.length - 1])},${y(0)}`;
		const low = c => `${x(c)},${y(c.after)}`;
		const high = c => `${x(c)},${y(c.before)}`;
		const live = cycles.map(low).join(" ");
		const saw = cycles.map(c => `${high(c)} ${low(c)}`).join(" ");
		root.append(
			svg("polygon", { fill: "var(--live)", opacity: 0.3,
				points: `${left} ${live} ${right}` }),
			svg("polyline", { fill: "none", stroke: "var(--live)",
				"stroke-width": 2, points: live }),
			svg("polyline", { fill: "none", stroke: "var(--before)",
				points: saw }));
		if (cycles.length < 60)
			for (const c of cycles)
				root.append(svg("circle", { cx: x(c),
					cy: y(c.before), r: 3,
					fill: "var(--before)" }));
	}

	pauses(root) {
		const { cycles, x } = this, top = HEAP_HEIGHT + 64;
		const most = Math.max(1e-3, ...cycles.map(c =>
			Math.max(c.pause, c.sweep)));
		const y = this.frame(root, top, PAUSE_HEIGHT, most * 1.05,
			"time, ms");
		for (const c of cycles) {
			root.append(svg("line", { x1: x(c), x2: x(c), y1: y(0),
				y2: y(c.pause), stroke: "var(--pause)",
				"stroke-width": 2, "data-cycle": c.number }));
			root.append(svg("circle", { cx: x(c), cy: y(c.sweep),
				r: 2, fill: "var(--sweep)" }));
		}
	}

	draw() {
		const box = by_id("trace");
		this.width = box.clientWidth;
		const height = HEAP_HEIGHT + PAUSE_HEIGHT + 64 + AXIS_BELOW;
		const root = svg("svg", { width: this.width, height,
			role: "img",
			"aria-label": "heap and pauses of each collection" });
		const [from, to] = this.scale();
		this.heap(root);
		this.pauses(root);
		const name = when => this.timed ? `${when.toFixed(2)} s` :
			`gc${when}`;
		const y = height - 16;
		root.append(svg("text", { x: AXIS_LEFT, y }, name(from)));
		if (to > from)
			root.append(svg("text", { x: this.width - 12, y,
				"text-anchor": "end" }, name(to)));
		this.line = svg("line", { y1: 24, y2: height - AXIS_BELOW,
			stroke: "var(--ink)", visibility: "hidden" });
		root.append(this.line);
		root.onmousemove = event => this.hover(event);
		root.onmouseleave = () => {
			this.line.setAttribute("visibility", "hidden");
			tip();
		};
		box.replaceChildren(root);
	}

	hover(event) {
		const x = event.clientX -
			by_id("trace").getBoundingClientRect().left;
		const far = c => Math.abs(this.x(c) - x);
		const best = this.cycles.reduce((a, b) =>
			far(b) < far(a) ? b : a);
		this.line.setAttribute("x1", this.x(best));
		this.line.setAttribute("x2", this.x(best));
		this.line.setAttribute("visibility", "visible");
		tip(event, `gc${best.number}` + (this.timed ?
			` at ${best.time.toFixed(3)} s` : "") +
			`\npause ${best.pause.toFixed(3)} ms, ` +
			`sweep ${best.sweep.toFixed(3)} ms` +
			`\n${best.before.toFixed(1)} -> ` +
			`${best.after.toFixed(1)} MB, ` +
			count_text(best.objects, "object"));
	}
}
