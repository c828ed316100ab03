import BoardConfig
import Recognition

extension BoardConfig {
    /// One task, from `--model`, `--source` and what belongs to them.
    init(_ options: OptionList) throws(ProgramError) {
        let model = try options.required("--model")
        let source = try options.required("--source")
        let regions: RegionSource
        do throws(RegionError) { regions = try RegionSource(parsing: options.all("--region")) } catch {
            throw .usage(error.description)
        }
        var task = TaskConfig(model: model, regions: regions)
        task.budget = try options.duration("--budget").map { BudgetConfig(p99: $0) }
        task.trouble = try options.last("--trouble").map { text throws(ProgramError) in try TroubleRule(text) }
        task.gallery = options.last("--gallery")
        self.init(source: source, tasks: [task])
    }

    /// A board's file; `--source`, and for a single task `--model` and `--budget`, replace what stands in it.
    init(path: String, _ options: OptionList) throws(ProgramError) {
        do throws(ConfigError) { try self.init(path: path) } catch { throw .usage(error.description) }
        for name in ["--region", "--trouble", "--gallery"] where options.last(name) != nil {
            throw .usage("\(name) stands in \(path) when --config is given")
        }
        if let source = options.last("--source") { self.source = source }
        let model = options.last("--model"), budget = try options.duration("--budget")
        guard model != nil || budget != nil else { return }
        guard tasks.count == 1 else {
            throw .usage("--model and --budget are for one task; \(path) has \(tasks.count)")
        }
        if let model { tasks[0].model = model }
        if let budget { tasks[0].budget = BudgetConfig(p99: budget) }
    }
}

extension TroubleRule {
    /// `action=drowning:0.6`, several labels with commas between; the probability is 0.5 where it is left out.
    init(_ text: String) throws(ProgramError) {
        let sides = text.split(separator: "=", maxSplits: 1).map { String($0) }
        let parts = sides.count == 2 ? sides[1].split(separator: ":", maxSplits: 1).map { String($0) } : []
        let probability = parts.count == 2 ? Double(parts[1]) : 0.5
        guard !parts.isEmpty, let probability, (0...1).contains(probability) else {
            throw .usage("--trouble \(text): TASK=LABEL,LABEL:PROBABILITY is needed, such as action=drowning:0.6")
        }
        self.init(
            task: sides[0], labels: parts[0].split(separator: ",").map { String($0) }, probability: probability)
    }
}
