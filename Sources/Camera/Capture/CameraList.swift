import CPlatform

/// A capture device of this machine.
public struct CameraDescription: Equatable {
    public var path: String
    public var card: String
    public var driver: String
    public var bus: String
    /// Empty where the device has none.
    public var serial: String
    /// The lasting names that udev keeps for it, under /dev/v4l/by-id and /dev/v4l/by-path.
    public var links: [String]
    /// In the driver's order.
    public var formats: [CameraFormat]
}

/// A format on offer.
public struct CameraFormat: Equatable {
    /// The four-character code.
    public var name: String
    /// "640x480@30", "16x16…1920x1080", with the most frames a second where the driver says.
    public var sizes: [String]
}

/// The video capture devices of this machine, in the order of their node numbers.
public func listCameras() -> [CameraDescription] {
    let host = LinuxHost()
    var cameras: [CameraDescription] = []
    for camera in host.cameras() {
        guard let device = try? host.open(camera.path, convert: false) else { continue }
        defer { device.close() }
        cameras.append(
            CameraDescription(
                path: camera.path, card: camera.identity.card, driver: camera.identity.driver,
                bus: camera.identity.bus, serial: camera.serial, links: host.links(to: camera.path),
                formats: device.formats.map { code in
                    CameraFormat(name: PixelFormat.name(ofFourcc: code), sizes: sizes(of: code, device))
                }))
    }
    return cameras
}

/// Why video nodes are missing from the list: those that this user may not open.
public func camerasNotPermitted() -> [CameraError] {
    let host = LinuxHost()
    return host.nodes().compactMap { path in
        do throws(SystemError) {
            try host.open(path, convert: false).close()
            return nil
        } catch { return error == .denied || error == .notPermitted ? .notPermitted(path) : nil }
    }
}

private func sizes(of fourcc: UInt32, _ device: any CaptureDevice) -> [String] {
    device.sizes(of: fourcc).map { sizes in
        let (width, height) = (sizes.greatest_width, sizes.greatest_height)
        let isRange = sizes.least_width < width || sizes.least_height < height
        let rate = (device.fastestRate(fourcc, width: width, height: height) + 500) / 1000
        return (isRange ? "\(sizes.least_width)x\(sizes.least_height)…" : "")
            + "\(width)x\(height)" + (rate > 0 ? "@\(rate)" : "")
    }
}
