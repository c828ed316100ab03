import CKernels
import ModelFile

/// A step and the operations that it belongs to: one, or a chain.
struct PreparedStep {
    let step: Step
    let operations: Range<Int>
    let readsExternalInput: Bool
}

/// Turns the operations of a program into steps. While it does, they reserve packed weights and scratch memory.
///
/// Each family of operators has an extension of its own. The model has been validated: nothing is checked again.
final class ProgramBuilder {
    let model: Model
    let kernels: tk_kernels
    let share: Share
    let weights: PackedWeights
    let memory: ProgramMemory
    private(set) var steps: [PreparedStep] = []
    private let program: Program
    /// The operation that is being prepared.
    private(set) var index = 0
    private(set) var operation: Operation
    /// How often it reserved packed weights.
    private var reservations = 0

    init(
        _ program: Program, chains: ChainPlan, model: Model, kernels: tk_kernels, share: Share, weights: PackedWeights,
        memory: ProgramMemory
    ) {
        self.program = program
        self.model = model
        self.kernels = kernels
        self.share = share
        self.weights = weights
        self.memory = memory
        operation = Operation(name: "", kind: .reshape, inputs: [], output: 0)
        for chain in chains.chains {
            if chain.count > 1, prepare(chain: chain) { continue }
            for index in chain {
                visit(index)
                prepare(operation)
            }
        }
    }

    /// Makes an operation the one that is being prepared.
    func visit(_ index: Int) {
        self.index = index
        operation = program.operations[index]
        reservations = 0
    }

    private func prepare(_ operation: Operation) {
        switch operation.kind {
        case .convolution(let window, let clamp): convolution(window, clamp)
        case .depthwise(let window, let clamp): depthwise(window, clamp)
        case .dense(let clamp): dense(clamp)
        case .add(let mx, let my, let multiplier, let shift, let clamp):
            add(addCall(mx: mx, my: my, multiplier: multiplier, shift: shift, clamp))
        case .multiply(let rescale, let clamp): multiply(multiplyCall(tk_rescale(rescale), clamp))
        case .concatenate(let rescales): concatenate(rescales)
        case .mean(let outer, let count, let inner, let rescale):
            reduce(Int(outer), Int(count), Int(inner), tk_rescale(rescale), kernels.mean)
        case .maximum(let outer, let count, let inner):
            reduce(Int(outer), Int(count), Int(inner), tk_rescale(), kernels.maximum)
        case .rescale(let rescale): rescaleRows(tk_rescale(rescale))
        case .table: table()
        case .prelu(let rescale): prelu(tk_rescale(rescale))
        case .softmax: softmax()
        case .lstm(let cellBits): lstm(cellBits: cellBits)
        case .attention(let scoreMultiplier, let scoreShift, let outputMultiplier, let outputShift):
            attention(
                score: (scoreMultiplier, scoreShift), output: (outputMultiplier, outputShift))
        case .reshape: break
        case .gather(let fill): gather(fill: fill)
        case .maximumPool(let window, let kernelY, let kernelX): maximumPool(window, kernelY, kernelX)
        case .interpolate(_, let count, let inner, let multiplier, let shift):
            interpolate(count: Int(count), inner: Int(inner), (multiplier, shift))
        case .matmul(let transposed, let multiplier, let shift, let clamp):
            matmul(transposed: transposed, (multiplier, shift), clamp)
        case .normalize(let centres, let epsilon, let multiplier, let shift):
            normalize(centres: centres, epsilon: epsilon, (multiplier, shift))
        case .gru(let resetAfter): gru(resetAfter: resetAfter)
        }
    }

    /// The index of an operand's tensor.
    func operand(_ operand: Int) -> Int { operation.inputs[operand] }

    var operandCount: Int { operation.inputs.count }

    var output: Int { operation.output }

    func tensor(_ index: Int) -> Tensor { model.description.tensors[index] }

    /// A constant operand's values.
    func constant<Element>(_ operand: Int, _ type: Element.Type) -> UnsafePointer<Element> {
        model.constant(operation.inputs[operand]).baseAddress!.assumingMemoryBound(to: type)
    }

    func append(_ step: Step) {
        var reads = false
        for input in operation.inputs where memory.moves(input) { reads = true }
        steps.append(PreparedStep(step: step, operations: index..<index + 1, readsExternalInput: reads))
    }

    func append(_ step: Step, chain: Range<Int>) {
        var reads = false
        for index in chain {
            for input in program.operations[index].inputs where memory.moves(input) { reads = true }
        }
        steps.append(PreparedStep(step: step, operations: chain, readsExternalInput: reads))
    }

    /// Reserves room for weights of the operation at hand and returns its offset.
    func reserve(byteCount: Int, pack: @escaping (UnsafeMutableRawPointer) -> Void) -> Int {
        defer { reservations += 1 }
        return weights.reserve(output: output, ordinal: reservations, byteCount: byteCount, pack: pack)
    }

    func scratch(byteCount: Int) -> ProgramMemory.Scratch {
        memory.reserveScratch(byteCount: byteCount, operation: index)
    }
}

extension tk_rescale {
    init(_ rescale: Rescale) {
        self.init(left: rescale.left, multiplier: rescale.multiplier, shift: rescale.shift)
    }
}

extension tk_output {
    /// Clamped to the operator's own bounds, or else to what the type holds.
    init(_ tensor: Tensor, _ clamp: Clamp? = nil) {
        let isByte = tensor.type == .int8
        self.init(
            type: tensor.type.kernelType, zero_point: tensor.zeroPoint, low: clamp?.low ?? (isByte ? -128 : -32_768),
            high: clamp?.high ?? (isByte ? 127 : 32_767))
    }
}

extension ElementType {
    /// Kernels work on int8 and int16.
    var kernelType: tk_type { self == .int8 ? TK_INT8 : TK_INT16 }
}
