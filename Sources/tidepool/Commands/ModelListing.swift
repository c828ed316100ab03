import Foundation
import ModelFile

/// A model file as a listing.
struct ModelListing: Encodable {
    struct Step: Encodable {
        var program: String
        var name: String
        var kind: String
        var output: String
        var type: String
        var shape: [Int]
        var scale: Double
        var zeroPoint: Int32
        var multiplyAdds: Int
    }

    struct TaskEntry: Encodable {
        var name: String
        var kind: String
        var labels: [String]
        var unit: String
    }

    var name: String
    var bytes: Int
    var width: Int
    var height: Int
    var colour: String
    var clipFrames: Int?
    var clipStride: Int?
    var tasks: [TaskEntry]
    var provenance: [String: String]
    var features: [String]
    var operations: [Step]

    init(_ model: Model) {
        let description = model.description
        name = description.name
        bytes = model.byteCount
        width = description.preprocessing.width
        height = description.preprocessing.height
        colour = description.preprocessing.colour == .bgr ? "bgr" : "rgb"
        clipFrames = description.clip?.frames
        clipStride = description.clip?.stride
        tasks = description.tasks.map {
            TaskEntry(
                name: $0.name, kind: $0.kind == .classification ? "classification" : "regression", labels: $0.labels,
                unit: $0.unit)
        }
        provenance = Dictionary(description.provenance.map { ($0.key, $0.value) }, uniquingKeysWith: { a, _ in a })
        features = description.clip == nil ? [] : description.frame.outputs.map { description.tensors[$0].name }
        func steps(_ program: Program, _ title: String) -> [Step] {
            program.operations.map { operation in
                let tensor = description.tensors[operation.output]
                return Step(
                    program: title, name: operation.name, kind: operation.kind.label, output: tensor.name,
                    type: "\(tensor.type)", shape: tensor.shape, scale: tensor.scale, zeroPoint: tensor.zeroPoint,
                    multiplyAdds: description.multiplyAdds(of: operation))
            }
        }
        operations = steps(description.frame, "frame") + (description.clipProgram.map { steps($0, "clip") } ?? [])
    }

    var text: String {
        var facts = [
            ["name", name], ["file", "\(bytes / 1024) KiB"],
            [
                "input",
                "\(width) × \(height) \(colour)" + (clipFrames.map { ", clips of \($0) frames" } ?? "")
                    + (clipStride.map { ", every \($0). frame at 30 Hz" } ?? ""),
            ],
        ]
        for task in tasks {
            facts.append(["task \(task.name)", task.labels.isEmpty ? task.unit : task.labels.joined(separator: ", ")])
        }
        if !features.isEmpty { facts.append(["features", features.joined(separator: ", ")]) }
        facts += provenance.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        var rows = [["program", "operation", "kind", "type", "shape", "scale", "zero point", "MMAC"]]
        rows += operations.map { step in
            [
                step.program, step.name, step.kind, step.type, step.shape.map(String.init).joined(separator: "×"),
                String(format: "%.3g", step.scale), "\(step.zeroPoint)",
                step.multiplyAdds > 0 ? String(format: "%.2f", Double(step.multiplyAdds) / 1e6) : "",
            ]
        }
        return textTable(facts) + "\n\n" + textTable(rows, numbers: [5, 6, 7])
    }
}
