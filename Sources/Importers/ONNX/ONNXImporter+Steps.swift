import FloatGraph
import ONNXFormat

/// Operators that mean several simpler ones.
extension ONNXImporter {
    /// Translates a step on the way to a node's result, or (without a part's name) to the result itself.
    ///
    /// - Returns: the name that stands for the step's result.
    @discardableResult
    mutating func step(
        _ op: ONNXOperator, _ inputs: [String], _ node: ONNXNode, part: String? = nil,
        _ attributes: [String: [Int]] = [:]
    ) throws(ImportFailure) -> String {
        let output = part.map { "\(node.name).\($0)" } ?? node.output(0) ?? node.name
        let step = ONNXNode(op, inputs: inputs, output: output, of: node, attributes)
        if let folded = try fold(op, step) {
            operands[output] = .constant(folded[0])
        } else {
            try translate(op, step)
        }
        return output
    }

    /// A name for a constant that a node only means.
    mutating func name(_ constant: ConstantTensor, _ node: ONNXNode, _ part: String) -> String {
        let name = "\(node.name).\(part)"
        operands[name] = .constant(constant)
        return name
    }

    private mutating func shape(of name: String) throws(ImportFailure) -> [Int] {
        switch try operand(name) {
        case .activation(let view): view.shape(graph)
        case .constant(let tensor): tensor.shape
        case .failed, .missing: throw .consequence
        }
    }

    // MARK: Einsum

    /// A product of two operands as a matrix product, or one operand's axes in another order.
    mutating func einsum(_ node: ONNXNode) throws(ImportFailure) {
        let equation = (node.string("equation") ?? "").filter { $0 != " " }
        let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
        guard sides.count == 2, sides[0].last == "-", !equation.contains(".") else {
            throw .unsupported("has the equation \"\(equation)\", supported are letters and an arrow")
        }
        let terms = sides[0].dropLast().split(separator: ",").map { Array($0) }
        let result = Array(sides[1])
        guard terms.count == node.inputs.count, (terms + [result]).allSatisfy({ Set($0).count == $0.count }) else {
            throw .unsupported("has the equation \"\(equation)\", supported are letters that differ, a term an input")
        }
        var extents: [Character: Int] = [:]
        for (term, name) in zip(terms, node.inputs) {
            let shape = try shape(of: name)
            guard shape.count == term.count else { throw .invalid("\"\(equation)\" does not fit \(shape)") }
            for (letter, extent) in zip(term, shape) where extents.updateValue(extent, forKey: letter) ?? extent != extent {
                throw .invalid("\"\(equation)\" gives \(letter) two extents")
            }
        }
        guard result.allSatisfy(terms.joined().contains) else { throw .invalid("\"\(equation)\" has a new letter") }
        let letters = terms.map(Set.init)
        guard terms.count == 2 else {
            try require(terms.count == 1 && Set(result) == letters[0], "\"\(equation)\" is no order of axes")
            try step(.transpose, [node.inputs[0]], node, ["perm": result.map { terms[0].firstIndex(of: $0)! }])
            return
        }
        let shared = result.filter { letters[0].contains($0) && letters[1].contains($0) }
        let summed = terms[0].filter { letters[1].contains($0) && !result.contains($0) }
        let free = (0...1).map { side in
            result.filter { letters[side].contains($0) && !letters[1 - side].contains($0) }
        }
        try require(
            (0...1).allSatisfy { letters[$0].count == shared.count + summed.count + free[$0].count },
            "\"\(equation)\" sums over a letter of one operand")
        func count(_ letters: [Character]) -> Int { letters.reduce(1) { $0 * extents[$1]! } }
        func matrices(
            _ side: Int, _ order: [Character], _ rows: [Character], _ columns: [Character]
        ) throws(ImportFailure) -> String {
            let part = side == 0 ? "left" : "right"
            let moved = try step(
                .transpose, [node.inputs[side]], node, part: "\(part) order",
                ["perm": order.map { terms[side].firstIndex(of: $0)! }])
            let shape = ConstantTensor(shared.map { extents[$0]! } + [count(rows), count(columns)])
            return try step(.reshape, [moved, name(shape, node, "\(part) shape")], node, part: part)
        }
        let left = try matrices(0, shared + free[0] + summed, free[0], summed)
        let right = try matrices(1, shared + summed + free[1], summed, free[1])
        let product = try step(.matMul, [left, right], node, part: "product")
        let natural = shared + free[0] + free[1]
        let shape = name(ConstantTensor(natural.map { extents[$0]! }), node, "shape")
        let split = try step(.reshape, [product, shape], node, part: "split")
        try step(.transpose, [split], node, ["perm": result.map { natural.firstIndex(of: $0)! }])
    }

