import CPlatform

/// What the kernel says about the processor's speed, warmth and throttling; what it does not say is `nil` or empty.
public struct BoardHealth: Equatable {
    /// Of the fastest core.
    public var frequencyMHz: Int?
    /// Of the warmest zone.
    public var temperature: Double?
    /// Why the processor runs slower than it could, now: `frequency_capped`, `under_voltage`, `throttled`,
    /// `soft_temperature_limit`.
    public var throttled: [String] = []

    public init() {}

    public var isEmpty: Bool { frequencyMHz == nil && temperature == nil && throttled.isEmpty }

    public func write(to line: inout JSONText) {
        line.key("frequency_mhz")
        line.number(frequencyMHz.map { Double($0) } ?? .nan, places: 0)
        line.key("temperature_c")
        line.number(temperature ?? .nan, places: 1)
        line.key("throttled")
        line.array { line in for reason in throttled { line.string(reason) } }
    }
}

/// Reads `BoardHealth` from the kernel's files.
public struct HealthReader {
    private let root: String

    /// - Parameter root: What stands before `/sys`; tests give a folder.
    public init(root: String = "") { self.root = root }

    public func read() -> BoardHealth {
        var health = BoardHealth()
        var isCapped = false
        for policy in names("/sys/devices/system/cpu/cpufreq", prefix: "policy") {
            if let kilohertz = number(policy + "/scaling_cur_freq"), kilohertz > 0 {
                health.frequencyMHz = max(health.frequencyMHz ?? 0, Int(kilohertz / 1000))
            }
            let allowed = number(policy + "/scaling_max_freq"), possible = number(policy + "/cpuinfo_max_freq")
            if let allowed, let possible, allowed < possible { isCapped = true }
        }
        for zone in names("/sys/class/thermal", prefix: "thermal_zone") {
            guard let degrees = number(zone + "/temp").map({ Double($0) / 1000 }), degrees > 0, degrees < 200 else {
                continue
            }
            health.temperature = max(health.temperature ?? 0, degrees)
        }
        let flags = firmwareFlags()
        if isCapped || flags & 2 != 0 { health.throttled.append("frequency_capped") }
        if flags & 1 != 0 { health.throttled.append("under_voltage") }
        if flags & 4 != 0 { health.throttled.append("throttled") }
        if flags & 8 != 0 { health.throttled.append("soft_temperature_limit") }
        return health
    }

    /// `get_throttled` of a Raspberry Pi's firmware: bit 0 under-voltage, 1 capped, 2 throttled, 3 soft limit.
    private func firmwareFlags() -> Int64 {
        for bus in names("/sys/devices/platform", prefix: "soc") {
            for device in names(bus, prefix: "soc") where device.hasSuffix(":firmware") {
                if let flags = number(device + "/get_throttled", radix: 16) { return flags }
            }
        }
        return 0
    }

    /// The paths in a folder whose last part begins so.
    private func names(_ folder: String, prefix: String) -> [String] {
        var directory: OpaquePointer?
        guard tp_directory_read(root + folder, &directory) == 0, let directory else { return [] }
        defer { tp_directory_free(directory) }
        return (0..<tp_directory_count(directory)).map { String(cString: tp_directory_name(directory, $0)) }
            .filter { $0.hasPrefix(prefix) }.map { folder + "/" + $0 }
    }

    private func number(_ path: String, radix: Int = 10) -> Int64? {
        let descriptor = tp_open_read(root + path)
        guard descriptor >= 0 else { return nil }
        defer { tp_close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = tp_read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        var text = String(decoding: bytes[..<Int(count)].prefix { $0 > 0x20 }, as: UTF8.self)
        if radix == 16, text.hasPrefix("0x") { text = String(text.dropFirst(2)) }
        return Int64(text, radix: radix)
    }
}
