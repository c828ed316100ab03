import Testing

@testable import Camera

@Suite struct SupervisorTests {
    @Test func everyFrameIsHandedOutOnceAndInOrder() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 10)
        #expect(watch.frames.count == camera.produced && camera.produced >= 299)
        #expect(watch.frames.map { $0.sequence } == Array(0..<watch.frames.count))
        #expect(watch.states == ["connecting", "streaming"])
        #expect(watch.events[1].detail == "/dev/video0 (Simulated Camera): YUYV 32×16, 30 frames a second")
        watch.finish()
    }

    @Test func aSlowReaderGetsTheNewest() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        for _ in 0..<20 {
            try watch.run(seconds: 0.01)
            machine.sleep(until: machine.now + seconds(0.5))
        }
        // Four buffers wait with the driver while one is lent.
        #expect(watch.counters.stale > 40)
        #expect(watch.counters.lost > 0)
        watch.finish()
    }

    @Test func droppedFramesAreGaps() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        camera.dropShare = 0.3
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 20)
        let last = try #require(watch.frames.last)
        #expect(watch.counters.lost > 100)
        // Those before the first frame cannot be known.
        #expect(watch.counters.captured + watch.counters.lost == last.number - watch.frames[0].number + 1)
        #expect(watch.states == ["connecting", "streaming"])
        watch.finish()
    }

    @Test func aCameraThatSendsNothingIsStalled() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        camera.dropShare = 1
        let silent = machine.now
        try watch.run(seconds: 20)
        #expect(watch.states == ["connecting", "streaming", "lost stalled", "waiting stalled"])
        #expect(watch.counters.stalls == 1)
        let told = watch.events[2].atNanoseconds - silent
        #expect(told > seconds(1.3) && told < seconds(1.7))
        camera.dropShare = 0
        let back = machine.now
        try watch.run(seconds: 2)
        #expect(try #require(watch.firstFrame(after: back)) - back < seconds(1.2))
        #expect(watch.states.last == "streaming")
        watch.finish()
    }

    @Test func aHungCameraIsHealedByARestart() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        camera.isHung = true
        try watch.run(seconds: 3)
        #expect(watch.states == ["connecting", "streaming", "lost stalled", "streaming"])
        #expect(watch.counters.reopens == 0)
        watch.finish()
    }

    @Test func aSlowCameraIsGivenItsEightFrames() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        camera.framesPerSecond = 1
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 30)
        #expect(watch.states == ["connecting", "streaming"])
        watch.finish()
    }

    @Test func onlyDamagedFramesAreAStallToo() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        camera.contents = Array(repeating: .marked, count: 600)
        try watch.run(seconds: 4)
        #expect(watch.events[2].detail == "no sound frame for 1.5 s, the last one is damaged")
        camera.contents = []
        try watch.run(seconds: 2)
        #expect(watch.states.last == "streaming")
        watch.finish()
    }

    @Test func pausesGrowToASecondAndAreToldOnce() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        camera.isBusy = true
        camera.failures[.wait] = [.inputOutput]
        camera.failures[.halt] = [.inputOutput]
        try watch.run(seconds: 6)
        let attempts = machine.attempts.dropFirst()
        let pauses = zip(attempts, attempts.dropFirst()).map { $1 - $0 }
        #expect(pauses.prefix(6) == [0.2, 0.5, 1, 1, 1, 1].map(seconds)[...])
        #expect(watch.states == ["connecting", "streaming", "lost protocol", "waiting protocol", "waiting busy"])
        #expect(watch.events[2].detail == "waiting for a frame failed: Input/output error")
        #expect(watch.events[3].detail == "waiting for a frame failed: Input/output error; trying again in 0.1 s")
        watch.finish()
    }

    /// A fault that comes back at once is not restarted at the rate of the frames.
    @Test func faultsInARowAreAnsweredMoreAndMoreSlowly() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        camera.failures[.dequeue] = (0..<600).map { $0 % 4 == 3 ? .inputOutput : nil }
        try watch.run(seconds: 20)
        #expect(watch.events.count < 100)
        watch.finish()
    }

    @Test func twentyTimesUnpluggedAndBack() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera(.mjpeg))
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        for round in 1...20 {
            try watch.run(seconds: 1.2)
            machine.unplug(camera, .init(dequeue: round % 2 == 0 ? .invalid : nil, nodeStays: seconds(0.2)))
            try watch.run(seconds: 0.3 + Double(round % 5))
            let back = machine.now
            machine.plug(camera, at: "/dev/video\(round % 3)")
            try watch.run(seconds: 1)
            #expect(try #require(watch.firstFrame(after: back)) - back < seconds(0.3))
        }
        #expect(watch.counters.reopens == 20)
        #expect(machine.opened == 21)
        watch.finish()
    }

    @Test func damagedJPEGsNeverReachTheReader() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera(.mjpeg))
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        camera.contents = (0..<100).flatMap { i -> [SimulatedCamera.Content] in
            [.sound, SimulatedCamera.Content.allCases[i % SimulatedCamera.Content.allCases.count]]
        }
        try watch.run(seconds: 8)
        #expect(watch.counters.headless > 10 && watch.counters.truncated > 10 && watch.counters.wrongSize > 10)
        #expect(watch.states == ["connecting", "streaming"])
        watch.finish()
    }

    @Test(arguments: [
        (SimulatedCamera.Dating.ahead, 0), (.shifted(seconds(3600)), 1), (.shifted(-seconds(3600)), 1),
        (.shifted(Int64.max), 1), (.otherClock, 1), (.shifted(-seconds(1_000_000)), 1),
    ])
    func timesThatCannotBeTrueAreReplacedByTheArrival(dating: SimulatedCamera.Dating, faults: Int) throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        #expect(watch.counters.clockFaults == 0)
        camera.dating = dating
        let before = watch.frames.count
        try watch.run(seconds: 2)
        #expect(watch.counters.clockFaults == faults * (watch.frames.count - before))
        for frame in watch.frames { #expect(frame.at - frame.captured < seconds(0.04)) }
        camera.dating = .honest
        let count = watch.counters.clockFaults
        try watch.run(seconds: 1)
        #expect(watch.counters.clockFaults == count)
        watch.finish()
    }

    @Test(arguments: [UInt32.max - 40, 0x7FFF_FFF0, 0xFFFF_FF80])
    func sequenceNumbersMayWrap(start: UInt32) throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        camera.sequence = start
        try watch.run(seconds: 10)
        #expect(watch.counters.lost == 0)
        #expect(watch.frames.map { $0.sequence } == Array(0..<watch.frames.count))
        watch.finish()
    }
}
