import Foundation

/// Movement of data: output element `[i, j, …]` is the input element at `tables[0][i] + tables[1][j] + …`, or the fill
/// value where one of them is `nil`.
public struct Gather {
    /// For every axis of the output, for every index, an offset into the input.
    public private(set) var tables: [[Int?]]
    public private(set) var fill: Float = 0

    /// What a node moves; `nil` for operators that compute.
    public init?(_ node: Node, in graph: Graph) {
        let x = graph.shape(node.inputs[0]), output = graph.shape(node.output)
        switch node.kind {
        case .transpose(let order): self.init(transposing: x, order)
        case .slice(let starts, _, let steps): self.init(slicing: x, starts, output, steps)
        case .pad(let before, _, let mode): self.init(padding: x, before, output, mode)
        case .resize(.nearest(let rounding, let coordinates), _, _):
            self.init(resizing: x, output, rounding, coordinates)
        default: return nil
        }
    }

    private init(_ shape: [Int], _ index: (_ axis: Int, _ position: Int) -> Int?, extents: [Int], axes: [Int]) {
        let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
        tables = extents.indices.map { axis in
            (0..<extents[axis]).map { position in index(axis, position).map { $0 * strides[axes[axis]] } }
        }
    }

    init(transposing x: [Int], _ order: [Int]) {
        self.init(x, { $1 }, extents: order.map { x[$0] }, axes: order)
    }

    init(slicing x: [Int], _ starts: [Int], _ extents: [Int], _ steps: [Int]) {
        self.init(x, { starts[$0] + $1 * steps[$0] }, extents: extents, axes: Array(x.indices))
    }

    init(padding x: [Int], _ before: [Int], _ output: [Int], _ mode: PadMode) {
        func source(_ axis: Int, _ position: Int) -> Int? {
            let (index, last) = (position - before[axis], x[axis] - 1)
            switch mode {
            case .constant: return (0...last).contains(index) ? index : nil
            case .edge: return min(max(index, 0), last)
            case .reflect: return index < 0 ? -index : index > last ? 2 * last - index : index
            }
        }
        self.init(x, source, extents: output, axes: Array(x.indices))
        if case .constant(let value) = mode { fill = value }
    }

    init(resizing x: [Int], _ output: [Int], _ rounding: ResizeRounding, _ coordinates: ResizeCoordinates) {
        func source(_ axis: Int, _ position: Int) -> Int? {
            guard axis == 1 || axis == 2 else { return position }
            let exact = coordinates.position(position, x[axis], output[axis])
            let nearest =
                switch rounding {
                case .floor: exact.rounded(.down)
                case .ceiling: exact.rounded(.up)
                case .halfDown: (exact - 0.5).rounded(.up)
                case .halfUp: (exact + 0.5).rounded(.down)
                }
            return min(max(Int(nearest), 0), x[axis] - 1)
        }
        self.init(x, source, extents: output, axes: Array(x.indices))
    }

    func kernel() -> Kernel {
        // Trailing axes that lie in the output as in the input are copied as one run.
        var (outer, run) = (tables, 1)
        while let last = outer.last, last == last.indices.map({ $0 * run }) {
            run *= last.count
            outer.removeLast()
        }
        let inner = (outer.popLast() ?? [0])
        let rows = outer.reduce(1) { $0 * $1.count }
        let (fill, width) = (self.fill, inner.count * run)
        return { [outer, run] inputs, output, parallel in
            parallel(rows, grain: 16_384 / width + 1) { part in
                for row in part {
                    let target = output + row * width
                    guard let start = Gather.start(outer, row) else {
                        target.update(repeating: fill, count: width)
                        continue
                    }
                    for (i, offset) in inner.enumerated() {
                        if let offset {
                            (target + i * run).update(from: inputs[0] + start + offset, count: run)
                        } else {
                            (target + i * run).update(repeating: fill, count: run)
                        }
                    }
                }
            }
        }
    }

    /// The sum of the outer tables' entries at a row-major index.
    private static func start(_ tables: [[Int?]], _ row: Int) -> Int? {
        var (rest, sum) = (row, 0)
        for table in tables.reversed() {
            guard let offset = table[rest % table.count] else { return nil }
            sum += offset
            rest /= table.count
        }
        return sum
    }
}

extension ResizeCoordinates {
    /// Where an output index lies on the input's axis.
    public func position(_ index: Int, _ input: Int, _ output: Int) -> Double {
        let scale = Double(input) / Double(output)
        return switch self {
        case .halfPixel: (Double(index) + 0.5) * scale - 0.5
        case .asymmetric: Double(index) * scale
        case .alignCorners: output > 1 ? Double(index) * Double(input - 1) / Double(output - 1) : 0
        }
    }
}
