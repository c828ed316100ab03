"""PyTorch -> ONNX in the form that the importer is promised: opset 17, static shapes, no Pad, no state, small files.

Weights may be stored as float16, each with a Cast to float32 behind it: any runtime reads that and computes in float32.
"""
import io
import json
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


def export(network, input_name, input_shape, outputs):
    """`network` (in evaluation mode) as a checked ONNX model. `outputs`: name -> one line that documents it."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(network.eval(), torch.zeros(input_shape), buffer, opset_version=OPSET, dynamo=False,
                          do_constant_folding=True, input_names=[input_name], output_names=list(outputs))
    model = tidy(onnx.load_model_from_string(buffer.getvalue()))
    for output in model.graph.output:
        output.doc_string = outputs[output.name]
    return model


def tidy(model):
    """The promised form: constants as initializers, no Pad, no LSTM state, nothing unread."""
    constants_to_initializers(model.graph)
    fold_shapes(model)
    fold_constant_subgraphs(model)
    fold_pads(model.graph)
    drop_lstm_states(model.graph)
    remove_dead(model.graph)
    onnx.checker.check_model(model, full_check=True)
    return model


def constants_to_initializers(graph):
    for node in [n for n in graph.node if n.op_type == "Constant"]:
        tensor = TensorProto()
        tensor.CopyFrom(node.attribute[0].t)
        tensor.name = node.output[0]
        graph.initializer.append(tensor)
        graph.node.remove(node)


def fold_shapes(model):
    """All shapes are static: a Shape node becomes the initializer that it would compute."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.value_info, *graph.input)}
    for node in [n for n in model.graph.node if n.op_type == "Shape"]:
        shape = np.array(shapes[node.input[0]], np.int64)
        model.graph.initializer.append(numpy_helper.from_array(shape, node.output[0]))
        model.graph.node.remove(node)


def fold_constant_subgraphs(model):
    """Nodes that depend on no input (shapes, pads, initial states) become initializers, evaluated by ONNX Runtime."""
    graph = model.graph
    known = {t.name for t in graph.initializer} | {""}
    constant = []
    for node in graph.node:
        if all(name in known for name in node.input):
            constant.append(node)
            known.update(node.output)
    names = [name for node in constant for name in node.output]
    if not names:
        return
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.node[:], probe.graph.output[:], probe.graph.input[:]
    probe.graph.node.extend(constant)
    probe.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    values = session(probe).run(names, {})
    graph.initializer.extend(numpy_helper.from_array(np.asarray(v), n) for n, v in zip(names, values))
    for node in constant:
        graph.node.remove(node)


def fold_pads(graph):
    """A zero Pad in front of a Conv becomes the Conv's own, asymmetric pads."""
    values = {t.name: t for t in graph.initializer}
    producers = {name: node for node in graph.node for name in node.output}
    for conv in [n for n in graph.node if n.op_type == "Conv"]:
        pad = producers.get(conv.input[0])
        if pad is None or pad.op_type != "Pad":
            continue
        amounts = numpy_helper.to_array(values[pad.input[1]]).tolist()
        if amounts[:2] != [0, 0] or amounts[4:6] != [0, 0]:
            raise ValueError(f"{pad.name}: pads batch or channels: {amounts}")
        own = next(a for a in conv.attribute if a.name == "pads")
        own.ints[:] = [a + b for a, b in zip(own.ints, amounts[2:4] + amounts[6:8])]
        conv.input[0] = pad.input[0]


def drop_lstm_states(graph):
    """An LSTM's initial state is zero by definition where it is not given; its last state is nobody's output here."""
    values = {t.name: t for t in graph.initializer}
    read = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    for node in [n for n in graph.node if n.op_type == "LSTM"]:
        for i in range(5, min(7, len(node.input))):
            if node.input[i] and not numpy_helper.to_array(values[node.input[i]]).any():
                node.input[i] = ""
        while node.input[-1] == "":
            node.input.pop()
        while node.output[-1] not in read:
            node.output.pop()


def remove_dead(graph):
    """Removes nodes and initializers that nothing reads."""
    while True:
        live = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
        dead = [node for node in graph.node if not live.intersection(node.output)]
        if not dead:
            break
        for node in dead:
            graph.node.remove(node)
    for tensor in [t for t in graph.initializer if t.name not in live]:
        graph.initializer.remove(tensor)


def graft(model, donor, output):
    """Gives `model` the output of that name of `donor`, with all that computes it, in place of its own if it has one.
    Everything else of `model` stays as it is. Both read the same input."""
    branch = keep_outputs(donor, [output]).graph
    model = keep_outputs(model, [o.name for o in model.graph.output if o.name != output])
    theirs, ours = branch.input[0], model.graph.input[0]
    if theirs.type != ours.type:
        raise ValueError(f"{output} is computed from another kind of input than {ours.name}")
    names = {"": "", theirs.name: ours.name, output: output}

    def renamed(name):
        return names.setdefault(name, f"{output}/{name.lstrip('/')}")

    for tensor in branch.initializer:
        tensor.name = renamed(tensor.name)
    for node in branch.node:
        node.name = f"{output}/{node.name.lstrip('/')}"
        node.input[:], node.output[:] = map(renamed, node.input), map(renamed, node.output)
    model.graph.initializer.extend(branch.initializer)
    model.graph.node.extend(branch.node)
    model.graph.output.extend(branch.output)
    onnx.checker.check_model(model, full_check=True)
    return model


def keep_outputs(model, names):
    """A copy with these outputs only, and what they need."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for output in [o for o in model.graph.output if o.name not in names]:
        model.graph.output.remove(output)
    if len(model.graph.output) != len(names):
        raise ValueError(f"no output {', '.join(set(names) - {o.name for o in model.graph.output})}")
    remove_dead(model.graph)
    return model


def store_half(model, smallest=20_000):
    """Float32 matrices and kernels of at least `smallest` elements become float16, each with a Cast behind it."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.ndim < 2 or value.size < smallest:
            continue
        half = value.astype(np.float16)
        if not np.isfinite(half).all():
            raise ValueError(f"{tensor.name}: beyond the range of float16")
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + ":half"))
        casts.append(helper.make_node("Cast", [name + ":half"], [name], name=name + ":cast", to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(model, full_check=True)
    return model


def set_labels(model, labels):
    """Keeps the names of the classes, by task, among the model's metadata."""
    onnx.helper.set_model_props(model, {"labels." + task: json.dumps(names) for task, names in labels.items()})


def labels(session):
    """The names of the classes, by task, of a model's session."""
    found = session.get_modelmeta().custom_metadata_map.items()
    return {key.removeprefix("labels."): json.loads(value) for key, value in found if key.startswith("labels.")}


def session(model, threads=1):
    """An ONNX Runtime session on the CPU, for a model or a path."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    source = model if isinstance(model, str) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(model, inputs, threads=1):
    """name -> array of every output for one input array."""
    s = session(model, threads)
    names = [o.name for o in s.get_outputs()]
    return dict(zip(names, s.run(names, {s.get_inputs()[0].name: inputs})))
