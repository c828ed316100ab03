"""Writes operators/NAME.onnx: one small network for each ONNX operator and form of it, with goldens of ONNX Runtime.

    python make_operators.py

Seeded; needs numpy, onnx and onnxruntime. See golden.py for what the files hold.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import golden

FOLDER = pathlib.Path(__file__).parent / "operators"


class Network:
    """A graph under construction: `net("Relu", "x")` adds a node and gives its output's name."""

    def __init__(self, name, shape, opset, seed):
        self.name, self.shape, self.opset = name, shape, opset
        self.random = np.random.default_rng(seed)
        self.nodes, self.initializers, self.outputs = [], [], ["y"]

    def constant(self, array):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weights(self, *shape, low=-1.0, high=1.0):
        return self.constant(self.random.uniform(low, high, shape).astype(np.float32))

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def __call__(self, op, *inputs, count=1, **attributes):
        names = [f"{op}{len(self.nodes)}_{index}" for index in range(count)]
        self.nodes.append(helper.make_node(op, inputs, names, name=names[0], **attributes))
        return names[0] if count == 1 else names

    def model(self, result):
        outputs = [result] if isinstance(result, str) else list(result)
        graph = helper.make_graph(
            self.nodes, self.name,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self.initializers)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=min(10, 3 + self.opset // 2))


def write(name, build, shape=(1, 3, 7, 6), opset=17, order=None, low=-2.0, high=2.0, input_order=None):
    """build(net) adds nodes that read "x" and gives the output's name, or a list of names."""
    seed = sum(map(ord, name))
    net = Network(name, list(shape), opset, seed)
    model = net.model(build(net))
    x = np.random.default_rng(seed + 1).uniform(low, high, shape).astype(np.float32)
    outputs = golden.run(model, x)
    golden.with_goldens(model, x, outputs, order, input_order)
    onnx.save(model, FOLDER / f"{name}.onnx")


def convolutions():
    write("conv-bias", lambda n: n("Conv", "x", n.weights(4, 3, 3, 3), n.weights(4)), opset=9)
    write("conv-strides-pads", lambda n: n(
        "Conv", "x", n.weights(5, 3, 3, 2), strides=[2, 1], pads=[1, 0, 2, 1]))
    write("conv-dilated", lambda n: n("Conv", "x", n.weights(4, 3, 3, 3), dilations=[2, 2], pads=[2, 1, 2, 1]))
    for pad in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
        write(f"conv-{pad.lower()}", lambda n: n(
            "Conv", "x", n.weights(4, 3, 4, 3), strides=[2, 2], auto_pad=pad))
    write("conv-groups", lambda n: n("Conv", "x", n.weights(6, 2, 3, 3), n.weights(6), group=2), (1, 4, 7, 6))
    write("conv-depthwise", lambda n: n("Conv", "x", n.weights(3, 1, 3, 3), n.weights(3), group=3, pads=[1] * 4))
    write("conv-depthwise-multiplier", lambda n: n("Conv", "x", n.weights(6, 1, 3, 3), group=3, dilations=[2, 1]))
    write("conv-1d", lambda n: n("Conv", "x", n.weights(4, 3, 3), n.weights(4), strides=[2], pads=[1, 2]),
          (1, 3, 9), order=(0, 2, 1), input_order=(0, 2, 1))
    write("conv-grey", lambda n: n("Conv", "x", n.weights(4, 1, 3, 3)), (1, 1, 7, 6))
    write("conv-frames", lambda n: n("ReduceMean", n("Conv", "x", n.weights(4, 3, 3, 3)), axes=[2, 3], keepdims=0),
          (3, 3, 7, 6))
    write("transposed", lambda n: n(
        "ConvTranspose", "x", n.weights(3, 4, 3, 3), n.weights(4), strides=[2, 2], pads=[1, 1, 1, 1],
        output_padding=[1, 0]))
    write("transposed-dilated", lambda n: n(
        "ConvTranspose", "x", n.weights(3, 4, 2, 3), strides=[3, 1], dilations=[2, 2]))
    write("transposed-groups", lambda n: n(
        "ConvTranspose", "x", n.weights(4, 3, 2, 2), n.weights(6), group=2, strides=[2, 2]), (1, 4, 4, 5))
    write("transposed-same", lambda n: n(
        "ConvTranspose", "x", n.weights(3, 2, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"))
    write("transposed-1d", lambda n: n("ConvTranspose", n("Conv", "x", n.weights(2, 3, 1)), n.weights(2, 4, 3), strides=[2]),
          (1, 3, 5), order=(0, 2, 1), input_order=(0, 2, 1))


def matrices():
    def row(n):
        return n("Flatten", "x")

    write("gemm", lambda n: n("Gemm", row(n), n.weights(12, 4), n.weights(4), alpha=0.5, beta=2.0), (1, 3, 2, 2))
    write("gemm-transposed", lambda n: n("Gemm", row(n), n.weights(4, 12), transB=1), (1, 3, 2, 2), opset=11)
    write("gemm-activations", lambda n: n("Gemm", row(n), row(n), transB=1, alpha=0.25), (3, 3, 2, 2))
    write("matmul-constant", lambda n: n("MatMul", n("Reshape", "x", n.integers(1, 6, 7)), n.weights(7, 4)), (1, 1, 6, 7))
    write("matmul-constant-left", lambda n: n(
        "MatMul", n.weights(4, 6), n("Reshape", "x", n.integers(1, 6, 7))), (1, 1, 6, 7), order=(0, 2, 1))
    write("matmul-activations", attention, (1, 8, 2, 6))
    def einsum(n, equation, *shapes):
        """Of parts of the picture, each in a shape of its own."""
        parts = [n("Reshape", x, n.integers(*shape)) for x, shape in zip(["x", n("Neg", "x")], shapes)]
        return n("Einsum", *parts, equation=equation)

    write("einsum-attention", lambda n: einsum(n, "bihd,bjhd->bhij", (1, 6, 2, 4), (1, 6, 2, 4)), (1, 3, 4, 4),
          order=(0, 1, 2, 3))
    write("einsum-constant", lambda n: n("Einsum", "x", n.weights(3, 5), equation="bchw,cd->bdhw"), (1, 3, 4, 2))
    write("einsum-outer", lambda n: einsum(n, "a,b->ba", (12,), (12,)), (1, 3, 2, 2), order=(0, 1))
    write("einsum-order", lambda n: n("Relu", einsum(n, "abc->cab", (3, 4, 2))), (1, 3, 4, 2), order=(2, 0, 1))
    write("flatten-axis", lambda n: n("Flatten", n("Relu", "x"), axis=2), (2, 3, 4, 5))


def attention(n):
    """Two heads of scaled dot products over 12 positions."""
    tokens = n("Transpose", n("Reshape", "x", n.integers(1, 8, 12)), perm=[0, 2, 1])
    heads = []
    for _ in range(3):
        projected = n("Add", n("MatMul", tokens, n.weights(8, 8)), n.weights(8))
        heads.append(n("Transpose", n("Reshape", projected, n.integers(1, 12, 2, 4)), perm=[0, 2, 1, 3]))
    query, key, value = heads
    scores = n("Mul", n("MatMul", query, n("Transpose", key, perm=[0, 1, 3, 2])), n.constant(np.float32(0.5)))
    mixed = n("Transpose", n("MatMul", n("Softmax", scores, axis=-1), value), perm=[0, 2, 1, 3])
    return n("Reshape", mixed, n.integers(1, 12, 8))


def activations():
    write("thresholdedrelu", lambda n: n("ThresholdedRelu", "x", alpha=0.7), (1, 3, 3, 2))
    simple = ["Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Abs", "Erf", "Softplus", "Softsign", "Elu", "Selu", "LeakyRelu",
              "HardSigmoid", "HardSwish"]
    for op in simple:
        write(op.lower(), lambda n: n(op, "x"), (1, 3, 3, 2))
    for op in ["Log", "Sqrt", "Reciprocal"]:
        write(op.lower(), lambda n: n(op, "x"), (1, 3, 3, 2), low=0.1)
    write("mish", lambda n: n("Mish", "x"), (1, 3, 3, 2), opset=18)
    write("gelu", lambda n: n("Gelu", "x"), (1, 3, 3, 2), opset=20)
    write("gelu-tanh", lambda n: n("Gelu", "x", approximate="tanh"), (1, 3, 3, 2), opset=20)
    write("elu-alpha", lambda n: n("Elu", "x", alpha=0.3), (1, 3, 3, 2))
    write("celu", lambda n: n("Celu", "x", alpha=2.0), (1, 3, 3, 2))
    write("prelu", lambda n: n("PRelu", "x", n.weights(3, 1, 1)), (1, 3, 3, 2))
    write("prelu-elements", lambda n: n("PRelu", "x", n.weights(3, 3, 2)), (1, 3, 3, 2))
    write("clip-attributes", lambda n: n("Clip", "x", min=-0.5, max=1.0), (1, 3, 3, 2), opset=9)
    write("clip-inputs", lambda n: n("Clip", "x", n.constant(np.float32(-0.5)), ""), (1, 3, 3, 2), opset=13)
    for exponent in [2.0, 0.5, -1.0, 3.0, 1.7]:
        write(f"pow-{exponent}", lambda n: n("Pow", "x", n.constant(np.float32(exponent))), (1, 3, 3, 2), low=0.2)

    def swish(n):
        y = n("Conv", "x", n.weights(4, 3, 1, 1))
        return n("Mul", y, n("Sigmoid", y))

    def hard_swish(n):
        gate = n("Clip", n("Add", "x", n.constant(np.float32(3))), n.constant(np.float32(0)), n.constant(np.float32(6)))
        return n("Div", n("Mul", "x", gate), n.constant(np.float32(6)))

    def gelu(n):
        curve = n("Erf", n("Div", "x", n.constant(np.float32(2 ** 0.5))))
        return n("Mul", n("Mul", "x", n("Add", curve, n.constant(np.float32(1)))), n.constant(np.float32(0.5)))

    def gelu_tanh(n):
        cube = n("Mul", n("Pow", "x", n.constant(np.float32(3))), n.constant(np.float32(0.044715)))
        curve = n("Tanh", n("Mul", n("Add", "x", cube), n.constant(np.float32((2 / np.pi) ** 0.5))))
        return n("Mul", n("Mul", "x", n.constant(np.float32(0.5))), n("Add", curve, n.constant(np.float32(1))))

    def mish(n):
        return n("Mul", "x", n("Tanh", n("Log", n("Add", n("Exp", "x"), n.constant(np.float32(1))))))

    for build in [swish, hard_swish, gelu, gelu_tanh, mish]:
        write("pattern-" + build.__name__.replace("_", "-"), build, (1, 3, 3, 2))


def arithmetic():
    for op in ["Add", "Sub", "Mul", "Div"]:
        write(f"{op.lower()}-constants", lambda n: n(
            op, n(op, n.weights(3, 1, 1), n(op, "x", n.weights(1, 3, 3, 2, low=0.5))), n.constant(np.float32(0.7))),
            (1, 3, 3, 2), low=0.5)
        write(f"{op.lower()}-activations", lambda n: n(
            op, "x", n("ReduceMean", "x", axes=[2, 3], keepdims=1)), (1, 3, 3, 2), low=0.5)
    write("add-flat", lambda n: n("Add", n("Flatten", "x"), n.weights(18)), (1, 3, 3, 2), order=(0, 1))
    for op in ["Min", "Max", "Sum", "Mean"]:
        write(f"{op.lower()}-variadic", lambda n: n(op, "x", n("Neg", "x"), n.weights(3, 1, 1)), (1, 3, 3, 2))
    write("where", lambda n: n("Where", n.constant(np.array([[[True]], [[False]], [[True]]])), "x", n.weights(3, 3, 2)),
          (1, 3, 3, 2))


def normalizations():
    def parameters(n, channels):
        return [n.weights(channels, low=0.5), n.weights(channels)]

    write("batchnorm", lambda n: n("BatchNormalization", "x", *parameters(n, 3), n.weights(3), n.weights(3, low=0.1)))
    write("batchnorm-1d", lambda n: n(
        "BatchNormalization", n("Conv", "x", n.weights(4, 3, 1)), *parameters(n, 4), n.weights(4), n.weights(4, low=0.1)),
        (1, 3, 5), order=(0, 2, 1), input_order=(0, 2, 1))
    write("instancenorm", lambda n: n("InstanceNormalization", "x", *parameters(n, 3)))
    write("groupnorm-18", lambda n: n("GroupNormalization", "x", *parameters(n, 2), num_groups=2), (1, 6, 4, 5), opset=18)
    write("groupnorm-21", lambda n: n("GroupNormalization", "x", *parameters(n, 6), num_groups=2), (1, 6, 4, 5), opset=21)

    def group_norm_steps(n):
        """As PyTorch exports it."""
        flat = n("Reshape", "x", n.integers(0, 2, -1))
        normal = n("InstanceNormalization", flat, n.constant(np.ones(2, np.float32)), n.constant(np.zeros(2, np.float32)))
        back = n("Reshape", normal, n.integers(1, 6, 4, 5))
        return n("Add", n("Mul", back, n.weights(6, 1, 1)), n.weights(6, 1, 1))

    def layer_norm_steps(n):
        y = n("Transpose", "x", perm=[0, 2, 3, 1])
        centred = n("Sub", y, n("ReduceMean", y, axes=[-1]))
        variance = n("ReduceMean", n("Pow", centred, n.constant(np.float32(2))), axes=[-1])
        deviation = n("Sqrt", n("Add", variance, n.constant(np.float32(1e-5))))
        normal = n("Add", n("Mul", n("Div", centred, deviation), n.weights(6)), n.weights(6))
        return n("Transpose", normal, perm=[0, 3, 1, 2])

    write("groupnorm-steps", group_norm_steps, (1, 6, 4, 5))
    write("layernorm-steps", layer_norm_steps, (1, 6, 4, 5))
    write("layernorm", lambda n: n("LayerNormalization", n("Transpose", "x", perm=[0, 2, 3, 1]), *parameters(n, 6)),
          (1, 6, 4, 5), order=(0, 1, 2, 3))
    write("layernorm-picture", lambda n: n(
        "LayerNormalization", "x", n.weights(6, 4, 5, low=0.5), n.weights(6, 4, 5), axis=1), (1, 6, 4, 5))
    write("rmsnorm", lambda n: n("RMSNormalization", n("Transpose", "x", perm=[0, 2, 3, 1]), n.weights(6)),
          (1, 6, 4, 5), opset=23, order=(0, 1, 2, 3))
    write("lpnorm", lambda n: n("LpNormalization", "x", axis=1, p=2), (1, 6, 4, 5))
    write("lrn", lambda n: n("LRN", "x", size=5, alpha=0.5, beta=0.75, bias=1.5), (1, 6, 4, 5))


def pools():
    write("maxpool", lambda n: n("MaxPool", "x", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]), opset=11)
    write("maxpool-ceil", lambda n: n("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1), (1, 3, 8, 6))
    write("maxpool-dilated", lambda n: n("MaxPool", "x", kernel_shape=[2, 2], dilations=[2, 3]))
    write("maxpool-1d", lambda n: n("MaxPool", n("Conv", "x", n.weights(4, 3, 1)), kernel_shape=[3], strides=[2]),
          (1, 3, 9), order=(0, 2, 1), input_order=(0, 2, 1))
    for counts in [0, 1]:
        write(f"averagepool-{counts}", lambda n: n(
            "AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=counts))
        write(f"averagepool-ceil-{counts}", lambda n: n(
            "AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0], ceil_mode=1,
            count_include_pad=counts), (1, 3, 7, 6), opset=19)
    for p in [1, 2]:
        write(f"lppool-{p}", lambda n: n("LpPool", "x", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 0], p=p), opset=18)
        write(f"global-lppool-{p}", lambda n: n("GlobalLpPool", "x", p=p))
    write("averagepool-same", lambda n: n(
        "AveragePool", "x", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"), (1, 3, 6, 7))
    write("averagepool-whole", lambda n: n("AveragePool", "x", kernel_shape=[7, 6]))
    write("global-average", lambda n: n("Flatten", n("GlobalAveragePool", "x")), (2, 3, 4, 5), order=(0, 1))
    write("global-max", lambda n: n("GlobalMaxPool", "x"))


def reductions():
    for op in ["Mean", "Max", "Min", "Sum", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"]:
        low = 0.1 if op == "LogSum" else -2.0
        write(f"reduce-{op.lower()}", lambda n: n("Reduce" + op, "x", axes=[1], keepdims=1), (1, 3, 3, 2), opset=12, low=low)
    write("reduce-input-axes", lambda n: n("ReduceMean", "x", n.integers(-1, -2), keepdims=0), (2, 3, 4, 5), opset=18)
    write("reduce-all", lambda n: n("ReduceMax", "x"), (1, 3, 4, 5))
    write("softmax-channels", lambda n: n("Softmax", "x", axis=1))
    write("softmax-width", lambda n: n("Softmax", "x", axis=-1), order=None)
    write("softmax-flat-11", lambda n: n("Softmax", "x", axis=1), opset=11, order=(0, 1, 2, 3))
    write("logsoftmax", lambda n: n("LogSoftmax", n("ReduceMean", "x", axes=[2, 3], keepdims=0), axis=1))


def movement():
    write("resize-nearest-scales", lambda n: n("Resize", "x", "", n.constant(np.float32([1, 1, 2, 3]))),
          (1, 3, 4, 5), opset=13)
    modes = [("half_pixel", "round_prefer_floor"), ("asymmetric", "floor"), ("align_corners", "round_prefer_ceil"),
             ("tf_half_pixel_for_nn", "floor"), ("asymmetric", "ceil")]

    def unused(n, coordinates):
        """Region of interest and scales: operator set 11 needs them, empty."""
        return [n.constant(np.float32([]))] * 2 if "tf" in coordinates else ["", ""]

    for coordinates, rounding in modes:
        write(f"resize-nearest-{coordinates}-{rounding}".replace("_", "-"), lambda n: n(
            "Resize", "x", *unused(n, coordinates), n.integers(1, 3, 7, 3), coordinate_transformation_mode=coordinates,
            nearest_mode=rounding), (1, 3, 4, 5), opset=11 if "tf" in coordinates else 13)
    for coordinates in ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]:
        write(f"resize-linear-{coordinates}".replace("_", "-"), lambda n: n(
            "Resize", "x", "", "", n.integers(1, 3, 7, 3), mode="linear", coordinate_transformation_mode=coordinates),
            (1, 3, 4, 5), opset=13)
    for coordinates, excludes in [("half_pixel", 0), ("asymmetric", 1), ("align_corners", 0)]:
        write(f"resize-cubic-{coordinates}".replace("_", "-"), lambda n: n(
            "Resize", "x", "", "", n.integers(1, 3, 7, 3), mode="cubic", coordinate_transformation_mode=coordinates,
            exclude_outside=excludes, cubic_coeff_a=-0.5 if excludes else -0.75), (1, 3, 4, 5), opset=13)
    write("resize-axes", lambda n: n("Resize", "x", "", "", n.integers(8, 10), axes=[2, 3], mode="linear"),
          (1, 3, 4, 5), opset=18)
    write("resize-10", lambda n: n("Resize", "x", n.constant(np.float32([1, 1, 2, 2]))), (1, 3, 4, 5), opset=10)
    write("upsample-9", lambda n: n("Upsample", "x", n.constant(np.float32([1, 1, 2, 2])), mode="linear"),
          (1, 3, 4, 5), opset=9)
    write("upsample-7", lambda n: n("Upsample", "x", scales=[1.0, 1.0, 2.0, 2.0]), (1, 3, 4, 5), opset=8)
    pads = [0, 0, 1, 2, 0, 0, 2, 1]
    write("pad-constant", lambda n: n("Pad", "x", n.integers(*pads), n.constant(np.float32(1.5))))
    for mode in ["reflect", "edge"]:
        write(f"pad-{mode}", lambda n: n("Pad", "x", n.integers(*pads), mode=mode))
    write("pad-10", lambda n: n("Pad", "x", pads=pads, value=-1.0), opset=10)
    write("pad-axes", lambda n: n("Pad", "x", n.integers(1, -1, 2, 0), "", n.integers(3, 1)), opset=18)
    write("pad-conv", lambda n: n("Conv", n("Pad", "x", n.integers(*pads)), n.weights(4, 3, 3, 3)))
    write("pad-maxpool", lambda n: n(
        "MaxPool", n("Pad", n("Relu", "x"), n.integers(0, 0, 1, 1, 0, 0, 1, 1)), kernel_shape=[3, 3], strides=[2, 2]))
    write("slice-9", lambda n: n("Slice", "x", starts=[1, -4], ends=[5, 100], axes=[2, 3]), opset=9)
    write("slice-steps", lambda n: n(
        "Slice", "x", n.integers(-1, 0), n.integers(-100, 6), n.integers(2, 3), n.integers(-2, 2)))
    write("slice-channels", lambda n: n("Slice", n("Relu", "x"), n.integers(1), n.integers(3), n.integers(1)), (1, 5, 4, 6))
    for opset in [11, 13]:
        sizes = (lambda n: [n.integers(2, 3)]) if opset == 13 else (lambda n: [])
        attributes = {} if opset == 13 else {"split": [2, 3]}
        write(f"split-{opset}", lambda n: n("Split", n("Relu", "x"), *sizes(n), axis=1, count=2, **attributes),
              (1, 5, 4, 6), opset=opset)
    write("split-18", lambda n: n("Split", n("Relu", "x"), axis=1, num_outputs=2, count=2), (1, 5, 4, 6), opset=18)
    write("concat-channels", lambda n: n("Concat", "x", n("Relu", "x"), axis=1))
    write("concat-height", lambda n: n("Concat", "x", n("Relu", "x"), n.weights(1, 3, 2, 6), axis=2))
    write("gather-scalar", lambda n: n("Gather", n("Relu", "x"), n.constant(np.int64(2)), axis=1), (1, 5, 4, 6))
    write("gather-list", lambda n: n("Gather", "x", n.integers(4, 0, 3), axis=1), (1, 5, 4, 6))
    write("gather-square", lambda n: n("Gather", "x", n.constant(np.array([[4, 0], [3, -2]])), axis=3),
          (1, 2, 3, 5), order=(0, 2, 3, 4, 1))
    write("tile", lambda n: n("Tile", "x", n.integers(1, 2, 1, 3)), (1, 5, 4, 6))
    write("expand", lambda n: n(
        "Expand", n("ReduceMean", "x", axes=[2, 3]), n.integers(1, 5, 4, 6)), (1, 5, 4, 6))
    write("depth-to-space-dcr", lambda n: n("DepthToSpace", "x", blocksize=2), (1, 12, 4, 5))
    write("depth-to-space-crd", lambda n: n("DepthToSpace", "x", blocksize=2, mode="CRD"), (1, 12, 4, 5))
    write("space-to-depth", lambda n: n("SpaceToDepth", "x", blocksize=2), (1, 3, 4, 6))

    def shuffle(n):
        split = n("Reshape", "x", n.integers(1, 2, 3, 4, 5))
        return n("Conv", n("Reshape", n("Transpose", split, perm=[0, 2, 1, 3, 4]), n.integers(0, -1, 4, 5)),
                 n.weights(4, 6, 1, 1))

    def window(n):
        """Tokens of 2×2 windows, as in Swin."""
        split = n("Reshape", n("Transpose", "x", perm=[0, 2, 3, 1]), n.integers(1, 2, 2, 3, 2, 6))
        tokens = n("Reshape", n("Transpose", split, perm=[0, 1, 3, 2, 4, 5]), n.integers(-1, 4, 6))
        return n("MatMul", tokens, n.weights(6, 3))

    def shapes(n):
        """Shape arithmetic as exporters write it."""
        shape = n("Shape", "x")
        height, width = (n("Gather", shape, n.constant(np.int64(i))) for i in (2, 3))
        doubled = [n("Unsqueeze", n("Cast", n("Floor", n("Mul", n("Cast", v, to=1), n.constant(np.float32(2)))), to=7),
                     n.integers(0)) for v in (height, width)]
        sizes = n("Concat", n("Slice", shape, n.integers(0), n.integers(2)), *doubled, axis=0)
        condition = n("Equal", n("Size", "x"), n.constant(np.int64(60)))
        sizes = n("Where", condition, sizes, n("Neg", sizes))
        return n("Resize", "x", "", "", sizes, mode="linear", coordinate_transformation_mode="asymmetric")

    def layout(n):
        """As converted from channel-last frameworks: transposes around every layer."""
        first = n("Conv", n("Transpose", "x", perm=[0, 3, 1, 2]), n.weights(4, 3, 3, 3))
        back = n("Add", n("Transpose", first, perm=[0, 2, 3, 1]), n.weights(4))
        again = n("MaxPool", n("Transpose", n("Relu", back), perm=[0, 3, 1, 2]), kernel_shape=[2, 2])
        last = n("Reshape", n("Transpose", again, perm=[0, 2, 3, 1]), n.integers(1, -1))
        return n("MatMul", last, n.weights(3 * 4 * 4, 5))

    def masked(n):
        """A mask written by slices, as Swin's, and one of the future."""
        places = n.constant(np.array([[0, 1], [2, -1]]))
        mask = n("ScatterND", n.constant(np.zeros((3, 4, 2), np.float32)), places, n.weights(2, 2))
        future = n("Trilu", n("MatMul", n.weights(4, 3), n.weights(3, 2)), n.constant(np.int64(-1)), upper=0)
        return n("Add", n("Mul", "x", mask), future)

    write("masks", masked, (1, 3, 4, 2))
    write("channel-shuffle", shuffle, (1, 6, 4, 5))
    write("windows", window, (1, 6, 4, 6))
    write("shape-arithmetic", shapes, (1, 3, 4, 5))
    write("channel-last-layers", layout, (1, 6, 7, 3))


def sequences():
    def tokens(n):
        """T×1×C from a picture of height 1."""
        return n("Transpose", n("Squeeze", "x", n.integers(2)), perm=[2, 0, 1])

    for op, gates in [("LSTM", 4), ("GRU", 3)]:
        for direction in ["forward", "reverse", "bidirectional"]:
            def layer(n, **more):
                d = 2 if direction == "bidirectional" else 1
                return n(op, tokens(n), n.weights(d, gates * 4, 3), n.weights(d, gates * 4, 4), n.weights(d, gates * 8),
                         direction=direction, hidden_size=4, count=2, **more)

            def joined(n, **more):
                y, last = layer(n, **more)
                d = 2 if direction == "bidirectional" else 1
                rows = n("Reshape", n("Transpose", y, perm=[2, 0, 1, 3]), n.integers(6, 4 * d))
                return [rows, n("Reshape", last, n.integers(1, -1))]

            write(f"{op.lower()}-{direction}", joined, (1, 3, 1, 6))
    for direction in ["forward", "bidirectional"]:
        d = 2 if direction == "bidirectional" else 1
        write(f"rnn-{direction}", lambda n: n("Reshape", n("Transpose", n(
            "RNN", tokens(n), n.weights(d, 4, 3), n.weights(d, 4, 4), n.weights(d, 8), direction=direction,
            hidden_size=4), perm=[2, 0, 1, 3]), n.integers(6, 4 * d)), (1, 3, 1, 6))
    write("gru-reset-after", lambda n: n("Squeeze", n(
        "GRU", tokens(n), n.weights(1, 12, 3), n.weights(1, 12, 4), n.weights(1, 24), hidden_size=4,
        linear_before_reset=1), n.integers(1, 2)), (1, 3, 1, 6))


def storage():
    def typed(n, dtype):
        w = n.constant(n.random.uniform(-1, 1, (4, 3, 3, 3)).astype(dtype))
        return n("Conv", "x", n("Cast", w, to=TensorProto.FLOAT))

    write("weights-float16", lambda n: typed(n, np.float16))
    write("weights-double", lambda n: typed(n, np.float64))

    def dequantized(n):
        w = n.constant(n.random.integers(-128, 128, (4, 3, 3, 3)).astype(np.int8))
        scales = n.weights(4, low=0.01, high=0.02)
        return n("Conv", "x", n("DequantizeLinear", w, scales, n.constant(np.zeros(4, np.int8)), axis=0))

    def node_constant(n):
        value = numpy_helper.from_array(n.random.uniform(-1, 1, (4, 3, 1, 1)).astype(np.float32))
        return n("Conv", "x", n("Constant", value=value))

    def branch(n):
        def body(name, op):
            return helper.make_graph([helper.make_node(op, ["x"], [name])], name, [],
                                     [helper.make_tensor_value_info(name, TensorProto.FLOAT, None)])
        condition = n("Greater", n("Gather", n("Shape", "x"), n.constant(np.int64(2))), n.constant(np.int64(6)))
        return n("If", condition, then_branch=body("then", "Abs"), else_branch=body("else", "Neg"))

    write("weights-int8", dequantized)
    write("weights-in-nodes", node_constant)
    write("if-constant", branch)


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for group in [convolutions, matrices, activations, arithmetic, normalizations, pools, reductions, movement, sequences,
                  storage]:
        group()


if __name__ == "__main__":
    main()
