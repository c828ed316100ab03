/// Proves that a description can be executed: that every index exists, every shape follows from the operands, nothing
/// is read before it is computed, and no accumulator can leave the range in which the fixed-point rules are exact.
///
/// A correct checksum is no reason to trust a file; after this the runtime checks nothing.
struct Validator {
    private let model: ModelDescription
    private let data: UnsafeRawBufferPointer
    private let file: String

    init(_ model: ModelDescription, data: UnsafeRawBufferPointer, file: String) {
        self.model = model
        self.data = data
        self.file = file
    }

    func validate() throws(ModelFileError) {
        try checkTensors()
        try checkPrograms()
        try checkFrameInput()
        try checkClip()
        try checkTasks()
    }

    // MARK: Tensors

    private func checkTensors() throws(ModelFileError) {
        guard model.tensors.count <= Limit.tensors else { throw invalid("more than \(Limit.tensors) tensors") }
        var activationBytes = 0
        for (index, tensor) in model.tensors.enumerated() {
            let byteCount = try checkShape(index)
            guard tensor.scale.isFinite, tensor.scale > 0 else { throw invalid(tensor: index, "scale \(tensor.scale)") }
            let zeroPoints: ClosedRange<Int32> = tensor.type == .int8 && !tensor.isConstant ? -128...127 : 0...0
            guard zeroPoints.contains(tensor.zeroPoint) else {
                throw invalid(tensor: index, "zero point \(tensor.zeroPoint) is outside \(zeroPoints)")
            }
            switch tensor.storage {
            case .activation:
                guard tensor.type != .int32 else { throw invalid(tensor: index, "an activation cannot be int32") }
                activationBytes += byteCount
                guard activationBytes <= Limit.activationBytes else {
                    throw invalid("the activations need more than \(Limit.activationBytes >> 20) MB")
                }
            case .constant(let offset, let stored):
                guard tensor.type != .uint16 else { throw invalid(tensor: index, "a constant cannot be uint16") }
                guard stored == byteCount else {
                    throw invalid(tensor: index, "\(stored) bytes instead of \(byteCount)")
                }
                guard offset >= 0, offset % Layout.alignment == 0, offset <= data.count, stored <= data.count - offset
                else { throw invalid(tensor: index, "its data lies outside the file") }
            }
        }
    }

    /// Returns the size in bytes.
    private func checkShape(_ index: Int) throws(ModelFileError) -> Int {
        let tensor = model.tensors[index]
        guard (1...Limit.rank).contains(tensor.shape.count) else {
            throw invalid(tensor: index, "\(tensor.shape.count) extents instead of 1 to \(Limit.rank)")
        }
        var byteCount = tensor.type.size
        for extent in tensor.shape {
            guard (1...Limit.extent).contains(extent) else {
                throw invalid(tensor: index, "extent \(extent) is outside 1…\(Limit.extent)")
            }
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
            guard !overflow, tensor.isConstant || product <= Limit.activationBytes else {
                throw invalid(tensor: index, "too large")
            }
            byteCount = product
        }
        return byteCount
    }

    private func invalid(tensor index: Int, _ what: String) -> ModelFileError {
        invalid("tensor \(index) “\(model.tensors[index].name)”: \(what)")
    }

    // MARK: Programs

    private func checkPrograms() throws(ModelFileError) {
        var progress = Progress(tensorCount: model.tensors.count)
        try checkProgram(model.frame, "frame program", &progress)
        guard let clipProgram = model.clipProgram else { return }
        progress.computed = [Bool](repeating: false, count: model.tensors.count)
        try checkProgram(clipProgram, "clip program", &progress)
    }

    /// What is known about the operations so far.
    private struct Progress {
        /// By tensor: whether either program computes it. One tensor has one place in one program.
        var taken: [Bool]
        /// By tensor: whether the program at hand has computed it.
        var computed: [Bool]
        var weights = 0

        init(tensorCount: Int) {
            taken = [Bool](repeating: false, count: tensorCount)
            computed = taken
        }
    }

