import struct Foundation.Data
import ModelFile
import ONNXFormat
import SwiftProtobuf

/// A model as ONNX (operator set 21) in QDQ form: every tensor leaves its operator through QuantizeLinear and enters
/// the next one through DequantizeLinear, so that a runtime may compute in integers between: uint8 or 16-bit ones, on
/// int8 weights.
///
/// The input is uint8 `[N, H, W, 3]`, pixels as they are; a clip's N is its number of frames, and the clip program
/// follows the frame program in the same graph. Outputs are floats on the grids of our integers.
///
/// Scales are float32 and sums are rounded there, ours are exact: where a result lies next to the middle between two
/// integers, the other runtime may choose the other one.
///
/// - Parameter file: names the model in errors.
public func exportONNX(_ model: Model, file: String) throws(ExportError) -> ExportedModel {
    var exporter = ONNXExporter(SourceModel(model: model))
    return try exporter.run(file: file)
}

/// Pictures are `[N, C, H, W]` here, what has fewer axes stays as it is; in front stands a batch, 1 in the clip
/// program.
struct ONNXExporter {
    let source: SourceModel
    var writer: ONNXGraphWriter
    /// The real numbers of a tensor, by the tensor's index: the name of a DequantizeLinear's output.
    var reals: [Int: String] = [:]
    /// The integers of a tensor.
    var integers: [Int: String] = [:]
    private(set) var notes: Set<String> = []

    init(_ source: SourceModel) {
        self.source = source
        writer = ONNXGraphWriter(name: source.description.name)
    }

    mutating func run(file: String) throws(ExportError) -> ExportedModel {
        let description = source.description
        let outputs = description.deciding.outputs.map { (index: $0, name: writer.unique(name($0))) }
        declareInput()
        var failures = translate(description.frame)
        if let clip = description.clipProgram {
            for (input, feature) in zip(clip.inputs, description.frame.outputs) {
                let axes = writer.integers([0], name: "first axis")
                reals[input] = writer.add("Unsqueeze", [real(feature), axes], name: "\(name(feature)) of all frames")
            }
            failures += translate(clip)
        }
        guard failures.isEmpty else { throw .unsupported(file: file, operations: failures) }
        for (index, name) in outputs {
            let shape = [description.clipProgram == nil ? 0 : 1] + source.tensor(index).shape
            writer.declareOutput(name, of: real(index), .float, layout(shape))
        }
        var proto = Onnx_ModelProto()
        proto.irVersion = 10
        proto.producerName = "tidepool"
        proto.graph = writer.graph
        proto.opsetImport = [.with { $0.version = 21 }]
        do {
            let bytes: Data = try proto.serializedBytes()
            return ExportedModel(bytes: [UInt8](bytes), notes: notes.sorted())
        } catch {
            throw .unwritable(file: file, reason: "\(error)")
        }
    }

    private mutating func translate(_ program: Program) -> [String] {
        var failures: [String] = []
        for operation in program.operations {
            do throws(ExportFailure) {
                try translate(operation)
            } catch {
                failures.append("\(operation.name) (\(operation.kind.label)): \(error.reason)")
                reals[operation.output] = ""
            }
        }
        return failures
    }

