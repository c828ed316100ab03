/// One step of a program: tensors are indices into `ModelDescription.tensors`.
public struct Operation: Equatable, Sendable {
    /// The node of the trained network that this came from, for reports and errors.
    public var name: String
    public var kind: Operator
    public var inputs: [Int]
    public var output: Int

    public init(name: String, kind: Operator, inputs: [Int], output: Int) {
        self.name = name
        self.kind = kind
        self.inputs = inputs
        self.output = output
    }
}

/// Operations in order of execution: every activation is a program input or the output of an earlier operation.
public struct Program: Equatable, Sendable {
    public var inputs: [Int]
    public var outputs: [Int]
    public var operations: [Operation]

    public init(inputs: [Int], outputs: [Int], operations: [Operation]) {
        self.inputs = inputs
        self.outputs = outputs
        self.operations = operations
    }
}

/// How a picture becomes the network's input, stored so that calibration and the board do the same.
///
/// The crop is resized (bilinear, antialiased) to `width` × `height`, ordered as `colour`, and each byte stored as
/// pixel − 128; the input tensor's scale and zero point say what that means.
public struct Preprocessing: Equatable, Sendable {
    public enum Colour: UInt8, Sendable { case rgb = 0, bgr = 1 }

    public var width: Int
    public var height: Int
    public var colour: Colour

    public init(width: Int, height: Int, colour: Colour = .rgb) {
        self.width = width
        self.height = height
        self.colour = colour
    }
}

/// A clip network decides over the last `frames` features, one from every `stride`-th camera frame at 30 Hz.
public struct Clip: Equatable, Sendable {
    public var frames: Int
    public var stride: Int

    public init(frames: Int, stride: Int) {
        self.frames = frames
        self.stride = stride
    }
}

/// What an output means.
public struct Task: Equatable, Sendable {
    public enum Kind: UInt8, Sendable { case classification = 0, regression = 1 }

    public var name: String
    public var kind: Kind
    /// An index into the deciding program's `outputs`.
    public var output: Int
    /// One label a class; empty for a regression.
    public var labels: [String]
    /// The unit of a regression, such as "years"; empty for a classification.
    public var unit: String

    public init(name: String, kind: Kind, output: Int, labels: [String], unit: String) {
        self.name = name
        self.kind = kind
        self.output = output
        self.labels = labels
        self.unit = unit
    }
}

/// A fact about how the file came to be, such as "source.sha256".
public struct ProvenanceEntry: Equatable, Sendable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// Everything a `.tide` file says, apart from the bytes of its constants.
///
/// A clip network has two programs. The frame program turns one frame into features; the clip program's `inputs[i]`
/// is a sequence `[frames] + shape` of the frame program's `outputs[i]`, with the same type and quantization. Without
/// a clip the frame program decides.
public struct ModelDescription: Equatable, Sendable {
    public var name: String
    public var tensors: [Tensor]
    public var frame: Program
    public var clipProgram: Program?
    /// Present exactly when `clipProgram` is.
    public var clip: Clip?
    public var preprocessing: Preprocessing
    public var tasks: [Task]
    public var provenance: [ProvenanceEntry]

    public init(
        name: String, tensors: [Tensor], frame: Program, clipProgram: Program? = nil, clip: Clip? = nil,
        preprocessing: Preprocessing, tasks: [Task], provenance: [ProvenanceEntry] = []
    ) {
        self.name = name
        self.tensors = tensors
        self.frame = frame
        self.clipProgram = clipProgram
        self.clip = clip
        self.preprocessing = preprocessing
        self.tasks = tasks
        self.provenance = provenance
    }

    /// The program whose outputs are the tasks'.
    public var deciding: Program { clipProgram ?? frame }
}
