import CPlatform

/// An opened capture device: V4L2's calls one for one, without policy. `V4L2Device` is real, tests script others.
protocol CaptureDevice: AnyObject {
    /// Asks the driver who it is: the one call that tells a device that is gone from one in trouble.
    ///
    /// - Throws: `notSupported` for a node that does not capture video, such as one for metadata.
    func identify() throws(SystemError) -> CameraIdentity
    /// False when the input says that nothing is connected to it; true where it has no say.
    var hasSignal: Bool { get }

    /// The four-character codes on offer.
    var formats: [UInt32] { get }
    func sizes(of fourcc: UInt32) -> [tp_camera_sizes]
    /// The most frames a second, in thousandths; 0 where the driver does not say.
    func fastestRate(_ fourcc: UInt32, width: Int32, height: Int32) -> Int32
    /// Asks for a format and returns what is granted, which may be another.
    func setFormat(_ wish: tp_camera_format) throws(SystemError) -> tp_camera_format
    /// Asks for frames a second and returns what is granted in thousandths, 0 where the driver has no say in it.
    func setRate(_ framesPerSecond: Int32) throws(SystemError) -> Int32
    /// - Parameter identifier: A V4L2_CID_ number.
    func setControl(_ identifier: UInt32, to value: Int32) throws(SystemError)

    /// Asks for buffers and maps them; returns how many there are.
    func map(_ count: Int32) throws(SystemError) -> Int32
    /// A mapped buffer as a whole; empty for an index that there is not.
    func bytes(of index: Int32) -> UnsafeRawBufferPointer
    func queue(_ index: Int32) throws(SystemError)
    /// Takes the oldest filled buffer; `nil` when none is filled.
    func dequeue() throws(SystemError) -> tp_camera_buffer?
    func start() throws(SystemError)
    /// Ends the stream; all buffers then belong to the program again.
    func halt() throws(SystemError)
    /// Waits until a buffer is filled: true, or false after the time.
    func wait(milliseconds: Int32) throws(SystemError) -> Bool

    /// Nothing else may be called afterwards.
    func close()
}

/// What a driver says of itself and its device.
public struct CameraIdentity: Equatable, Sendable {
    public var driver: String
    public var card: String
    /// Where it is plugged in: tells several of a kind apart.
    public var bus: String
}

/// A camera of this machine.
struct CameraNode: Equatable {
    var path: String
    var identity: CameraIdentity
    /// Of the USB device; empty where there is none.
    var serial = ""
    /// Which of the device's nodes it is.
    var index = 0
}

/// The machine that cameras are plugged into, and its clock.
protocol CaptureHost: AnyObject {
    /// The capture devices, in the order of their numbers. Opens each for a moment.
    func cameras() -> [CameraNode]
    /// What is known of an opened camera, beyond what its driver says.
    func node(_ path: String, _ identity: CameraIdentity) -> CameraNode
    /// The paths of all video nodes, sorted, without opening any.
    func nodes() -> [String]
    /// Where a link such as /dev/v4l/by-id/… leads to; `nil` while it leads nowhere.
    func target(of link: String) -> String?
    /// - Parameter convert: Through libv4l2.
    func open(_ path: String, convert: Bool) throws(SystemError) -> any CaptureDevice

    /// The monotonic clock.
    var now: Int64 { get }
    /// Returns at the deadline, or early once a stop is requested.
    func sleep(until deadline: Int64)
    var stopRequested: Bool { get }
}
