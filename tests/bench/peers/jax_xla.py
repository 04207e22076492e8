"""JAX: training steps and forward passes, compiled by XLA."""

from functools import partial

from common import (NU, THREADS, TRAININGS, data_points, inside_points, need, network, np,
                    print_training, time_forward, times_of, verify_loss)

jax, jnp = need("JAX", "jax", "jax.numpy")
jax.config.update("jax_enable_x64", True)
NAME = "JAX " + jax.__version__


def forward(layers, points):
    hidden = points
    for weights, biases in layers[:-1]:
        hidden = jnp.tanh(hidden @ weights + biases)
    return hidden @ layers[-1][0] + layers[-1][1]


def residual_by_jvp(layers, inside):
    """Forward over forward, all points at once."""
    e_x = jnp.zeros_like(inside).at[:, 0].set(1)
    e_t = jnp.zeros_like(inside).at[:, 1].set(1)

    def u_and_u_x(points):
        return jax.jvp(partial(forward, layers), (points,), (e_x,))

    (u, u_x), (_, u_xx) = jax.jvp(u_and_u_x, (inside,), (e_x,))
    _, u_t = jax.jvp(partial(forward, layers), (inside,), (e_t,))
    return u_t + u * u_x - NU * u_xx


def residual_by_hessian(layers, inside):
    """Point by point, batched by vmap."""

    def at(point):
        def u(where):
            return forward(layers, where)[0]

        value, slope = jax.value_and_grad(u)(point)
        return slope[1] + value * slope[0] - NU * jax.hessian(u)(point)[0, 0]

    return jax.vmap(at)(inside)


def residual_by_streams(layers, inside):
    """u, u_x and u_t - nu u_xx carried through the layers in one product each."""
    zeros = jnp.zeros_like(inside[:, :1])
    carried = jnp.concatenate([inside, jnp.hstack([zeros + 1, zeros]), jnp.hstack([zeros, zeros + 1])])
    for weights, biases in layers[:-1]:
        z, z_x, z_l = jnp.split(carried @ weights, 3)
        a = jnp.tanh(z + biases)
        slope = 1 - a * a
        carried = jnp.concatenate([a, slope * z_x, slope * (z_l + 2 * NU * a * z_x * z_x)])
    u, u_x, u_l = jnp.split(carried @ layers[-1][0], 3)
    return u_l + (u + layers[-1][1]) * u_x


def loss_of(residual, layers, inside, data):
    loss = jnp.mean(residual(layers, inside) ** 2)
    for points, values in data:
        loss += jnp.mean((forward(layers, points) - values) ** 2)
    return loss


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def step(residual, state, inside, data):
    """Adam (Kingma and Ba), rate 5e-4."""
    layers, first, second, count = state
    loss, gradient = jax.value_and_grad(partial(loss_of, residual))(layers, inside, data)
    count += 1
    each = jax.tree_util.tree_map
    first = each(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = each(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
    rate = (5e-4 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)).astype(inside.dtype)
    layers = each(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), layers, first, second)
    return (layers, first, second, count), loss


class Training:
    def __init__(self, residual, width, points, precision):
        start = network(width, precision)
        nothing = [(np.zeros_like(w), np.zeros_like(b)) for w, b in start]
        self.residual = residual
        self.state = jax.device_put((start, nothing, nothing, np.float32(0)))
        self.state = jax.tree_util.tree_map(jnp.copy, self.state)
        self.inside = jnp.asarray(inside_points(points, precision))
        self.data = jax.device_put(data_points(precision))

    def step(self):
        self.state, loss = step(self.residual, self.state, self.inside, self.data)
        return loss.block_until_ready()


WAYS = {
    "jvp of jvp": residual_by_jvp,
    "vmap of hessian": residual_by_hessian,
    "streams by hand": residual_by_streams,
}


def time_training():
    for width, points, precision in TRAININGS:
        for how, residual in WAYS.items():
            if residual is residual_by_hessian and (width, precision) != (100, "float"):
                continue  # many times slower than the others
            training = Training(residual, width, points, precision)
            verify_loss(network(width, precision), inside_points(points, precision), precision,
                        float(training.step()))
            print_training(width, points, precision, "jit; " + how, NAME, times_of(training.step))


def time_passes():
    layers = jax.device_put(network(100, "float"))
    compiled = jax.jit(forward)

    def evaluate(points):
        return compiled(layers, points).block_until_ready()

    time_forward(NAME, evaluate, evaluate)


time_training()
if THREADS == 1:
    time_passes()
