import ArgumentParser
import BoardConfig
import Budget
import BudgetSimulation
import Foundation
import ModelFile

/// `tidepool budget`: how a latency budget would be kept, on simulated machines, beside simpler policies.
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Simulates how a latency budget is kept under load, beside simpler policies.",
        discussion: """
            A camera, a machine and tasks are simulated, with the board's own controller and two naive policies: a queue
            of every frame (fifo), and everything on the newest frame (newest). Loads: \
            \(Scenario.all.map(\.name).joined(separator: ", ")). Costs are those of the machine at rest.

            EXAMPLES
              tidepool budget --report budget.html
              tidepool budget --trace overload,throttled --regions 4 --cost 22,3 --p99 150ms
              tidepool budget --config board.yaml --cost swimmers=35,4 --cost faces=80 --json
              tidepool budget --measured .build-stress/load.json --report stress.html
            """)

    @Option(help: "Which loads, by name and comma.") var trace = "all"
    @Option(help: "A board's configuration (board.yaml): its tasks, regions and promises.") var config: String?
    @Option(help: "How many regions the first task has.") var regions: Int?
    @Option(help: "A look's cost in milliseconds, and the clip program's: [TASK=]LOOK[,CLIP].") var cost: [String] = []
    @Option(help: "Decoding a picture, in milliseconds.") var decode: Double?
    @Option(help: "The promise of the first task, such as 120ms.") var p99: String?
    @Option(help: "How many decisions a second are wanted for each region.") var rate: Double?
    @Option(help: "Equal seeds give equal runs.") var seed: UInt64 = 1
    @Option(help: "How many runs of each load; the plots show the first.") var runs: UInt64 = 10
    @Option(help: "Compare what Board/stress measured (load.json) instead of simulating.") var measured: String?
    @Option(help: "Write a page with plots.") var report: String?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if !(1...64).contains(regions ?? 1) { throw ValidationError("--regions must be 1 to 64") }
        if !(1...1_000).contains(runs) { throw ValidationError("--runs must be 1 to 1000") }
        if seed > 1 << 40 { throw ValidationError("--seed must be below 2^40") }
        if !((decode ?? 1) > 0 && (decode ?? 1) <= 10_000) { throw ValidationError("--decode must be 0 to 10000 ms") }
        if !((rate ?? 0) >= 0 && (rate ?? 0) <= 1_000) { throw ValidationError("--rate must be 0 to 1000") }
        if config != nil, regions != nil || p99 != nil || rate != nil {
            throw ValidationError("--regions, --p99 and --rate are in the configuration")
        }
    }

    func run() throws {
        let comparisons: [PolicyComparison]
        let summary: String
        if let measured {
            let folder = URL(fileURLWithPath: measured).deletingLastPathComponent().path
            comparisons = [try MeasuredLoad(path: measured).comparison(in: folder)]
            summary = "Measured with tidepool-edge on this machine; the policies took turns."
        } else {
            comparisons = try scenarios().map { PolicyComparison($0, seeds: seed..<seed + runs) }
            summary = "Simulated: \(runs) runs of each load; the plots show the first."
        }
        if let report {
            let page = ComparisonPage(title: "A latency budget under load", summary: summary, comparisons: comparisons)
            try writeFile(Data(page.html.utf8), to: report)
        }
        if json {
            print(try encodeJSON(comparisons))
        } else {
            print(textTable([PolicyComparison.header] + comparisons.flatMap(\.table)))
        }
    }

    private func scenarios() throws -> [Scenario] {
        let names = trace.split(separator: ",").map(String.init)
        let tasks = try config.map(configured)
        return try (names == ["all"] ? Scenario.all.map(\.name) : names).map { name in
            guard var scenario = Scenario.all.first(where: { $0.name == name }) else {
                let known = Scenario.all.map(\.name).joined(separator: ", ")
                throw CommandError("--trace \(name): choose all, or some of \(known)")
            }
            if let tasks { scenario.tasks = tasks }
            try adjust(&scenario)
            let regions = scenario.regions
            scenario.troubles.removeAll { !regions.contains($0.region) }
            return scenario
        }
    }

    private func adjust(_ scenario: inout Scenario) throws {
        if let decode {
            scenario.decode = decode
            scenario.halfDecode = decode / 2
        }
        if let regions { scenario.tasks[0].regions = regions }
        if p99 != nil || rate != nil {
            let old = scenario.tasks[0].promise
            guard let limit = p99.map({ nanoseconds(parsing: $0) }) ?? old.p99 else {
                throw CommandError("--p99 \(p99 ?? ""): a duration such as 120ms is needed")
            }
            scenario.tasks[0].promise = Promise(
                name: old.name, p99: limit, rate: rate ?? old.rate, priority: old.priority, clipStride: old.clipStride,
                hasLighter: old.hasLighter)
        }
        for text in cost { try setCost(text, &scenario) }
    }

    private func setCost(_ text: String, _ scenario: inout Scenario) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.last!.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? -1 }
        guard (1...2).contains(numbers.count), numbers[0] > 0, numbers.allSatisfy({ $0 >= 0 && $0 <= 10_000 }) else {
            throw CommandError("--cost \(text): [TASK=]LOOK[,CLIP] in milliseconds is needed, such as swimmers=22,3")
        }
        let name = parts.count == 2 ? parts[0] : scenario.tasks[0].promise.name
        guard let task = scenario.tasks.firstIndex(where: { $0.promise.name == name }) else {
            // A load of the catalogue may have fewer tasks than the one that the cost is meant for.
            if config == nil, Scenario.all.contains(where: { $0.promises.contains { $0.name == name } }) { return }
            let known = scenario.promises.map(\.name).joined(separator: ", ")
            throw CommandError("--cost \(text): there is no task \(name); the tasks are \(known)")
        }
        scenario.tasks[task].frame = numbers[0]
        scenario.tasks[task].clip = numbers.count == 2 ? numbers[1] : 0
    }

    private func configured(_ path: String) throws -> [SimulatedTask] {
        let config: BoardConfig
        do { config = try BoardConfig(path: path) } catch { throw CommandError(error.description) }
        return try config.tasks.map { task in
            let model = try Model(path: task.model).description
            guard let budget = task.budget else {
                throw CommandError("\(path): \(task.name ?? model.name) promises nothing; give it a budget")
            }
            let promise = Promise(
                name: task.name ?? model.name, p99: budget.p99, ageLimit: budget.ageLimit, rate: budget.rate,
                priority: budget.priority, clipStride: model.clip?.stride, hasLighter: task.lighter != nil)
            var count = 2
            if case .fixed(let boxes) = task.regions { count = boxes.count }
            return SimulatedTask(promise, regions: count, frame: 16, clip: model.clip == nil ? 0 : 2.5)
        }
    }
}
