/// A call of the system that failed, by its errno.
struct SystemError: Error, Equatable {
    /// Positive, as in <errno.h>.
    let number: Int32

    init(_ number: Int32) { self.number = number < 0 ? -number : number }

    static let notPermitted = SystemError(1)
    static let noEntry = SystemError(2)
    static let interrupted = SystemError(4)
    static let inputOutput = SystemError(5)
    static let notConfigured = SystemError(6)
    static let again = SystemError(11)
    static let denied = SystemError(13)
    static let busy = SystemError(16)
    static let noDevice = SystemError(19)
    static let invalid = SystemError(22)
    static let notImplemented = SystemError(38)
    static let notSupported = SystemError(95)

    /// "No such device".
    var words: String { CameraError.words(number) }

    /// What a function of the platform returned, unless it is a negative errno.
    @discardableResult
    static func check(_ result: Int32) throws(SystemError) -> Int32 {
        guard result >= 0 else { throw SystemError(result) }
        return result
    }
}

/// An operation on a camera that failed.
struct DeviceFault: Error, Equatable {
    var operation: String
    var error: SystemError

    var words: String { "\(operation) failed: \(error.words)" }
}

/// Names the operation that a call belongs to.
func during<Value>(
    _ operation: String, _ call: () throws(SystemError) -> Value
) throws(DeviceFault) -> Value {
    do throws(SystemError) { return try call() } catch { throw DeviceFault(operation: operation, error: error) }
}
