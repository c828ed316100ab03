/// Operators at a network's end that pick from its scores: left out, since a task picks by itself.
enum Decisions {
    private static let picking: Set = ["ArgMax", "TopK", "ARG_MAX", "TOPK_V2"]
    /// What may stand behind them without changing what was picked.
    private static let passing: Set = [
        "Cast", "Identity", "Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
        "CAST", "EXPAND_DIMS", "RESHAPE", "SQUEEZE", "TRANSPOSE",
    ]

    /// The outputs with the scores in the place of what is picked from them.
    ///
    /// - Parameters:
    ///   - producer: the operator that computes a value, and its first input; `nil` for inputs and constants.
    ///   - note: is told each output that is left out, the operator, and the scores.
    static func cut<Value: Hashable>(
        from outputs: [Value], producer: (Value) -> (op: String, input: Value)?, note: (Value, String, Value) -> Void
    ) -> [Value] {
        var kept: [Value] = []
        for output in outputs {
            var result = output, value = output, seen: Set<Value> = []
            while let (op, input) = producer(value), seen.insert(value).inserted {
                if picking.contains(op), producer(input) != nil {
                    note(output, op, input)
                    result = input
                    break
                }
                guard passing.contains(op) else { break }
                value = input
            }
            if result == output || !kept.contains(result) { kept.append(result) }
        }
        return kept
    }

    static func note(_ output: String, _ op: String, _ scores: String) -> String {
        "output \(output) (\(op)) is left out, its scores \(scores) are the output instead: a classification task "
            + "picks the largest by itself"
    }
}
