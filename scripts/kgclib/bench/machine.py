# SPDX-License-Identifier: MIT
"""machine.py - on what the figures were made: machine, versions, command"""
import os
import subprocess
import sys

PACKAGES = ("libgc-dev", "libmimalloc-dev", "libjemalloc-dev", "libc6",
            "gcc-12", "qemu-system-x86", "valgrind")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True,
                              check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        info = [line.split(":", 1) for line in f if ":" in line]
    names = {k.strip(): v.strip() for k, v in info}
    count = sum(k.strip() == "processor" for k, _ in info)
    return "%s, family %s, model %s, %d processors" % (
        names.get("model name", "?"), names.get("cpu family", "?"),
        names.get("model", "?"), count)


def versions():
    text = output("dpkg-query", "-W", "-f=${Package} ${Version}\n", *PACKAGES)
    go = output("go", "version").replace("go version ", "")
    return text.splitlines() + ([go] if go else [])


def describe():
    return [
        "Machine: %s; load %.1f." % (processor(), os.getloadavg()[0]),
        "Versions: %s." % "; ".join(versions()),
        "Command: `%s`." % " ".join(
            [os.path.relpath(sys.argv[0])] + sys.argv[1:]), ""]
