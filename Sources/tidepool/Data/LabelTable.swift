import Foundation
import Quantizer

/// What is true of each sample: a CSV file with a header (`file,age,gender,race`), or the `truth.jsonl` of `tidepool scene`.
struct LabelTable {
    /// By the sample's name without folders and endings, then by task.
    private let rows: [String: [String: String]]
    let path: String

    init(path: String) throws {
        self.path = path
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
        }
        rows = path.hasSuffix(".jsonl") ? try Self.jsonLines(text, path) : try Self.csv(text, path)
        guard !rows.isEmpty else { throw CommandError("\(path): holds no labels") }
    }

    /// Under which key a recipe and a model file say which column holds the labels of a task.
    static func columnKey(_ task: String) -> String { "labels.\(task)" }

    /// The label of a sample, as written.
    func value(_ sample: String, task: String) -> String? { rows[Self.key(sample)]?[task] }

    /// The class that a label means: its name, or its number.
    static func classIndex(_ text: String, labels: [String]) -> Int? {
        if let index = labels.firstIndex(of: text) { return index }
        return Int(text).flatMap { labels.indices.contains($0) ? $0 : nil }
    }

    private static func key(_ name: String) -> String {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        for ending in [".jpg", ".jpeg"] where last.lowercased().hasSuffix(ending) {
            return String(last.dropLast(ending.count))
        }
        return last
    }

    private static func csv(_ text: String, _ path: String) throws -> [String: [String: String]] {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        guard let header = lines.first, header.count > 1 else {
            throw CommandError("\(path): the first line must name the columns, such as file,age,gender,race")
        }
        var rows: [String: [String: String]] = [:]
        for (number, cells) in lines.enumerated().dropFirst() {
            guard cells.count == header.count else {
                throw CommandError("\(path), line \(number + 1): \(cells.count) cells under \(header.count) columns")
            }
            rows[key(cells[0])] = Dictionary(zip(header, cells).dropFirst(), uniquingKeysWith: { a, _ in a })
        }
        return rows
    }

    /// Clips are named by their number or by their folder: 7 and clip-000007 are the same.
    private static func jsonLines(_ text: String, _ path: String) throws -> [String: [String: String]] {
        var rows: [String: [String: String]] = [:]
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                throw CommandError("\(path), line \(number + 1): not a JSON object")
            }
            guard let clip = object["clip"] as? Int else {
                throw CommandError("\(path), line \(number + 1): lacks clip, the number of the clip")
            }
            let row = object.compactMapValues { $0 as? String }
            rows["\(clip)"] = row
            rows[String(format: "clip-%06d", clip)] = row
        }
        return rows
    }
}
