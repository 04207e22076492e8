"""NumPy and SciPy: forward passes, spectra, neural-PDE steppers."""

from common import THREADS, forward, need, network, np, print_row, require, time_forward, times_of

NUMPY = "NumPy " + np.__version__
VELOCITY, DIFFUSIVITY = 0.1, 0.2  # of z_t + U z_x = D z_xx with dx = dt = 1, as in work.cpp


def time_spectra():
    layers = np.random.default_rng(5).normal(size=(7, 100, 100))

    def work():
        return np.linalg.eigvals(layers), np.linalg.svd(layers, compute_uv=False)

    eigenvalues, values = work()
    require(np.allclose(eigenvalues.sum(1), np.trace(layers, axis1=1, axis2=2)), "a trace differs")
    require(np.allclose((values**2).sum(1), (layers**2).sum((1, 2))), "a norm differs")
    print_row("spectra: eigvals and svd; seven 100 x 100; double", NUMPY, times_of(work), 7,
              "layers/s")


def slow_mode(cells):
    return np.sin(2 * np.pi * np.arange(cells) / cells)


def rate_of(z):
    """D z_xx - U z_x, periodic."""
    change = np.empty_like(z)
    lower, upper = DIFFUSIVITY + VELOCITY / 2, DIFFUSIVITY - VELOCITY / 2
    change[1:-1] = lower * z[:-2] - 2 * DIFFUSIVITY * z[1:-1] + upper * z[2:]
    change[0] = lower * z[-1] - 2 * DIFFUSIVITY * z[0] + upper * z[1]
    change[-1] = lower * z[-2] - 2 * DIFFUSIVITY * z[-1] + upper * z[0]
    return change


def ftcs(z):
    return z + rate_of(z)


def rk4(z):
    k1 = rate_of(z)
    k2 = rate_of(z + 0.5 * k1)
    k3 = rate_of(z + 0.5 * k2)
    k4 = rate_of(z + k3)
    return z + (k1 + 2 * k2 + 2 * k3 + k4) / 6


def crank_nicolson(solve_banded, cells):
    """(1 - L/2) z' = (1 + L/2) z; the corners by Sherman and Morrison."""
    lower, upper = -(DIFFUSIVITY + VELOCITY / 2) / 2, -(DIFFUSIVITY - VELOCITY / 2) / 2
    centre = 1 + DIFFUSIVITY
    band = np.empty((3, cells))
    band[0], band[1], band[2] = upper, centre, lower
    band[1, 0] = 2 * centre
    band[1, -1] = centre + lower * upper / centre
    side = np.zeros(cells)
    side[0], side[-1] = -centre, upper
    q = solve_banded((1, 1), band, side)
    ratio = -lower / centre

    def step(z):
        y = solve_banded((1, 1), band, z + 0.5 * rate_of(z), check_finite=False)
        return y - (y[0] + ratio * y[-1]) / (1 + q[0] + ratio * q[-1]) * q

    return step


def verify(step, implicit):
    z = np.random.default_rng(6).normal(size=1000)
    stepped = step(z)
    if implicit:
        error = stepped - 0.5 * rate_of(stepped) - z - 0.5 * rate_of(z)
    else:
        error = stepped - np.real(np.fft.ifft(np.fft.fft(z) * growth(step, 1000)))
    require(np.max(np.abs(error)) < 1e-12, "a step is wrong")


def growth(step, cells):
    """G of the explicit schemes, mode by mode."""
    angle = 2 * np.pi * np.arange(cells) / cells
    symbol = -2 * DIFFUSIVITY * (1 - np.cos(angle)) - 1j * VELOCITY * np.sin(angle)
    if step is ftcs:
        return 1 + symbol
    return 1 + symbol + symbol**2 / 2 + symbol**3 / 6 + symbol**4 / 24


def time_steps():
    z = slow_mode(2**25)
    for name, step in (("ftcs", ftcs), ("rk4", rk4)):
        verify(step, False)
        print_row(f"{name}: periodic; 33 M cells; double", NUMPY, times_of(lambda: step(z)),
                  1e-9 * z.size, "Gcell/s")


def time_banded():
    scipy, linear = need("SciPy", "scipy", "scipy.linalg")
    cells = 2**22
    verify(crank_nicolson(linear.solve_banded, 1000), True)
    step = crank_nicolson(linear.solve_banded, cells)
    z = slow_mode(cells)
    print_row("crank-nicolson: solve_banded; periodic; 4 M cells; double",
              "SciPy " + scipy.__version__, times_of(lambda: step(z)), 1e-9 * cells, "Gcell/s")


time_spectra()
if THREADS == 1:
    layers = network(100, "float")
    time_forward(NUMPY, lambda point: forward(layers, point), lambda points: forward(layers, points))
    time_steps()
    time_banded()
