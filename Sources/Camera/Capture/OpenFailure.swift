/// Why a camera cannot be had, or not any more.
struct OpenFailure: Error {
    var cause: LossCause
    /// For people, without the camera's name.
    var detail: String
    /// Set where waiting will not mend it: what the program ends with when it happens at the start.
    var error: CameraError?

    static let noSignal = OpenFailure(cause: .noSignal, detail: "its input has no signal", error: nil)
}

extension OpenFailure {
    /// An operation on an opened camera failed.
    init(fault: DeviceFault, on device: any CaptureDevice) {
        detail = fault.words
        cause = LossCause(conditionOf: device) ?? (fault.error == .busy ? .busy : .protocolError)
        error = nil
    }

    init(opening path: String, _ failed: SystemError) {
        detail = "opening it failed: \(failed.words)"
        cause = .gone
        switch failed {
        case .busy: cause = .busy
        // While a node is new its rights are not yet what they will be.
        case .denied, .notPermitted: error = .notPermitted(path)
        case .notSupported: error = .noCamera(path, "it does not capture video", [])
        case .notImplemented: error = .noConversion(path)
        default: error = .noCamera(path, failed.words, [])
        }
    }
}

extension LossCause {
    /// What is wrong with a device itself; `nil` when nothing is. The errno of one call does not tell a pulled plug from
    /// a fault: the device is asked whether it is still there.
    init?(conditionOf device: any CaptureDevice) {
        if (try? device.identify()) == nil {
            self = .gone
        } else if !device.hasSignal {
            self = .noSignal
        } else {
            return nil
        }
    }
}
