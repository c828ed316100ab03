import FloatGraph
import ModelFile

extension Lowering {
    // MARK: Elements in another order

    mutating func move(_ node: Node) throws(QuantizerError) {
        let x = operands[node.inputs[0]]!
        let gather = Gather(node, in: graph)!
        let tables = seesOneFrame ? Array(gather.tables.dropFirst()) : gather.tables
        let output = define(node.output, x.quantization)
        self.gather(node, x, tables, fill: x.quantization.quantize(Double(gather.fill)), to: output)
    }

    /// out[i, j, …] = x[tables[0][i] + tables[1][j] + …], `fill` where one of them is `nil`.
    mutating func gather(_ node: Node, _ x: Operand, _ tables: [[Int?]], fill: Int32, to output: Operand) {
        let merged = OffsetTable.merged(tables)
        if merged.count == 1, merged[0].isCounting, merged[0].offsets.count == x.shape.reduce(1, *) {
            return emit(node, .reshape, [x.tensor], output)
        }
        let constants = merged.enumerated().map { number, table in
            builder.addConstant(
                name: "\(node.name).offsets\(number)", shape: [table.offsets.count], table.offsets.map(Int32.init))
        }
        emit(node, .gather(fill: fill), [x.tensor] + constants, output)
    }

    /// The value of an operand of arithmetic, repeated to the output's extents.
    mutating func broadcast(_ x: Operand, of extents: [Int], to output: [Int], _ node: Node) -> Operand {
        guard extents != output else { return view(x, as: Lowering.joined(output), node) }
        let aligned = Array(repeating: 1, count: output.count - extents.count) + extents
        var stride = extents.reduce(1, *), tables: [[Int?]] = []
        for (axis, extent) in aligned.enumerated() {
            stride /= extent
            tables.append((0..<output[axis]).map { extent == 1 ? 0 : $0 * stride })
        }
        let name = builder.tensors[x.tensor].name + ":broadcast"
        let result = add(name, Lowering.joined(output), x.quantization)
        gather(node, x, tables, fill: 0, to: result)
        return result
    }

    // MARK: Windows

    mutating func maximumPool(_ node: Node, _ kernelY: Int, _ kernelX: Int, _ window: ConvolutionWindow) {
        let x = readable(node.inputs[0], node)
        let output = define(node.output, x.quantization)
        var window = Window(window)
        // what lies beyond the last window is no padding
        func used(_ y: Int, _ stride: Int32, _ kernel: Int, _ x: Int, _ before: Int32) -> Int32 {
            max(0, Int32((y - 1) * Int(stride) + kernel - x) - before)
        }
        window.padBottom = used(output.shape[0], window.strideY, kernelY, x.shape[0], window.padTop)
        window.padRight = used(output.shape[1], window.strideX, kernelX, x.shape[1], window.padLeft)
        emit(
            node, .maximumPool(window, kernelY: Int32(kernelY), kernelX: Int32(kernelX)), [x.tensor], output)
    }

    // MARK: Linear resize

    /// Rows first, then columns; in between int16 at the input's range.
    mutating func interpolate(_ node: Node, _ coordinates: ResizeCoordinates) throws(QuantizerError) {
        var x = readable(node.inputs[0], node)
        let output = shape(node.output)
        let wide = Quantization.int16(magnitude: x.quantization.magnitude * x.quantization.scale)
        if x.shape[0] != output[0], x.shape[1] != output[1] {
            let rows = add(graph.values[node.output].name + ":rows", [output[0]] + x.shape[1...], wide)
            let scale = FixedMultiplier(x.quantization.scale / wide.scale * 0x1p-14)!
            interpolate(node, x, axis: 0, coordinates, scale, to: rows)
            x = rows
        }
        guard let axis = (0..<2).first(where: { x.shape[$0] != output[$0] }) else {
            return emit(node, .reshape, [x.tensor], define(node.output, x.quantization))
        }
        let (quantization, scale) = try fit(node.output, node) { q in
            FixedMultiplier(x.quantization.scale / q.scale * 0x1p-14)
        }
        interpolate(node, x, axis: axis, coordinates, scale, to: define(node.output, quantization))
    }

    private mutating func interpolate(
        _ node: Node, _ x: Operand, axis: Int, _ coordinates: ResizeCoordinates, _ scale: FixedMultiplier,
        to output: Operand
    ) {
        let count = x.shape[axis], positions = output.shape[axis]
        var lower: [Int32] = [], upper: [Int32] = [], fraction: [Int16] = []
        for index in 0..<positions {
            let exact = min(max(coordinates.position(index, count, positions), 0), Double(count - 1))
            lower.append(Int32(exact))
            upper.append(min(Int32(exact) + 1, Int32(count - 1)))
            fraction.append(Int16(((exact - exact.rounded(.down)) * 0x1p14).rounded()))
        }
        let name = "\(node.name).axis\(axis)", shape = [positions]
        let inputs = [
            x.tensor, builder.addConstant(name: name + ".lower", shape: shape, lower),
            builder.addConstant(name: name + ".upper", shape: shape, upper),
            builder.addConstant(name: name + ".fraction", shape: shape, fraction),
        ]
        let kind = Operator.interpolate(
            outer: Int32(x.shape[..<axis].reduce(1, *)), count: Int32(count),
            inner: Int32(x.shape[(axis + 1)...].reduce(1, *)), multiplier: scale.multiplier, shift: scale.shift)
        emit(node, kind, inputs, output)
    }
}

/// One axis of a gather.
struct OffsetTable {
    /// −1 asks for the fill value.
    var offsets: [Int]

    init(_ offsets: [Int?]) { self.offsets = offsets.map { $0 ?? -1 } }

    /// The distance between neighbours, where it is always the same; 0 for a single element.
    private var step: Int? {
        guard !offsets.contains(-1) else { return nil }
        let step = offsets.count > 1 ? offsets[1] - offsets[0] : 0
        return offsets.indices.allSatisfy { offsets[$0] == offsets[0] + $0 * step } ? step : nil
    }

    /// Whether it is 0, 1, 2, …
    var isCounting: Bool { offsets[0] == 0 && (offsets.count == 1 || step == 1) }

    /// Sums of both, `self` outside.
    private func joined(_ inner: OffsetTable) -> OffsetTable {
        OffsetTable(offsets.flatMap { a in inner.offsets.map { a < 0 || $0 < 0 ? nil : a + $0 } })
    }

    /// Whether joining gives offsets that are evenly apart, as `self` and `inner` are.
    private func continues(into inner: OffsetTable) -> Bool {
        guard let outer = step, let step = inner.step, outer > 0, step > 0 else { return false }
        return outer == step * inner.offsets.count && offsets.count * inner.offsets.count <= 65_535
    }

    /// Fewer tables that say the same, at most six: axes that only count on are joined.
    static func merged(_ axes: [[Int?]]) -> [OffsetTable] {
        var tables: [OffsetTable] = []
        for axis in axes where axis != [0] {
            let table = OffsetTable(axis)
            if let last = tables.last, last.continues(into: table) {
                tables[tables.count - 1] = last.joined(table)
            } else {
                tables.append(table)
            }
        }
        while tables.count > 6 {
            func size(_ index: Int) -> Int { tables[index - 1].offsets.count * tables[index].offsets.count }
            let index = (1..<tables.count).min { size($0) < size($1) }!
            tables[index - 1] = tables[index - 1].joined(tables.remove(at: index))
        }
        return tables.isEmpty ? [OffsetTable([0])] : tables
    }
}
