# SPDX-License-Identifier: MIT
"""kgcgdb - the parts of scripts/gdb/kgc.py; they run inside gdb"""
