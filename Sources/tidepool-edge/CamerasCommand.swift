import Camera
import Recognition

/// `tidepool-edge cameras`.
struct CamerasCommand {
    private let asJSON: Bool

    init(_ arguments: [String]) throws(ProgramError) {
        let options = try OptionList(arguments, values: [], flags: ["--json"])
        asJSON = options.has("--json")
    }

    func run() throws(ProgramError) {
        let cameras = listCameras()
        for error in camerasNotPermitted() { Console.error(error.description) }
        if asJSON {
            Console.write(json(cameras))
        } else if cameras.isEmpty {
            Console.write("no cameras on this machine; the pool scene is always there: --source pool:seed=1,swimmers=2")
        } else {
            for camera in cameras { Console.write(text(camera)) }
        }
    }

    private func text(_ camera: CameraDescription) -> String {
        var lines = ["\(camera.path)  \(camera.card)  (\(camera.driver), \(camera.bus))"]
        lines += camera.links.map { "  " + $0 }
        lines += camera.formats.map { "  " + $0.name + "  " + $0.sizes.joined(separator: " ") }
        return lines.joined(separator: "\n")
    }

    private func json(_ cameras: [CameraDescription]) -> String {
        var line = JSONText()
        line.object { line in
            line.key("cameras")
            line.array { line in for camera in cameras { write(camera, to: &line) } }
        }
        return line.text
    }

    private func write(_ camera: CameraDescription, to line: inout JSONText) {
        line.object { line in
            for (key, value) in [
                ("path", camera.path), ("card", camera.card), ("driver", camera.driver), ("bus", camera.bus),
                ("serial", camera.serial),
            ] {
                line.key(key)
                line.string(value)
            }
            line.key("links")
            line.array { line in for link in camera.links { line.string(link) } }
            line.key("formats")
            line.array { line in
                for format in camera.formats {
                    line.object { line in
                        line.key("name")
                        line.string(format.name)
                        line.key("sizes")
                        line.array { line in for size in format.sizes { line.string(size) } }
                    }
                }
            }
        }
    }
}
