import FloatGraph
import ModelFile
import Runtime

/// Runs a quantized network on the inputs that the float one takes: for comparisons and evaluation on the workstation.
public final class IntegerExecutor {
    public let network: Network
    private var pixels: [Int8]

    /// - Parameter keepsActivations: whether `value(_:)` can read every tensor after a run.
    public init(
        _ model: Model, threads: Int = 1, isa: String? = nil, keepsActivations: Bool = false
    ) throws(QuantizerError) {
        do {
            network = try Network(model, RuntimeOptions(threads: threads, isa: isa, keepsActivations: keepsActivations))
        } catch {
            throw .runtime(error.description)
        }
        let clip = model.description.clip?.frames ?? 1
        pixels = Array(repeating: 0, count: clip * network.frameInput.count)
    }

    /// One picture or clip, `[N, H, W, 3]`, colours 0…255 in the model's order; returns the outputs in real units.
    public func run(_ input: FloatTensor) throws(QuantizerError) -> [FloatTensor] {
        guard input.count == pixels.count else {
            throw .runtime("the input \(input.shape) has \(input.count) numbers, the network takes \(pixels.count)")
        }
        for (index, value) in input.values.enumerated() {
            pixels[index] = Int8(min(max(value.rounded(), 0), 255) - 128)
        }
        let size = network.frameInput.count
        pixels.withUnsafeBufferPointer { pixels in
            if network.model.description.clip == nil {
                _ = network.frameInput.update(fromContentsOf: pixels)
                network.runFrame()
            } else {
                network.runClip(
                    frames: stride(from: 0, to: pixels.count, by: size).map {
                        UnsafeBufferPointer(rebasing: pixels[$0..<$0 + size])
                    })
            }
        }
        return network.model.description.deciding.outputs.indices.map { Self.real(network.output($0)) }
    }

    /// An output's or value's integers as real numbers.
    static func real(_ output: Output) -> FloatTensor {
        FloatTensor(shape: output.shape, values: (0..<output.count).map { Float(output.real($0)) })
    }
}
