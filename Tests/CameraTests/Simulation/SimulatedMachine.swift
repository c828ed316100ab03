@testable import Camera

/// A machine with cameras that come and go at set times of a virtual clock.
final class SimulatedMachine: CaptureHost {
    private(set) var now: Int64 = 1_000_000_000_000
    private var plugged: [(path: String, camera: SimulatedCamera)] = []
    private var plan: [(time: Int64, action: () -> Void)] = []
    private var open: [SimulatedDevice] = []
    private(set) var opened = 0
    private(set) var violations: [String] = []
    var links: [String: String] = [:]
    /// What the coming attempts to open a node answer; nil: as ever.
    var openFailures: [SystemError?] = []
    /// When the supervisor tried.
    private(set) var attempts: [Int64] = []
    var stopRequested = false

    func violation(_ text: String) { violations.append(text) }

    // MARK: What a test does

    func plug(_ camera: SimulatedCamera, at path: String) {
        camera.absence = nil
        plugged.removeAll { $0.path == path || $0.camera === camera }
        plugged.append((path, camera))
    }

    /// The camera vanishes for all who have it open; its node at once or later.
    func unplug(_ camera: SimulatedCamera, _ absence: SimulatedCamera.Absence = .init()) {
        camera.absence = absence
        camera.stream?.cameraLeft(absence)
        camera.stream = nil
        for device in open where device.isOf(camera) { device.cameraLeft(absence) }
        after(absence.nodeStays) { [unowned self] in
            if camera.absence != nil { plugged.removeAll { $0.camera === camera } }
        }
    }

    /// Plans something for a time from now on.
    func after(_ nanoseconds: Int64, _ action: @escaping () -> Void) {
        plan.append((now + nanoseconds, action))
        if nanoseconds == 0 { run(until: now) }
    }

    var openDevices: Int { open.count }
    func closed(_ device: SimulatedDevice) { open.removeAll { $0 === device } }

    // MARK: CaptureHost

    func nodes() -> [String] { plugged.map { $0.path }.sorted() }
    func target(of link: String) -> String? { links[link].flatMap { nodes().contains($0) ? $0 : nil } }

    func cameras() -> [CameraNode] {
        plugged.filter { $0.camera.absence == nil }.sorted { $0.path < $1.path }.map {
            node($0.path, $0.camera.identity)
        }
    }

    func node(_ path: String, _ identity: CameraIdentity) -> CameraNode {
        let camera = plugged.first { $0.path == path }?.camera
        return CameraNode(path: path, identity: identity, serial: camera?.serial ?? "", index: camera?.index ?? 0)
    }

    func open(_ path: String, convert: Bool) throws(SystemError) -> any CaptureDevice {
        attempts.append(now)
        if !openFailures.isEmpty, let failure = openFailures.removeFirst() { throw failure }
        guard let camera = plugged.first(where: { $0.path == path })?.camera else { throw .noEntry }
        guard camera.absence == nil else { throw .noDevice }
        let device = SimulatedDevice(camera, self)
        open.append(device)
        opened += 1
        return device
    }

    func sleep(until deadline: Int64) {
        if deadline > now { run(until: deadline) }
    }

    /// Lets time pass: frames are taken and plans carried out in their order.
    private func run(until deadline: Int64) {
        while let index = plan.indices.min(by: { plan[$0].time < plan[$1].time }), plan[index].time <= deadline {
            let (time, action) = plan.remove(at: index)
            pass(to: max(time, now))
            action()
        }
        pass(to: deadline)
    }

    private func pass(to time: Int64) {
        for device in open { device.advance(to: time) }
        now = time
    }
}
