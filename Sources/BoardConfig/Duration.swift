/// A positive duration such as `250us`, `100ms`, `1.5s` or `30min`, in nanoseconds; `nil` for any other text.
public func nanoseconds(parsing text: String) -> Int64? {
    for (unit, nanoseconds) in [("ms", 1e6), ("us", 1e3), ("min", 60e9), ("s", 1e9)] where text.hasSuffix(unit) {
        if let number = Double(String(text.dropLast(unit.utf8.count))), number > 0, number * nanoseconds < 1e17 {
            return Int64(number * nanoseconds)
        }
    }
    return nil
}
