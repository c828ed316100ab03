import Camera
import Foundation
import PoolScene
import Recognition

/// Pictures or clips out of a video, read by the `ffmpeg` and `ffprobe` of the machine.
///
/// Samples are spread over the whole length; each is fetched by a process of its own that seeks to its time.
final class VideoSamples: SampleSource, @unchecked Sendable {
    let names: [String]
    private let path: String
    private let shape: InputShape
    /// Seconds at which samples begin, and what part of the pictures they show.
    private let places: [(time: Double, crop: Box)]

    static let endings = ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "ogv", "wmv", "flv", "3gp"]

    static func isVideo(_ path: String) -> Bool {
        endings.contains((path as NSString).pathExtension.lowercased())
    }

    /// - Throws: `CommandError` where ffmpeg is missing, or the file is no video or too short for one sample.
    init(path: String, shape: InputShape, regions: RegionSource) throws {
        self.path = path
        self.shape = shape
        guard case .fixed(let crops) = regions else {
            throw CommandError("\(path): a video does not tell where swimmers are; give --region x0,y0,x1,y1")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw CommandError("\(path): cannot be read: no such file, or no permission")
        }
        let facts = try Self.probe(path)
        let span = shape.frames * shape.stride
        let count = facts.frames / span
        guard count > 0 else {
            throw CommandError("\(path): \(facts.frames) frames; one sample of this network takes \(span)")
        }
        let places = (0..<count).flatMap { sample in crops.map { (time: Double(sample * span) / facts.rate, crop: $0) } }
        names = places.indices.map {
            String(format: "%.3f s", places[$0].time) + (crops.count > 1 ? ", region \($0 % crops.count + 1)" : "")
        }
        self.places = places
    }

    func makeReader() throws -> any SampleReader { Reader(self) }

    func files(_ positions: [Int]) throws -> [CalibrationManifest.File] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let name = URL(fileURLWithPath: path).lastPathComponent
        return [data.withUnsafeBytes { CalibrationManifest.File(name: name, bytes: $0) }]
    }

    private static func probe(_ path: String) throws -> (frames: Int, rate: Double) {
        let output = try Tool.run(
            "ffprobe",
            ["-v", "error", "-select_streams", "v:0", "-count_packets", "-of", "json",
             "-show_entries", "stream=nb_read_packets,avg_frame_rate", path], about: path)
        struct Facts: Decodable {
            struct Stream: Decodable { var nb_read_packets, avg_frame_rate: String? }
            var streams: [Stream]?
        }
        let stream = try? JSONDecoder().decode(Facts.self, from: output).streams?.first
        let rate = (stream?.avg_frame_rate ?? "").split(separator: "/").compactMap { Double($0) }
        guard let frames = stream?.nb_read_packets.flatMap({ Int($0) }), rate.count == 2, rate[0] > 0, rate[1] > 0 else {
            throw CommandError("\(path): ffprobe finds no video in it")
        }
        return (frames, rate[0] / rate[1])
    }

    private final class Reader: SampleReader {
        private let video: VideoSamples
        private let preprocessor: Preprocessor

        init(_ video: VideoSamples) {
            self.video = video
            let shape = video.shape
            preprocessor = Preprocessor(width: shape.width, height: shape.height, swapRedBlue: shape.swapRedBlue)
        }

        func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<Int8>) throws {
            let shape = video.shape
            let time = String(format: "%.6f", video.places[index].time)
            let span = (shape.frames - 1) * shape.stride + 1
            let output = try Tool.run(
                "ffmpeg",
                ["-v", "error", "-nostdin", "-ss", time, "-i", video.path, "-map", "v:0", "-frames:v", "\(span)",
                 "-f", "image2pipe", "-c:v", "ppm", "-"], about: video.path)
            var pictures = PortablePixmaps(output)
            for frame in 0..<shape.frames {
                for _ in 0..<(frame == 0 ? 0 : shape.stride - 1) { pictures.skip() }
                guard let picture = pictures.next() else {
                    throw CommandError("\(video.path): ends within the sample at \(time) s")
                }
                try picture.pixels.withUnsafeBytes { bytes in
                    try preprocessor.prepare(
                        Frame(
                            width: picture.width, height: picture.height, format: .rgb24, stride: 3 * picture.width,
                            bytes: bytes, sequence: frame, capturedNanoseconds: 0, name: video.path),
                        crop: video.places[index].crop,
                        into: .init(rebasing: pixels[frame * shape.frameCount..<(frame + 1) * shape.frameCount]))
                }
            }
        }
    }
}

/// Binary portable pixmaps (P6), one behind the other.
struct PortablePixmaps {
    private let data: Data
    private var at = 0

    init(_ data: Data) { self.data = data }

    mutating func skip() { _ = next() }

    mutating func next() -> (width: Int, height: Int, pixels: Data)? {
        guard word() == "P6", let width = word().flatMap({ Int($0) }), let height = word().flatMap({ Int($0) }),
            word() == "255", (1...65535).contains(width), (1...65535).contains(height),
            at + width * height * 3 <= data.count
        else { return nil }
        defer { at += width * height * 3 }
        return (width, height, data[at..<at + width * height * 3])
    }

    /// The next word and the one blank behind it.
    private mutating func word() -> String? {
        let rest = data.dropFirst(at)
        guard let end = rest.firstIndex(where: { $0 <= 32 }), end - at < 16 else { return nil }
        defer { at = end + 1 }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}
