import ModelFile

/// A task of a sample model: a classification, or without labels a number.
public struct SampleTask: Sendable {
    public var name: String
    public var labels: [String]
    public var unit: String

    public init(_ name: String, labels: [String] = [], unit: String = "") {
        self.name = name
        self.labels = labels
        self.unit = unit
    }

    public static let swimmer = [
        SampleTask("action", labels: ["breaststroke", "drowning", "freestyle", "safe"]),
        SampleTask("identity", labels: (1...4).map { "swimmer-\($0)" }),
    ]
    public static let face = [
        SampleTask("age", unit: "years"), SampleTask("gender", labels: ["male", "female"]),
        SampleTask("race", labels: (0..<5).map { "race-\($0)" }),
    ]
}

/// A small network with random weights that answers the given tasks: what it says means nothing, that it says the same
/// on every machine does.
///
/// - Parameter frames: Of a clip; 1 makes a network of single pictures.
public func taskModel(
    _ tasks: [SampleTask], frames: Int = 1, stride: Int = 1, size: Int = 20, seed: UInt64 = 1
) throws -> [UInt8] {
    var sketch = Sketch(seed: seed)
    let input = sketch.activation([size, size, 3], scale: 1, zeroPoint: -128)
    let map = sketch.convolution(input, channels: 16, kernel: (5, 5), Window(strideY: 3, strideX: 3), to: .int16)
    let extent = sketch.tensor(map).shape[0]
    let pooled = sketch.maximum(map, outer: 1, count: extent * extent, inner: 16, shape: [16])
    var frame = Program(inputs: [input], outputs: [pooled], operations: sketch.operations)
    sketch.operations = []

    var features = pooled, sequence: Int?
    if frames > 1 {
        let tensor = sketch.tensor(pooled)
        sequence = sketch.activation([frames, 16], tensor.type, scale: tensor.scale, zeroPoint: tensor.zeroPoint)
        features = sketch.mean(sequence!, outer: 1, count: frames, inner: 16, shape: [16], to: .int16)
    }
    let outputs = tasks.map { task in
        let scores = sketch.dense(features, max(1, task.labels.count), to: .int16, scale: 0x1p-12)
        return task.labels.isEmpty ? scores : sketch.softmax(scores)
    }
    var clip: Program?
    if let sequence {
        clip = Program(inputs: [sequence], outputs: outputs, operations: sketch.operations)
    } else {
        frame.operations += sketch.operations
        frame.outputs = outputs
    }
    return try sketch.builder.encode(
        name: frames > 1 ? "clip" : "picture", frame: frame, clipProgram: clip,
        clip: clip.map { _ in Clip(frames: frames, stride: stride) },
        preprocessing: Preprocessing(width: size, height: size),
        tasks: tasks.enumerated().map { index, task in
            Task(
                name: task.name, kind: task.labels.isEmpty ? .regression : .classification, output: index,
                labels: task.labels, unit: task.unit)
        })
}
