import Testing

@testable import Camera

/// Reads a supervisor as a session does, and checks what must always hold.
final class Watch {
    let machine: SimulatedMachine
    let cameras: [SimulatedCamera]
    private(set) var supervisor: CameraSupervisor?
    private(set) var events: [SourceEvent] = []
    private(set) var frames: [(number: Int, sequence: Int, captured: Int64, at: Int64)] = []

    init(
        _ machine: SimulatedMachine, _ cameras: SimulatedCamera..., selector: String = "/dev/video0",
        settings: CameraSettings = .small
    ) throws {
        self.machine = machine
        self.cameras = cameras
        supervisor = try CameraSupervisor(CameraSelector(parsing: selector), settings, machine)
    }

    var counters: CaptureCounters { supervisor!.counters }
    /// "lost gone" and the like, in order.
    var states: [String] { events.map { $0.state.label + ($0.cause.map { " " + $0.label } ?? "") } }

    /// Takes what comes in so many seconds of the virtual clock.
    func run(seconds: Double) throws {
        machine.stopRequested = false
        machine.after(Int64(seconds * 1e9)) { [machine] in machine.stopRequested = true }
        while true {
            switch try supervisor!.next() {
            case .frame(let frame): take(frame)
            case .event(let event): events.append(event)
            case .end: return
            }
        }
    }

    private func take(_ frame: Frame) {
        let number = SimulatedPicture.number(in: frame.bytes)
        if let last = frames.last {
            if cameras.count == 1, number <= last.number { Issue.record("a frame came twice") }
            if frame.sequence <= last.sequence { Issue.record("frame numbers do not rise") }
        }
        if number <= 0 || !cameras.contains(where: { number <= $0.produced }) {
            Issue.record("the bytes of a frame are not its own")
        }
        if frame.capturedNanoseconds > machine.now { Issue.record("a frame of the future") }
        frames.append((number, frame.sequence, frame.capturedNanoseconds, machine.now))
    }

    /// The first frame taken after a time.
    func firstFrame(after time: Int64) -> Int64? { frames.first { $0.at > time }?.at }

    /// Every frame captured is in exactly one account, the right one, and nothing was mishandled.
    func checkAccounts(_ place: SourceLocation = #_sourceLocation) {
        let counters = counters
        let contents = cameras.flatMap { $0.dequeued }
        func count(_ content: SimulatedCamera.Content) -> Int { contents.count { $0 == content } }
        #expect(counters.captured == contents.count, sourceLocation: place)
        #expect(counters.handedOut == frames.count, sourceLocation: place)
        #expect(counters.stale == count(.sound) - frames.count, sourceLocation: place)
        #expect(counters.damaged == count(.marked), sourceLocation: place)
        #expect(counters.short == count(.empty) + count(.short), sourceLocation: place)
        #expect(counters.headless == count(.headless), sourceLocation: place)
        #expect(counters.truncated == count(.truncated), sourceLocation: place)
        #expect(counters.wrongSize == count(.wrongSize), sourceLocation: place)
        #expect(machine.openDevices <= 1, sourceLocation: place)
        #expect(machine.violations.isEmpty, "\(machine.violations.prefix(3))", sourceLocation: place)
    }

    /// The end of a run: accounts, and nothing left open.
    func finish(_ place: SourceLocation = #_sourceLocation) {
        checkAccounts(place)
        supervisor = nil
        #expect(machine.openDevices == 0, "devices are left open", sourceLocation: place)
        #expect(machine.violations.isEmpty, "\(machine.violations.prefix(3))", sourceLocation: place)
    }
}

extension CameraSettings {
    /// Of the simulated cameras.
    static var small: CameraSettings {
        var settings = CameraSettings()
        settings.width = 32
        settings.height = 16
        return settings
    }
}

func seconds(_ value: Double) -> Int64 { Int64(value * 1e9) }
