// SPDX-License-Identifier: MIT
/*
 * init.c - the boot, in order, a line for each step
 *
 * Runs on the boot stack with interrupts off, on the kernel's own page tables.
 * From task_start_main() on, the boot stack is the idle task's.
 */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/upcall.h>
#include <boot/bootinfo.h>
#include <kernel/crash.h>
#include <kernel/frame.h>
#include <kernel/host.h>
#include <kernel/initrd.h>
#include <kernel/leave.h>
#include <kernel/panic.h>
#include <kernel/param.h>
#include <kernel/printk.h>
#include <kernel/run.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/vm.h>
#include <kgc/kgc.h>

/* A boot line, unless `quiet`. */
#define say(...)                             \
	do {                                 \
		if (!params.quiet)           \
			printk(__VA_ARGS__); \
	} while (0)

static unsigned long long mib(uint64_t bytes)
{
	return bytes >> 20;
}

static void say_memory(void)
{
	say("memory: %llu MiB of RAM in %u ranges, %llu MiB free\n",
	    mib(frame_ram_bytes()), bootinfo.nram,
	    mib((uint64_t)frame_count_free() * FRAME_SIZE));
	if (frame_ram_lost())
		printk("memory: %llu MiB left unused: they lie above 0x%llx,"
		       " which page tables do not reach here\n",
		       mib(frame_ram_lost()),
		       (unsigned long long)arch_phys_limit());
	if (bootinfo.nram_lost)
		printk("memory: %u ranges left unused: %u are kept\n",
		       bootinfo.nram_lost, BOOT_RANGES_MAX);
}

/* The heap may take all the RAM there is now. */
static size_t heap_limit(void)
{
	const uint64_t ram = (uint64_t)frame_count_free() * FRAME_SIZE;

	if (params.heap_max)
		return params.heap_max;
	return ram < SIZE_MAX ? ram : SIZE_MAX;
}

static void heap_init(void)
{
	const struct kgc_config config = {
		.heap_reserve = params.heap_reserve,
		.heap_max = heap_limit(),
		.heap_min = params.heap_min,
		.heap_base = (void *)(params.heap_base ? params.heap_base
						       : vm_heap_base()),
		.percent = params.gcpercent,
		.percent_zero = params.gcpercent == 0,
		.trace = (int)params.gctrace,
		.debug = (int)params.debuggc,
		.stress = params.gcstress,
		.share = params.gcshare,
		.profile_rate = params.memprofilerate ? params.memprofilerate
						      : KGC_PROFILE_OFF,
		.guard = params.guard,
	};
	const int error = kgc_init(&config);

	if (error)
		panic("heap: no address space or memory for it (%d)", error);
	say("heap: from 0x%lx on, %llu MiB at most, check level %d\n",
	    (unsigned long)config.heap_base, mib(config.heap_max), KGC_CHECK);
}

static void main_task(void *arg)
{
	if (params.crash)
		crash_now(params.crash);
	run_main(arg);
}

void kernel_main(void)
{
	frame_init();
	param_init();
	say("kgc: %s, by %s\n", arch_name, bootinfo.loader);
	say_memory();
	vm_init();

	arch_acpi_init(bootinfo.acpi_rsdp);
	say("cpu: %u found, 1 used\n", arch_cpus_found());
	arch_irq_init();
	time_init(params.hz);

	initrd_init();
	host_init();
	heap_init();
	leave_init();
	task_start_main(main_task, (size_t)params.stack << 10);
}
