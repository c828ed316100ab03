import Exporters
import ModelFile
import ModelSamples
import Testing

/// What a format cannot express.
struct RefusalTests {
    /// All operations without a form, by node, and no bytes at all.
    @Test func everyNodeIsNamed() throws {
        let model = try sketched { sketch, input in
            let first = sketch.gru(sketch.reshape(input, [10, 9]), units: 4, resetAfter: true)
            return sketch.gru(sketch.rescale(first, to: .int8), units: 3, resetAfter: false)
        }
        let names = model.description.frame.operations.filter { $0.kind.label == "gru" }.map(\.name)
        #expect(names.count == 2)
        do {
            _ = try exportTFLite(model, file: "given.tide")
            Issue.record("a GRU was written")
        } catch {
            guard case .unsupported(let file, let operations) = error else { throw error }
            #expect(file == "given.tide")
            #expect(operations.count == 2)
            for (name, line) in zip(names, operations) { #expect(line.hasPrefix(name) && line.contains("ONNX")) }
            #expect("\(error)".hasPrefix("given.tide: "))
        }
    }

    @Test func everyOtherOperatorHasAForm() throws {
        let model = try Model(bytes: try everyOperatorModel(), name: "every operator")
        #expect(try !exportONNX(model, file: "every.tide").bytes.isEmpty)
        do {
            _ = try exportTFLite(model, file: "every.tide")
            Issue.record("a GRU was written")
        } catch {
            guard case .unsupported(_, let operations) = error else { throw error }
            #expect(operations.allSatisfy { $0.contains("(gru)") })
        }
    }
}
