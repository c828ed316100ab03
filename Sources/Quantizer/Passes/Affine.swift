import FloatGraph

/// y = scale · x + offset, a factor and a summand for each channel (the last axis).
///
/// In a graph it is written as a batch normalization with mean 0, variance 1 and epsilon 0: the normal form of batch
/// normalizations and of arithmetic with constants.
struct Affine: Equatable {
    var scale: [Double]
    var offset: [Double]

    var channels: Int { scale.count }

    static func identity(_ channels: Int) -> Affine {
        Affine(scale: Array(repeating: 1, count: channels), offset: Array(repeating: 0, count: channels))
    }

    /// `self`, then `next`.
    func followed(by next: Affine) -> Affine {
        Affine(
            scale: zip(scale, next.scale).map { $0 * $1 },
            offset: channels == 0 ? [] : (0..<channels).map { offset[$0] * next.scale[$0] + next.offset[$0] })
    }

    /// The activation that `node`, an affine function, reads.
    static func input(of node: Node, in graph: Graph) -> ValueID {
        graph.constant(node.inputs[0]) == nil ? node.inputs[0] : node.inputs[1]
    }
}

extension Affine {
    /// What `node` does, when it is an affine function of one activation.
    init?(_ node: Node, in graph: Graph) {
        switch node.kind {
        case .batchNormalization(let epsilon):
            let parameters = node.inputs[1...].map { graph.constant($0)!.values.map(Double.init) }
            let (gain, shift, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
            self = .identity(gain.count)
            for channel in gain.indices {
                scale[channel] = gain[channel] / (variance[channel] + Double(epsilon)).squareRoot()
                offset[channel] = shift[channel] - mean[channel] * scale[channel]
            }
        case .unary(.negate):
            guard let channels = graph.shape(node.output).last else { return nil }
            self = .identity(channels)
            scale = scale.map { -$0 }
        case .arithmetic(let function):
            self.init(function, node, graph)
        default:
            return nil
        }
    }

    private init?(_ function: ArithmeticFunction, _ node: Node, _ graph: Graph) {
        let constantFirst = graph.constant(node.inputs[0]) != nil
        let x = node.inputs[constantFirst ? 1 : 0]
        guard let constant = graph.constant(node.inputs[constantFirst ? 0 : 1]), graph.constant(x) == nil,
            graph.shape(x) == graph.shape(node.output), let channels = graph.shape(x).last,
            constant.count == 1 || (constant.count == channels && constant.shape.last == channels)
        else { return nil }
        let values = (0..<channels).map { Double(constant.values[constant.count == 1 ? 0 : $0]) }
        self = .identity(channels)
        switch function {
        case .add: offset = values
        case .subtract: (scale, offset) = constantFirst ? (scale.map { -$0 }, values) : (scale, values.map { -$0 })
        case .multiply: scale = values
        case .divide:
            guard !constantFirst, !values.contains(0) else { return nil }
            scale = values.map { 1 / $0 }
        case .minimum, .maximum: return nil
        }
    }
}

extension Graph {
    /// Makes `node` the normal form of `affine` applied to `x`.
    mutating func write(_ affine: Affine, of x: ValueID, to index: Int) {
        let name = nodes[index].name
        let ones = [Double](repeating: 1, count: affine.channels)
        let zeros = [Double](repeating: 0, count: affine.channels)
        let parameters = [("scale", affine.scale), ("offset", affine.offset), ("mean", zeros), ("variance", ones)]
        nodes[index].kind = .batchNormalization(epsilon: 0)
        nodes[index].inputs = [x] + parameters.map { addVector("\(name).\($0.0)", $0.1) }
    }

    mutating func addVector(_ name: String, _ values: [Double]) -> ValueID {
        addConstant(name, FloatTensor(shape: [values.count], values: values.map(Float.init)))
    }

    /// The affine function of the node at `index`, when it is one.
    func affine(_ index: Int) -> Affine? { Affine(nodes[index], in: self) }
}
