# SPDX-License-Identifier: MIT
# plot.mk - pictures of what a run left behind
#
#	LOG	a log with gctrace=1, and for the map with the lines of a dump
#	OUT	what to draw, a .png or .svg

LOG	?= build/log/run.log
OUT	?= build/plot.png

plot: ## draw the heap and the pauses of a log: LOG= OUT=plot.png or .svg
	$(Q)mkdir -p $(dir $(OUT))
	$(Q)scripts/gctrace.py --plot $(OUT) $(LOG)

heapmap: ## draw the pages of a heap dump: LOG= OUT=
	$(Q)scripts/heapmap.py $(LOG) $(OUT)

page: OUT = build/heap.html
page: ## a heap dump as a page to click through: LOG= OUT=heap.html
	$(Q)mkdir -p $(dir $(OUT))
	$(Q)scripts/heapdump.py $(LOG) --html $(OUT)

.PHONY: plot heapmap page
