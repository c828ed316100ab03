import CPlatform
import Foundation

/// A bar on standard error while long work goes on; silent where standard error is not a terminal.
final class ProgressBar {
    private let title: String
    private let total: Int
    private let isShown: Bool
    private let start = tp_monotonic_nanoseconds()
    private var lastDrawn: Int64 = 0
    private var done = 0

    init(_ title: String, total: Int) {
        self.title = title
        self.total = max(1, total)
        isShown = tp_is_terminal(2) == 1
    }

    func advance(by count: Int = 1) {
        done += count
        let now = tp_monotonic_nanoseconds()
        guard isShown, now - lastDrawn > 100_000_000 || done >= total else { return }
        lastDrawn = now
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 30)
        let left = share > 0 ? Int(Double(now - start) / 1e9 * (1 - share) / share + 0.5) : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let line = "\r\(title) \(bar) \(done)/\(total)" + (done < total ? ", \(left) s left " : "            \n")
        FileHandle.standardError.write(Data(line.utf8))
    }
}
