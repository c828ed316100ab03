import ModelFile
import ModelSamples

@testable import Runtime

/// Random pictures for a model: as many as a clip has, or more.
func pictures(_ model: Model, count: Int? = nil, seed: UInt64 = 7) -> [[Int8]] {
    var random = SampleGenerator(seed: seed)
    let size = model.description.tensors[model.description.frame.inputs[0]].count
    return (0..<(count ?? model.description.clip?.frames ?? 1)).map { _ in random.bytes(size) }
}

extension Network {
    /// The decision on whole clips or single pictures, as integers.
    func decide(_ pictures: [[Int8]]) -> [[Int]] {
        if model.description.clip == nil {
            _ = frameInput.update(fromContentsOf: pictures.last!)
            runFrame()
        } else {
            let buffers = pictures.map { picture in
                let copy = UnsafeMutableBufferPointer<Int8>.allocate(capacity: picture.count)
                _ = copy.initialize(from: picture)
                return UnsafeBufferPointer(copy)
            }
            runClip(frames: buffers)
            buffers.forEach { $0.deallocate() }
        }
        return decision
    }

    /// The outputs of the last run.
    var decision: [[Int]] {
        model.description.deciding.outputs.indices.map { index in
            let output = output(index)
            return (0..<output.count).map { Int(output[$0]) }
        }
    }

    /// One with the smallest shares, so that threads have something to do on small models.
    convenience init(
        _ model: Model, threads: Int, isa: String? = nil, keepsActivations: Bool = false,
        sharesClips: Bool = false
    ) throws {
        var options = RuntimeOptions(threads: threads, isa: isa, keepsActivations: keepsActivations)
        options.smallestShare = 1
        options.sharesClips = sharesClips
        try self.init(model, options)
    }
}