    private mutating func translate(_ operation: Operation) throws(ExportFailure) {
        switch operation.kind {
        case .convolution(let window, let clamp): convolution(operation, window, clamp)
        case .depthwise(let window, let clamp): depthwise(operation, window, clamp)
        case .dense(let clamp): dense(operation, clamp)
        case .add(let mx, let my, let multiplier, let shift, let clamp):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            add(operation, Double(mx) * factor, Double(my) * factor, clamp)
        case .multiply(let rescale, let clamp): multiply(operation, rescale.factor, clamp)
        case .concatenate: concatenate(operation)
        case .mean(let outer, let count, _, let rescale):
            reduce(operation, "ReduceMean", outer: Int(outer), count: Int(count), factor: rescale.factor * Double(count))
        case .maximum(let outer, let count, _):
            reduce(operation, "ReduceMax", outer: Int(outer), count: Int(count), factor: nil)
        case .rescale(let rescale):
            let x = operation.inputs[0]
            store(scaled(real(x), by: rescale.factor * ratio(operation.output, x), operation.name), operation.output)
        case .table: table(operation)
        case .prelu(let rescale): prelu(operation, rescale)
        case .softmax: softmax(operation)
        case .lstm: lstm(operation)
        case .attention: attention(operation)
        case .reshape: reshape(operation)
        case .maximumPool(let window, let kernelY, let kernelX):
            let attributes = attributes(window, Int(kernelY), Int(kernelX))
            store(writer.add("MaxPool", [real(operation.inputs[0])], name: operation.name, attributes), operation.output)
        case .gather(let fill): gather(operation, fill)
        case .interpolate(let outer, let count, let inner, let multiplier, let shift):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            interpolate(operation, [outer, count, inner].map(Int.init), factor)
        case .matmul(let transposed, let multiplier, let shift, let clamp):
            matmul(operation, transposed, Rescale(left: 0, multiplier: multiplier, shift: shift).factor, clamp)
        case .normalize(let centres, let epsilon, let multiplier, let shift):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            normalize(operation, centres: centres, epsilon, factor)
        case .gru(let resetAfter): gru(operation, resetAfter: resetAfter)
        }
    }

    mutating func note(_ text: String) { notes.insert(text) }

    // MARK: Input and output

    private mutating func declareInput() {
        let input = source.description.frame.inputs[0]
        let tensor = source.tensor(input)
        let name = writer.unique(tensor.name)
        writer.declareInput(name, .uint8, [source.frames ?? 0] + tensor.shape)
        let grid = [
            writer.floats([tensor.scale], shape: [], name: "\(name) scale"),
            // A pixel is 128 more than our integer.
            writer.constant(.uint8, [], [UInt8(tensor.zeroPoint + 128)], name: "\(name) zero point"),
        ]
        let real = writer.add("DequantizeLinear", [name] + grid, name: "\(name) real")
        reals[input] = writer.add("Transpose", [real], name: "\(name) planes", ["perm": .ints([0, 3, 1, 2])])
    }

    // MARK: Tensors

    func name(_ index: Int) -> String { source.tensor(index).name }

    /// s_a / s_b of two tensors.
    func ratio(_ a: Int, _ b: Int) -> Double { source.tensor(a).scale / source.tensor(b).scale }

    /// A channel-last shape, batch in front, as it stands here.
    func layout(_ shape: [Int]) -> [Int] {
        guard shape.count >= 4 else { return shape }
        let rank = shape.count
        return Array(shape[..<(rank - 3)]) + [shape[rank - 1], shape[rank - 3], shape[rank - 2]]
    }

    /// The axis here of a tensor's own axis.
    func axis(_ axis: Int, rank: Int) -> Int {
        guard rank >= 3 else { return axis + 1 }
        return axis == rank - 1 ? rank - 2 : axis >= rank - 3 ? axis + 2 : axis + 1
    }

    /// The integers of a tensor whose real numbers may have been moved only.
    mutating func integer(_ index: Int) -> String {
        if let name = integers[index] { return name }
        if source.tensor(index).isConstant {
            integers[index] = constant(index)
        } else if let real = reals[index] {
            store(real, index)
        }
        return integers[index] ?? ""
    }

    mutating func real(_ index: Int) -> String {
        if let name = reals[index] { return name }
        let real = writer.add("DequantizeLinear", [integer(index)] + grid(index), name: "\(name(index)) real")
        reals[index] = real
        return real
    }

