"""PyTorch: training by double backward, as the paper does it, and by hand-written streams; forward
passes. `pytorch.py 2 memory` trains the paper's configuration alone and prints the peak memory."""

import resource
import sys
import time

from common import (NU, THREADS, TRAININGS, data_points, inside_points, need, network, print_row,
                    print_training, require, time_forward, times_of, verify_loss)

(torch,) = need("PyTorch", "torch")
torch.set_num_threads(THREADS)
NAME = "PyTorch " + torch.__version__.split("+")[0]


def forward(layers, points):
    hidden = points
    for weights, biases in layers[:-1]:
        hidden = torch.tanh(torch.addmm(biases, hidden, weights))
    return torch.addmm(layers[-1][1], hidden, layers[-1][0])


def double_backward(layers, inside):
    """The mean square of u_t + u u_x - nu u_xx, each derivative by a backward pass."""
    x, t = (inside[:, k : k + 1].clone().requires_grad_() for k in (0, 1))
    u = forward(layers, torch.cat([x, t], 1))
    ones = torch.ones_like(u)
    u_x, u_t = torch.autograd.grad(u, (x, t), ones, create_graph=True)
    (u_xx,) = torch.autograd.grad(u_x, x, ones, create_graph=True)
    return torch.mean((u_t + u * u_x - NU * u_xx) ** 2)


def streams(layers, inside):
    """The same with u, u_x and u_t - nu u_xx carried through the layers in one product each."""
    zeros = torch.zeros_like(inside[:, :1])
    carried = torch.cat([inside, torch.cat([zeros + 1, zeros], 1), torch.cat([zeros, zeros + 1], 1)])
    for weights, biases in layers[:-1]:
        z, z_x, z_l = (carried @ weights).chunk(3)
        a = torch.tanh(z + biases)
        slope = 1 - a * a
        carried = torch.cat([a, slope * z_x, slope * (z_l + 2 * NU * a * z_x * z_x)])
    u, u_x, u_l = (carried @ layers[-1][0]).chunk(3)
    return torch.mean((u_l + (u + layers[-1][1]) * u_x) ** 2)


def tensors(layers):
    return [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in layers]


def stepper(residual, width, points, precision):
    """A step of Adam; the loss that it returns is that before the step."""
    layers = tensors(network(width, precision))
    inside = torch.tensor(inside_points(points, precision))
    data = [tuple(map(torch.tensor, term)) for term in data_points(precision)]
    parameters = [part for layer in layers for part in layer]
    adam = torch.optim.Adam(parameters, lr=5e-4)

    def step():
        adam.zero_grad()
        loss = residual(layers, inside)
        for where, values in data:
            loss = loss + torch.mean((forward(layers, where) - values) ** 2)
        loss.backward()
        adam.step()
        return loss.item(), [part.grad for part in parameters]

    return step


def verify(width, points, precision):
    losses, gradients = zip(*(stepper(way, width, points, precision)() for way in WAYS.values()))
    start = network(width, precision)
    for loss in losses:
        verify_loss(start, inside_points(points, precision), precision, loss)
    norm = torch.sqrt(sum((a**2).sum() for a in gradients[0]))
    error = torch.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(*gradients)))
    require(error < (1e-3 if precision == "float" else 1e-9) * norm, "gradients differ")


WAYS = {"double backward": double_backward, "streams by hand": streams}


def time_training():
    for width, points, precision in TRAININGS:
        verify(width, points, precision)
        for how, residual in WAYS.items():
            step = stepper(residual, width, points, precision)
            print_training(width, points, precision, how, NAME, times_of(step))


def time_passes():
    layers = [tuple(map(torch.tensor, layer)) for layer in network(100, "float")]

    def evaluate(points):
        with torch.inference_mode():
            return forward(layers, torch.from_numpy(points))

    time_forward(NAME, evaluate, evaluate)


def print_memory():
    step = stepper(double_backward, 100, 10000, "float")
    start = time.perf_counter()
    for _ in range(3):
        step()
    seconds = time.perf_counter() - start
    megabytes = 1024e-6 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # The number itself in the place of the rate.
    print_row("memory: three steps of double backward; resident", NAME, [seconds] * 3,
              megabytes * seconds, "MB")


if sys.argv[2:] == ["memory"]:
    print_memory()
else:
    time_training()
    if THREADS == 1:
        time_passes()
