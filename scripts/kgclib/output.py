# SPDX-License-Identifier: MIT
"""output.py - files that are written whole or not at all"""
import os
import stat


def write(path, data):
    """Write @data, bytes; an OSError has the file's name, and leaves none."""
    try:
        with open(path, "wb") as f:
            f.write(data)
    except OSError as e:
        if os.path.exists(path) and stat.S_ISREG(os.stat(path).st_mode):
            os.unlink(path)
        raise OSError(e.errno, e.strerror, path) from None
