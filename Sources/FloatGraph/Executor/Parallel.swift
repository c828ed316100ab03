import Dispatch

/// Splits loops over a fixed number of threads. One thread means no dispatch at all.
struct Parallel: Sendable {
    let threads: Int

    /// Runs `body` on consecutive parts of `0..<count`, which together cover it.
    ///
    /// - Parameter grain: no part but the last is smaller: what is worth a thread's wake-up.
    func callAsFunction(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        let parts = max(1, min(threads, count / max(1, grain)))
        guard parts > 1 else { return body(0..<count) }
        Parallel.perform(parts) { part in
            body(count * part / parts..<count * (part + 1) / parts)
        }
    }

    /// Runs `body(0)`, …, `body(count − 1)` at the same time and returns when all are done.
    ///
    /// The compiler cannot see that the parts write to different places; that is the caller's promise.
    static func perform(_ count: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: count) { body($0) }
        }
    }
}
