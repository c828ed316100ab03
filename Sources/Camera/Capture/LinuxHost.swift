import CPlatform

/// This machine: its nodes under /dev, what sysfs knows of them, and the monotonic clock.
final class LinuxHost: CaptureHost {
    /// What stands before /dev and /sys; a folder of its own in tests.
    private let root: String

    init(root: String = "") { self.root = root }

    func nodes() -> [String] {
        names(in: "/dev").compactMap { $0.hasPrefix("video") ? Int(String($0.dropFirst(5))) : nil }
            .sorted().map { "/dev/video\($0)" }
    }

    func cameras() -> [CameraNode] {
        var found: [CameraNode] = []
        for path in nodes() {
            guard let device = try? open(path, convert: false) else { continue }
            if let identity = try? device.identify() { found.append(node(path, identity)) }
            device.close()
        }
        return found
    }

    func target(of link: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard tp_real_path(root + link, buffer.baseAddress!, buffer.count) == 0 else { return nil }
            return String(String(cString: buffer.baseAddress!).dropFirst(root.count))
        }
    }

    func open(_ path: String, convert: Bool) throws(SystemError) -> any CaptureDevice {
        try V4L2Device(path: root + path, convert: convert)
    }

    var now: Int64 { tp_monotonic_nanoseconds() }
    func sleep(until deadline: Int64) { tp_sleep_until(deadline) }
    var stopRequested: Bool { tp_stop_requested() == 1 }

    /// The links that udev keeps to a node, by the camera's name and serial number and by where it is plugged in.
    func links(to path: String) -> [String] {
        var found: [String] = []
        for folder in ["/dev/v4l/by-id", "/dev/v4l/by-path"] {
            for name in names(in: folder) where target(of: folder + "/" + name) == path {
                found.append(folder + "/" + name)
            }
        }
        return found
    }

    func node(_ path: String, _ identity: CameraIdentity) -> CameraNode {
        let folder = "/sys/class/video4linux/" + path.dropFirst("/dev/".count)
        // The device of a USB camera's node is the interface; the serial number is the whole device's, one above.
        return CameraNode(
            path: path, identity: identity, serial: line(of: folder + "/device/../serial") ?? "",
            index: line(of: folder + "/index").flatMap { Int($0) } ?? 0)
    }

    private func names(in folder: String) -> [String] {
        var directory: OpaquePointer?
        guard tp_directory_read(root + folder, &directory) == 0, let directory else { return [] }
        defer { tp_directory_free(directory) }
        return (0..<tp_directory_count(directory)).map { String(cString: tp_directory_name(directory, $0)) }
    }

    private func line(of path: String) -> String? {
        let descriptor = tp_open_read(root + path)
        guard descriptor >= 0 else { return nil }
        defer { tp_close(descriptor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = tp_read(descriptor, buffer.baseAddress!, buffer.count)
            guard count >= 0 else { return nil }
            return String(decoding: buffer[..<Int(count)].prefix { $0 != 10 }, as: UTF8.self)
        }
    }
}
