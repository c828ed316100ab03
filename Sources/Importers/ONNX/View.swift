import FloatGraph

/// How an ONNX activation lies in a value of the float graph.
///
/// The float graph's values are channel-last; an ONNX value of the same elements may have its axes in another order,
/// split off axes of extent 1, or several joined into one. So every ONNX axis is a list of the value's axes, major
/// first. Axes of extent 1 say nothing about the order in memory and are in no list. Transpose, Squeeze, Unsqueeze,
/// Flatten and most of Reshape only change the view.
struct View {
    var value: ValueID
    /// For every ONNX axis the value's axes.
    var axes: [[Int]]

    /// The value whose last axes are the ONNX axes in `order`.
    init(_ value: ValueID, shape: [Int], order: [Int]) {
        self.value = value
        axes = Array(repeating: [], count: order.count)
        let leading = shape.count - order.count
        for (j, axis) in order.enumerated() where shape[leading + j] > 1 { axes[axis] = [leading + j] }
    }

    init(_ value: ValueID, axes: [[Int]]) {
        self.value = value
        self.axes = axes
    }

    var rank: Int { axes.count }

    /// The ONNX shape.
    func shape(_ graph: Graph) -> [Int] {
        axes.map { $0.reduce(1) { $0 * graph.shape(value)[$1] } }
    }

    /// Whether the elements, read in this order of the ONNX axes, stand in memory as they are.
    func isInMemoryOrder(_ order: [Int]) -> Bool {
        let flat = order.flatMap { axes[$0] }
        return flat == flat.sorted()
    }

    /// With axes of extent 1 in front, up to `rank`.
    func padded(to rank: Int) -> View {
        View(value, axes: Array(repeating: [], count: max(0, rank - axes.count)) + axes)
    }

    /// The same elements with the ONNX axes in another order.
    func permuted(_ order: [Int]) -> View { View(value, axes: order.map { axes[$0] }) }

    /// The order of ONNX axes that is channel-last for pictures and the same for everything else.
    static func channelLast(rank: Int) -> [Int] {
        rank == 4 ? [0, 2, 3, 1] : Array(0..<rank)
    }

    /// The ONNX axes as they stand in memory.
    var memoryOrder: [Int] {
        axes.indices.sorted { (axes[$0].first ?? -1, $0) < (axes[$1].first ?? -1, $1) }
    }
}
