import FloatGraph
import ModelFile

extension Lowering {
    // MARK: Unary functions

    /// A table from int16, or from int8 where the input has no more.
    mutating func table(_ node: Node, _ function: UnaryFunction) throws(QuantizerError) {
        var output = quantization(of: node.output)
        if output.type == .int16, function == .sigmoid || function == .tanh { output = .int16(bits: 15) }
        var x = operands[node.inputs[0]]!
        if x.quantization.type == .uint16 || (x.quantization.type == .int8 && output.type == .int16) {
            x = wide(node.inputs[0], node)
        }
        let constant: Int
        if x.quantization.type == .int8 {
            let values = FunctionTable.int8(function, from: x.quantization, to: output)
            constant = builder.addConstant(name: node.name + ".table", shape: [256], values)
        } else {
            let values = FunctionTable.int16(function, from: x.quantization, to: output)
            constant = builder.addConstant(name: node.name + ".table", shape: [513], values)
        }
        emit(node, .table, [x.tensor, constant], define(node.output, output))
    }

    /// Sigmoid or tanh from 2⁻¹² to Q0.15, one constant a file.
    mutating func gateTable(_ function: UnaryFunction, _ name: String) -> Int {
        shared(name) { builder in builder.addConstant(name: name, shape: [513], FunctionTable.gate(function)) }
    }

    mutating func prelu(_ node: Node) throws(QuantizerError) {
        let x = readable(node.inputs[0], node)
        let channels = x.shape.last!
        let slopes = graph.constant(node.inputs[1])!.values.map(Double.init)
        let perChannel = (0..<channels).map { slopes[slopes.count == 1 ? 0 : $0] }
        let steepest = perChannel.reduce(1) { max($0, abs($1)) }
        let (quantization, left) = try fit(node.output, node) { q -> Int32? in
            // one lift serves both sides: the steeper one decides
            let factor = x.quantization.scale / q.scale
            guard let steep = Rescale(factor: factor * steepest, bound: x.quantization.magnitude),
                FixedMultiplier(factor / Double(1 << steep.left)) != nil
            else { return nil }
            return steep.left
        }
        let unit = x.quantization.scale / quantization.scale / Double(1 << left)
        let positive = FixedMultiplier(unit)!
        let negative = perChannel.map { slope in
            FixedMultiplier(abs(slope) * unit).map { ($0.multiplier * (slope < 0 ? -1 : 1), $0.shift) } ?? (0, 1)
        }
        let rescale = Rescale(left: left, multiplier: positive.multiplier, shift: positive.shift)
        let multiplier = builder.addConstant(name: node.name + ".multiplier", shape: [channels], negative.map(\.0))
        let shift = builder.addConstant(name: node.name + ".shift", shape: [channels], negative.map(\.1))
        emit(node, .prelu(rescale), [x.tensor, multiplier, shift], define(node.output, quantization))
    }
}
