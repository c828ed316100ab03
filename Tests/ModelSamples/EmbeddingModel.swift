import ModelFile

/// A small network with an embedding: a convolution, the mean of its maps, for clips the mean over the frames, then a
/// dense layer whose 24 numbers are the embedding, and the scores of two identities made of it.
///
/// Its weights are random: what it says of swimmers means little, but equal clips have equal embeddings.
///
/// - Parameters:
///   - frames: Of a clip; 1 makes a network of single pictures.
///   - facts: The provenance; without `embedding.output` among them nobody knows of the embedding.
public func embeddingModel(
    frames: Int = 5, stride: Int = 2, size: Int = 20, seed: UInt64 = 1,
    facts: [(key: String, value: String)] = [("embedding.output", "embedding"), ("embedding.threshold", "0.9")]
) throws -> [UInt8] {
    var sketch = Sketch(seed: seed)
    let input = sketch.activation([size, size, 3], scale: 1, zeroPoint: -128)
    let map = sketch.convolution(input, channels: 16, kernel: (3, 3), Window(strideY: 2, strideX: 2))
    let extent = sketch.tensor(map).shape[0]
    let pooled = sketch.mean(map, outer: 1, count: extent * extent, inner: 16, shape: [16], to: .int16)
    var frame = Program(inputs: [input], outputs: [pooled], operations: sketch.operations)
    sketch.operations = []

    var features = pooled, sequence: Int?
    if frames > 1 {
        let tensor = sketch.tensor(pooled)
        sequence = sketch.activation([frames, 16], tensor.type, scale: tensor.scale, zeroPoint: tensor.zeroPoint)
        features = sketch.mean(sequence!, outer: 1, count: frames, inner: 16, shape: [16], to: .int16)
    }
    let embedding = sketch.dense(features, 24, to: .int16, name: "embedding")
    let identity = sketch.softmax(sketch.dense(embedding, 2, to: .int16))
    let outputs = [identity, embedding]
    var clip: Program?
    if let sequence {
        clip = Program(inputs: [sequence], outputs: outputs, operations: sketch.operations)
    } else {
        frame.operations += sketch.operations
        frame.outputs = outputs
    }
    return try sketch.builder.encode(
        name: "embedding", frame: frame, clipProgram: clip,
        clip: clip.map { _ in Clip(frames: frames, stride: stride) },
        preprocessing: Preprocessing(width: size, height: size),
        tasks: [Task(name: "identity", kind: .classification, output: 0, labels: ["one", "two"], unit: "")],
        provenance: facts.map { ProvenanceEntry(key: $0.key, value: $0.value) })
}
