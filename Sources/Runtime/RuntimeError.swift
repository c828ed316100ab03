import ModelFile

/// Why a model cannot run here. `description` says what to do about it.
public enum RuntimeError: Error, Equatable, CustomStringConvertible {
    case model(ModelFileError)
    /// The named instruction set is unknown, or this processor or build has none of it.
    case unavailableISA(String, available: [String])
    /// The number of threads is outside 1…64.
    case threads(Int)
    /// The system gave no memory for the threads.
    case outOfMemory

    public var description: String {
        switch self {
        case .model(let error): error.description
        case .unavailableISA(let name, let available):
            "instruction set “\(name)” is not available here: choose one of \(available.joined(separator: ", "))"
        case .threads(let count): "\(count) threads: choose 1 to \(RuntimeOptions.maximumThreads)"
        case .outOfMemory: "not enough memory to start threads: use fewer threads or a smaller network"
        }
    }
}
