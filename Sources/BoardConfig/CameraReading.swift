/// The `camera` key: a source, and for a device the settings that follow it.
struct CameraReading {
    /// As `--source` takes it: `/dev/video0?size=640x480&rate=30`.
    let source: String

    private static let settings = [
        "convert", "exposure", "focus", "format", "gain", "power_line", "rate", "size",
    ]

    /// - Parameter folder: What a relative path is put behind.
    init(_ node: YAMLNode, folder: String) throws(ConfigError) {
        let keys = try node.mapping(["source"] + Self.settings)
        let name = try keys.required("source").text()
        let isCamera = name.hasPrefix("/dev/") || name.hasPrefix("camera:")
        var text = isCamera || name.hasPrefix("/") || name == "pool" || name.hasPrefix("pool:") ? name : folder + name
        var separator = name.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        for (key, value) in keys.all where key != "source" {
            guard isCamera else { throw value.error("only a camera has this setting, not \(name)") }
            let setting = try value.text()
            guard setting.utf8.allSatisfy({ $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "?") }) else {
                throw value.error("'\(setting)' is no such setting")
            }
            text += separator + key + "=" + setting
            separator = "&"
        }
        source = text
    }
}
