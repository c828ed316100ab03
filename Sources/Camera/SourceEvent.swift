/// Where a camera stands: connecting → streaming → lost → waiting → streaming …
public enum SourceState: UInt8, Sendable {
    /// Being opened for the first time.
    case connecting
    /// Frames come.
    case streaming
    /// No frames any more; the cause is known.
    case lost
    /// An attempt to have it again failed; the next one follows after a pause.
    case waiting

    public var label: String {
        switch self {
        case .connecting: "connecting"
        case .streaming: "streaming"
        case .lost: "lost"
        case .waiting: "waiting"
        }
    }
}

/// Why a camera is lost.
public enum LossCause: UInt8, CaseIterable, Sendable {
    /// The device is no longer there.
    case gone
    /// Another program holds it.
    case busy
    /// The device is there, but its input carries no signal.
    case noSignal
    /// The device is there and sends nothing sound.
    case stalled
    /// The device answers as it should not.
    case protocolError

    public var label: String {
        switch self {
        case .gone: "gone"
        case .busy: "busy"
        case .noSignal: "no_signal"
        case .stalled: "stalled"
        case .protocolError: "protocol"
        }
    }
}

/// A change of a camera's state.
public struct SourceEvent: Equatable, Sendable {
    public var state: SourceState
    /// Why there are no frames; `nil` while there are.
    public var cause: LossCause?
    /// For people: what was seen, or what was negotiated.
    public var detail: String
    /// When, on the monotonic clock.
    public var atNanoseconds: Int64
    /// How many attempts to have the camera again came before.
    public var attempt: Int

    public init(state: SourceState, cause: LossCause? = nil, detail: String, atNanoseconds: Int64, attempt: Int = 0) {
        self.state = state
        self.cause = cause
        self.detail = detail
        self.atNanoseconds = atNanoseconds
        self.attempt = attempt
    }
}
