import FloatGraph
import ModelFile

/// What a network's file does not say: what its input and outputs mean.
public struct Recipe: Equatable, Sendable {
    public struct Task: Equatable, Sendable {
        public enum Kind: String, Equatable, Sendable { case classification, regression }

        public var name: String
        public var kind: Kind
        /// The name of the network's output.
        public var output: String
        /// One label a class; empty for a regression.
        public var labels: [String]
        /// The unit of a regression, such as "years".
        public var unit: String

        public init(name: String, kind: Kind, output: String, labels: [String] = [], unit: String = "") {
            self.name = name
            self.kind = kind
            self.output = output
            self.labels = labels
            self.unit = unit
        }
    }

    public enum Colour: String, Equatable, Sendable { case rgb, bgr }

    public struct Clip: Equatable, Sendable {
        public var frames: Int
        /// One frame of a clip is taken from every `stride`-th camera frame at 30 Hz.
        public var stride: Int

        public init(frames: Int, stride: Int) {
            self.frames = frames
            self.stride = stride
        }
    }

    public var name: String
    public var width: Int
    public var height: Int
    public var colour: Colour
    /// `nil` for a network of single pictures.
    public var clip: Clip?
    public var tasks: [Task]
    /// Facts for the model file, such as ("source.sha256", "…").
    public var provenance: [(key: String, value: String)]

    public init(
        name: String, width: Int, height: Int, colour: Colour = .rgb, clip: Clip? = nil, tasks: [Task],
        provenance: [(key: String, value: String)] = []
    ) {
        self.name = name
        self.width = width
        self.height = height
        self.colour = colour
        self.clip = clip
        self.tasks = tasks
        self.provenance = provenance
    }

    /// What the graph alone tells: its input's size, and a task for every output that is a number (a regression) or a
    /// vector of at most 4096 (a classification with numbered labels). Maps and sequences are outputs without a task.
    /// Clips are taken with stride 1.
    public init(describing graph: Graph) {
        let shape = graph.shape(graph.input)
        let frames = shape.first ?? 1
        self.init(
            name: graph.name, width: shape.count == 4 ? shape[2] : 0, height: shape.count == 4 ? shape[1] : 0,
            clip: frames > 1 ? Clip(frames: frames, stride: 1) : nil,
            tasks: graph.outputs.compactMap { id in
                let name = graph.values[id].name, extents = graph.shape(id).filter { $0 > 1 }
                let classes = extents.reduce(1, *)
                guard extents.count <= 1, classes <= 4096 else { return nil }
                return Task(
                    name: name, kind: classes > 1 ? .classification : .regression, output: name,
                    labels: classes > 1 ? (0..<classes).map(String.init) : [])
            })
    }

    public static func == (a: Recipe, b: Recipe) -> Bool {
        a.name == b.name && a.width == b.width && a.height == b.height && a.colour == b.colour && a.clip == b.clip
            && a.tasks == b.tasks && a.provenance.map(\.key) == b.provenance.map(\.key)
            && a.provenance.map(\.value) == b.provenance.map(\.value)
    }

    /// Checks the recipe against the network.
    func validate(_ graph: Graph) throws(QuantizerError) {
        func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws(QuantizerError) {
            if !holds { throw .recipe(reason: reason()) }
        }
        let shape = graph.shape(graph.input)
        try require(shape.count == 4 && shape[3] == 3, "the input is \(shape), not frames × height × width × 3")
        try require(
            width == shape[2] && height == shape[1],
            "the recipe says \(width) × \(height), the network takes \(shape[2]) × \(shape[1])")
        try require(
            (clip?.frames ?? 1) == shape[0],
            "the recipe says \(clip?.frames ?? 1) frames, the network takes \(shape[0])")
        try require((clip?.stride ?? 1) >= 1, "the clip's stride is \(clip?.stride ?? 1)")
        let outputs = graph.outputs.map { graph.values[$0].name }
        for task in tasks {
            guard let position = outputs.firstIndex(of: task.output) else {
                throw .recipe(
                    reason: "task \(task.name) reads the output \(task.output); there are "
                        + outputs.joined(separator: ", "))
            }
            let count = graph.shape(graph.outputs[position]).reduce(1, *)
            try require(
                task.kind == .regression || task.labels.count == count,
                "task \(task.name) has \(task.labels.count) labels for \(count) classes")
            try require(
                task.kind == .classification || count == 1,
                "task \(task.name) is a regression with \(count) numbers")
        }
    }
}
