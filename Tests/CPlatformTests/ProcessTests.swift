import CPlatform
import Foundation
import Testing

@Suite struct ProcessTests {
    @Test func argumentsAreThoseOfTheProcess() {
        let arguments = (0..<tp_argument_count()).map { String(cString: tp_argument($0)!) }
        #expect(arguments == CommandLine.arguments)
        #expect(tp_argument(-1) == nil)
        #expect(tp_argument(tp_argument_count()) == nil)
    }

    @Test func environmentIsThatOfTheProcess() {
        let path = ProcessInfo.processInfo.environment["PATH"]
        #expect(tp_environment("PATH").map { String(cString: $0) } == path)
        #expect(tp_environment("TIDEPOOL_NO_SUCH_VARIABLE") == nil)
    }

    @Test func theMachineHasCoresAndMemory() {
        #expect(tp_core_count() >= 1)
        #expect(tp_core_count() <= Int32(ProcessInfo.processInfo.processorCount))
        #expect(tp_peak_memory() > 1_000_000)
    }

    @Test func clocksMoveForwardAndSleepReachesItsDeadline() {
        let start = tp_monotonic_nanoseconds()
        tp_sleep_until(start + 2_000_000)
        #expect(tp_monotonic_nanoseconds() >= start + 2_000_000)
        tp_sleep_until(start)
        tp_sleep_until(-1)
        // 2020-01-01: seconds, milliseconds or microseconds in place of nanoseconds would lie far below.
        #expect(tp_wall_nanoseconds() > 1_577_836_800_000_000_000)
    }
}
