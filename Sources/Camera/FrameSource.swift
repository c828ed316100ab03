import PoolScene

/// What became of the frames of a source. Every frame captured was either handed out or counted under a cause.
public struct CaptureCounters: Equatable {
    /// Frames that the source delivered.
    public var captured = 0
    /// Replaced by a newer one before anybody asked.
    public var stale = 0
    /// Marked as damaged by the driver, or too short.
    public var damaged = 0
    /// Never delivered: gaps in the sequence numbers.
    public var lost = 0

    public init() {}
}

/// Where frames come from.
public protocol FrameSource: AnyObject {
    /// What was opened and negotiated, in words.
    var summary: String { get }
    var counters: CaptureCounters { get }
    /// Waits for the next frame, or the newest one of a live source; `nil` at the end. The last frame's bytes are then gone.
    ///
    /// - Throws: `damaged` for one picture that cannot be read, after which the next may follow; everything else ends it.
    func next() throws(CameraError) -> Frame?
}

/// Opens `/dev/videoN`, a folder or `.tar` of JPEGs, a `.mjpeg` file or `pool:seed=1,swimmers=2`.
///
/// - Parameter live: Frames come at the pace of the clock and the newest one wins. A camera is always live.
public func openSource(_ text: String, live: Bool) throws(CameraError) -> any FrameSource {
    if text == "pool" || text.hasPrefix("pool:") {
        let options: SceneOptions
        do { options = try SceneOptions(parsing: text) } catch { throw .unknownSource(text, error.description) }
        let pool = PoolSource(options, live: live)
        return live ? try NewestFrame(pool) : pool
    }
    if text.hasPrefix("/dev/") { return try NewestFrame(try V4L2Source(path: text)) }
    if text.hasSuffix(".mjpeg") || text.hasSuffix(".mjpg") { return try MJPEGFile(path: text) }
    return try PictureSequence(PictureCollection(path: text))
}
