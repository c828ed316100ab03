/// A board as a file of `Board/profiles` describes it. Only `threads` has an effect, where nothing else says how many;
/// the rest is for reports and for people, and what in it is measured or estimated stands in its own words.
public struct BoardProfile {
    public var name: String
    public var cores: Int
    public var core: String
    public var clockMHz: Int
    public var instructionSet: String
    public var threads: Int

    public init(path: String) throws(ConfigError) {
        let root = try YAMLDocument(path: path).root
        let keys = try root.mapping([
            "clock_mhz", "core", "cores", "estimated", "instruction_set", "measured", "name", "threads",
        ])
        name = try keys.required("name").text()
        cores = try keys.required("cores").integer(in: 1...256)
        core = try keys.required("core").text()
        clockMHz = try keys.required("clock_mhz").integer(in: 1...20_000)
        instructionSet = try keys.required("instruction_set").text()
        threads = try keys.required("threads").integer(in: 1...64)
        _ = try keys.required("measured")
        _ = try keys.required("estimated")
    }
}
