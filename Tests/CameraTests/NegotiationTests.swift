import Testing

@testable import Camera

@Suite struct NegotiationTests {
    private func settle(
        _ offers: [SimulatedCamera.Offer], _ change: (inout CameraSettings) -> Void = { _ in }
    ) throws -> CaptureMode {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        camera.offers = offers
        machine.plug(camera, at: "/dev/video0")
        let device = try machine.open("/dev/video0", convert: false)
        defer { device.close() }
        var settings = CameraSettings()
        change(&settings)
        do throws(OpenFailure) { return try Negotiation(path: "/dev/video0", settings: settings).settle(device) } catch
        {
            throw error.error ?? CameraError.gone(error.detail)
        }
    }

    @Test func theCheapestFormatWinsAtEqualSizeAndRate() throws {
        let sizes: [(width: Int32, height: Int32)] = [(1280, 720), (320, 240), (640, 480)]
        let all: [PixelFormat] = [.mjpeg, .rgb24, .yuyv, .nv12]
        for count in 1...4 {
            let mode = try settle(all.prefix(count).map { .init(format: $0, sizes: sizes) })
            #expect(mode.format == all[count - 1])
            #expect(mode.width == 640 && mode.height == 480)
            #expect(mode.stride == mode.format.minimumStride(width: 640))
        }
    }

    @Test func theRateComesBeforeTheFormat() throws {
        let large: [(width: Int32, height: Int32)] = [(1280, 720)]
        let offers: [SimulatedCamera.Offer] = [
            .init(format: .yuyv, sizes: large, rate: 10_000), .init(format: .mjpeg, sizes: large, rate: 30_000),
        ]
        #expect(try settle(offers).format == .mjpeg)
        #expect(try settle(offers) { $0.framesPerSecond = 10 }.format == .yuyv)
        // A rate just below the one asked for is as good.
        #expect(
            try settle([.init(format: .yuyv, sizes: large, rate: 29_970), .init(format: .mjpeg, sizes: large)]).format
                == .yuyv)
    }

    @Test func theSizeComesFirst() throws {
        let offers: [SimulatedCamera.Offer] = [
            .init(format: .yuyv, sizes: [(320, 240), (640, 480)]),
            .init(format: .mjpeg, sizes: [(1920, 1080), (1280, 720)]),
        ]
        let wanted = try settle(offers) { ($0.width, $0.height) = (1280, 720) }
        #expect(wanted.format == .mjpeg && wanted.width == 1280)
        // Nothing covers it: the largest.
        let large = try settle([offers[0]]) { ($0.width, $0.height) = (4000, 3000) }
        #expect(large.width == 640)
    }

    @Test func aFormatThatIsNotOfferedIsAnError() throws {
        #expect(throws: CameraError.formatNotOffered("/dev/video0", "MJPG", ["YUYV"])) {
            try settle([.init(format: .yuyv)]) { $0.format = .mjpeg }
        }
        #expect(throws: CameraError.noFormat("/dev/video0", [])) { try settle([]) }
    }

    @Test func settingsAreSetAndWhatIsMissingIsSaid() throws {
        let (machine, camera) = (SimulatedMachine(), SimulatedCamera())
        camera.knownControls = [0x98_0913, 0x98_0918, 0x9A_0901, 0x9A_0902]
        machine.plug(camera, at: "/dev/video0")
        var settings = CameraSettings.small
        let text = "/dev/video0?exposure=120&gain=7&power_line=50&focus=auto"
        #expect(try settings.take(from: text) == "/dev/video0")
        let watch = try Watch(machine, camera, settings: settings)
        #expect(camera.controls == [0x98_0913: 7, 0x98_0918: 1, 0x9A_0901: 1, 0x9A_0902: 120])
        #expect(watch.supervisor?.summary.hasSuffix("30 frames a second, without the settings focus") == true)
        // A camera that was away has forgotten them.
        try watch.run(seconds: 1)
        camera.controls = [:]
        machine.unplug(camera)
        try watch.run(seconds: 1)
        machine.plug(camera, at: "/dev/video0")
        try watch.run(seconds: 1)
        #expect(camera.controls.count == 4)
        watch.finish()
    }

    @Test func settingsAreReadOrRefused() throws {
        var settings = CameraSettings()
        let text =
            "camera:Logi?size=1280x720&rate=15&format=MJPG&exposure=auto&gain=3&power_line=off&focus=0&convert=on"
        #expect(try settings.take(from: text) == "camera:Logi")
        #expect(settings.width == 1280 && settings.height == 720 && settings.framesPerSecond == 15)
        #expect(settings.format == .mjpeg && settings.exposure == .automatic && settings.gain == .fixed(3))
        #expect(settings.powerLine == .off && settings.focus == .fixed(0) && settings.convert)
        for part in [
            "size=640", "size=0x0", "size=640x480x3", "size=99999x1", "rate=0", "rate=fast", "format=H264", "exposure=",
            "gain=1.5", "power_line=55", "focus=near", "convert=yes", "zoom=2", "=", "size", "exposure=99999999999",
        ] {
            #expect(throws: CameraError.self, "\(part)") { try settings.take(from: "/dev/video0?" + part) }
        }
        #expect(throws: CameraError.badSetting("power_line", "55", "50, 60, off or auto")) {
            try settings.set("power_line", to: "55")
        }
    }
}
