import ModelFile
import TFLiteFormat

/// A model as a TFLite file: layers of int8 tensors are TFLite's int8 operators, with int8 weights per channel and
/// int32 biases; where an int16 tensor takes part, the operator computes in floats on the int8 weights, between
/// DEQUANTIZE and QUANTIZE.
///
/// The input is int8 `[N, H, W, 3]`, pixels − 128; N is a clip's number of frames, or 1. Outputs are floats on the
/// grids of our integers.
///
/// - Parameter file: names the model in errors.
public func exportTFLite(_ model: Model, file: String) throws(ExportError) -> ExportedModel {
    var exporter = TFLiteExporter(SourceModel(model: model))
    return try exporter.run(file: file)
}

/// Every tensor has a batch in front of its own axes: the frames of a clip, 1 in the clip program.
struct TFLiteExporter {
    let source: SourceModel
    var writer = TFLiteGraphWriter()
    /// The batch of the program that is being written.
    private(set) var batch = 1
    /// The quantized tensor of a tensor, by its index.
    private var integers: [Int: Int] = [:]
    private var reals: [Int: Int] = [:]
    private var floatOperations = 0
    private var integerOperations = 0
    private var notes: Set<String> = []

    init(_ source: SourceModel) { self.source = source }

    mutating func run(file: String) throws(ExportError) -> ExportedModel {
        let description = source.description
        batch = source.frames ?? 1
        let input = description.frame.inputs[0]
        let given = declare(input)
        integers[input] = given
        var failures = translate(description.frame)
        if let clip = description.clipProgram {
            let features = zip(clip.inputs, description.frame.outputs).map { ($0, integer($1)) }
            batch = 1
            for (tensor, feature) in features {
                integers[tensor] = declare(tensor, " of all frames")
                reshape(feature, into: integers[tensor]!, source.tensor(tensor).shape)
            }
            failures += translate(clip)
        }
        guard failures.isEmpty else { throw .unsupported(file: file, operations: failures) }
        var outputs: [Int] = []
        for output in description.deciding.outputs {
            // An output of its own, with the tensor's name.
            let tensor = source.tensor(output)
            let result = writer.tensor(tensor.name, .float32, [batch] + tensor.shape)
            reshape(real(output), into: result, tensor.shape)
            outputs.append(result)
        }
        notes.insert("\(integerOperations) operators in int8, \(floatOperations) in floats around int16 tensors")
        return ExportedModel(
            bytes: writer.file(name: description.name, inputs: [given], outputs: outputs), notes: notes.sorted())
    }

    private mutating func translate(_ program: Program) -> [String] {
        var failures: [String] = []
        for operation in program.operations {
            do throws(ExportFailure) {
                try translate(operation)
            } catch {
                failures.append("\(operation.name) (\(operation.kind.label)): \(error.reason)")
                integers[operation.output] = declare(operation.output)
            }
        }
        return failures
    }

    private mutating func translate(_ operation: Operation) throws(ExportFailure) {
        switch operation.kind {
        case .convolution(let window, let clamp): convolution(operation, window, clamp, isDepthwise: false)
        case .depthwise(let window, let clamp): convolution(operation, window, clamp, isDepthwise: true)
        case .dense(let clamp): dense(operation, clamp)
        case .add(let mx, let my, let multiplier, let shift, let clamp):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            add(operation, Double(mx) * factor, Double(my) * factor, clamp)
        case .multiply(let rescale, let clamp): multiply(operation, rescale.factor, clamp)
        case .concatenate: concatenate(operation)
        case .mean(let outer, let count, _, let rescale):
            reduce(operation, .mean, outer: Int(outer), count: Int(count), factor: rescale.factor * Double(count))
        case .maximum(let outer, let count, _):
            reduce(operation, .reduceMax, outer: Int(outer), count: Int(count), factor: nil)
        case .rescale(let rescale):
            let x = operation.inputs[0]
            let factor = rescale.factor * ratio(operation.output, x)
            store(scaled(real(x), by: factor, operation.output), operation.output)
        case .table: table(operation)
        case .prelu(let rescale): prelu(operation, rescale)
        case .softmax: softmax(operation)
        case .lstm: lstm(operation)
        case .attention: attention(operation)
        case .reshape:
            integers[operation.output] = declare(operation.output)
            reshape(
                integer(operation.inputs[0]), into: integers[operation.output]!, source.tensor(operation.output).shape)
        case .gather(let fill): gather(operation, fill)
        case .maximumPool(let window, let kernelY, let kernelX):
            maximumPool(operation, window, height: Int(kernelY), width: Int(kernelX))
        case .interpolate(let outer, let count, let inner, let multiplier, let shift):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            interpolate(operation, [outer, count, inner].map(Int.init), factor)
        case .matmul(let transposed, let multiplier, let shift, let clamp):
            matmul(operation, transposed, Rescale(left: 0, multiplier: multiplier, shift: shift).factor, clamp)
        case .normalize(let centres, let epsilon, let multiplier, let shift):
            let factor = Rescale(left: 0, multiplier: multiplier, shift: shift).factor
            normalize(operation, centres: centres, epsilon, factor)
        case .gru: throw ExportFailure(reason: "TFLite has no such operator; export to ONNX")
        }
    }

