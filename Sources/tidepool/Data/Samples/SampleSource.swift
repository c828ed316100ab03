import Camera
import Foundation
import PoolScene
import Recognition

/// A data set: one type for each kind of place that samples come from.
protocol SampleSource: AnyObject, Sendable {
    /// The samples' names, in order: paths of pictures or folders, or positions.
    var names: [String] { get }
    /// Readers share nothing that changes: each thread has one of its own.
    func makeReader() throws -> any SampleReader
    /// The files that these samples are made of, for the manifest.
    func files(_ positions: [Int]) throws -> [CalibrationManifest.File]
}

/// Reads samples on one thread.
protocol SampleReader: AnyObject {
    /// Fills `pixels`, `[frames][height][width][3]`, pixel − 128.
    func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<Int8>) throws
}

/// How samples are taken from a camera.
struct CaptureOptions {
    /// So many samples.
    var limit = 128
    /// Seconds between pictures, at 30 frames a second; clips follow each other without a gap.
    var interval = 0.5
    /// The parts of a camera's or a video's pictures that the network will look at.
    var regions = RegionSource.wholeFrame
}

extension RegionSource {
    /// The parts of one picture, each with a number that stays its own from picture to picture.
    func crops(of frame: Frame) -> [(number: Int, crop: Box)] {
        switch self {
        case .fixed(let boxes): boxes.enumerated().map { ($0, $1) }
        case .truth:
            frame.truth.map { ($0.track, $0.box.squareCrop(frameWidth: frame.width, height: frame.height)) }
        }
    }
}

extension InputSet {
    /// Opens what `path` names: a camera, a video, an array, else a folder or archive of JPEGs.
    static func open(_ path: String, _ shape: InputShape, _ capture: CaptureOptions) throws -> any SampleSource {
        if LiveSamples.isLive(path) { return try LiveSamples(path: path, shape: shape, options: capture) }
        if path.hasSuffix(".npy") || path.hasSuffix(".npz") { return try ArraySamples(path: path, shape: shape) }
        if VideoSamples.isVideo(path) { return try VideoSamples(path: path, shape: shape, regions: capture.regions) }
        return try PictureSamples(path: path, shape: shape)
    }
}
