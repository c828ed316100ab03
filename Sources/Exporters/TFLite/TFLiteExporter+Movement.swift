import ModelFile
import TFLiteFormat

// Operators that move elements or read windows of them, and products of two activations.
extension TFLiteExporter {
    /// GATHER on the flat tensor, behind which stands the number that fills.
    mutating func gather(_ operation: Operation, _ fill: Int32) {
        let (input, output) = (operation.inputs[0], operation.output)
        let x = source.tensor(input), name = operation.name
        let (positions, fills) = source.positions(of: operation)
        let isNarrow = isNarrow([input, output]) && (!fills || fill == x.zeroPoint)
        var flat = like(input, "\(name) flat", [x.count], isNarrow)
        reshape(isNarrow ? integer(input) : real(input), into: flat, [x.count])
        if fills {
            let filled = like(input, "\(name) filled", [x.count + 1], isNarrow)
            let amounts = writer.constant("\(name) pads", .int32, [2, 2], [0, 0, 0, 1] as [Int32])
            if isNarrow {
                writer.add(.pad, [flat, amounts], filled)
            } else {
                let value = writer.floats("\(name) fill", [Double(fill - x.zeroPoint) * x.scale])
                writer.add(.padV2, [flat, amounts, value], filled)
            }
            flat = filled
        }
        let picked = like(input, "\(name) picked", [positions.count], isNarrow)
        writer.add(
            .gather, [flat, writer.integers("\(name) positions", positions)], picked, [Schema.Gather.axis: .int32(1)])
        let result = isNarrow ? narrow(output) : float(output, " moved")
        reshape(picked, into: result, source.tensor(output).shape)
        if !isNarrow { store(result, output) }
    }

    /// MAX_POOL_2D; where the padding is not the format's own, the lowest number stands around the picture first.
    mutating func maximumPool(_ operation: Operation, _ window: Window, height: Int, width: Int) {
        let (input, output) = (operation.inputs[0], operation.output)
        let x = source.tensor(input), padding = padding(window, input, output, height: height, width: width)
        let isNarrow = isNarrow([input, output]) && padding != nil
        var given = isNarrow ? integer(input) : real(input)
        if padding == nil {
            let rows = [window.padTop, window.padBottom].map(Int.init)
            let columns = [window.padLeft, window.padRight].map(Int.init)
            let shape = [x.shape[0] + rows[0] + rows[1], x.shape[1] + columns[0] + columns[1], x.shape[2]]
            let padded = like(input, "\(operation.name) padded", shape, false)
            let pads = ([0, 0] + rows + columns + [0, 0]).map { Int32($0) }
            let lowest = Double((x.type == .int8 ? -128 : -32_768) - x.zeroPoint) * x.scale
            writer.add(.padV2, [
                given, writer.constant("\(operation.name) pads", .int32, [4, 2], pads),
                writer.floats("\(operation.name) lowest", [lowest]),
            ], padded)
            given = padded
        }
        let result = isNarrow ? narrow(output) : float(output, " maxima")
        writer.add(.maxPool2D, [given], result, [
            Schema.Window.padding: .int8(padding ?? 1), Schema.Window.strideX: .int32(window.strideX),
            Schema.Window.strideY: .int32(window.strideY), Schema.Pool.width: .int32(Int32(width)),
            Schema.Pool.height: .int32(Int32(height)), Schema.Pool.activation: .int8(0),
        ])
        if !isNarrow { store(result, output) }
    }