    mutating func note(_ text: String) { notes.insert(text) }

    // MARK: Tensors

    /// s_a / s_b of two tensors.
    func ratio(_ a: Int, _ b: Int) -> Double { source.tensor(a).scale / source.tensor(b).scale }

    func shape(_ index: Int) -> [Int] { [batch] + source.tensor(index).shape }

    /// Whether an operator on these tensors has an int8 form here.
    func isNarrow(_ tensors: [Int]) -> Bool { tensors.allSatisfy { source.tensor($0).type == .int8 } }

    private mutating func declare(_ index: Int, _ suffix: String = " quantized") -> Int {
        let tensor = source.tensor(index)
        let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
        return writer.tensor(tensor.name + suffix, tensor.type == .int8 ? .int8 : .int16, shape(index), grid)
    }

    mutating func integer(_ index: Int) -> Int {
        if let tensor = integers[index] { return tensor }
        if source.tensor(index).isConstant { return constant(index) }
        let tensor = declare(index)
        integers[index] = tensor
        writer.add(.quantize, [reals[index]!], tensor)
        return tensor
    }

    mutating func real(_ index: Int) -> Int {
        if let tensor = reals[index] { return tensor }
        let tensor = float(index, " real")
        reals[index] = tensor
        writer.add(.dequantize, [integer(index)], tensor)
        return tensor
    }

    /// The integers of a constant operand, a batch of 1 in front.
    private mutating func constant(_ index: Int) -> Int {
        let tensor = source.tensor(index), values = source.elements(index), shape = [1] + tensor.shape
        let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
        let id = tensor.type == .int8
            ? writer.constant(tensor.name, .int8, shape, values.map { Int8($0) }, grid)
            : writer.constant(tensor.name, .int16, shape, values, grid)
        integers[index] = id
        return id
    }

    /// A float tensor of the shape of another one.
    mutating func float(_ index: Int, _ suffix: String) -> Int {
        let tensor = source.tensor(index)
        return writer.tensor(tensor.name + suffix, .float32, tensor.isConstant ? [1] + tensor.shape : shape(index))
    }

    /// The int8 tensor that an operator in integers computes.
    mutating func narrow(_ index: Int) -> Int {
        integerOperations += 1
        let tensor = declare(index)
        integers[index] = tensor
        return tensor
    }

    /// A float result as the integers of a tensor. Probabilities stay floats: the format has no uint16 of this kind.
    mutating func store(_ real: Int, _ index: Int, bounds: (low: Double, high: Double)? = nil) {
        floatOperations += 1
        var real = real
        let name = source.tensor(index).name
        if let bounds {
            for (op, bound) in [(BuiltinOperator.maximum, bounds.low), (.minimum, bounds.high)] {
                let next = float(index, op == .maximum ? " from below" : " bounded")
                writer.add(op, [real, writer.floats("\(name) bound", [bound], shape: [])], next)
                real = next
            }
        }
        if source.tensor(index).type == .uint16 {
            note("probabilities are floats, not rounded to 16 bits")
            reals[index] = real
            return
        }
        let tensor = declare(index)
        integers[index] = tensor
        writer.add(.quantize, [real], tensor)
    }

    mutating func scaled(_ real: Int, by factor: Double, _ index: Int) -> Int {
        guard plain(factor) != 1 else { return real }
        let result = float(index, " scaled")
        let constant = writer.floats("\(source.tensor(index).name) factor", [factor], shape: [])
        writer.add(.mul, [real, constant], result, [0: .int8(0)])
        return result
    }

    mutating func reshape(_ x: Int, into y: Int, _ shape: [Int]) {
        let target = writer.integers("shape", [batch] + shape)
        writer.add(.reshape, [x, target], y)
    }
}
