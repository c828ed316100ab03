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
        if asJSON {
            Console.write(json(cameras))
        } else if cameras.isEmpty {
            Console.write("no cameras on this machine; the pool scene is always there: --source pool:seed=1,swimmers=2")
        } else {
            Console.write(
                table(
                    [["node", "name", "driver", "formats"]]
                        + cameras.map { [$0.path, $0.card, $0.driver, $0.formats.joined(separator: " ")] }))
        }
    }

    private func json(_ cameras: [CameraDescription]) -> String {
        var line = JSONText()
        line.object { line in
            line.key("cameras")
            line.array { line in
                for camera in cameras {
                    line.object { line in
                        for (key, value) in [
                            ("path", camera.path), ("card", camera.card), ("driver", camera.driver),
                            ("bus", camera.bus),
                        ] {
                            line.key(key)
                            line.string(value)
                        }
                        line.key("formats")
                        line.array { line in for format in camera.formats { line.string(format) } }
                    }
                }
            }
        }
        return line.text
    }
}
