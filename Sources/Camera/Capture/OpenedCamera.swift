/// A camera that was opened, negotiated with and started.
struct OpenedCamera {
    let node: CameraNode
    let stream: CaptureStream
    /// What was negotiated, in words.
    let summary: String

    /// - Throws: With everything closed again.
    init(_ path: String, _ settings: CameraSettings, _ host: any CaptureHost) throws(OpenFailure) {
        let device: any CaptureDevice
        do throws(SystemError) { device = try host.open(path, convert: settings.convert) } catch {
            throw OpenFailure(opening: path, error)
        }
        do throws(OpenFailure) {
            try self.init(device, path, settings, host)
        } catch {
            device.close()
            throw error
        }
    }

    private init(
        _ device: any CaptureDevice, _ path: String, _ settings: CameraSettings, _ host: any CaptureHost
    ) throws(OpenFailure) {
        do throws(SystemError) { node = host.node(path, try device.identify()) } catch {
            throw OpenFailure(opening: path, error)
        }
        let mode = try Negotiation(path: path, settings: settings).settle(device)
        let missing = CameraControls.apply(settings, to: device)
        guard device.hasSignal else { throw .noSignal }
        do throws(DeviceFault) { stream = try CaptureStream(device, mode, host) } catch {
            throw OpenFailure(fault: error, on: device)
        }
        summary =
            "\(path) (\(node.identity.card)): \(mode.words)"
            + (settings.convert ? ", through libv4l2" : "")
            + (mode.width == settings.width && mode.height == settings.height
                ? "" : ", asked for \(settings.width)×\(settings.height)")
            + (missing.isEmpty ? "" : ", without the settings " + missing.joined(separator: ", "))
    }
}
