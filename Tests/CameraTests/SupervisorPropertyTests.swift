import Testing

@testable import Camera

/// Random scripts of faults. Whatever happens, the accounts balance, no buffer and no device is lost, no damaged frame
/// is handed out, and two seconds after the camera is well again frames come.
@Suite struct SupervisorPropertyTests {
    @Test(arguments: 0..<40)
    func everyScriptIsSurvived(seed: Int) throws {
        var random = Random(seed: UInt64(seed))
        let machine = SimulatedMachine()
        let camera = SimulatedCamera(seed % 2 == 0 ? .mjpeg : .yuyv)
        camera.framesPerSecond = [5, 15, 30, 60].randomElement(using: &random)!
        camera.random = Random(seed: UInt64(seed) &+ 1000)
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        for _ in 0..<12 {
            try watch.run(seconds: Double.random(in: 0...4, using: &random))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                disturb(camera, machine, &random)
                try watch.run(seconds: Double.random(in: 0...4, using: &random))
            }
            heal(camera, machine, &random)
            let well = machine.now
            try watch.run(seconds: 2)
            #expect(
                watch.firstFrame(after: well) != nil,
                "no frame within 2 s: \(watch.states.suffix(4)) \(watch.events.last!)")
            watch.checkAccounts()
        }
        watch.finish()
    }

    private func disturb(_ camera: SimulatedCamera, _ machine: SimulatedMachine, _ random: inout Random) {
        let errors: [SystemError] = [.inputOutput, .invalid, .noDevice, .busy, .again]
        let calls: [SimulatedCamera.Call] = [.setFormat, .map, .queue, .start, .halt, .wait, .dequeue]
        switch Int.random(in: 0..<12, using: &random) {
        case 0: camera.dropShare = 0.3
        case 1: camera.dropShare = 1
        case 2: camera.isFatal = true
        case 3: camera.isHung = true
        case 4: camera.isBusy = true
        case 5: camera.hasSignal = false
        case 6:
            let errnos: [SystemError?] = [nil, .invalid, .noDevice, .inputOutput]
            machine.unplug(
                camera,
                .init(
                    dequeue: errnos.randomElement(using: &random)!,
                    nodeStays: Int64.random(in: 0...seconds(1), using: &random)))
        case 7:
            let content = SimulatedCamera.Content.allCases.randomElement(using: &random)!
            let isWrong = camera.offers[0].format == .mjpeg || [.marked, .empty, .short].contains(content)
            camera.contents = isWrong ? Array(repeating: content, count: Int.random(in: 1...90, using: &random)) : []
        case 8: camera.sequence = UInt32.random(in: 0...UInt32.max, using: &random)
        case 9: camera.dating = .shifted(Int64.random(in: Int64.min...Int64.max, using: &random))
        case 10:
            machine.openFailures = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                errors.randomElement(using: &random)
            }
        default:
            let call = calls.randomElement(using: &random)!
            camera.failures[call] = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Bool.random(using: &random) ? errors.randomElement(using: &random) : nil
            }
        }
    }

    private func heal(_ camera: SimulatedCamera, _ machine: SimulatedMachine, _ random: inout Random) {
        camera.dropShare = 0
        camera.isHung = false
        camera.isBusy = false
        camera.hasSignal = true
        camera.contents = []
        camera.failures = [:]
        machine.openFailures = []
        if camera.absence != nil { machine.plug(camera, at: "/dev/video\(Int.random(in: 0...4, using: &random))") }
    }
}
