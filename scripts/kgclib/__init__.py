# SPDX-License-Identifier: MIT
"""kgclib - what the scripts share that look into a heap"""
