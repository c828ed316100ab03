import Budget
import Foundation
import Testing

@testable import Recognition

/// A folder that looks like a board's /sys.
private final class SystemFolder {
    let path = NSTemporaryDirectory() + "tidepool-sys-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ file: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path + "/sys/" + file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func read() -> BoardHealth { HealthReader(root: path).read() }
}

@Suite struct HealthTests {
    private let cpu = "devices/system/cpu/cpufreq/policy"

    @Test func aRaspberryPiTellsAll() throws {
        let system = SystemFolder()
        for (policy, current) in [(0, "1500000"), (2, "1800000")] {
            try system.write("\(cpu)\(policy)/scaling_cur_freq", current + "\n")
            try system.write("\(cpu)\(policy)/scaling_max_freq", "1800000\n")
            try system.write("\(cpu)\(policy)/cpuinfo_max_freq", "1800000\n")
        }
        try system.write("class/thermal/thermal_zone0/temp", "61250\n")
        try system.write("class/thermal/thermal_zone1/temp", "48000\n")
        try system.write("devices/platform/soc/soc:firmware/get_throttled", "50000\n")
        var expected = BoardHealth()
        (expected.frequencyMHz, expected.temperature) = (1800, 61.25)
        #expect(system.read() == expected)
        try system.write("devices/platform/soc/soc:firmware/get_throttled", "0x5000f\n")
        expected.throttled = ["frequency_capped", "under_voltage", "throttled", "soft_temperature_limit"]
        #expect(system.read() == expected)
    }

    @Test func aCapBelowTheProcessorsBestIsThrottling() throws {
        let system = SystemFolder()
        try system.write("\(cpu)0/scaling_cur_freq", "600000")
        try system.write("\(cpu)0/scaling_max_freq", "600000")
        try system.write("\(cpu)0/cpuinfo_max_freq", "1200000")
        #expect(system.read().throttled == ["frequency_capped"] && system.read().frequencyMHz == 600)
    }

    @Test func whatTheKernelLacksOrGarblesIsLeftOut() throws {
        let system = SystemFolder()
        #expect(system.read().isEmpty)
        try system.write("\(cpu)0/scaling_cur_freq", "<unknown>\n")
        try system.write("class/thermal/thermal_zone0/temp", "-274000")
        try system.write("class/thermal/thermal_zone1/temp", "")
        try system.write("class/thermal/thermal_zone2/temp", "99999999999999999999")
        #expect(system.read().isEmpty)
        var line = JSONText()
        line.object { line in system.read().write(to: &line) }
        #expect(line.text == #"{"frequency_mhz":null,"temperature_c":null,"throttled":[]}"#)
    }

    @Test func aSessionReadsItEveryTenSeconds() throws {
        let system = SystemFolder()
        try system.write("class/thermal/thermal_zone0/temp", "50000")
        let clock = ScriptedClock()
        let steps = (0..<25).map { ScriptedSource.Step.jpeg(jpeg($0)) }
        // A frame a second: the clock moves as the source dates its frames.
        let source = ScriptedSource(steps, clock: { clock.now += 1_000_000_000; return clock.now })
        let recogniser = try Recogniser(network: .init(SmallNetwork.face()), regions: .wholeFrame)
        let session = try Session(
            recognisers: [recogniser], source: source, health: HealthReader(root: system.path), clock: clock.rest)
        let recorder = Recorder()
        try session.run(observer: recorder)
        let times = recorder.events.compactMap { if case .health(_, let at) = $0 { at / 1_000_000_000 } else { nil } }
        #expect(times == [2, 12, 22])
        #expect(recorder.events[0].words == "board 50.0 °C")
    }
}

@Suite struct WarmUpTests {
    /// On a scripted clock every stage takes a millisecond: what is measured is known.
    @Test func everyProgramIsMeasured() throws {
        let clock = ScriptedClock(step: 1_000_000)
        let clip = try Recogniser(
            network: .init(SmallNetwork.clip()), lighter: .init(SmallNetwork.clip(seed: 2)), regions: .truth,
            clock: clock.work)
        let face = try Recogniser(network: .init(SmallNetwork.face()), regions: .wholeFrame, clock: clock.work)
        let costs = try warmUp([clip, face], isCoded: true, width: 160, height: 120, clock: clock.read)
        for lighter in [false, true] {
            let look = costs.look(task: 0, lighter: lighter, decides: true)
            // The clock also moves between two looks, which the first stage of the second one sees.
            #expect((3_000_000...4_000_000).contains(look.mean))
            #expect(costs.look(task: 0, lighter: lighter, decides: false).mean <= look.mean - 1_000_000)
            #expect(costs.picture(scale: lighter ? 2 : 1).mean == 1_000_000)
        }
        #expect((2_000_000...3_000_000).contains(costs.look(task: 1, lighter: false, decides: true).mean))
        // Warm clips would decide on frames that nobody saw.
        let source = try openSourceOfPool()
        for _ in 0..<8 {
            let frame = try #require(try source.nextFrame())
            #expect(try clip.process(frame).isEmpty)
        }
        withExtendedLifetime(source) {}
    }
}
