/* SPDX-License-Identifier: MIT */
/* text.js - numbers and objects as words, and elements made of them */
"use strict";

function by_id(id) {
	return document.getElementById(id);
}

/* An element with properties and children; a string child is text. */
function make(name, properties, ...children) {
	const element = document.createElement(name);
	Object.assign(element, properties);
	element.append(...children);
	return element;
}

/* A number and its unit stay on one line. */
function bytes_text(n) {
	const [value, unit] = n >= 1 << 20 ?
		[(n / (1 << 20)).toFixed(1), "MB"] :
		n >= 10240 ? [(n / 1024).toFixed(1), "KB"] : [n, "B"];
	return `${value}\u00a0${unit}`;
}

function count_text(n, one) {
	return `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
}

function hex(address) {
	return "0x" + address.toString(16);
}

function percent(part, whole) {
	return (whole ? 100 * part / whole : 0).toFixed(1) + " %";
}

/* As heapdump.py describes an object. */
function describe(heap, i) {
	return `${hex(heap.addr[i])} of ${heap.size(i)} bytes ` +
		`(${heap.kind(i)})`;
}

/* Links go to an address; page.js shows what lies there. */
function object_link(heap, i) {
	return make("a", { href: "#" + hex(heap.addr[i]) }, describe(heap, i));
}

function legend(heap, element, ...more) {
	const swatch = (color, text) => {
		const box = make("i");
		box.style.background = color;
		return make("span", {}, box, text);
	};
	element.replaceChildren(
		...heap.groups.map(([text, , color]) => swatch(color, text)),
		...more.map(([text, color]) => swatch(color, text)));
}

/* A note beside the pointer; without text, none. */
function tip(event, text) {
	const box = by_id("tip");
	box.hidden = !text;
	if (!text)
		return;
	box.textContent = text;
	const { offsetWidth: width, offsetHeight: height } = box;
	const x = Math.min(event.clientX + 14, innerWidth - width - 4);
	const y = event.clientY + 18 + height > innerHeight ?
		event.clientY - height - 10 : event.clientY + 18;
	box.style.left = Math.max(4, x) + "px";
	box.style.top = Math.max(4, y) + "px";
}
