import ArgumentParser
import CJPEG
import Camera
import Foundation
import PoolScene
import Recognition

/// `tidepool scene`: the built-in pool scene as frames or clips, with what is true of them.
struct SceneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scene", abstract: "Draws frames or clips of the built-in pool scene, with their truth.",
        discussion: """
            Frames go to OUT/frame-000000.jpg … beside OUT/truth.jsonl, a line a frame. With --clips a clip is a folder
            of 15 crops of one swimmer (OUT/clip-000000/00.jpg …), or with --format npy all are one array OUT/clips.npy;
            truth.jsonl then has a line a clip. With --parts OUT/parts.npy holds, at half the size, how much of the
            person's cap, suit and skin shows in each pixel.

            EXAMPLES
              tidepool scene --out pool --seed 3 --frames 90 --swimmers 4
              tidepool scene --out clips --seed 1 --clips 256
              tidepool scene --out test --seed 2 --clips 800 --domain test --format npy
              tidepool scene --out taught --clips 600 --format npy --parts
              tidepool scene --out strangers --clips 600 --population 7 --members 60 --format npy
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case jpeg, npy }

    @Option(help: "The folder to write.") var out: String
    @Option(help: "Equal seeds draw equal pictures, byte for byte.") var seed: UInt64 = 1
    @Option(help: "How many frames to draw.") var frames: Int?
    @Option(help: "How many swimmers are in the frames, 1 to 8.") var swimmers: Int = 2
    @Option(help: "How many clips to draw.") var clips: Int?
    @Option(help: "For clips: jpeg or npy.") var format: Format = .jpeg
    @Option(help: "Which family of cameras, lights and waters: train, test, hard, wide.") var domain: String = "train"
    @Option(help: "The seed of a population of strangers, who swim in place of the four known swimmers.")
    var population: UInt64?
    @Option(help: "For clips of a population: of how many of its members.") var members: Int = 20
    @Option(help: "Width and height of a clip's frames, in pixels.") var size: Int = 100
    @Flag(help: "For --format npy: also writes where cap, suit and skin are.") var parts = false
    @Option(help: "Quality of the JPEGs, 1 to 100.") var quality: Int = 92

    func validate() throws {
        if (frames == nil) == (clips == nil) { throw ValidationError("give either --frames or --clips") }
        if frames ?? clips ?? 1 < 1 { throw ValidationError("--frames and --clips must be at least 1") }
        if !(1...8).contains(swimmers) { throw ValidationError("--swimmers must be 1 to 8") }
        if !(8...1024).contains(size) { throw ValidationError("--size must be 8 to 1024") }
        if !(1...100).contains(quality) { throw ValidationError("--quality must be 1 to 100") }
        if sceneDomain == nil { throw ValidationError("--domain is train, test, hard or wide") }
        if !(1...99_000).contains(members) { throw ValidationError("--members must be 1 to 99000") }
        if format == .npy, frames != nil { throw ValidationError("--format npy is for --clips") }
        if parts, format != .npy { throw ValidationError("--parts is for --format npy") }
    }

    private var sceneDomain: SceneDomain? { SceneDomain.allCases.first { $0.label == domain } }

    func run() throws {
        do { try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true) } catch {
            throw CommandError("\(out): cannot be made: \(error.localizedDescription)")
        }
        if let frames { try drawFrames(frames) } else { try drawClips(clips!) }
    }

    private func drawFrames(_ count: Int) throws {
        let scene = PoolScene(SceneOptions(
            seed: seed, swimmers: swimmers, domain: sceneDomain!, population: population))
        var image = RGBImage(width: scene.options.width, height: scene.options.height)
        var truth = ""
        let bar = ProgressBar("drawing", total: count)
        for frame in 0..<count {
            let seen = scene.render(frame: frame, into: &image)
            let path = out + String(format: "/frame-%06d.jpg", frame)
            try writeFile(encode(image.pixels, image.width, image.height, quality), to: path)
            truth += Self.line(frame, seen) + "\n"
            bar.advance()
        }
        try writeFile(Data(truth.utf8), to: out + "/truth.jsonl")
    }

    private func drawClips(_ count: Int) throws {
        let bar = ProgressBar("drawing", total: count)
        var truth = ""
        var array: [UInt8] = [], partsArray: [UInt8] = []
        var written = 0
        let cast = population.map { ClipSampler.Cast.members(population: $0, count: members) } ?? .known
        let writer = ClipWriter(seed: seed, domain: sceneDomain!, cast: cast, size: size, drawsParts: parts)
        try writer.write(count) { clip in
            if format == .npy {
                array += clip.frames.flatMap { $0 }
                partsArray += clip.parts.flatMap { $0 }
            } else {
                let folder = out + String(format: "/clip-%06d", written)
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                for (index, pixels) in clip.frames.enumerated() {
                    let path = folder + String(format: "/%02d.jpg", index)
                    try writeFile(encode(pixels, size, size, quality), to: path)
                }
            }
            truth += clip.truth(number: written) + "\n"
            written += 1
            bar.advance()
        }
        if format == .npy {
            let shape = [written, ClipSampler.length, size, size, 3]
            try writeFile(NumpyArray(.uint8, shape: shape, array).encoded, to: out + "/clips.npy")
        }
        if parts {
            let shape = [written, ClipSampler.length, size / 2, size / 2, 3]
            try writeFile(NumpyArray(.uint8, shape: shape, partsArray).encoded, to: out + "/parts.npy")
        }
        try writeFile(Data(truth.utf8), to: out + "/truth.jsonl")
    }

    /// A frame's truth in the shape of a decision of `tidepool-edge run --json`.
    private static func line(_ frame: Int, _ swimmers: [SwimmerTruth]) -> String {
        var line = JSONText()
        line.object { line in
            line.key("frame")
            line.number(frame)
            line.key("swimmers")
            line.array { line in
                for swimmer in swimmers {
                    line.object { line in
                        line.key("track")
                        line.number(swimmer.track)
                        line.key("box")
                        let box = swimmer.box
                        line.array { line in
                            for edge in [box.x0, box.y0, box.x1, box.y1] { line.number(Double(edge), places: 4) }
                        }
                        for (key, label) in [("action", swimmer.action.label), ("identity", swimmer.identityLabel)] {
                            line.key(key)
                            line.object { line in
                                line.key("label")
                                line.string(label)
                            }
                        }
                    }
                }
            }
        }
        return line.text
    }
}

/// A picture as JPEG.
func encode(_ pixels: [UInt8], _ width: Int, _ height: Int, _ quality: Int) throws -> Data {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let error = tp_jpeg_encode(pixels, Int32(width), Int32(height), width * 3, Int32(quality), &bytes, &count)
    guard error == 0, let bytes else { throw CommandError("encoding a JPEG of \(width) × \(height) failed (\(error))") }
    defer { tp_jpeg_free(bytes) }
    return Data(bytes: bytes, count: count)
}
