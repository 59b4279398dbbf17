# SPDX-License-Identifier: MIT
"""bench - the benchmarks: cases, sides, runs by turns, tables"""
