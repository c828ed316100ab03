import Camera

extension YAMLNode {
    /// The `camera` key: a source, and for a device the settings beside it.
    func camera() throws(ConfigError) -> (source: String, settings: CameraSettings) {
        let keys = try mapping(["source"] + CameraSettings.keys)
        let name = try keys.required("source").text()
        let isCamera = name.hasPrefix("/dev/") || name.hasPrefix("camera:")
        let isPath = !isCamera && name != "pool" && !name.hasPrefix("pool:")
        var settings = CameraSettings()
        for (key, value) in keys.all where key != "source" {
            guard isCamera else { throw value.error("only a camera has this setting, not \(name)") }
            let text = try value.text()
            do throws(CameraError) { try settings.set(key, to: text) } catch { throw value.error(error.description) }
        }
        return (isPath ? try keys.required("source").path() : name, settings)
    }
}
