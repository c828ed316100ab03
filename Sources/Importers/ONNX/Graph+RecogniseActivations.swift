import FloatGraph

extension Graph {
    /// Replaces activation functions that exporters write as several nodes by one: swish, hardSwish, hardSigmoid,
    /// softplus, mish and both forms of GELU. The nodes that are no longer read are dead afterwards.
    mutating func recogniseActivations() {
        let producers = producers
        for index in nodes.indices {
            guard let (function, x) = ActivationMatcher(graph: self, producers: producers).match(nodes[index]) else {
                continue
            }
            nodes[index].kind = .unary(function)
            nodes[index].inputs = [x]
        }
    }
}

private struct ActivationMatcher {
    let graph: Graph
    let producers: [Int?]

    func match(_ node: Node) -> (UnaryFunction, ValueID)? {
        switch node.kind {
        case .arithmetic(.multiply), .arithmetic(.divide): product(node)
        case .unary(.logarithm): softplus(node)
        default: nil
        }
    }

    private func node(_ id: ValueID) -> Node? { producers[id].map { graph.nodes[$0] } }

    /// A constant that is one number.
    private func number(_ id: ValueID) -> Double? {
        graph.constant(id).flatMap { $0.count == 1 ? Double($0.values[0]) : nil }
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-3 * abs(b) }

    /// A product as its activations and the numbers' product. Only nested products are opened that give one number or
    /// that the pattern needs: at most four factors.
    private func factors(_ node: Node) -> (activations: [ValueID], number: Double)? {
        var rest = [node], activations: [ValueID] = []
        var factor = 1.0
        while let node = rest.popLast() {
            guard activations.count + rest.count <= 4 else { return nil }
            let isQuotient = node.kind == .arithmetic(.divide)
            for (position, id) in node.inputs.enumerated() {
                if let number = number(id) {
                    guard !isQuotient || (position == 1 && number != 0) else { return nil }
                    factor *= isQuotient ? 1 / number : number
                } else if graph.constant(id) != nil || (isQuotient && position == 1) {
                    return nil
                } else if let inner = self.node(id), inner.kind == .arithmetic(.multiply)
                    || (inner.kind == .arithmetic(.divide) && number(inner.inputs[1]) != nil) {
                    rest.append(inner)
                } else {
                    activations.append(id)
                }
            }
        }
        return (activations, factor)
    }

    /// x + number
    private func sum(_ id: ValueID) -> (ValueID, Double)? {
        guard let node = node(id), node.kind == .arithmetic(.add) else { return nil }
        if let number = number(node.inputs[1]) { return (node.inputs[0], number) }
        if let number = number(node.inputs[0]) { return (node.inputs[1], number) }
        return nil
    }

    private func product(_ node: Node) -> (UnaryFunction, ValueID)? {
        guard let (activations, factor) = factors(node) else { return nil }
        if activations.count == 1, isClose(factor, 1.0 / 6), let x = clippedSum(activations[0]) {
            return (.hardSigmoid(alpha: 1 / 6, beta: 0.5), x)
        }
        guard activations.count == 2 else { return nil }
        for (x, gate) in [(activations[0], activations[1]), (activations[1], activations[0])] {
            guard graph.shape(x) == graph.shape(node.output) else { continue }
            if let function = gated(x, gate, factor) { return (function, x) }
        }
        return nil
    }

    private func gated(_ x: ValueID, _ gate: ValueID, _ factor: Double) -> UnaryFunction? {
        if isClose(factor, 1.0 / 6), clippedSum(gate) == x { return .hardSwish }
        if factor == 1, let node = node(gate) {
            if node.kind == .unary(.sigmoid), node.inputs[0] == x { return .swish }
            if case .unary(.hardSigmoid(let alpha, 0.5)) = node.kind, isClose(Double(alpha), 1.0 / 6),
                node.inputs[0] == x
            {
                return .hardSwish
            }
            if node.kind == .unary(.tanh), let inner = self.node(node.inputs[0]),
                let argument = softplusArgument(inner)
            {
                return argument == x ? .mish : nil
            }
        }
        guard isClose(factor, 0.5), case let (curve, 1)? = sum(gate), let node = node(curve) else { return nil }
        switch node.kind {
        case .unary(.erf):
            guard let factor = scale(of: node.inputs[0], x) else { return nil }
            return isClose(factor, 0.5.squareRoot()) ? .gelu : nil
        case .unary(.tanh): return isCubic(node.inputs[0], x) ? .geluTanh : nil
        default: return nil
        }
    }

    /// max(0, min(6, x + 3))
    private func clippedSum(_ id: ValueID) -> ValueID? {
        guard let node = node(id), node.kind == .unary(.clip(0, 6)), case let (x, 3)? = sum(node.inputs[0]) else {
            return nil
        }
        return x
    }

    /// The number that x is multiplied by.
    private func scale(of id: ValueID, _ x: ValueID) -> Double? {
        guard let node = node(id), [.arithmetic(.multiply), .arithmetic(.divide)].contains(node.kind),
            let (activations, factor) = factors(node), activations == [x]
        else { return nil }
        return factor
    }

    /// √(2/π) · (x + 0.044715 · x³)
    private func isCubic(_ id: ValueID, _ x: ValueID) -> Bool {
        guard let node = node(id), let (activations, factor) = factors(node), activations.count == 1,
            isClose(factor, (2 / Double.pi).squareRoot()), let sum = self.node(activations[0]),
            sum.kind == .arithmetic(.add), sum.inputs.contains(x),
            let term = sum.inputs.first(where: { $0 != x }).flatMap(self.node),
            let (cubes, share) = factors(term), isClose(share, 0.044715)
        else { return false }
        if cubes == [x, x, x] { return true }
        let kinds = cubes.map { self.node($0)?.kind }
        if cubes.count == 1, kinds[0] == .unary(.power(3)) { return self.node(cubes[0])!.inputs[0] == x }
        guard cubes.count == 2, cubes.contains(x), let other = cubes.first(where: { $0 != x }) else { return false }
        return self.node(other).map { $0.kind == .unary(.square) && $0.inputs[0] == x } ?? false
    }

    /// ln(1 + eˣ)
    private func softplus(_ node: Node) -> (UnaryFunction, ValueID)? {
        guard case let (exponential, 1)? = sum(node.inputs[0]), let inner = self.node(exponential),
            inner.kind == .unary(.exp)
        else { return nil }
        return (.softplus, inner.inputs[0])
    }

    private func softplusArgument(_ node: Node) -> ValueID? {
        node.kind == .unary(.softplus) ? node.inputs[0] : softplus(node)?.1
    }
}
