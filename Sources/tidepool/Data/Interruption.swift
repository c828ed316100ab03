import Foundation

/// The signal that came while files were being finished; 0 for none.
nonisolated(unsafe) private var pendingSignal: sig_atomic_t = 0

/// Runs `body` to its end even when the user interrupts meanwhile; the interrupt takes effect afterwards.
///
/// For the moments between a file's first byte and its final name, so that nothing half-written stays behind.
func withoutInterruption<Result>(_ body: () throws -> Result) rethrows -> Result {
    let signals = [SIGINT, SIGTERM, SIGHUP]
    pendingSignal = 0
    let earlier = signals.map { signal($0) { pendingSignal = sig_atomic_t($0) } }
    defer {
        for (number, handler) in zip(signals, earlier) { signal(number, handler) }
        if pendingSignal != 0 { raise(Int32(pendingSignal)) }
    }
    return try body()
}
