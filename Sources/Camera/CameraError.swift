import CPlatform

/// Why pictures cannot be had. The text names the source and what to do about it.
public enum CameraError: Error, Equatable, CustomStringConvertible {
    /// A file or folder that cannot be read: path, the system's words.
    case unreadable(String, String)
    /// A folder or archive without a single JPEG.
    case noPictures(String)
    /// A source description that means nothing: text, why.
    case unknownSource(String, String)
    /// No such camera: path, the system's words, the cameras there are.
    case noCamera(String, String, [String])
    /// The camera offers only formats that nothing here reads: path, the formats.
    case noFormat(String, [String])
    /// The camera does not offer the format asked for: path, that format, what it offers.
    case formatNotOffered(String, String, [String])
    /// libv4l2 was asked for and cannot be had.
    case noConversion(String)
    /// An operation on the camera failed: path, the operation, the system's words.
    case device(String, String, String)
    /// This user may not open the camera.
    case notPermitted(String)
    /// A setting of a camera that means nothing: key, value, what is expected.
    case badSetting(String, String, String)
    /// The camera is no longer there.
    case gone(String)
    /// The camera did not come back in the time allowed: path, how long it was waited for, the last cause in words.
    case gaveUp(String, String, String)
    /// A picture that cannot be decoded: its name, why.
    case damaged(String, String)

    public var description: String {
        switch self {
        case .unreadable(let path, let why): "\(path): cannot be read: \(why)"
        case .noPictures(let path): "\(path): holds no .jpg or .jpeg pictures"
        case .unknownSource(let text, let why):
            "\(text): \(why); a source is /dev/videoN, camera:NAME, a folder or .tar of JPEGs, a .mjpeg file, or "
                + "pool:seed=1,swimmers=2"
        case .noCamera(let path, let why, let others):
            "\(path): cannot be opened: \(why); cameras here: "
                + (others.isEmpty ? "none" : others.joined(separator: ", "))
        case .noFormat(let path, let formats):
            "\(path): offers only \(formats.joined(separator: ", ")); read here are YUYV, NV12, RGB3 and MJPG, and "
                + "others with convert=on where libv4l2 is installed"
        case .formatNotOffered(let path, let wanted, let formats):
            "\(path): does not offer \(wanted), only \(formats.joined(separator: ", "))"
        case .noConversion(let path):
            "\(path): convert=on needs libv4l2 (Debian: libv4l-0) and the program that is not static"
        case .device(let path, let operation, let why): "\(path): \(operation) failed: \(why)"
        case .notPermitted(let path):
            "\(path): this user may not open it; add the user to the group video (usermod -aG video NAME) and log in "
                + "anew"
        case .badSetting(let key, let value, let expected): "camera setting \(key)=\(value): expected \(expected)"
        case .gone(let path): "\(path): the camera is gone; plug it in again"
        case .gaveUp(let path, let time, let why): "\(path): given up after \(time): \(why)"
        case .damaged(let name, let why): "\(name): damaged picture: \(why)"
        }
    }

    /// The system's words for a negative errno.
    static func words(_ error: Int32) -> String { String(cString: tp_error_text(error)) }
}
