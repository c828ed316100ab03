import CPlatform

/// The program's arguments and its standard streams.
enum Console {
    static var arguments: [String] {
        (0..<tp_argument_count()).compactMap { tp_argument($0).map { String(cString: $0) } }
    }

    /// A line on standard output.
    static func write(_ line: String) { write(line, to: 1) }

    /// A line on standard error.
    static func error(_ line: String) { write(line, to: 2) }

    private static func write(_ line: String, to descriptor: Int32) {
        var text = line
        text += "\n"
        let written = text.withUTF8 { tp_write(descriptor, $0.baseAddress, $0.count) }
        // Nobody reads any more: what is still to come has no use.
        if written < 0, descriptor == 1 { tp_exit(0) }
    }
}

/// Columns of text, numbers to the right.
func table(_ rows: [[String]]) -> String {
    var widths: [Int] = []
    for row in rows {
        for (column, cell) in row.enumerated() {
            if column == widths.count { widths.append(0) }
            widths[column] = max(widths[column], cell.count)
        }
    }
    return rows.map { row in
        var line = ""
        for (column, cell) in row.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - cell.count)
            line += column == 0 ? cell + padding : "  " + padding + cell
        }
        return line
    }.joined(separator: "\n")
}
