/// An index into `Graph.values`.
public typealias ValueID = Int

/// A trained network in floats: the oracle that the quantized one is judged by.
///
/// Activations are channel-last and their axis 0 is always the frame axis: `[N, H, W, C]` or `[N, C]`, where N is the
/// clip's number of frames while values belong to frames, and 1 afterwards (1 throughout for a network of single
/// pictures).
public struct Graph: Sendable {
    public struct Value: Sendable {
        public var name: String
        public var shape: [Int]
        /// Present for weights and other constants.
        public var constant: FloatTensor?
        /// Given by a file that is quantized already; the values are floats all the same.
        public var quantization: ValueQuantization?

        public init(
            name: String, shape: [Int], constant: FloatTensor? = nil, quantization: ValueQuantization? = nil
        ) {
            self.name = name
            self.shape = shape
            self.constant = constant
            self.quantization = quantization
        }
    }

    public var name: String
    public var values: [Value] = []
    /// In order of execution.
    public var nodes: [Node] = []
    /// One picture or clip: `[N, H, W, C]`, colours 0…255.
    public var input: ValueID = 0
    public var outputs: [ValueID] = []
    /// What a reader of the file had to take for granted, for people.
    public var notes: [String] = []

    public init(name: String) { self.name = name }

    /// Adds an activation whose producer is added later, or the input.
    public mutating func addValue(_ name: String, shape: [Int]) -> ValueID {
        values.append(Value(name: name, shape: shape))
        return values.count - 1
    }

    public mutating func addConstant(_ name: String, _ tensor: FloatTensor) -> ValueID {
        values.append(Value(name: name, shape: tensor.shape, constant: tensor))
        return values.count - 1
    }

    public func constant(_ id: ValueID) -> FloatTensor? { values[id].constant }
    public func shape(_ id: ValueID) -> [Int] { values[id].shape }
}

/// One operation of the float graph.
public struct Node: Sendable {
    public var name: String
    public var kind: FloatOperator
    public var inputs: [ValueID]
    public var output: ValueID

    public init(name: String, kind: FloatOperator, inputs: [ValueID], output: ValueID) {
        self.name = name
        self.kind = kind
        self.inputs = inputs
        self.output = output
    }
}
