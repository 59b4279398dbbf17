// SPDX-License-Identifier: MIT

package main

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// --- shapes; see shape.c ---------------------------------------------------

const degree = 4
const none = ^uint64(0)

type small struct {
	p [degree]unsafe.Pointer
}
type large struct {
	p    [degree]unsafe.Pointer
	rest [32]byte
}

type shape struct {
	leaf     int
	shuffled bool
	target   func(i uint64, k uint64) uint64
}

var count uint64
var shapeAddr []uintptr
var shapePlace []uint32
var shapeDead []bool
var shapeRoot unsafe.Pointer
var theShape shape

func anywhere(i, k uint64) uint64 {
	state := i*degree + k
	return randomNext(&state) % count
}

func within(i uint64) uint64 {
	if i < count {
		return i
	}
	return none
}

func listTarget(i, k uint64) uint64 {
	if k > 0 {
		return none
	}
	return within(i + 1)
}

func treeTarget(i, k uint64) uint64 { return within(i*degree + k + 1) }

func deepTarget(i, k uint64) uint64 {
	if k > 1 || i%2 > 0 {
		return none
	}
	return within(i + 2 - k)
}

func mixTarget(i, k uint64) uint64 {
	if k == 2 {
		return anywhere(i, k)
	} else if k > 2 {
		return none
	}
	return within(2*i + k + 1)
}

var shapes = map[string]shape{
	"random":        {0, false, anywhere},
	"list":          {0, false, listTarget},
	"list-shuffled": {0, true, listTarget},
	"tree":          {0, false, treeTarget},
	"tree-shuffled": {0, true, treeTarget},
	"deep":          {0, false, deepTarget},
	"mix":           {192, false, mixTarget},
	"arrays":        {65536, false, mixTarget},
}

func shapeShuffle() {
	state := uint64(1)
	for i := range shapePlace {
		shapePlace[i] = uint32(i)
	}
	for i := count - 1; theShape.shuffled && i > 0; i-- {
		j := randomNext(&state) % (i + 1)
		shapePlace[i], shapePlace[j] = shapePlace[j], shapePlace[i]
	}
}

func shapeMake() []unsafe.Pointer {
	block := make([]unsafe.Pointer, count)
	for i := range block {
		if theShape.leaf == 0 {
			block[i] = unsafe.Pointer(new(small))
		} else {
			l, leaf := new(large), make([]byte, theShape.leaf)
			for k := range leaf {
				leaf[k] = 1
			}
			l.p[degree-1] = unsafe.Pointer(&leaf[0])
			block[i] = unsafe.Pointer(l)
		}
		shapeAddr[i] = uintptr(block[i])
	}
	return block
}

func shapeSearch() uint64 {
	if theShape.leaf > 0 {
		return 2 * count
	}
	queue := make([]uint32, 1, count)
	for i := range shapeDead {
		shapeDead[i] = i > 0
	}
	for done := 0; done < len(queue); done++ {
		for k := uint64(0); k < degree; k++ {
			to := theShape.target(uint64(queue[done]), k)
			if to != none && shapeDead[to] {
				shapeDead[to] = false
				queue = append(queue, uint32(to))
			}
		}
	}
	return uint64(len(queue))
}

func shapeSetup(args []string) {
	found := false
	theShape, found = shapes[args[0]]
	count = number(args[1])
	if !found || count == 0 || bits.Len64(count) > 32 {
		die(args[0], "no such shape, or none of it")
	}
	shapeAddr = make([]uintptr, count)
	shapePlace = make([]uint32, count)
	shapeDead = make([]bool, count)
	shapeShuffle()
	block := shapeMake()
	for i := uint64(0); i < count; i++ {
		for k := uint64(0); k < degree; k++ {
			if to := theShape.target(i, k); to != none {
				*word(block[shapePlace[i]], int(k)) = block[shapePlace[to]]
			}
		}
	}
	shapeRoot = block[shapePlace[0]]
	block = nil
	ops = shapeSearch()
	bytes = count * uint64(32)
	if theShape.leaf > 0 {
		bytes = count * uint64(64+theShape.leaf)
	}
}

