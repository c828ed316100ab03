import ModelFile

/// From which chain of operations to which each activation of a program is needed.
///
/// A reshape's output is another name for its input: both have one root, whose life is that of all its names. Inputs
/// and outputs of the program keep their content until its next run.
struct Lifetimes {
    /// By tensor: the tensor whose memory it shares; itself for most.
    private(set) var roots: [Int]
    /// By root; `nil` for tensors of other programs, and constants.
    private(set) var lives: [ClosedRange<Int>?]

    /// - Parameter positions: by operation, its chain.
    init(_ program: Program, positions: [Int], tensorCount: Int, keepsAll: Bool) {
        roots = Array(0..<tensorCount)
        lives = [ClosedRange<Int>?](repeating: nil, count: tensorCount)
        let end = (positions.last ?? -1) + 1
        for input in program.inputs { lives[input] = 0...end }
        for (operation, index) in zip(program.operations, positions) {
            if operation.kind == .reshape { roots[operation.output] = roots[operation.inputs[0]] }
            extend(operation.output, to: keepsAll ? 0...end : index...index)
            for input in operation.inputs { extend(input, to: index...index, definesNew: false) }
        }
        for output in program.outputs { extend(output, to: end...end) }
    }

    private mutating func extend(_ tensor: Int, to life: ClosedRange<Int>, definesNew: Bool = true) {
        let root = roots[tensor]
        if let old = lives[root] {
            lives[root] = min(old.lowerBound, life.lowerBound)...max(old.upperBound, life.upperBound)
        } else if definesNew {
            lives[root] = life
        }
    }
}
