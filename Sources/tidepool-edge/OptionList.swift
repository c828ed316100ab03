import BoardConfig

/// A command's options: `--name value`, `--name=value`, flags, and what stands alone.
struct OptionList {
    private(set) var positional: [String] = []
    private var values: [(name: String, value: String)] = []
    private var flags: [String] = []

    /// - Throws: `usage` for an option that the command does not have, or one without its value.
    init(_ arguments: [String], values valueNames: [String], flags flagNames: [String]) throws(ProgramError) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("--") else {
                positional.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if flagNames.contains(name), parts.count == 1 {
                flags.append(name)
            } else if valueNames.contains(name) {
                if parts.count == 2 {
                    values.append((name, String(parts[1])))
                } else {
                    guard index < arguments.count else { throw .usage("\(name) needs a value") }
                    values.append((name, arguments[index]))
                    index += 1
                }
            } else {
                let known = (valueNames + flagNames).joined(separator: ", ")
                throw .usage("there is no option \(argument); the options are \(known)")
            }
        }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func all(_ name: String) -> [String] { values.filter { $0.name == name }.map { $0.value } }
    func last(_ name: String) -> String? { all(name).last }

    func required(_ name: String) throws(ProgramError) -> String {
        guard let value = last(name) else { throw .usage("\(name) is missing") }
        return value
    }

    /// A whole number in a range.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(ProgramError) -> Int? {
        guard let text = last(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .usage("\(name) \(text): a whole number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return number
    }

    /// A duration such as 100ms, 2s or 1min, in nanoseconds.
    func duration(_ name: String) throws(ProgramError) -> Int64? {
        guard let text = last(name) else { return nil }
        if let duration = nanoseconds(parsing: text) { return duration }
        throw .usage("\(name) \(text): a duration such as 100ms, 10s or 5min is needed")
    }
}
