"""ONNX Runtime: forward passes."""

from common import THREADS, need, network, time_forward

if THREADS > 1:
    raise SystemExit(0)
onnx, runtime = need("ONNX Runtime with onnx", "onnx", "onnxruntime")
from onnx import TensorProto, helper, numpy_helper


def model(layers):
    nodes, constants, name = [], [], "points"
    for l, (weights, biases) in enumerate(layers):
        constants.append(numpy_helper.from_array(weights, f"W{l}"))
        constants.append(numpy_helper.from_array(biases, f"b{l}"))
        last = l + 1 == len(layers)
        nodes.append(helper.make_node("Gemm", [name, f"W{l}", f"b{l}"], ["u" if last else f"z{l}"]))
        if not last:
            nodes.append(helper.make_node("Tanh", [f"z{l}"], [f"a{l}"]))
        name = f"a{l}"
    graph = helper.make_graph(
        nodes, "mlp",
        [helper.make_tensor_value_info("points", TensorProto.FLOAT, ["count", 2])],
        [helper.make_tensor_value_info("u", TensorProto.FLOAT, ["count", 1])], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


options = runtime.SessionOptions()
options.intra_op_num_threads = THREADS
options.inter_op_num_threads = 1
session = runtime.InferenceSession(model(network(100, "float")), options,
                                   providers=["CPUExecutionProvider"])


def evaluate(points):
    return session.run(["u"], {"points": points})[0]


time_forward("ONNX Runtime " + runtime.__version__, evaluate, evaluate)
