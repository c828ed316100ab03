import ArgumentParser
import FloatGraph
import Foundation
import ModelFile

/// `tidepool infer`: raw tensors in, raw tensors out.
struct InferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Runs a network on an array: floats for a trained network, integers for a .tide file.",
        discussion: """
            The input is N×H×W×3, for clips N×T×H×W×3, uint8 or float32 in 0…255; a trained network takes float32 as
            it is, whatever its range. The output holds one array for each of the network's outputs; for a .tide file
            the integers under the output's name, and NAME.real in real units.

            EXAMPLES
              tidepool infer face.onnx --input faces.npy --out float.npz
              tidepool infer face.tide --input faces.npy --out integers.npz
            """)

    @Argument(help: "The trained network (.onnx, .h5, .keras, .tflite) or the .tide file.") var model: String
    @Option(help: "The input array (.npy).") var input: String
    @Option(help: "The output arrays (.npz).") var out: String
    @Option(help: "The recipe of a trained network.") var recipe: String?
    @OptionGroup var reading: FloatModelOptions

    func run() throws {
        let runner = try Runner(LoadedModel.load(model, recipe: recipe, options: reading))
        guard input.hasSuffix(".npy") else { throw CommandError("\(input): --input is a .npy array") }
        let array = try NumpyArray(path: input)
        let answers = runner.takesFloats && array.element == .float32
            ? try answers(to: array, runner) : try answersToPixels(runner)
        try archive(answers).write(to: out)
    }

    private func answersToPixels(_ runner: Runner) throws -> [Answer] {
        let set = try InputSet(path: input, shape: runner.shape)
        var answers: [Answer] = []
        let bar = ProgressBar("running", total: set.names.count)
        for begin in stride(from: 0, to: set.names.count, by: 32) {
            let samples = try set.load(begin..<min(begin + 32, set.names.count))
            answers += try runner.run(samples)
            bar.advance(by: samples.count)
        }
        guard set.skipped.isEmpty else { throw CommandError("\(input): \(set.skipped.count) samples cannot be used") }
        return answers
    }

    /// A trained network's answers to numbers that are not rounded to pixels.
    private func answers(to array: NumpyArray, _ runner: Runner) throws -> [Answer] {
        try ArraySamples.requireFit(array, runner.shape, path: input)
        let size = runner.shape.count, count = array.shape[0]
        var answers: [Answer] = []
        let bar = ProgressBar("running", total: count)
        for begin in stride(from: 0, to: count, by: 32) {
            let tensors = try (begin..<min(begin + 32, count)).map { sample in
                let values = (sample * size..<(sample + 1) * size).map(array.number)
                guard values.allSatisfy(\.isFinite) else {
                    throw CommandError("\(input): sample \(sample) holds NaN or infinity")
                }
                return FloatTensor(
                    shape: [runner.shape.frames, runner.shape.height, runner.shape.width, 3], values: values)
            }
            answers += try runner.run(tensors)
            bar.advance(by: tensors.count)
        }
        return answers
    }

    private func archive(_ answers: [Answer]) -> NumpyArchive {
        var archive = NumpyArchive()
        guard let first = answers.first else { return archive }
        for (index, output) in first.outputs.enumerated() {
            // A float output's first extent is the frame axis of one: the samples take its place.
            let shape = output.raw == nil && output.shape.first == 1 ? Array(output.shape.dropFirst()) : output.shape
            let real = NumpyArray(
                .float32, shape: [answers.count] + shape, answers.flatMap { $0.outputs[index].real })
            if output.raw == nil {
                archive.append(output.name, real)
            } else {
                archive.append(output.name, integers(answers.map { $0.outputs[index] }, shape))
                archive.append(output.name + ".real", real)
            }
        }
        return archive
    }

    private func integers(_ results: [Answer.Result], _ shape: [Int]) -> NumpyArray {
        let values = results.flatMap { $0.raw!.values }
        let full = [results.count] + shape
        return switch results[0].raw!.type {
        case .int8: NumpyArray(.int8, shape: full, values.map { Int8($0) })
        case .int16: NumpyArray(.int16, shape: full, values.map { Int16($0) })
        case .uint16: NumpyArray(.uint16, shape: full, values.map { UInt16($0) })
        case .int32: NumpyArray(.int32, shape: full, values)
        }
    }
}
