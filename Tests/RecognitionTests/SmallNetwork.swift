import Camera
import ModelFile
import ModelSamples

/// Sample networks with the shape of the real ones.
enum SmallNetwork {
    static let size = 20

    static func clip(frames: Int = 5, stride: Int = 2, seed: UInt64 = 1) throws -> Model {
        let bytes = try taskModel(SampleTask.swimmer, frames: frames, stride: stride, size: size, seed: seed)
        return try Model(bytes: bytes, name: "clip")
    }

    static func face() throws -> Model {
        try Model(bytes: taskModel(SampleTask.face, size: size), name: "face")
    }

    static func noise(seed: Int, count: Int) -> [Int8] {
        var generator = SampleGenerator(seed: UInt64(seed))
        return generator.bytes(count)
    }
}

extension FrameSource {
    /// The next frame, past all events; `nil` at the end.
    func nextFrame() throws(CameraError) -> Frame? {
        while true {
            switch try next() {
            case .frame(let frame): return frame
            case .event: continue
            case .end: return nil
            }
        }
    }
}

/// A small pool with two swimmers.
func openSourceOfPool() throws -> any FrameSource {
    try openSource("pool:seed=4,swimmers=2,width=160,height=120", live: false)
}
