// SPDX-License-Identifier: MIT

// The benchmarks in Go: the workloads of the folder above, as main.c there runs
// them, with the same arguments, the same lines, and the same sums.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What a workload sets; see bench.h.
var ops, bytes uint64

type workload struct {
	nargs int
	setup func(args []string)
	run   func() uint64
	check func() uint64
}

var workloads = map[string]workload{
	"graph": {1, graphSetup, collect, graphCheck},
	"shape": {2, shapeSetup, collect, shapeCheck},
	"trace": {1, traceSetup, traceRun, nil},
	"trees": {1, treesSetup, treesRun, nil},
	"churn": {4, churnSetup, churnRun, nil},
	"tasks": {1, tasksSetup, collect, tasksCheck},
	"final": {1, finalSetup, finalRun, nil},
}

func die(what, why string) {
	fmt.Fprintf(os.Stderr, "%s: %s\n", what, why)
	os.Exit(1)
}

func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		die(text, "not a number")
	}
	return n
}

// The sequence of bench_random() of bench.h.
func randomNext(state *uint64) uint64 {
	*state += 0x9e3779b97f4a7c15
	x := *state
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func fmix32(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

func collect() uint64 {
	runtime.GC()
	return 0
}

func cpuNow() int64 {
	var u syscall.Rusage

	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

var residentBefore uint64

func residentPeak() uint64 {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) > 1 && f[0] == "VmHWM:" {
			return number(f[1]) << 10
		}
	}
	return 0
}

func peakStart() {
	if os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		die("clear_refs", "cannot be written")
	}
	residentBefore = residentPeak()
}

func runOnce(w workload) {
	var stats, old runtime.MemStats
	var peak uint64

	runtime.ReadMemStats(&old)
	cpu, start := cpuNow(), time.Now()
	sum := w.run()
	ns := time.Since(start).Nanoseconds()
	cpu = cpuNow() - cpu
	if residentBefore > 0 {
		peak = residentPeak() - residentBefore
	}
	if w.check != nil {
		sum += w.check()
	}
	runtime.ReadMemStats(&stats)
	fmt.Printf("cpu=%d ns=%d peak=%d ops=%d bytes=%d check=%d "+
		"pause=%d collections=%d sys=%d\n", cpu, ns, peak, ops, bytes,
		sum, stats.PauseTotalNs-old.PauseTotalNs,
		stats.NumGC-old.NumGC, stats.HeapSys)
}

func main() {
	args := os.Args[1:]
	count, asked := uint64(0), true

	if len(args) > 1 && args[0] == "-n" {
		count, asked = number(args[1]), false
		args = args[2:]
	}
	if len(args) == 0 {
		die("usage", "go [-n COUNT] WORKLOAD [ARGUMENT]...")
	}
	w, ok := workloads[args[0]]
	if !ok || w.nargs != len(args)-1 {
		die(args[0], "no such workload, or other arguments")
	}
	w.setup(args[1:])
	fmt.Println("ready")
	if asked {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			runOnce(w)
		}
	}
	for ; count > 0; count-- {
		runOnce(w)
	}
}