    /// Both neighbours' elements, weighed and added.
    mutating func interpolate(_ operation: Operation, _ view: [Int], _ factor: Double) {
        let (input, output) = (operation.inputs[0], operation.output), name = operation.name
        let viewed = like(input, "\(name) view", view, false)
        reshape(real(input), into: viewed, view)
        let upper = source.int16s(operation.inputs[3]).map { Double($0) * 0x1p-14 }
        let shape = [view[0], upper.count, view[2]]
        var parts: [Int] = []
        for (operand, shares) in [(1, upper.map { 1 - $0 }), (2, upper)] {
            let side = operand == 1 ? "lower" : "upper"
            let positions = writer.integers("\(name) \(side)", source.int32s(operation.inputs[operand]).map(Int.init))
            let elements = like(input, "\(name) \(side) elements", shape, false)
            writer.add(.gather, [viewed, positions], elements, [Schema.Gather.axis: .int32(2)])
            let part = like(input, "\(name) \(side) part", shape, false)
            let weights = writer.floats("\(name) \(side) weights", shares, shape: [shares.count, 1])
            writer.add(.mul, [elements, weights], part, [0: .int8(0)])
            parts.append(part)
        }
        let sum = like(input, "\(name) sum", shape, false)
        writer.add(.add, parts, sum, [0: .int8(0)])
        let result = float(output, " interpolated")
        reshape(sum, into: result, source.tensor(output).shape)
        store(scaled(result, by: factor * 0x1p14 * ratio(output, input), output), output)
    }

    mutating func matmul(_ operation: Operation, _ transposed: Bool, _ factor: Double, _ clamp: Clamp) {
        let (x, y, output) = (operation.inputs[0], operation.inputs[1], operation.output)
        let result = float(output, " product")
        writer.add(.batchMatMul, [real(x), real(y)], result, [
            Schema.BatchMatMul.transposesX: .bool(false), Schema.BatchMatMul.transposesY: .bool(!transposed),
        ])
        let gain = factor * source.tensor(output).scale / (source.tensor(x).scale * source.tensor(y).scale)
        store(scaled(result, by: gain, output), output, bounds: clamp.bounds(source.tensor(output)))
    }

    /// Rows divided by their spread, √C·2⁻²⁹ of which is in our factor.
    mutating func normalize(_ operation: Operation, centres: Bool, _ epsilon: Int64, _ factor: Double) {
        let (input, output) = (operation.inputs[0], operation.output)
        let x = source.tensor(input), name = operation.name
        let rowShape = Array(x.shape.dropLast()) + [1]
        let axis = writer.integers("\(name) axis", [x.shape.count])
        func mean(_ values: Int, _ suffix: String) -> Int {
            let result = like(input, "\(name) \(suffix)", rowShape, false)
            writer.add(.mean, [values, axis], result, [Schema.Reducer.keepsAxes: .bool(true)])
            return result
        }
        func combined(_ op: BuiltinOperator, _ a: Int, _ b: Int, _ suffix: String, _ shape: [Int]) -> Int {
            let result = like(input, "\(name) \(suffix)", shape, false)
            writer.add(op, [a, b], result, [0: .int8(0)])
            return result
        }
        var rows = real(input)
        if centres { rows = combined(.sub, rows, mean(rows, "mean"), "centred", x.shape) }
        let variance = mean(combined(.mul, rows, rows, "squares", x.shape), "variance")
        let small = writer.floats("\(name) epsilon", [x.epsilon(epsilon)], shape: [])
        let lifted = combined(.add, variance, small, "lifted", rowShape)
        let spread = like(input, "\(name) spread", rowShape, false)
        writer.add(.sqrt, [lifted], spread)
        let result = float(output, " normalized")
        writer.add(.div, [rows, spread], result, [0: .int8(0)])
        let gain = factor * 0x1p29 / Double(x.shape.last!).squareRoot() * source.tensor(output).scale
        store(scaled(result, by: gain, output), output)
    }

    /// A tensor of another shape with a tensor's grid, or of floats.
    private mutating func like(_ index: Int, _ name: String, _ shape: [Int], _ isNarrow: Bool) -> Int {
        let tensor = source.tensor(index)
        let grid = TFLiteGraphWriter.Grid(scales: [tensor.scale], zeroPoint: Int(tensor.zeroPoint))
        return writer.tensor(name, isNarrow ? .int8 : .float32, [batch] + shape, isNarrow ? grid : nil)
    }
}
