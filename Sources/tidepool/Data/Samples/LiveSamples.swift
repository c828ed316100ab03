import CPlatform
import Camera
import Foundation

/// Pictures or clips taken from a camera (`/dev/videoN`, `camera:NAME`) or the built-in scene (`pool:…`) when the set is
/// opened: those that the network will see where it is going to work.
final class LiveSamples: SampleSource, @unchecked Sendable {
    let names: [String]
    private let captured: [[Int8]]

    static func isLive(_ path: String) -> Bool {
        path == "pool" || ["pool:", "/dev/", "camera:"].contains(where: path.hasPrefix)
    }

    /// - Throws: `CommandError` or `CameraError` when the camera cannot be opened or goes before there is any sample.
    init(path: String, shape: InputShape, options: CaptureOptions) throws {
        let source = try openSource(path, live: !path.hasPrefix("pool"))
        let recorder = try Recorder(source, path, shape, options)
        captured = try recorder.record()
        names = captured.indices.map { "\(path) #\($0 + 1)" }
        guard !captured.isEmpty else {
            throw CommandError("\(path): gave no picture; tidepool-edge cameras lists what there is")
        }
        if captured.count < options.limit {
            FileHandle.standardError.write(
                Data("tidepool: \(path) ended after \(captured.count) of \(options.limit) samples\n".utf8))
        }
    }

    func makeReader() throws -> any SampleReader { Reader(captured) }

    /// No file stands behind them: the pixels themselves are listed.
    func files(_ positions: [Int]) throws -> [CalibrationManifest.File] {
        positions.map { position in
            captured[position].withUnsafeBytes { CalibrationManifest.File(name: names[position], bytes: $0) }
        }
    }

    private final class Reader: SampleReader {
        private let captured: [[Int8]]

        init(_ captured: [[Int8]]) { self.captured = captured }

        func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<Int8>) {
            _ = pixels.update(fromContentsOf: captured[index])
        }
    }
}

/// Takes samples from a source until there are enough or it ends.
private final class Recorder {
    private let source: any FrameSource
    private let path: String
    private let shape: InputShape
    private let options: CaptureOptions
    private let preprocessor: Preprocessor
    private let decoder: PictureDecoder
    private var samples: [[Int8]] = []
    /// What each region's clip holds so far.
    private var clips: [Int: [Int8]] = [:]
    /// A camera that gives nothing for so long is given up, nanoseconds.
    private let patience: Int64 = 10_000_000_000

    init(_ source: any FrameSource, _ path: String, _ shape: InputShape, _ options: CaptureOptions) throws {
        self.source = source
        self.path = path
        self.shape = shape
        self.options = options
        preprocessor = Preprocessor(width: shape.width, height: shape.height, swapRedBlue: shape.swapRedBlue)
        decoder = try PictureDecoder()
    }

    func record() throws -> [[Int8]] {
        let bar = ProgressBar("capturing  ", total: options.limit)
        // clips take every so manieth frame; single pictures lie further apart, so that they differ
        let step = shape.frames > 1 ? shape.stride : max(1, Int(options.interval * 30))
        var first: Int?
        var next = 0
        defer { source.stop() }
        source.stop(at: tp_monotonic_nanoseconds() + patience)
        while samples.count < options.limit {
            guard let arrival = try nextArrival() else { continue }
            switch arrival {
            case .end: return samples
            case .event(let event):
                guard event.state != .streaming, event.state != .connecting else { continue }
                FileHandle.standardError.write(Data("tidepool: \(path): \(event.state.label): \(event.detail)\n".utf8))
            case .frame(let frame):
                source.stop(at: tp_monotonic_nanoseconds() + patience)
                first = first ?? frame.sequence
                guard frame.sequence - first! >= next else { continue }
                next = frame.sequence - first! + step
                let before = samples.count
                try take(frame)
                bar.advance(by: samples.count - before)
            }
        }
        return Array(samples.prefix(options.limit))
    }

    /// `nil` for a picture that is damaged.
    private func nextArrival() throws -> Arrival? {
        do throws(CameraError) { return try source.next() } catch {
            if case .damaged = error { return nil }
            throw error
        }
    }

    private func take(_ frame: Frame) throws {
        let decoded = try decoder.decode(frame)
        for region in options.regions.crops(of: decoded) {
            let begin = clips[region.number]?.count ?? 0
            clips[region.number, default: []] += [Int8](repeating: 0, count: shape.frameCount)
            try clips[region.number]!.withUnsafeMutableBufferPointer {
                try preprocessor.prepare(decoded, crop: region.crop, into: .init(rebasing: $0[begin...]))
            }
            guard clips[region.number]!.count == shape.count else { continue }
            samples.append(clips.removeValue(forKey: region.number)!)
        }
    }
}
