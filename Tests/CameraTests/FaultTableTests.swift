import Testing

@testable import Camera

/// What the kernel says when a camera goes away, row by row as it was measured on the virtual board.
@Suite struct FaultTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var event: String
        /// What DQBUF says; nil: poll reports the error first.
        var dequeue: SystemError?
        var nodeStays: Int64
        /// Where it comes back.
        var node: String
        var testDescription: String { event }
    }

    static let rows = [
        Row(event: "vivid unbind, in poll", nodeStays: 0, node: "/dev/video0"),
        Row(event: "vivid unbind, in DQBUF", dequeue: .invalid, nodeStays: 0, node: "/dev/video0"),
        Row(event: "vivid Disconnect, in poll", nodeStays: seconds(2.5), node: "/dev/video0"),
        Row(event: "vivid Disconnect, in DQBUF", dequeue: .noDevice, nodeStays: seconds(2.5), node: "/dev/video1"),
        Row(event: "UVC detach", nodeStays: seconds(0.3), node: "/dev/video1"),
        Row(event: "UVC server killed", dequeue: .invalid, nodeStays: 0, node: "/dev/video2"),
        Row(event: "EIO from DQBUF", dequeue: .inputOutput, nodeStays: 0, node: "/dev/video0"),
    ]

    @Test(arguments: rows)
    func aCameraThatWentAwayIsFoundAgain(row: Row) throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        machine.unplug(camera, .init(dequeue: row.dequeue, nodeStays: row.nodeStays))
        try watch.run(seconds: 3)
        let back = machine.now
        machine.plug(camera, at: row.node)
        try watch.run(seconds: 2)
        #expect(watch.states == ["connecting", "streaming", "lost gone", "waiting gone", "streaming"])
        #expect(watch.counters.reopens == 1)
        // A node that is new is tried at once.
        let again = try #require(watch.firstFrame(after: back))
        #expect(again - back < seconds(0.15))
        watch.finish()
    }

    @Test func aFatalStreamingErrorIsHealedByARestart() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        let failed = machine.now
        camera.isFatal = true
        try watch.run(seconds: 1)
        #expect(watch.states == ["connecting", "streaming", "lost protocol", "streaming"])
        #expect(watch.counters.reopens == 0)
        #expect(try #require(watch.firstFrame(after: failed)) - failed < seconds(0.1))
        watch.finish()
    }

    @Test func aRestartThatFailsIsAReopening() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        let failed = machine.now
        camera.failures[.start] = [.invalid]
        camera.isFatal = true
        try watch.run(seconds: 1)
        #expect(watch.states == ["connecting", "streaming", "lost protocol", "waiting protocol", "streaming"])
        #expect(watch.counters.reopens == 1)
        #expect(try #require(watch.firstFrame(after: failed)) - failed < seconds(0.2))
        watch.finish()
    }

    /// One error of each call while opening: the second attempt follows after a tenth of a second.
    @Test(arguments: [SimulatedCamera.Call.setFormat, .map, .queue, .start])
    func anErrorWhileOpeningIsTriedAgain(call: SimulatedCamera.Call) throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        camera.failures[call] = [.invalid]
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        #expect(watch.states == ["connecting", "lost protocol", "waiting protocol", "streaming"])
        #expect(machine.attempts.map { $0 - machine.attempts[0] } == [0, seconds(0.1)])
        watch.finish()
    }

    @Test func aBufferThatIsRefusedOnceIsOfferedAgain() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 0.5)
        camera.failures[.queue] = [.invalid]
        try watch.run(seconds: 0.5)
        #expect(watch.states == ["connecting", "streaming"])
        // Refused again and again: the stream is started anew.
        camera.failures[.queue] = [.invalid, .invalid]
        try watch.run(seconds: 0.5)
        #expect(watch.states == ["connecting", "streaming", "lost protocol", "streaming"])
        watch.finish()
    }

    @Test func aSecondStreamerIsWaitedFor() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        camera.isBusy = true
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 5)
        #expect(watch.states == ["connecting", "lost busy", "waiting busy"])
        #expect(watch.supervisor?.summary == "/dev/video0: waiting for the camera")
        camera.isBusy = false
        let free = machine.now
        try watch.run(seconds: 2)
        #expect(try #require(watch.firstFrame(after: free)) - free < seconds(1.1))
        watch.finish()
    }

    @Test func anInputWithoutSignalIsSaidAndWaitedFor() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 2)
        camera.hasSignal = false
        try watch.run(seconds: 4)
        #expect(watch.states == ["connecting", "streaming", "lost no_signal", "waiting no_signal"])
        camera.hasSignal = true
        let back = machine.now
        try watch.run(seconds: 2)
        #expect(try #require(watch.firstFrame(after: back)) - back < seconds(1.1))
        watch.finish()
    }
}
