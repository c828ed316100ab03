import FloatGraph

extension Graph {
    /// Replaces layer normalization that exporters write as single steps,
    ///
    ///     d = x − mean(x);  d / √(mean(d²) + epsilon) · scale + offset
    ///
    /// over the last axis, by one node. The nodes that are no longer read are dead afterwards.
    mutating func recogniseLayerNormalization() {
        var index = -1
        while index + 1 < nodes.count {
            index += 1
            guard nodes[index].kind.isLastStep else { continue }
            let matcher = NormalizationMatcher(graph: self, producers: producers)
            guard let (x, epsilon) = matcher.match(nodes[index]), let channels = shape(x).last else { continue }
            let name = nodes[index].name
            let scale = addConstant("\(name).scale", FloatTensor(shape: [channels], repeating: 1))
            let offset = addConstant("\(name).offset", FloatTensor(shape: [channels], repeating: 0))
            nodes[index].kind = .layerNormalization(epsilon: epsilon)
            nodes[index].inputs = [x, scale, offset]
            absorbAffine(after: index)
        }
        removeDeadNodes()
    }

    /// A factor and then a term for each channel, read by nobody else, become the layer's own.
    private mutating func absorbAffine(after index: Int) {
        for (function, parameter) in [(ArithmeticFunction.multiply, 1), (.add, 2)] {
            let output = nodes[index].output
            let readers = consumers[output]
            guard readers.count == 1, !outputs.contains(output), nodes[readers[0]].kind == .arithmetic(function),
                let constant = nodes[readers[0]].inputs.first(where: { constant($0) != nil }),
                let tensor = self.constant(constant), tensor.shape == shape(output).suffix(1)
            else { continue }
            nodes[index].inputs[parameter] = constant
            nodes[index].output = nodes[readers[0]].output
            nodes.remove(at: readers[0])
        }
    }
}

extension FloatOperator {
    fileprivate var isLastStep: Bool { self == .arithmetic(.divide) || self == .arithmetic(.multiply) }
}

private struct NormalizationMatcher {
    let graph: Graph
    let producers: [Int?]

    private func node(_ id: ValueID) -> Node? { producers[id].map { graph.nodes[$0] } }

    func match(_ node: Node) -> (x: ValueID, epsilon: Float)? {
        let deviation: ValueID
        switch node.kind {
        case .arithmetic(.divide):
            deviation = node.inputs[1]
        case .arithmetic(.multiply):
            guard let inverse = self.node(node.inputs[1]), inverse.kind == .unary(.reciprocal) else { return nil }
            deviation = inverse.inputs[0]
        default: return nil
        }
        guard let x = centred(node.inputs[0]), let root = self.node(deviation), root.kind == .unary(.squareRoot),
            let sum = self.node(root.inputs[0]), sum.kind == .arithmetic(.add),
            let constant = sum.inputs.lazy.compactMap({ graph.constant($0) }).first, constant.count == 1,
            let variance = sum.inputs.first(where: { graph.constant($0) == nil }),
            let squares = mean(variance), let square = self.node(squares), isSquare(square),
            centred(square.inputs[0]) == x, constant.values[0] >= 0
        else { return nil }
        return (x, constant.values[0])
    }

    /// x of x − mean(x).
    private func centred(_ id: ValueID) -> ValueID? {
        guard let node = node(id), node.kind == .arithmetic(.subtract), mean(node.inputs[1]) == node.inputs[0] else {
            return nil
        }
        return node.inputs[0]
    }

    /// x of the mean of x over its last axis.
    private func mean(_ id: ValueID) -> ValueID? {
        guard let node = node(id), case .reduce(.mean, let axes, true) = node.kind,
            axes == [graph.shape(node.inputs[0]).count - 1]
        else { return nil }
        return node.inputs[0]
    }

    private func isSquare(_ node: Node) -> Bool {
        node.kind == .unary(.square) || (node.kind == .arithmetic(.multiply) && node.inputs[0] == node.inputs[1])
    }
}
