# SPDX-License-Identifier: MIT
# leave.mk - where `make run` keeps what the run leaves, also when it panics
#
#	PROFILE		file for the allocation profile, for google-pprof
#	DUMP		for the heap dump, for scripts/heapdump.py
#	PERFETTO	for the phases of each cycle, for Perfetto
#	TRACE		for the trace lines, for scripts/gctrace.py

leave	= $(if $(PROFILE),--profile '$(PROFILE)') $(if $(DUMP),--dump '$(DUMP)') \
	  $(if $(PERFETTO),--perfetto '$(PERFETTO)') \
	  $(if $(TRACE),--trace '$(TRACE)')
