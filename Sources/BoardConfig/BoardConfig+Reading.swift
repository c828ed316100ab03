import PoolScene
import Recognition

extension BoardConfig {
    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// - Throws: for what cannot be read, an unknown key, a wrong type, an impossible value: the first of them.
    public init(path: String) throws(ConfigError) {
        try self.init(YAMLDocument(path: path))
    }

    /// Reads a text; `file` is its name in messages and the place that paths are relative to.
    public init(text: String, file: String) throws(ConfigError) {
        var text = text
        var result: Result<YAMLDocument, ConfigError> = .failure(ConfigError(file: file, text: "out of memory"))
        text.withUTF8 { bytes in
            do throws(ConfigError) {
                result = .success(try YAMLDocument(UnsafeRawBufferPointer(bytes), file: file))
            } catch { result = .failure(error) }
        }
        switch result {
        case .success(let document): try self.init(document)
        case .failure(let error): throw error
        }
    }

    init(_ document: YAMLDocument) throws(ConfigError) {
        let root = try document.root.mapping(["camera", "profile", "tasks", "threads"])
        (source, camera) = try root.required("camera").camera()
        threads = try root["threads"]?.integer(in: 1...64)
        profile = try root["profile"]?.path()
        tasks = []
        for node in try root.required("tasks").list() {
            let task = try TaskConfig(node)
            if tasks.contains(where: { $0.name == task.name }) {
                throw node.error("there is another task with the name '\(task.name ?? "")'")
            }
            tasks.append(task)
        }
        guard tasks.count <= 16 else { throw root.node.error("\(tasks.count) tasks; 16 are the most") }
        guard tasks.allSatisfy({ $0.budget == nil }) || tasks.allSatisfy({ $0.budget != nil }) else {
            let without = tasks.first { $0.budget == nil }?.name ?? ""
            throw root.node.error("task '\(without)' has no budget; either every task has one or none")
        }
    }
}

extension TaskConfig {
    /// Keys beside which the task's decisions stand in a line of output.
    private static let reservedNames = ["age_ms", "captured_ns", "dropped", "event", "frame", "summary"]

    fileprivate init(_ node: YAMLNode) throws(ConfigError) {
        let keys = try node.mapping(["budget", "gallery", "lighter", "model", "name", "regions", "trouble"])
        let title = try keys.required("name")
        self.init(
            model: try keys.required("model").path(),
            regions: try keys["regions"].map { node throws(ConfigError) in try RegionSource(node) } ?? .wholeFrame)
        let name = try title.text()
        if Self.reservedNames.contains(name) { throw title.error("'\(name)' has a meaning of its own in the output") }
        self.name = name
        lighter = try keys["lighter"]?.path()
        gallery = try keys["gallery"]?.path()
        trouble = try keys["trouble"].map { node throws(ConfigError) in try TroubleRule(node) }
        budget = try keys["budget"].map { node throws(ConfigError) in try BudgetConfig(node) }
    }
}

extension RegionSource {
    /// `truth`, or a list of `[x0, y0, x1, y1]` in 0…1.
    fileprivate init(_ node: YAMLNode) throws(ConfigError) {
        if node.isWord("truth") {
            self = .truth
            return
        }
        var boxes: [Box] = []
        for region in try node.list() {
            var edges: [Float] = []
            for edge in try region.list() { edges.append(Float(try edge.number(in: 0...1, "from 0 to 1"))) }
            guard edges.count == 4, edges[0] < edges[2], edges[1] < edges[3] else {
                throw region.error("a region is [x0, y0, x1, y1] with x0 < x1 and y0 < y1")
            }
            boxes.append(Box(x0: edges[0], y0: edges[1], x1: edges[2], y1: edges[3]))
        }
        guard boxes.count <= 64 else { throw node.error("\(boxes.count) regions; 64 are the most") }
        self = .fixed(boxes)
    }
}

extension TroubleRule {
    fileprivate init(_ node: YAMLNode) throws(ConfigError) {
        let keys = try node.mapping(["labels", "probability", "task"])
        var labels: [String] = []
        for label in try keys.required("labels").list() { labels.append(try label.text()) }
        self.init(
            task: try keys.required("task").text(), labels: labels,
            probability: try keys["probability"]?.number(in: 0...1, "from 0 to 1") ?? 0.5)
    }
}

extension BudgetConfig {
    fileprivate init(_ node: YAMLNode) throws(ConfigError) {
        let keys = try node.mapping(["age_limit", "p99", "priority", "rate"])
        self.init(p99: try keys.required("p99").duration())
        ageLimit = try keys["age_limit"]?.duration() ?? 3 * p99
        guard ageLimit >= p99 else { throw keys["age_limit"]!.error("shorter than p99") }
        rate = try keys["rate"]?.number(in: 0...1000, "of decisions a second, from 0 to 1000,") ?? 0
        priority = try keys["priority"]?.integer(in: 0...100) ?? 0
    }
}

extension YAMLNode {
    /// A path, relative to the file's folder.
    func path() throws(ConfigError) -> String {
        let text = try text()
        return text.hasPrefix("/") ? text : document.folder + text
    }
}

extension YAMLDocument {
    /// What a relative path is put behind: the file's folder with its slash, or nothing.
    var folder: String {
        guard let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(file[...slash])
    }
}
