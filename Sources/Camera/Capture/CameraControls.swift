/// The settings that are V4L2 controls.
enum CameraControls {
    /// V4L2_CID_ numbers of <linux/v4l2-controls.h>.
    private enum Identifier {
        static let exposure: UInt32 = 0x98_0911
        static let automaticGain: UInt32 = 0x98_0912
        static let gain: UInt32 = 0x98_0913
        static let powerLine: UInt32 = 0x98_0918
        static let exposureMode: UInt32 = 0x9A_0901
        static let exposureTime: UInt32 = 0x9A_0902
        static let focus: UInt32 = 0x9A_090A
        static let automaticFocus: UInt32 = 0x9A_090C
    }

    /// Sets what is asked for and returns the names of what the camera does not have.
    static func apply(_ settings: CameraSettings, to device: any CaptureDevice) -> [String] {
        var missing: [String] = []
        func set(_ identifier: UInt32, _ value: Int) -> Bool {
            (try? device.setControl(identifier, to: Int32(truncatingIfNeeded: value))) != nil
        }
        switch settings.exposure {
        case .automatic:
            // USB cameras call it aperture priority, 3; others know only 0.
            if !set(Identifier.exposureMode, 3), !set(Identifier.exposureMode, 0) { missing.append("exposure") }
        case .fixed(let value):
            _ = set(Identifier.exposureMode, 1)
            if !set(Identifier.exposureTime, value), !set(Identifier.exposure, value) { missing.append("exposure") }
        case nil: break
        }
        switch settings.gain {
        case .automatic: if !set(Identifier.automaticGain, 1) { missing.append("gain") }
        case .fixed(let value):
            _ = set(Identifier.automaticGain, 0)
            if !set(Identifier.gain, value) { missing.append("gain") }
        case nil: break
        }
        switch settings.focus {
        case .automatic: if !set(Identifier.automaticFocus, 1) { missing.append("focus") }
        case .fixed(let value):
            _ = set(Identifier.automaticFocus, 0)
            if !set(Identifier.focus, value) { missing.append("focus") }
        case nil: break
        }
        if let powerLine = settings.powerLine, !set(Identifier.powerLine, powerLine.rawValue) {
            missing.append("power_line")
        }
        return missing
    }
}
