import CPlatform

/// A capture device of this machine.
public struct CameraDescription: Equatable {
    public var path: String
    public var card: String
    public var driver: String
    public var bus: String
    /// Four-character codes, in the driver's order.
    public var formats: [String]
}

/// The video capture devices of this machine, in the order of their node numbers.
public func listCameras() -> [CameraDescription] {
    var directory: OpaquePointer?
    guard tp_directory_read("/dev", &directory) == 0, let directory else { return [] }
    defer { tp_directory_free(directory) }
    var numbers: [Int] = []
    for i in 0..<tp_directory_count(directory) {
        let name = String(cString: tp_directory_name(directory, i))
        if name.hasPrefix("video"), let number = Int(name.dropFirst(5)) { numbers.append(number) }
    }
    var cameras: [CameraDescription] = []
    for number in numbers.sorted() {
        if let camera = describeCamera("/dev/video\(number)") { cameras.append(camera) }
    }
    return cameras
}

private func describeCamera(_ path: String) -> CameraDescription? {
    var opened: OpaquePointer?
    guard tp_camera_open(path, 0, &opened) == 0, let camera = opened else { return nil }
    defer { tp_camera_close(camera) }
    var identity = tp_camera_identity()
    guard tp_camera_identify(camera, &identity) == 0 else { return nil }
    return CameraDescription(
        path: path, card: text(&identity.card), driver: text(&identity.driver), bus: text(&identity.bus),
        formats: fourccs(camera).map(PixelFormat.name(ofFourcc:)))
}

/// The formats that a device offers.
func fourccs(_ camera: OpaquePointer) -> [UInt32] {
    var codes: [UInt32] = []
    var code: UInt32 = 0
    while codes.count < 256, tp_camera_format_at(camera, Int32(codes.count), &code) == 0 { codes.append(code) }
    return codes
}

/// A C array of characters, which Swift sees as a tuple, up to its zero.
private func text<Characters>(_ characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