    private func checkProgram(
        _ program: Program, _ name: String, _ progress: inout Progress
    ) throws(ModelFileError) {
        guard program.operations.count <= Limit.operations else {
            throw invalid("\(name): more than \(Limit.operations) operations")
        }
        guard !program.inputs.isEmpty, !program.outputs.isEmpty else {
            throw invalid("\(name): no inputs or no outputs")
        }
        for input in program.inputs {
            if let problem = compute(input, &progress) { throw invalid("input of the \(name): \(problem)") }
        }
        var multiplyAdds = 0
        for (index, operation) in program.operations.enumerated() {
            let check = OperationCheck(
                operation, program: name, index: index, tensors: model.tensors, data: data, file: file)
            for input in operation.inputs {
                guard model.tensors.indices.contains(input) else { throw check.invalid("no tensor \(input)") }
                guard model.tensors[input].isConstant || progress.computed[input] else {
                    throw check.invalid("reads tensor \(input) “\(model.tensors[input].name)” before it is computed")
                }
            }
            if let problem = compute(operation.output, &progress) { throw check.invalid(problem) }
            try check.validate()
            // Every step is at most 2^48 here, so neither sum overflows.
            multiplyAdds += model.multiplyAdds(of: operation)
            for input in operation.inputs where model.tensors[input].isConstant {
                progress.weights += model.tensors[input].count
            }
            guard multiplyAdds <= Limit.multiplyAdds else { throw invalid("\(name): more than 2^36 multiply-adds") }
            guard progress.weights <= Limit.weights else { throw invalid("more than \(Limit.weights >> 20) M weights") }
        }
        for output in program.outputs {
            guard progress.computed.indices.contains(output), progress.computed[output] else {
                throw invalid("\(name): output tensor \(output) is not computed")
            }
        }
    }

    /// Marks a tensor as computed; returns why it cannot be.
    private func compute(_ tensor: Int, _ progress: inout Progress) -> String? {
        guard model.tensors.indices.contains(tensor) else { return "no tensor \(tensor)" }
        guard !model.tensors[tensor].isConstant else { return "tensor \(tensor) is a constant" }
        guard !progress.taken[tensor] else { return "tensor \(tensor) is computed twice" }
        progress.taken[tensor] = true
        progress.computed[tensor] = true
        return nil
    }

    // MARK: What the programs are for

    private func checkFrameInput() throws(ModelFileError) {
        guard model.frame.inputs.count == 1 else { throw invalid("the frame program must have one input") }
        let input = model.tensors[model.frame.inputs[0]]
        let shape = [model.preprocessing.height, model.preprocessing.width, 3]
        guard input.type == .int8, input.shape == shape else {
            throw invalid("the frame program's input is \(input.type.label) \(input.shape), not int8 \(shape)")
        }
    }

    private func checkClip() throws(ModelFileError) {
        guard let clip = model.clip, let clipProgram = model.clipProgram else { return }
        guard (1...Limit.clipFrames).contains(clip.frames), (1...Limit.clipStride).contains(clip.stride) else {
            throw invalid("a clip of \(clip.frames) frames, stride \(clip.stride)")
        }
        guard clipProgram.inputs.count == model.frame.outputs.count else {
            throw invalid("the clip program must take in every output of the frame program")
        }
        for (input, output) in zip(clipProgram.inputs, model.frame.outputs) {
            let sequence = model.tensors[input], feature = model.tensors[output]
            guard sequence.shape == [clip.frames] + feature.shape, sequence.hasQuantization(of: feature) else {
                throw invalid("clip input tensor \(input) is not a sequence of frame output tensor \(output)")
            }
        }
    }

    private func checkTasks() throws(ModelFileError) {
        for (index, task) in model.tasks.enumerated() {
            let outputs = model.deciding.outputs
            guard !task.name.isEmpty, !model.tasks[..<index].contains(where: { $0.name == task.name }) else {
                throw invalid("task \(index): its name “\(task.name)” is empty or taken")
            }
            guard outputs.indices.contains(task.output) else {
                throw invalid("task “\(task.name)”: no output \(task.output)")
            }
            let count = model.tensors[outputs[task.output]].count
            switch task.kind {
            case .classification:
                guard task.labels.count == count else {
                    throw invalid("task “\(task.name)”: \(task.labels.count) labels for \(count) scores")
                }
            case .regression:
                guard task.labels.isEmpty, count == 1 else {
                    throw invalid("task “\(task.name)”: a regression has one value and no labels")
                }
            }
        }
    }

    private func invalid(_ what: String) -> ModelFileError { .invalid(file: file, what: what) }
}

extension Tensor {
    /// Whether the other's elements mean the same when copied.
    func hasQuantization(of other: Tensor) -> Bool {
        type == other.type && zeroPoint == other.zeroPoint && scale == other.scale
    }
}
