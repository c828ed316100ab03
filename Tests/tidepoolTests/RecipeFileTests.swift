import Foundation
import Testing

@testable import tidepool

@Suite struct RecipeFileTests {
    private static let recipe = """
        name: clip
        input: {width: 20, height: 20}
        clip: {frames: 5, stride: 2}
        tasks: [{name: action, kind: classification, labels: [breaststroke, drowning, freestyle, safe]}]

        """

    private func facts(_ embedding: String) throws -> [String: String] {
        let scratch = Scratch()
        let model = Fixture.path("clip.onnx")
        let given = scratch.file("clip.yaml", Self.recipe + embedding)
        let recipe = try FloatModelOptions.parse([]).load(model, recipe: given).recipe
        return Dictionary(uniqueKeysWithValues: recipe.provenance.map { ($0.key, $0.value) })
    }

    @Test func theEmbeddingTravelsAmongTheProvenance() throws {
        #expect(
            try facts("embedding: {output: identity, threshold: 0.62}")
                == ["embedding.output": "identity", "embedding.threshold": "0.62"])
        #expect(try facts("embedding: {output: identity}") == ["embedding.output": "identity"])
        #expect(try facts("") == [:])
    }

    @Test func aColumnOfAnotherNameTravelsToo() throws {
        #expect(try facts("dataset: {file: file, columns: {action: label}}") == ["labels.action": "label"])
        #expect(try facts("dataset: {file: file, columns: {action: action, other: label}}") == [:])
        #expect(try facts("dataset: {file: file}") == [:])
    }

    @Test(arguments: [
        ("embedding: {output: face}", "embedding.output is face; the network's outputs are action, identity"),
        ("embedding: {output: identity, threshold: 62}", "embedding.threshold is 62.0; it is a cosine, -1 to 1"),
        ("embedding: {threshold: 0.5}", "lacks output"),
    ])
    func mistakesInTheEmbeddingAreNamed(_ text: String, _ says: String) {
        #expect {
            try facts(text)
        } throws: {
            "\($0)".contains("clip.yaml") && "\($0)".contains(says)
        }
    }
}
