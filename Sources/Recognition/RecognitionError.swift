import Camera
import Runtime

/// Why recognition cannot go on.
public enum RecognitionError: Error, CustomStringConvertible {
    case camera(CameraError)
    case runtime(RuntimeError)
    case region(RegionError)
    /// `--region truth` with a source that knows no truth.
    case noTruth(String)
    /// A lighter network that cannot stand in for the full one.
    case unlike(lighter: String, full: String)
    /// A trouble rule that the model cannot follow: why.
    case trouble(String)
    /// Every picture of the source was damaged: how many.
    case nothingReadable(String, Int)

    public var description: String {
        switch self {
        case .camera(let error): error.description
        case .runtime(let error): error.description
        case .region(let error): error.description
        case .noTruth(let source): "\(source): --region truth needs the pool scene (--source pool:seed=1,swimmers=2)"
        case .unlike(let lighter, let full):
            "\(lighter) cannot stand in for \(full): the tasks, their labels and the clip must be the same"
        case .trouble(let why): "trouble: " + why
        case .nothingReadable(let source, let count): "\(source): none of \(count) pictures could be read"
        }
    }
}
