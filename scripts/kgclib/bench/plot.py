# SPDX-License-Identifier: MIT
"""plot.py - a picture of the results: ratios of collections, and pauses"""


def draw(results, path):
    """False where matplotlib is not to be had, or there is nothing to draw."""
    try:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        return False
    heaps = [r for r in results if r.case.group in ("graph", "shape", "trace",
                                                    "alloc")]
    points = [r for r in results if r.case.group == "curve"]
    if not heaps and not points:
        return False
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(14, 2 + 0.28 * max(len(heaps), 12)),
        constrained_layout=True)
    bars(left, heaps)
    pauses(right, points)
    figure.savefig(path)
    pyplot.close(figure)
    return True


def bars(axes, results):
    peers = ("bdwgc", "mimalloc", "go")
    for k, peer in enumerate(peers):
        at = [i + (k - 1) * 0.27 for i, r in enumerate(results)
              if r.ratio("kgc", peer)]
        values = [r.ratio("kgc", peer) for r in results
                  if r.ratio("kgc", peer)]
        axes.barh(at, values, height=0.25, label="kgc / " + peer)
    axes.set_yticks(range(len(results)))
    axes.set_yticklabels([r.case.name for r in results])
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.set_xlabel("ratio of medians: below 1 we are faster")
    if results:
        axes.legend()


def pauses(axes, results):
    for side, key, label in (("kgc", "mark", "kgc, pause"),
                             ("kgc", "sweep", "kgc, sweep after it"),
                             ("bdwgc", "cpu", "bdwgc, collection"),
                             ("go", "cpu", "go, collection (most of it "
                              "beside the program)")):
        points = [(int(r.case.name), r.series[side].part(key) / 1e6)
                  for r in results if r.ok(side)]
        if points:
            axes.plot(*zip(*points), marker="o", label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel("heap, MB")
    axes.set_ylabel("ms")
    axes.grid(True, alpha=0.3)
    if results:
        axes.legend()
