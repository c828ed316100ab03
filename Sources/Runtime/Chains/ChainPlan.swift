import ModelFile

/// Which operations of a program run together, block of rows by block of rows, so that what passes between them stays
/// in the cache and needs no memory of its own.
///
/// A chain is a run of operations in order: each reads what the one before it wrote, row by row, and nobody else does.
/// A row is everything under one position of all axes but the last.
struct ChainPlan {
    /// Every operation is in one; most are alone.
    let chains: [Range<Int>]
    /// By operation: the index of its chain, which is when it runs.
    let positions: [Int]

    init(_ program: Program, tensors: [Tensor], isFusing: Bool) {
        let operations = program.operations
        var uses = [Int](repeating: 0, count: tensors.count)
        for operation in operations {
            for input in operation.inputs { uses[input] += 1 }
        }
        for output in program.outputs { uses[output] += 1 }

        var chains: [Range<Int>] = []
        var positions: [Int] = []
        for (index, operation) in operations.enumerated() {
            if isFusing, index > 0, uses[operations[index - 1].output] == 1, operations[index - 1].canLead(tensors),
               operation.canFollow(operations[index - 1].output, tensors) {
                chains[chains.count - 1] = chains[chains.count - 1].lowerBound..<index + 1
            } else {
                chains.append(index..<index + 1)
            }
            positions.append(chains.count - 1)
        }
        self.chains = chains
        self.positions = positions
    }
}

extension Operation {
    /// Whether its output is made row by row from whatever it reads.
    fileprivate func canLead(_ tensors: [Tensor]) -> Bool {
        switch kind {
        case .convolution, .depthwise: true
        default: isRowwise(tensors)
        }
    }

    /// Whether it needs of `x` only the row that it writes.
    fileprivate func canFollow(_ x: Int, _ tensors: [Tensor]) -> Bool {
        inputs[0] == x && inputs.filter { $0 == x }.count == 1 && isRowwise(tensors)
    }

    private func isRowwise(_ tensors: [Tensor]) -> Bool {
        switch kind {
        case .convolution(let window, _): window.isPointwise(tensors[inputs[1]])
        case .dense, .add, .multiply, .table: true
        default: false
        }
    }
}

extension Window {
    /// Whether a convolution with these weights sees one position only, each of them once.
    func isPointwise(_ weights: Tensor) -> Bool {
        weights.shape[1] == 1 && weights.shape[2] == 1 && strideY == 1 && strideX == 1 && padTop == 0 && padLeft == 0
            && padBottom == 0 && padRight == 0
    }
}
