import ModelFile

/// A small clip network that contains every operator: squeeze-excite, residual, LSTM, attention, spatial attention,
/// heads.
public func everyOperatorModel(seed: UInt64 = 1) throws -> [UInt8] {
    var sketch = Sketch(seed: seed)
    let frames = 4
    let input = sketch.activation([9, 8, 3])
    let same = Window(padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)

    // Frame program.
    let stem = sketch.convolution(
        input, channels: 12, kernel: (3, 3), Window(strideY: 2, strideX: 2, padBottom: 1, padRight: 1), to: .int16)
    let swish = sketch.table(stem)
    let deep = sketch.depthwise(swish, kernel: (3, 3), same)
    let pooled = sketch.mean(deep, outer: 1, count: 16, inner: 12, shape: [12])
    let gate = sketch.table(sketch.dense(pooled, 12, to: .int16), to: .int16)
    let excited = sketch.multiply(deep, gate)
    let projected = sketch.convolution(excited, channels: 12, kernel: (1, 1))
    let sum = sketch.add(projected, swish)
    let shaped = sketch.prelu(sketch.rescale(sum, to: .int16))
    let features = sketch.concatenate([shaped, sketch.table(sum)])
    let pooledFeatures = sketch.mean(features, outer: 1, count: 16, inner: 24, shape: [24])
    let frame = Program(inputs: [input], outputs: [features, pooledFeatures], operations: sketch.operations)
    sketch.operations = []

    // Clip program.
    func sequence(_ feature: Int) -> Int {
        let tensor = sketch.tensor(feature)
        return sketch.activation(
            [frames] + tensor.shape, tensor.type, scale: tensor.scale, zeroPoint: tensor.zeroPoint)
    }
    let spatial = sequence(features), temporal = sequence(pooledFeatures)
    let hidden = sketch.lstm(temporal, units: 10, cellBits: 11)
    let attended = sketch.attention(hidden, units: 6)
    let average = sketch.mean(attended, outer: 1, count: frames, inner: 10, shape: [10])
    let peak = sketch.maximum(attended, outer: 1, count: frames, inner: 10, shape: [10])
    let picture = sketch.mean(spatial, outer: 1, count: frames, inner: 16 * 24, shape: [4, 4, 24])
    let maps = sketch.concatenate([
        sketch.mean(picture, outer: 16, count: 24, inner: 1, shape: [4, 4, 1]),
        sketch.maximum(picture, outer: 16, count: 24, inner: 1, shape: [4, 4, 1]),
    ])
    let mask = sketch.table(sketch.convolution(maps, channels: 1, kernel: (3, 3), same, to: .int16), to: .int16)
    let moved = sketch.gather(sketch.maximumPool(sketch.withConstant(picture, multiplies: true), kernel: (2, 3)))
    let larger = sketch.interpolate(sketch.normalize(moved, to: .int16), axis: 1, positions: 5)
    let gated = sketch.gru(temporal, units: 7, resetAfter: false)
    let related = sketch.matmul(sketch.gru(temporal, units: 7, resetAfter: true), sketch.symmetric(gated),
                                transposed: false)
    let focused = sketch.multiply(picture, mask)
    let seen = sketch.mean(focused, outer: 1, count: 16, inner: 24, shape: [24])
    let fused = sketch.reshape(sketch.concatenate([average, peak, seen]), [1, 44])
    let action = sketch.softmax(sketch.dense(sketch.prelu(sketch.dense(fused, 16)), 4))
    let age = sketch.dense(sketch.prelu(sketch.dense(fused, 16, to: .int16)), 1, to: .int16)
    let clip = Program(
        inputs: [spatial, temporal], outputs: [action, age, larger, related], operations: sketch.operations)

    return try sketch.builder.encode(
        name: "every operator", frame: frame, clipProgram: clip, clip: Clip(frames: frames, stride: 2),
        preprocessing: Preprocessing(width: 8, height: 9, colour: .bgr),
        tasks: [
            Task(
                name: "action", kind: .classification, output: 0,
                labels: ["breaststroke", "drowning", "freestyle", "safe"], unit: ""),
            Task(name: "age", kind: .regression, output: 1, labels: [], unit: "years"),
        ],
        provenance: [ProvenanceEntry(key: "made.by", value: "a test · «every operator»")])
}
