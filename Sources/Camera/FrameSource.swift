import PoolScene

/// Where frames come from.
public protocol FrameSource: AnyObject {
    /// What was opened and negotiated, in words.
    var summary: String { get }
    var counters: CaptureCounters { get }
    /// Waits for the next frame, the newest one of a live source, or for a change of its state. The last frame's bytes
    /// are then gone.
    ///
    /// - Throws: `damaged` for one picture that cannot be read, after which the next may follow; all else ends it.
    func next() throws(CameraError) -> Arrival
    /// Ends a wait in `next`, from another thread: it returns `end` soon, now and ever after.
    func stop()
    /// The same from a time of the monotonic clock on, so that a run of a set length ends though its camera is lost.
    func stop(at nanoseconds: Int64)
}

extension FrameSource {
    /// For sources that never wait long.
    public func stop() {}
    public func stop(at nanoseconds: Int64) {}
}

/// What a source has for its reader.
public enum Arrival {
    case frame(Frame)
    case event(SourceEvent)
    /// Nothing will follow.
    case end
}

/// Opens a camera (`/dev/videoN`, `/dev/v4l/by-id/…`, `camera:NAME`, each with `?size=640x480&rate=30` and the other
/// settings), a folder or `.tar` of JPEGs, a `.mjpeg` file or `pool:seed=1,swimmers=2`.
///
/// - Parameters:
///   - live: Frames come at the pace of the clock and the newest one wins. A camera is always live.
///   - camera: What is asked of a camera; settings in the text override it.
///   - queue: How many frames of a live source wait at most.
public func openSource(
    _ text: String, live: Bool, camera: CameraSettings = CameraSettings(), queue: Int = 1
) throws(CameraError) -> any FrameSource {
    if text == "pool" || text.hasPrefix("pool:") {
        let options: SceneOptions
        do { options = try SceneOptions(parsing: text) } catch { throw .unknownSource(text, error.description) }
        let pool = PoolSource(options, live: live)
        return live ? try NewestFrame(pool, capacity: queue) : pool
    }
    if text.hasPrefix("/dev/") || text.hasPrefix("camera:") {
        var settings = camera
        let path = try settings.take(from: text)
        return try NewestFrame(CameraSupervisor(path, settings: settings), capacity: queue)
    }
    if text.hasSuffix(".mjpeg") || text.hasSuffix(".mjpg") { return try MJPEGFile(path: text) }
    return try PictureSequence(PictureCollection(path: text))
}
