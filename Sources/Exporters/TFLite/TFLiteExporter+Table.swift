import ModelFile
import TFLiteFormat

extension TFLiteExporter {
    /// The function where the table's values tell it; otherwise the table itself, in integers, exactly.
    mutating func table(_ operation: Operation) {
        let input = source.tensor(operation.inputs[0]), output = source.tensor(operation.output)
        let isNarrow = input.type == .int8
        let values = isNarrow
            ? source.int8s(operation.inputs[1]).map(Int16.init) : source.int16s(operation.inputs[1])
        guard let function = TableFunction(values, from: input, to: output), !Self.nameless.contains(function) else {
            note("functions that have no name here are tables, looked up with GATHER")
            return lookUp(operation, values, isNarrow: isNarrow)
        }
        let result = apply(function, real(operation.inputs[0]), operation.output)
        store(result, operation.output)
    }

    /// Functions that the format has no operator for.
    private static let nameless: [TableFunction] = [.mish, .softplus, .softsign, .erf]

    private mutating func apply(_ function: TableFunction, _ x: Int, _ index: Int) -> Int {
        let result = float(index, " function")
        switch function {
        case .sigmoid: writer.add(.logistic, [x], result)
        case .tanh: writer.add(.tanh, [x], result)
        case .hardSwish: writer.add(.hardSwish, [x], result)
        case .relu: writer.add(.relu, [x], result)
        case .elu: writer.add(.elu, [x], result)
        case .exp: writer.add(.exp, [x], result)
        case .gelu: writer.add(.gelu, [x], result, [Schema.Gelu.isApproximate: .bool(false)])
        case .geluTanh: writer.add(.gelu, [x], result, [Schema.Gelu.isApproximate: .bool(true)])
        case .absolute: writer.add(.abs, [x], result)
        case .square: writer.add(.mul, [x, x], result, [0: .int8(0)])
        case .mish, .softplus, .softsign, .erf: break
        case .swish:
            let gate = float(index, " gate")
            writer.add(.logistic, [x], gate)
            writer.add(.mul, [x, gate], result, [0: .int8(0)])
        case .hardSigmoid:
            // relu6(x + 3) / 6
            let lifted = float(index, " lifted")
            let (three, sixth) = (writer.floats("three", [3], shape: []), writer.floats("sixth", [1.0 / 6], shape: []))
            writer.add(.add, [x, three], lifted, [0: .int8(3)])
            writer.add(.mul, [lifted, sixth], result, [0: .int8(0)])
        }
        return result
    }

    /// int8: table[q + 128]. int16: i = u >> 7, f = u & 127, v = t[i]·(128 − f) + t[i+1]·f, rounded to the output;
    /// division is made to round down by an offset that keeps its numbers positive.
    private mutating func lookUp(_ operation: Operation, _ values: [Int16], isNarrow: Bool) {
        let (input, output) = (operation.inputs[0], operation.output)
        let table = writer.constant("\(operation.name).table", .int32, [values.count], values.map(Int32.init))
        let q = step(.cast, [integer(input)], output)
        let entry: Int
        if isNarrow {
            entry = step(.gather, [table, step(.add, [q, number(128)], output)], output)
        } else {
            let u = step(.add, [q, number(32_768)], output)
            let i = step(.div, [u, number(128)], output)
            let f = step(.sub, [u, step(.mul, [i, number(128)], output)], output)
            let here = step(.gather, [table, i], output)
            let next = step(.gather, [table, step(.add, [i, number(1)], output)], output)
            let rise = step(.mul, [step(.sub, [next, here], output), f], output)
            let v = step(.add, [step(.mul, [here, number(128)], output), rise], output)
            let (bits, whole): (Int32, Int32) = source.tensor(output).type == .int8 ? (15, 256) : (7, 65_536)
            let lifted = step(.add, [v, number(whole << bits + 1 << (bits - 1))], output)
            entry = step(.sub, [step(.div, [lifted, number(1 << bits)], output), number(whole)], output)
        }
        // As real numbers, which QUANTIZE turns into the same integers.
        let real = float(output, " entry")
        writer.add(.cast, [entry], real)
        let tensor = source.tensor(output)
        var result = real
        if tensor.zeroPoint != 0 {
            result = float(output, " entry from zero")
            let zero = writer.floats("\(tensor.name) zero point", [Double(tensor.zeroPoint)], shape: [])
            writer.add(.sub, [real, zero], result, [0: .int8(0)])
        }
        store(scaled(result, by: tensor.scale, output), output)
    }

    private mutating func number(_ value: Int32) -> Int { writer.constant("\(value)", .int32, [], [value]) }

    private mutating func step(_ op: BuiltinOperator, _ inputs: [Int], _ index: Int) -> Int {
        let result = writer.tensor("\(source.tensor(index).name) step", .int32, shape(index))
        writer.add(op, inputs, result, op == .gather ? [Schema.Gather.axis: .int32(0)] : [0: .int8(0)])
        return result
    }
}
