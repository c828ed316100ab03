import CPlatform

@testable import Camera

/// A camera that is plugged in, or not: what it sends, and what is wrong with it.
final class SimulatedCamera {
    /// What a frame is like. The raw values order the expected accounts.
    enum Content: Int, CaseIterable {
        case sound, marked, empty, short, headless, truncated, wrongSize
    }

    /// How a vanished device answers (the measured table).
    struct Absence {
        /// What DQBUF says; nil: poll reports the error, and DQBUF then says ENODEV.
        var dequeue: SystemError?
        /// The node is still there for so long, and opening it says ENODEV.
        var nodeStays: Int64 = 0
    }

    enum Call: Hashable {
        case setFormat, map, queue, start, halt, wait, dequeue
    }

    /// How the driver dates frames.
    enum Dating {
        case honest
        /// By the end of the frame's period, as vivid does.
        case ahead
        /// So much off, from now on.
        case shifted(Int64)
        case otherClock
    }

    var identity = CameraIdentity(driver: "simulated", card: "Simulated Camera", bus: "usb-1")
    var serial = ""
    var index = 0
    var offers: [Offer]
    var framesPerSecond: Int32 = 30

    struct Offer {
        var format: PixelFormat
        var sizes: [(width: Int32, height: Int32)] = [(32, 16)]
        var rate: Int32 = 30_000
    }

    // Faults, to be set by a test or a script.
    var absence: Absence?
    var hasSignal = true
    var isBusy = false
    var isFatal = false
    /// Sends nothing until the stream is started anew.
    var isHung = false
    var dropShare = 0.0
    var dating = Dating.honest
    /// What the coming frames are like; sound ones follow.
    var contents: [Content] = []
    /// What the coming calls answer; nil: as ever.
    var failures: [Call: [SystemError?]] = [:]
    var sequence: UInt32 = 0

    // What happened.
    private(set) var produced = 0
    var dequeued: [Content] = []
    var random = Random(seed: 1)
    weak var stream: SimulatedDevice?
    var controls: [UInt32: Int32] = [:]
    /// Which controls there are.
    var knownControls: [UInt32] = []

    init(_ format: PixelFormat = .yuyv) { offers = [Offer(format: format)] }

    var period: Int64 { 1_000_000_000 / Int64(framesPerSecond) }

    func failure(of call: Call) -> SystemError? {
        guard failures[call]?.isEmpty == false else { return nil }
        return failures[call]!.removeFirst()
    }

    /// Makes the next frame: its number, which is also in its bytes, and what it is like. Nil when it is dropped.
    func expose() -> (number: Int, content: Content)? {
        sequence &+= 1
        produced += 1
        if random.unit() < dropShare { return nil }
        return (produced, contents.isEmpty ? .sound : contents.removeFirst())
    }

    func timestamp(_ now: Int64) -> (nanoseconds: Int64, flags: UInt32) {
        let monotonic = UInt32(TP_BUFFER_MONOTONIC)
        switch dating {
        case .honest: return (now, monotonic)
        case .ahead: return (now + period * 9 / 10, monotonic)
        case .shifted(let offset): return (now &+ offset, monotonic)
        case .otherClock: return (now, 0)
        }
    }
}

/// SplitMix64.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