    // MARK: Pools

    /// (Σ |x|^p)^(1/p) of a window, p being 1 or 2: the root of a mean times the window's count.
    mutating func lpPool(_ node: ONNXNode) throws(ImportFailure) {
        let isSquare = try isEuclidean(node)
        try require(node.integer("ceil_mode", default: 0) == 0, "rounds its extents up, supported is down")
        guard let kernel = node.integers("kernel_shape"), let x = node.input(0) else {
            throw .invalid("has no kernel_shape")
        }
        let powers = try step(isSquare ? .mul : .abs, isSquare ? [x, x] : [x], node, part: "powers")
        let means = try step(.averagePool, [powers], node, part: "means", ["count_include_pad": [1]])
        let count = name(ConstantTensor([Float(try constantCount(kernel))], shape: []), node, "count")
        if isSquare {
            try step(.sqrt, [try step(.mul, [means, count], node, part: "sums")], node)
        } else {
            try step(.mul, [means, count], node)
        }
    }

    mutating func globalLpPool(_ node: ONNXNode) throws(ImportFailure) {
        guard let x = node.input(0) else { throw .invalid("has no input 0") }
        let rank = try shape(of: x).count
        guard rank > 2 else { throw .invalid("pools \(rank) axes") }
        let attributes = ["axes": Array(2..<rank), "keepdims": [1]]
        try step(try isEuclidean(node) ? .reduceL2 : .reduceL1, [x], node, attributes)
    }

    private func isEuclidean(_ node: ONNXNode) throws(ImportFailure) -> Bool {
        let p = node.integer("p", default: 2)
        try require((1...2).contains(p), "has p \(p), supported are 1 and 2")
        return p == 2
    }

    // MARK: Cubic resizing

    /// Rows and columns as products with the matrices of their weights.
    mutating func resizeCubic(
        _ node: ONNXNode, _ shape: [Int], _ target: [Int], _ cubic: CubicWeights
    ) throws(ImportFailure) {
        try require(shape.count == 4, "interpolates \(shape.count) axes by cubic, supported are pictures")
        guard let x = node.input(0) else { throw .invalid("has no input 0") }
        try allot([target[2], shape[2]])
        try allot([target[3], shape[3]])
        let rows = ConstantTensor(cubic.matrix(from: shape[2], to: target[2]), shape: [target[2], shape[2]])
        let columns = ConstantTensor(cubic.matrix(from: shape[3], to: target[3]), shape: [target[3], shape[3]])
        let tall = try step(.matMul, [name(rows, node, "row weights"), x], node, part: "rows")
        try step(.matMul, [tall, name(columns.transposed([1, 0]), node, "column weights")], node)
        // A picture again, as other operators expect it.
        guard let output = node.output(0), case .activation(let view)? = operands[output] else { return }
        define(node, try value(view, order: [0, 2, 3, 1]), order: [0, 2, 3, 1])
    }
}

/// The weights of Keys' cubic convolution.
struct CubicWeights {
    var coordinates: ResizeCoordinates
    /// The slope at distance 1, mostly −0.75 or −0.5.
    var a: Double
    /// Whether what lies outside of the picture has no weight; otherwise the edge is repeated.
    var excludesOutside: Bool

    /// Row-major `[count, extent]`: what every new element takes of the old ones.
    func matrix(from extent: Int, to count: Int) -> [Float] {
        var matrix = Array(repeating: Float(0), count: count * extent)
        for index in 0..<count {
            let place = place(index, extent, count), whole = place.rounded(.down)
            let neighbours = (-1...2).map { Int(whole) + $0 }
            var weights = neighbours.map { weight(abs(place - Double($0))) }
            if excludesOutside {
                for (i, neighbour) in neighbours.enumerated() where !(0..<extent).contains(neighbour) { weights[i] = 0 }
                let sum = weights.reduce(0, +)
                weights = weights.map { $0 / sum }
            }
            for (neighbour, weight) in zip(neighbours, weights) {
                matrix[index * extent + neighbour.clamped(to: 0...extent - 1)] += Float(weight)
            }
        }
        return matrix
    }

    private func place(_ index: Int, _ extent: Int, _ count: Int) -> Double {
        let i = Double(index), scale = Double(extent) / Double(count)
        return switch coordinates {
        case .halfPixel: (i + 0.5) * scale - 0.5
        case .asymmetric: i * scale
        case .alignCorners: count == 1 ? 0 : i * Double(extent - 1) / Double(count - 1)
        }
    }

    private func weight(_ d: Double) -> Double {
        if d < 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
        return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
    }
}
