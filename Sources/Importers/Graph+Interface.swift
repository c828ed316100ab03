import FloatGraph

/// What all formats ask of a network's ends.
extension Graph {
    /// The pictures; `shape` as it lies in memory.
    mutating func declareInput(_ name: String, shape: [Int]) throws(ImportFailure) {
        do {
            _ = try Graph.elementCount(shape)
        } catch {
            throw .invalid("input \(name): \(error.description)")
        }
        input = addValue(name, shape: shape)
    }

    mutating func declareOutput(_ name: String, _ id: ValueID) throws(ImportFailure) {
        guard id != input else { throw .invalid("output \(name) is not computed from the input") }
        guard !outputs.contains(id) else {
            throw .unsupported("outputs \(values[id].name) and \(name) are the same value; leave one out")
        }
        values[id].name = name
        outputs.append(id)
    }
}
