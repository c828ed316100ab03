import ArgumentParser
import Foundation
import Quantizer

/// `tidepool evaluate`: the tasks' own measures on labelled pictures or clips.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures accuracy and mean absolute error on labelled pictures or clips.",
        discussion: """
            Labels are a CSV file whose first column is the picture's name and whose others are the tasks, or the
            truth.jsonl of tidepool scene; the recipe's dataset.columns says where a column is called otherwise. Classes
            are labels or numbers.

            EXAMPLES
              tidepool evaluate face.tide --images val.tar --labels val.csv
              tidepool evaluate swimmer.onnx --images clips/ --labels clips/truth.jsonl --json
            """)

    @Argument(help: "The trained network (.onnx, .h5, .keras, .tflite) or the .tide file.") var model: String
    @Option(help: "Pictures or clips: a folder or .tar of JPEGs, or a .npy array.") var images: String
    @Option(help: "What is true of them (.csv or .jsonl).") var labels: String
    @Option(help: "Use at most so many samples, from the first.") var limit: Int?
    @Option(help: "The recipe of a trained network.") var recipe: String?
    @OptionGroup var reading: FloatModelOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let loaded = try LoadedModel.load(model, recipe: recipe, options: reading)
        let runner = try Runner(loaded)
        let set = try InputSet(path: images, shape: runner.shape)
        let table = try LabelTable(path: labels)
        var score = Score { loaded.fact(LabelTable.columnKey($0)) ?? $0 }
        let total = min(limit ?? Int.max, set.names.count)
        let bar = ProgressBar("evaluating", total: total)
        for begin in stride(from: 0, to: total, by: 128) {
            let range = begin..<min(begin + 128, total)
            let samples = try set.load(range)
            for (sample, answer) in zip(samples, try runner.run(samples)) { score.add(answer, sample.name, table) }
            bar.advance(by: range.count)
        }
        guard !score.tasks.isEmpty else {
            throw CommandError(
                "\(labels): none of the \(score.unlabelled) samples of \(images) has a label for a task of this network"
            )
        }
        let listing = score.listing(model: model, skipped: set.skipped.count)
        print(json ? try encodeJSON(listing) : listing.text)
    }
}

/// Sums over answered samples.
struct Score {
    struct TaskScore {
        var labels: [String]
        var unit: String
        var count = 0
        var correct = 0
        var absoluteError = 0.0
        /// `[truth][answer]`.
        var confusion: [[Int]]
    }

    /// The column of the labels of a task.
    let column: (String) -> String
    private(set) var tasks: [String: TaskScore] = [:]
    private(set) var unlabelled = 0
    private var order: [String] = []

    init(column: @escaping (String) -> String = { $0 }) { self.column = column }

    mutating func add(_ answer: Answer, _ name: String, _ table: LabelTable) {
        var isLabelled = false
        for task in answer.tasks {
            guard let text = table.value(name, task: column(task.name)) else { continue }
            let real = answer.outputs[task.output].real
            var score =
                tasks[task.name]
                ?? TaskScore(
                    labels: task.labels, unit: task.unit,
                    confusion: Array(repeating: Array(repeating: 0, count: task.labels.count), count: task.labels.count)
                )
            if task.isClassification {
                guard let truth = LabelTable.classIndex(text, labels: task.labels) else { continue }
                let best = real.indices.max { real[$0] < real[$1] || (real[$0] == real[$1] && $0 > $1) }!
                score.correct += best == truth ? 1 : 0
                score.confusion[truth][best] += 1
            } else {
                guard let truth = Double(text) else { continue }
                score.absoluteError += abs(Double(real[0]) - truth)
            }
            score.count += 1
            if tasks[task.name] == nil { order.append(task.name) }
            tasks[task.name] = score
            isLabelled = true
        }
        if !isLabelled { unlabelled += 1 }
    }

    func listing(model: String, skipped: Int) -> Listing {
        Listing(
            model: model, samples: tasks.values.map(\.count).max() ?? 0, skipped: skipped, unlabelled: unlabelled,
            tasks: order.map { name in
                let score = tasks[name]!
                let isClassification = !score.labels.isEmpty
                return Listing.Entry(
                    name: name, samples: score.count,
                    accuracy: isClassification ? Double(score.correct) / Double(score.count) : nil,
                    meanAbsoluteError: isClassification ? nil : score.absoluteError / Double(score.count),
                    unit: score.unit,
                    labels: score.labels, confusion: score.confusion)
            })
    }

    struct Listing: Encodable {
        struct Entry: Encodable {
            var name: String
            var samples: Int
            var accuracy: Double?
            var meanAbsoluteError: Double?
            var unit: String
            var labels: [String]
            /// `[truth][answer]`.
            var confusion: [[Int]]
        }

        var model: String
        var samples: Int
        var skipped: Int
        var unlabelled: Int
        var tasks: [Entry]

        var text: String {
            var rows = [["task", "measure", "value", "samples"]]
            for task in tasks {
                if let accuracy = task.accuracy {
                    rows.append([task.name, "accuracy", String(format: "%.2f %%", 100 * accuracy), "\(task.samples)"])
                } else if let error = task.meanAbsoluteError {
                    rows.append([
                        task.name, "mean |error|", String(format: "%.3f ", error) + task.unit, "\(task.samples)",
                    ])
                }
            }
            var text = textTable(rows, numbers: [2, 3])
            for task in tasks where !task.labels.isEmpty {
                text +=
                    "\n\n"
                    + textTable(
                        [["\(task.name): true ↓ said →"] + task.labels]
                            + zip(task.labels, task.confusion).map { [$0] + $1.map(String.init) },
                        numbers: Set(1...task.labels.count))
            }
            if skipped + unlabelled > 0 { text += "\n\n\(skipped) samples skipped, \(unlabelled) without a label" }
            return text
        }
    }
}
