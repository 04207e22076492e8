"""What the peers in Python share: the work, how it is verified, a row of bench.csv.

A peer is run as `python3 peers/NAME.py THREADS`, once for each number of threads, and prints rows
as bench.hpp's print_row() does; what is not installed is skipped by name, on stderr."""

import importlib
import os
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
NU = 0.01 / 3.141592653589793  # of the viscous problem, see pde/training_problem.hpp
TRAININGS = [(100, 10000, "float"), (100, 10000, "double"), (20, 10000, "float"), (20, 256, "float")]


def limit_threads():
    """Before anything is imported that starts threads."""
    for name in ("OMP", "OPENBLAS", "MKL"):
        os.environ[name + "_NUM_THREADS"] = str(THREADS)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-THREADS:])


limit_threads()


def need(name, *modules):
    """Imports modules; where one is missing, says so and ends the peer."""
    try:
        return [importlib.import_module(module) for module in modules]
    except ImportError as missing:
        print(f"skipped: {name} is not installed ({missing.name} is missing)", file=sys.stderr)
        sys.exit(0)


(np,) = need(sys.argv[0].rsplit("/", 1)[-1].removesuffix(".py").replace("_", " "), "numpy")


def require(good, what):
    if not good:
        sys.exit(f"bench: {what}")


def times_of(work, runs=7, warm=True):
    """Seconds of one call: median, least and most of seven runs of some 10 ms each."""
    start = time.perf_counter()
    if warm:
        work()
        work()
    calls = max(1, int(0.02 / (time.perf_counter() - start))) if warm else 1
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        seconds.append((time.perf_counter() - start) / calls)
    seconds.sort()
    return seconds[runs // 2], seconds[0], seconds[-1]


def print_row(work, by, times, amount, unit):
    """`amount` of `unit` a second is what one call does: 1e9 flops are 1 GFLOP."""
    median, least, most = times
    threads = "1 thread" if THREADS == 1 else f"{THREADS} threads"
    milliseconds = ",".join(f"{1e3 * seconds:.6g}" for seconds in (median, least, most))
    print(f"{work},{by} ({threads}),{milliseconds},{amount / median:.6g},{unit}", flush=True)


def widths_of(width):
    return [2] + [width] * 8 + [1]


def product_flops(width):
    widths = widths_of(width)
    return 2.0 * sum(a * b for a, b in zip(widths, widths[1:]))


def print_training(width, points, precision, how, by, times):
    """Three streams through three products of each layer, as the rows of the library count."""
    gigaflops = 9e-9 * points * product_flops(width)
    print_row(f"adam-{width}-{points}-{precision}: {how}", by, times, gigaflops, "GFLOP/s")


def network(width, precision):
    """Glorot-uniform weights and zero biases: [(W, b), ...] for h W + b."""
    draw = np.random.default_rng(1)
    layers = []
    for inputs, outputs in zip(widths_of(width), widths_of(width)[1:]):
        bound = (6 / (inputs + outputs)) ** 0.5
        weights = draw.uniform(-bound, bound, (inputs, outputs))
        layers.append((weights.astype(dtype_of(precision)), np.zeros(outputs, dtype_of(precision))))
    return layers


def dtype_of(precision):
    return {"float": np.float32, "double": np.float64}[precision]


def forward(layers, points):
    hidden = points
    for weights, biases in layers[:-1]:
        hidden = np.tanh(hidden @ weights + biases)
    return hidden @ layers[-1][0] + layers[-1][1]


def inside_points(count, precision):
    return np.random.default_rng(3).uniform(size=(count, 2)).astype(dtype_of(precision))


def data_points(precision):
    """(x, t) and u of the initial and boundary terms of the viscous problem: 201, 211 and 211."""
    x, t = np.linspace(0, 1, 201), np.linspace(0, 1, 211)
    terms = [
        (np.stack([x, 0 * x], 1), np.sin(2 * np.pi * x)),
        (np.stack([0 * t, t], 1), 0 * t),
        (np.stack([0 * t + 1, t], 1), 0 * t),
    ]
    dtype = dtype_of(precision)
    return [(points.astype(dtype), u[:, None].astype(dtype)) for points, u in terms]


def reference_loss(layers, inside):
    """The loss in double, its derivatives by differences of O(h^4)."""
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in layers]
    inside = inside.astype(np.float64)
    h = 1e-3

    def at(dx, dt):
        return forward(layers, inside + [dx * h, dt * h])

    u = at(0, 0)
    u_x = (8 * (at(1, 0) - at(-1, 0)) - (at(2, 0) - at(-2, 0))) / (12 * h)
    u_t = (8 * (at(0, 1) - at(0, -1)) - (at(0, 2) - at(0, -2))) / (12 * h)
    u_xx = (16 * (at(1, 0) + at(-1, 0)) - (at(2, 0) + at(-2, 0)) - 30 * u) / (12 * h * h)
    loss = np.mean((u_t + u * u_x - NU * u_xx) ** 2)
    for points, values in data_points("double"):
        loss += np.mean((forward(layers, points) - values) ** 2)
    return loss


def verify_loss(layers, inside, precision, loss):
    expected = reference_loss(layers, inside)
    tolerance = 1e-4 if precision == "float" else 1e-7
    require(abs(loss - expected) <= tolerance * expected, f"the loss is {loss}, not {expected}")


def verify_forward(layers, points, values):
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in layers]
    error = np.max(np.abs(np.asarray(values) - forward(layers, points.astype(np.float64))))
    require(error < 1e-5, f"a forward pass is wrong by {error}")


def time_forward(by, one, many):
    """one(point) and many(points) return u; the rows of the library have one thread."""
    layers = network(100, "float")
    points = inside_points(10000, "float")
    verify_forward(layers, points[:1], one(points[:1]))
    verify_forward(layers, points, many(points))
    flops = 1e-9 * product_flops(100)
    times = times_of(lambda: one(points[:1]))
    print_row("forward-one: 2-100x8-1; one point; float", by, times, flops, "GFLOP/s")
    times = times_of(lambda: many(points))
    print_row("forward-many: 2-100x8-1; 10000 points; float", by, times, 1e4 * flops, "GFLOP/s")
