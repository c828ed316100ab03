import Foundation
import Testing

@testable import Camera

@Suite struct SelectionTests {
    @Test func textsAreNodesLinksOrNames() {
        #expect(CameraSelector(parsing: "/dev/video12") == .node("/dev/video12"))
        #expect(CameraSelector(parsing: "/dev/video-none") == .link("/dev/video-none"))
        #expect(
            CameraSelector(parsing: "/dev/v4l/by-id/usb-a-video-index0") == .link("/dev/v4l/by-id/usb-a-video-index0"))
        #expect(CameraSelector(parsing: "/dev/pool-camera") == .link("/dev/pool-camera"))
        #expect(CameraSelector(parsing: "camera:Logi") == .text("Logi"))
    }

    private func pair() -> (SimulatedMachine, SimulatedCamera, SimulatedCamera) {
        let (machine, left, right) = (SimulatedMachine(), SimulatedCamera(), SimulatedCamera())
        right.identity.bus = "usb-2"
        machine.plug(left, at: "/dev/video0")
        machine.plug(right, at: "/dev/video1")
        return (machine, left, right)
    }

    @Test func twoOfAKindAreToldApartByTheirPlace() throws {
        let (machine, left, right) = pair()
        let watch = try Watch(machine, left, right)
        try watch.run(seconds: 1)
        machine.unplug(left)
        try watch.run(seconds: 3)
        #expect(right.dequeued.isEmpty, "the other camera was taken")
        machine.unplug(right)
        machine.plug(right, at: "/dev/video0")
        machine.plug(left, at: "/dev/video1")
        try watch.run(seconds: 2)
        #expect(right.dequeued.isEmpty && watch.states.last == "streaming")
        watch.finish()
    }

    @Test func oneThatMovedToAnotherPlaceIsFound() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera)
        try watch.run(seconds: 1)
        machine.unplug(camera)
        try watch.run(seconds: 1)
        camera.identity.bus = "usb-7"
        machine.plug(camera, at: "/dev/video4")
        try watch.run(seconds: 1)
        #expect(watch.states.last == "streaming")
        watch.finish()
    }

    @Test func serialNumbersTellApartWhatMoved() throws {
        let (machine, left, right) = pair()
        (left.serial, right.serial) = ("L", "R")
        let watch = try Watch(machine, left, right)
        try watch.run(seconds: 1)
        machine.unplug(left)
        machine.unplug(right)
        try watch.run(seconds: 1)
        (left.identity.bus, right.identity.bus) = ("usb-2", "usb-1")
        machine.plug(right, at: "/dev/video0")
        machine.plug(left, at: "/dev/video1")
        try watch.run(seconds: 1)
        #expect(right.dequeued.isEmpty && watch.states.last == "streaming")
        watch.finish()
    }

    @Test func anotherKindOfCameraIsNotTaken() throws {
        let (machine, camera, other) = (SimulatedMachine(), SimulatedCamera(), SimulatedCamera())
        other.identity.card = "Another"
        machine.plug(camera, at: "/dev/video0")
        let watch = try Watch(machine, camera, other)
        try watch.run(seconds: 1)
        machine.unplug(camera)
        machine.plug(other, at: "/dev/video0")
        try watch.run(seconds: 3)
        #expect(other.dequeued.isEmpty && watch.states.last == "waiting gone")
        watch.finish()
    }

    @Test func aLinkIsFollowedAnew() throws {
        let (machine, left, right) = pair()
        let link = "/dev/v4l/by-id/usb-left-video-index0"
        machine.links[link] = "/dev/video0"
        let watch = try Watch(machine, left, right, selector: link)
        try watch.run(seconds: 1)
        machine.unplug(left)
        try watch.run(seconds: 1)
        machine.links[link] = "/dev/video3"
        machine.plug(left, at: "/dev/video3")
        try watch.run(seconds: 1)
        #expect(right.dequeued.isEmpty && watch.states.last == "streaming")
        watch.finish()
    }

    @Test func aNameTakesTheFirstThatIsFree() throws {
        let (machine, left, right) = pair()
        left.isBusy = true
        let watch = try Watch(machine, left, right, selector: "camera:SIMUL")
        try watch.run(seconds: 1)
        #expect(left.dequeued.isEmpty && !right.dequeued.isEmpty)
        watch.finish()
    }

    @Test func atTheStartAWrongNameIsAnError() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        machine.plug(camera, at: "/dev/video0")
        let others = ["/dev/video0 (Simulated Camera)"]
        #expect(throws: CameraError.noCamera("/dev/video5", "No such file or directory", others)) {
            try Watch(machine, camera, selector: "/dev/video5")
        }
        #expect(throws: CameraError.noCamera("camera:Nikon", "No such file or directory", others)) {
            try Watch(machine, camera, selector: "camera:Nikon")
        }
        machine.openFailures = [.denied]
        #expect(throws: CameraError.notPermitted("/dev/video0")) { try Watch(machine, camera) }
        #expect(CameraError.notPermitted("/dev/video0").description.contains("group video"))
        #expect(machine.openDevices == 0)
    }

    @Test func aLastingNameIsWaitedForWhenThereIsATimeToGiveUp() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        var settings = CameraSettings.small
        settings.giveUpNanoseconds = seconds(30)
        #expect(throws: CameraError.self) { try Watch(machine, camera, settings: settings) }
        let watch = try Watch(machine, camera, selector: "camera:Simulated", settings: settings)
        try watch.run(seconds: 10)
        machine.plug(camera, at: "/dev/video3")
        try watch.run(seconds: 10)
        #expect(watch.states == ["connecting", "lost gone", "waiting gone", "streaming"])
        machine.unplug(camera)
        let left = machine.now
        #expect(throws: CameraError.gaveUp("camera:Simulated", "30.0 s", "it is not plugged in")) {
            try watch.run(seconds: 100)
        }
        #expect(machine.now - left < seconds(30.2))
        watch.finish()
    }

    /// A tree like that of udev and sysfs.
    @Test func linksAndSerialNumbersAreRead() throws {
        let tree = TemporaryFolder()
        let files = FileManager.default
        tree.write("dev/video0", [])
        tree.write("dev/video10", [])
        tree.write("dev/video2", [])
        tree.write("dev/videos", [])
        tree.write("sys/devices/usb1/serial", Array("0001\n".utf8))
        tree.write("sys/devices/usb1/interface/video4linux/video10/index", Array("2\n".utf8))
        try files.createDirectory(atPath: tree.path + "/sys/class/video4linux", withIntermediateDirectories: true)
        for (link, target) in [
            ("/sys/class/video4linux/video10", "../../devices/usb1/interface/video4linux/video10"),
            ("/sys/devices/usb1/interface/video4linux/video10/device", "../../../interface"),
        ] { try files.createSymbolicLink(atPath: tree.path + link, withDestinationPath: target) }
        for (folder, name) in [("by-id", "usb-a-video-index0"), ("by-path", "pci-1-usb-video-index0")] {
            let folder = tree.path + "/dev/v4l/" + folder
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: folder + "/" + name, withDestinationPath: "../../video10")
            try files.createSymbolicLink(atPath: folder + "/stale", withDestinationPath: "../../video77")
        }
        let host = LinuxHost(root: try #require(realpath(tree.path)))
        #expect(host.nodes() == ["/dev/video0", "/dev/video2", "/dev/video10"])
        let links = ["/dev/v4l/by-id/usb-a-video-index0", "/dev/v4l/by-path/pci-1-usb-video-index0"]
        #expect(host.links(to: "/dev/video10") == links)
        #expect(host.links(to: "/dev/video2").isEmpty)
        #expect(host.target(of: links[0]) == "/dev/video10")
        #expect(host.target(of: "/dev/v4l/by-id/stale") == nil)
        let identity = CameraIdentity(driver: "d", card: "c", bus: "b")
        let node = host.node("/dev/video10", identity)
        #expect(node.serial == "0001" && node.index == 2)
        #expect(host.node("/dev/video2", identity).serial == "")
        // Plain files answer no call of Video4Linux.
        #expect(host.cameras().isEmpty)
    }

    private func realpath(_ path: String) -> String? {
        guard let resolved = Foundation.realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
