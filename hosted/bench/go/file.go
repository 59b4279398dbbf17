// SPDX-License-Identifier: MIT

package main

import (
	"encoding/binary"
	"os"
	"runtime/debug"
	"unsafe"
)

const sample = 64

type reader struct {
	data []byte
	at   int
}

func (r *reader) leb() uint32 {
	var v uint32
	for s := 0; ; s += 7 {
		b := r.data[r.at]
		r.at++
		v |= uint32(b&0x7f) << s
		if b&0x80 == 0 {
			return v
		}
	}
}

func fileRead(path, magic string) []byte {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < 104 || string(data[:8]) != magic {
		die(path, "missing, or of another kind")
	}
	return data
}

func u32(data []byte, at int) uint32 {
	return binary.LittleEndian.Uint32(data[at:])
}

// A full collection of a real program's heap; see graph.c.  Tables of addresses
// are of integers, which the collector does not follow.
type node struct {
	size   uint32
	noscan bool
	edge0  uint32
	target []uint32
}

var graphNodes []node
var graphAddr []uintptr
var graphRoot []unsafe.Pointer
var graphSeen []bool

func graphRead(data []byte) (roots []uint32) {
	n, nroots := u32(data, 16), u32(data, 24)
	graphNodes = make([]node, n)
	r := reader{data, int(u32(data, 40))}
	edge := uint32(0)
	for i := range graphNodes {
		v := r.leb()
		g := &graphNodes[i]
		g.size, g.noscan, g.edge0 = v>>1, v&1 != 0, edge
		if g.noscan {
			continue
		}
		g.target = make([]uint32, r.leb())
		last := uint32(i)
		for k := range g.target {
			z := r.leb()
			last += z>>1 ^ -(z & 1)
			g.target[k] = last
		}
		edge += uint32(len(g.target))
	}
	r.at = int(u32(data, 48))
	last := uint32(0)
	for ; nroots > 0; nroots-- {
		last += r.leb()
		roots = append(roots, last)
	}
	return
}

// The blocks, kept by a slice that is let go when they are connected.
func graphPlace() []unsafe.Pointer {
	block := make([]unsafe.Pointer, len(graphNodes))
	for i := range graphNodes {
		g := &graphNodes[i]
		if g.noscan {
			b := make([]byte, g.size)
			for k := range b {
				b[k] = 1
			}
			block[i] = unsafe.Pointer(&b[0])
		} else {
			words := (g.size + 7) / 8
			if words == 0 {
				words = 1
			}
			block[i] = unsafe.Pointer(&make([]unsafe.Pointer, words)[0])
		}
		graphAddr[i] = uintptr(block[i])
	}
	return block
}

func word(p unsafe.Pointer, i int) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(p, i*8))
}

func graphSetup(args []string) {
	roots := graphRead(fileRead(args[0], "HGRAPH1\n"))
	graphAddr = make([]uintptr, len(graphNodes))
	graphSeen = make([]bool, len(graphNodes))
	block := graphPlace()
	for i := range graphNodes {
		for k, t := range graphNodes[i].target {
			*word(block[i], k) = block[t]
		}
	}
	queue := []uint32{}
	for _, r := range roots {
		graphRoot = append(graphRoot, block[r])
		graphSeen[r] = true
		queue = append(queue, r)
	}
	for i := 0; i < len(queue); i++ {
		for _, t := range graphNodes[queue[i]].target {
			if !graphSeen[t] {
				graphSeen[t] = true
				queue = append(queue, t)
			}
		}
	}
	ops = uint64(len(queue))
	graphFlatten()
}

// The description is no part of what is measured: its edges go into one array
// without pointers.
var graphEdges []uint32
var graphFirst []uint32

func graphFlatten() {
	for i := range graphNodes {
		graphFirst = append(graphFirst, uint32(len(graphEdges)))
		graphEdges = append(graphEdges, graphNodes[i].target...)
	}
	graphFirst = append(graphFirst, uint32(len(graphEdges)))
	graphNodes = nil
}

// Words are read by address: only those of objects that are reached.
func graphCheck() (sum uint64) {
	for i := 0; i < len(graphAddr); i += sample {
		if !graphSeen[i] {
			continue
		}
		for e := graphFirst[i]; e < graphFirst[i+1]; e++ {
			at := graphAddr[i] + uintptr(e-graphFirst[i])*8
			if *(*uintptr)(pointer(at)) == graphAddr[graphEdges[e]] {
				sum += uint64(fmix32(e + 1))
			}
		}
	}
	return
}

// pointer is a conversion that vet would refuse, and that is right here: the
// collector does not move objects, and this one is reached.
func pointer(at uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}

// The mallocs and frees of a real program; see trace.c.
type event struct {
	slot, size, old uint32
	op              uint32
}

const (
	opMalloc = iota
	opCalloc
	opFree
	opRealloc
)
const page = 4096

var events []event
var traceBlock [][]byte

func traceSetup(args []string) {
	data := fileRead(args[0], "ATRACE1\n")
	size := make([]uint32, u32(data, 20))
	var freed []uint32
	used := uint32(0)
	r := reader{data, int(u32(data, 80))}
	for n := u32(data, 16); n > 0; n-- {
		v := r.leb()
		e := event{op: v & 7, size: v >> 3}
		switch e.op {
		case opFree:
			e.slot, e.old, e.size = v>>3, size[v>>3], 0
			freed = append(freed, e.slot)
		case opRealloc:
			e.slot, e.old, e.size = v>>3, size[v>>3], r.leb()
		case opMalloc, opCalloc:
			if k := len(freed); k > 0 {
				e.slot, freed = freed[k-1], freed[:k-1]
			} else {
				e.slot = used
				used++
			}
		default:
			die(args[0], "aligned blocks are not replayed")
		}
		size[e.slot] = e.size
		events = append(events, e)
	}
	ops = uint64(len(events))
	bytes = binary.LittleEndian.Uint64(data[40:])
	data, size, freed = nil, nil, nil
	traceBlock = make([][]byte, used)
	// What reading took is not resident when counting starts.
	debug.FreeOSMemory()
	peakStart()
}

func held(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return uint64(b[0]) + uint64(b[len(b)-1])
}

func traceRun() (sum uint64) {
	for i := range events {
		e := &events[i]
		b := traceBlock[e.slot]
		if e.op == opFree {
			sum += held(b)
			traceBlock[e.slot] = nil
			continue
		}
		p := make([]byte, e.size)
		if e.op == opRealloc {
			sum += held(b)
			copy(p, b)
		}
		for at := 0; at < len(p); at += page {
			p[at] = byte(e.slot)
		}
		if len(p) > 0 {
			p[len(p)-1] = byte(e.slot)
		}
		traceBlock[e.slot] = p
	}
	return
}
