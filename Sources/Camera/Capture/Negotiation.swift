import CPlatform

/// What a camera was brought to send.
struct CaptureMode: Equatable {
    var format: PixelFormat
    var width: Int
    var height: Int
    /// Bytes between rows; 0 for JPEG.
    var stride: Int
    /// Frames in 1000 seconds; 0 where the driver does not say.
    var milliHertz: Int

    /// Nanoseconds between frames: as granted, or 1/30 s.
    var period: Int64 { milliHertz > 0 ? 1_000_000_000_000 / Int64(milliHertz) : 33_333_333 }

    /// "MJPG 640×480, 30 frames a second".
    var words: String {
        var text = "\(format.label) \(width)×\(height)"
        if milliHertz > 0 {
            text += ", \(milliHertz / 1000)"
            if milliHertz % 1000 >= 50 { text += ".\((milliHertz % 1000 + 50) / 100 % 10)" }
            text += " frames a second"
        }
        return text
    }
}

/// Agrees with a camera on format, size and rate.
struct Negotiation {
    let path: String
    let settings: CameraSettings

    /// A format at the size that suits it best.
    private struct Offer {
        var fourcc: UInt32
        var width: Int32
        var height: Int32
        /// The size is at least the one asked for.
        var covers: Bool
        /// In thousandths, no more than asked for.
        var rate: Int32
        /// Of getting pixels out of a frame: the format's weight times their number.
        var cost: Int
    }

    /// Asks for the size first, then the rate, then the format that costs least to decode.
    func settle(_ device: any CaptureDevice) throws(OpenFailure) -> CaptureMode {
        let offered = device.formats
        let names = offered.map(PixelFormat.name(ofFourcc:))
        let offers = offered.compactMap { offer($0, device) }.sorted(by: isBetter)
        guard !offers.isEmpty else {
            throw unusable(settings.format.map { .formatNotOffered(path, $0.label, names) } ?? .noFormat(path, names))
        }
        var granted = tp_camera_format()
        for offer in offers {
            let wish = tp_camera_format(
                fourcc: offer.fourcc, width: offer.width, height: offer.height, stride: 0, byte_count: 0)
            do throws(DeviceFault) {
                granted = try during("setting the picture format") { () throws(SystemError) in
                    try device.setFormat(wish)
                }
            } catch { throw OpenFailure(fault: error, on: device) }
            guard let format = PixelFormat(fourcc: granted.fourcc), granted.width > 0, granted.height > 0 else {
                continue
            }
            // A driver without a say in the rate is no worse for it.
            let rate = (try? device.setRate(Int32(settings.framesPerSecond))) ?? 0
            let width = Int(granted.width)
            return CaptureMode(
                format: format, width: width, height: Int(granted.height),
                stride: format == .mjpeg ? 0 : max(Int(granted.stride), format.minimumStride(width: width)),
                milliHertz: Int(rate))
        }
        throw unusable(.noFormat(path, [PixelFormat.name(ofFourcc: granted.fourcc)]))
    }

    private func unusable(_ error: CameraError) -> OpenFailure {
        OpenFailure(cause: .protocolError, detail: error.description, error: error)
    }

    private func isBetter(_ a: Offer, than b: Offer) -> Bool {
        if a.covers != b.covers { return a.covers }
        if a.rate != b.rate { return a.rate > b.rate }
        return a.cost < b.cost
    }

    private func offer(_ fourcc: UInt32, _ device: any CaptureDevice) -> Offer? {
        guard let format = PixelFormat(fourcc: fourcc), settings.format == nil || settings.format == format else {
            return nil
        }
        let wanted = (width: Int32(settings.width), height: Int32(settings.height))
        var best = wanted
        var found = false
        for sizes in device.sizes(of: fourcc) {
            let size = (
                width: Self.nearest(wanted.width, sizes.least_width, sizes.greatest_width, sizes.step_width),
                height: Self.nearest(wanted.height, sizes.least_height, sizes.greatest_height, sizes.step_height)
            )
            if !found || isNearer(size, best) { best = size }
            found = true
        }
        let asked = Int32(settings.framesPerSecond) * 1000
        let fastest = device.fastestRate(fourcc, width: best.width, height: best.height)
        // 29.97 is as good as 30.
        let isFastEnough = fastest == 0 || Int64(fastest) * 10 >= Int64(asked) * 9
        return Offer(
            fourcc: fourcc, width: best.width, height: best.height, covers: covers(best),
            rate: isFastEnough ? asked : fastest, cost: format.decodingWeight * Int(best.width) * Int(best.height))
    }

    private func covers(_ size: (width: Int32, height: Int32)) -> Bool {
        size.width >= settings.width && size.height >= settings.height
    }

    /// The smallest size that covers the one asked for, else the largest.
    private func isNearer(_ a: (width: Int32, height: Int32), _ b: (width: Int32, height: Int32)) -> Bool {
        if covers(a) != covers(b) { return covers(a) }
        let areas = (Int(a.width) * Int(a.height), Int(b.width) * Int(b.height))
        return covers(a) ? areas.0 < areas.1 : areas.0 > areas.1
    }

    /// The smallest length of a range that is at least `wanted`, else the range's greatest.
    private static func nearest(_ wanted: Int32, _ least: Int32, _ greatest: Int32, _ step: Int32) -> Int32 {
        guard wanted > least else { return least }
        guard wanted < greatest else { return greatest }
        let step = max(1, step)
        return min(greatest, least + (wanted - least + step - 1) / step * step)
    }
}