    /// As `real`, through a scale that contains a factor.
    mutating func real(_ index: Int, times factor: Double) -> String {
        guard plain(factor) != 1, !source.tensor(index).isConstant, let integers = integers[index] else {
            return scaled(real(index), by: factor, name(index))
        }
        let grid = grid(index, times: factor)
        return writer.add("DequantizeLinear", [integers] + grid, name: "\(name(index)) real")
    }

    /// The integers of a constant operand, a batch of 1 in front.
    private mutating func constant(_ index: Int) -> String {
        let tensor = source.tensor(index), values = source.elements(index)
        let shape = layout([1] + tensor.shape)
        var order = Array(values.indices)
        if tensor.shape.count == 3 {
            let (pixels, channels) = (tensor.shape[0] * tensor.shape[1], tensor.shape[2])
            order = (0..<channels).flatMap { c in (0..<pixels).map { $0 * channels + c } }
        }
        return tensor.type == .int8
            ? writer.constant(.int8, shape, order.map { Int8(values[$0]) }, name: tensor.name)
            : writer.constant(.int16, shape, order.map { values[$0] }, name: tensor.name)
    }

    /// An operator's result as the integers of a tensor.
    mutating func store(_ real: String, _ index: Int, bounds: (low: Double, high: Double)? = nil) {
        var real = real
        if let bounds {
            let low = writer.floats([bounds.low], shape: [], name: "\(name(index)) low")
            let high = writer.floats([bounds.high], shape: [], name: "\(name(index)) high")
            real = writer.add("Clip", [real, low, high], name: "\(name(index)) clip")
        }
        integers[index] = writer.add("QuantizeLinear", [real] + grid(index), name: "\(name(index)) integer")
    }

    /// Scale and zero point. Activations of 8 bits are uint8, 128 more than ours: runtimes turn int8 ones into these, and
    /// not all of them do it well.
    private mutating func grid(_ index: Int, times factor: Double = 1) -> [String] {
        let tensor = source.tensor(index), zero = tensor.zeroPoint
        let scale = writer.floats([tensor.scale * factor], shape: [], name: "\(tensor.name) scale")
        let point = "\(tensor.name) zero point"
        switch tensor.type {
        case .int8 where tensor.isConstant: return [scale, writer.constant(.int8, [], [Int8(zero)], name: point)]
        case .int8: return [scale, writer.constant(.uint8, [], [UInt8(zero + 128)], name: point)]
        case .int16: return [scale, writer.constant(.int16, [], [Int16(zero)], name: point)]
        case .uint16: return [scale, writer.constant(.uint16, [], [UInt16(zero)], name: point)]
        case .int32: return [scale]
        }
    }

    mutating func scaled(_ real: String, by factor: Double, _ name: String) -> String {
        guard plain(factor) != 1 else { return real }
        let constant = writer.floats([factor], shape: [], name: "\(name) factor")
        return writer.add("Mul", [real, constant], name: "\(name) scaled")
    }

    /// With the channels last, as our tensors are, for a tensor of this shape (without the batch).
    mutating func channelLast(_ real: String, _ shape: [Int], _ name: String) -> String {
        guard shape.count >= 3 else { return real }
        let rank = shape.count + 1
        let order = Array(0..<(rank - 3)) + [rank - 2, rank - 1, rank - 3]
        return writer.add("Transpose", [real], name: "\(name) channels last", ["perm": .ints(order)])
    }

    mutating func channelFirst(_ real: String, _ shape: [Int], _ name: String) -> String {
        guard shape.count >= 3 else { return real }
        let rank = shape.count + 1
        let order = Array(0..<(rank - 3)) + [rank - 1, rank - 3, rank - 2]
        return writer.add("Transpose", [real], name: "\(name) channels first", ["perm": .ints(order)])
    }

    /// Under another shape, the batch as it is.
    mutating func reshaped(_ real: String, to shape: [Int], _ name: String) -> String {
        let target = writer.integers([0] + shape, name: "\(name) shape")
        return writer.add("Reshape", [real, target], name: "\(name) reshaped")
    }
}
