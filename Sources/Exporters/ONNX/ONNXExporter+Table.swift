import ModelFile

extension ONNXExporter {
    /// The function where the table's values tell it; otherwise the table itself, in integers, exactly.
    mutating func table(_ operation: Operation) {
        let input = source.tensor(operation.inputs[0]), output = source.tensor(operation.output)
        let isNarrow = input.type == .int8
        let values = isNarrow
            ? source.int8s(operation.inputs[1]).map(Int16.init) : source.int16s(operation.inputs[1])
        guard let function = TableFunction(values, from: input, to: output) else {
            note("functions that have no name here are tables, looked up with Gather")
            let result = isNarrow ? lookUp(operation, values) : interpolate(operation, values, output.type)
            integers[operation.output] = writer.add(
                "Cast", [result], name: "\(output.name) integer", ["to": .int(output.type == .int8 ? 2 : 5)])
            return
        }
        let x = real(operation.inputs[0])
        store(apply(function, x, operation.name), operation.output)
    }

    private mutating func apply(_ function: TableFunction, _ x: String, _ name: String) -> String {
        switch function {
        case .sigmoid: return writer.add("Sigmoid", [x], name: name)
        case .tanh: return writer.add("Tanh", [x], name: name)
        case .hardSwish: return writer.add("HardSwish", [x], name: name)
        case .hardSigmoid: return writer.add("HardSigmoid", [x], name: name, ["alpha": .float(1.0 / 6), "beta": .float(0.5)])
        case .relu: return writer.add("Relu", [x], name: name)
        case .elu: return writer.add("Elu", [x], name: name)
        case .gelu: return writer.add("Gelu", [x], name: name)
        case .exp: return writer.add("Exp", [x], name: name)
        case .geluTanh: return writer.add("Gelu", [x], name: name, ["approximate": .string("tanh")])
        case .mish: return writer.add("Mish", [x], name: name)
        case .softplus: return writer.add("Softplus", [x], name: name)
        case .softsign: return writer.add("Softsign", [x], name: name)
        case .erf: return writer.add("Erf", [x], name: name)
        case .absolute: return writer.add("Abs", [x], name: name)
        case .square: return writer.add("Mul", [x, x], name: name)
        case .swish:
            let gate = writer.add("Sigmoid", [x], name: "\(name) gate")
            return writer.add("Mul", [x, gate], name: name)
        }
    }

    /// table[u], where u = q + 128 is what stands in the file; so are the entries.
    private mutating func lookUp(_ operation: Operation, _ values: [Int16]) -> String {
        let name = operation.name
        let table = writer.constant(.int32, [256], values.map { Int32($0) + 128 }, name: "\(name).table")
        return writer.add("Gather", [table, wide(operation)], name: "\(name) entry")
    }

    /// The input's integers as int32.
    private mutating func wide(_ operation: Operation) -> String {
        writer.add("Cast", [integer(operation.inputs[0])], name: "\(operation.name) wide", ["to": .int(6)])
    }

    private mutating func combine(_ op: String, _ x: String, _ y: Int32, _ name: String) -> String {
        let constant = writer.constant(.int32, [], [y], name: "\(name) constant")
        return writer.add(op, [x, constant], name: name)
    }

    /// i = u >> 7, f = u & 127, v = t[i]·(128 − f) + t[i+1]·f, rounded to the output; division is made to round down by
    /// an offset that keeps its numbers positive.
    private mutating func interpolate(_ operation: Operation, _ values: [Int16], _ type: ElementType) -> String {
        let name = operation.name
        let table = writer.constant(.int32, [513], values.map(Int32.init), name: "\(name).table")
        let u = combine("Add", wide(operation), 32_768, "\(name) index")
        let i = combine("Div", u, 128, "\(name) knot")
        let f = writer.add("Sub", [u, combine("Mul", i, 128, "\(name) start")], name: "\(name) fraction")
        let here = writer.add("Gather", [table, i], name: "\(name) entry")
        let next = writer.add("Gather", [table, combine("Add", i, 1, "\(name) next")], name: "\(name) next entry")
        let step = writer.add("Mul", [writer.add("Sub", [next, here], name: "\(name) rise"), f], name: "\(name) part")
        let v = writer.add("Add", [combine("Mul", here, 128, "\(name) base"), step], name: "\(name) sum")
        let (bits, whole): (Int32, Int32) = type == .int8 ? (15, 256) : (7, 65_536)
        let lifted = combine("Add", v, whole << bits + 1 << (bits - 1), "\(name) lifted")
        let rounded = combine("Sub", combine("Div", lifted, 1 << bits, "\(name) quotient"), whole, "\(name) rounded")
        guard type == .int8 else { return rounded }
        let bounded = combine("Min", combine("Max", rounded, -128, "\(name) low"), 127, "\(name) high")
        return combine("Add", bounded, 128, "\(name) from 0")
    }
}
