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
    private var isShare = false
    private var isFinished = false

    init(_ title: String, total: Int) {
        self.title = title
        self.total = max(1, total)
        isShown = tp_is_terminal(2) == 1
    }

    func advance(by count: Int = 1) {
        done += count
        draw()
    }

    /// Moves to a share of the work, 0…1; never back.
    func reach(_ share: Double) {
        let reached = min(total, Int(share * Double(total)))
        guard reached > done else { return }
        done = reached
        isShare = true
        draw()
    }

    private func draw() {
        let now = tp_monotonic_nanoseconds()
        guard isShown, !isFinished, now - lastDrawn > 100_000_000 || done >= total else { return }
        lastDrawn = now
        isFinished = done >= total
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 30)
        let passed = Double(now - start) / 1e9
        let left = share > 0 ? Int(passed * (1 - share) / share + 0.5) : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let count = isShare ? "\(Int(100 * share)) %" : "\(done)/\(total)"
        let time = isFinished ? ", \(Int(passed + 0.5)) s            \n" : ", \(left) s left "
        FileHandle.standardError.write(Data("\r\(title) \(bar) \(count)\(time)".utf8))
    }

    /// Names a stage whose progress cannot be told.
    static func note(_ stage: String) {
        guard tp_is_terminal(2) == 1 else { return }
        FileHandle.standardError.write(Data("\(stage) …\n".utf8))
    }
}