func shapeCheck() (sum uint64) {
	for i := uint64(0); i < count; i += sample {
		at := shapeAddr[shapePlace[i]]
		for k := uint64(0); !shapeDead[i] && k < degree; k++ {
			to := theShape.target(i, k)
			if to != none && *(*uintptr)(pointer(at + uintptr(k)*8)) ==
				shapeAddr[shapePlace[to]] {
				sum += i + k
			}
		}
	}
	return
}

// --- trees; see trees.c ----------------------------------------------------

type tree struct {
	left, right *tree
}

var depth int

func treeMake(d int) *tree {
	if d == 0 {
		return &tree{}
	}
	return &tree{treeMake(d - 1), treeMake(d - 1)}
}

func (t *tree) count() uint64 {
	if t == nil {
		return 0
	}
	return 1 + t.left.count() + t.right.count()
}

func treesSetup(args []string) {
	depth = int(number(args[0]))
	bytes = 4 << depth * 16
	peakStart()
}

func treesRun() uint64 {
	sum := treeMake(depth + 1).count()
	lasting := treeMake(depth)
	for d := 4; d <= depth; d += 2 {
		for i := 0; i < 1<<(depth-d+4); i++ {
			sum += treeMake(d).count()
		}
	}
	sum += lasting.count()
	ops = sum
	return sum
}

// --- churn; see churn.c ----------------------------------------------------

var least, most, live uint64
var churnState uint64
var churnBlock []*uint64

func churnMake() *uint64 {
	r := randomNext(&churnState)
	b := make([]byte, least+r%(most-least+1))
	for at := page; at < len(b); at += page {
		b[at] = 1
	}
	p := (*uint64)(unsafe.Pointer(&b[0]))
	*p = r
	return p
}

func churnSetup(args []string) {
	least, most = number(args[0]), number(args[1])
	live, ops = number(args[2]), number(args[3])
	if least < 8 || most < least || live == 0 {
		die("churn", "sizes from 8 on, and some of them")
	}
	churnBlock = make([]*uint64, live)
	peakStart()
	for i := range churnBlock {
		churnBlock[i] = churnMake()
	}
	bytes = live * (least + most) / 2
}

func churnRun() (sum uint64) {
	for i := uint64(0); i < ops; i++ {
		p := &churnBlock[randomNext(&churnState)%live]
		sum += **p
		*p = churnMake()
	}
	return
}

// --- tasks; see tasks.c ----------------------------------------------------

type item struct {
	next   *item
	number uint64
}

var firstItem []uintptr
var forever = make(chan int)

func task(number uint64, ready chan int) {
	var list *item
	for i := 0; i < 8; i++ {
		list = &item{list, number}
	}
	firstItem[number] = uintptr(unsafe.Pointer(list))
	ready <- 1
	<-forever
	runtime.KeepAlive(list)
}

func tasksSetup(args []string) {
	ops = number(args[0])
	firstItem = make([]uintptr, ops)
	ready := make(chan int)
	for i := uint64(0); i < ops; i++ {
		go task(i, ready)
		<-ready
	}
}

func tasksCheck() (sum uint64) {
	for _, at := range firstItem {
		for n := (*item)(pointer(at)); n != nil; n = n.next {
			sum += n.number + 1
		}
	}
	return
}

// --- finalizers; see final.c -----------------------------------------------

type mortal struct {
	number uint64
	rest   [4]uint64
	self   *uint64
}

var ran uint64

func finalSetup(args []string) { ops = number(args[0]) }

func finalRun() uint64 {
	before := atomic.LoadUint64(&ran)
	for i := uint64(0); i < ops; i++ {
		runtime.SetFinalizer(new(mortal), func(*mortal) {
			atomic.AddUint64(&ran, 1)
		})
	}
	runtime.GC()
	n := uint64(0)
	// They run in a goroutine of their own.
	for i := 0; i < 1000 && n < ops; i++ {
		runtime.Gosched()
		n = atomic.LoadUint64(&ran) - before
	}
	if n+ops/100 >= ops {
		return ops
	}
	return n
}
