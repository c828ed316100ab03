import Camera
import Foundation
import ModelFile
import ModelSamples
import Runtime
import Testing

@testable import Recognition

@Suite struct IdentifierTests {
    private func model(seed: UInt64 = 1, facts: [(key: String, value: String)]? = nil) throws -> Model {
        let bytes = try facts.map { try embeddingModel(seed: seed, facts: $0) } ?? embeddingModel(seed: seed)
        return try Model(bytes: bytes, name: "embedding")
    }

    private func failure(_ body: () throws -> Void) -> GalleryError? {
        do { try body() } catch { return error as? GalleryError }
        return nil
    }

    @Test func theModelNamesItsEmbedding() throws {
        let output = try EmbeddingOutput(of: model())
        #expect(output.name == "embedding" && output.dimension == 24 && output.threshold == 0.9)
        let bare = try model(facts: [("embedding.output", "embedding"), ("embedding.threshold", "much")])
        #expect(try EmbeddingOutput(of: bare).threshold == nil)
        for (facts, output) in [([], nil), ([("embedding.output", "nothing")], "nothing")]
            as [([(key: String, value: String)], String?)] {
            let model = try model(facts: facts)
            #expect(
                failure { _ = try EmbeddingOutput(of: model) } == .noEmbedding(model: "embedding", output: output))
        }
    }

    @Test func aGalleryBelongsToItsModel() throws {
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).gallery"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try model()
        try Gallery(model: model.fingerprint, dimension: 24).write(to: path)
        #expect(try Identifier(galleryPath: path, model: model).threshold == 0.9)
        #expect(try Identifier(galleryPath: path, model: model, threshold: 0.5).threshold == 0.5)
        // Other facts, the same weights: the embeddings are the same.
        let bare = try self.model(facts: [("embedding.output", "embedding")])
        #expect(failure { _ = try Identifier(galleryPath: path, model: bare) } == .noThreshold(model: "embedding"))
        let other = try self.model(seed: 2)
        #expect(
            failure { _ = try Identifier(galleryPath: path, model: other) }
                == .otherModel(file: path, model: "embedding"))
    }

    /// What is enrolled from a stream is named in the same stream, each by its name, and by no other model's network.
    @Test func theRecogniserNamesWhoIsKnown() throws {
        let model = try model()
        let network = try Network(model)
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).gallery"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var gallery = Gallery(model: model.fingerprint, dimension: 24)
        func decisions(track: Int) throws -> [TrackDecision] {
            let source = try openSource("pool:seed=4,swimmers=2,width=160,height=120", live: false)
            let recogniser = try Recogniser(network: network, regions: .truth)
            recogniser.identifier = identifier(path, model)
            var found: [TrackDecision] = []
            for _ in 0..<9 {
                guard case .frame(var frame) = try source.next() else { break }
                frame.truth = frame.truth.filter { $0.track == track }
                found += try recogniser.process(frame)
            }
            return found
        }
        for (track, name) in ["anna", "ben"].enumerated() {
            let decision = try decisions(track: track)
            #expect(decision.count == 1 && decision[0].match == nil)
            let output = try #require(network.output(named: "embedding"))
            try gallery.enrol(name, [#require(Embedding(output))])
        }
        try gallery.write(to: path)
        for (track, name) in ["anna", "ben"].enumerated() {
            let match = try #require(try decisions(track: track).first?.match)
            #expect(match.name == name && abs(match.similarity! - 1) < 1e-3 && match.margin! > 0)
            var line = JSONText()
            try decisions(track: track)[0].write(to: &line)
            let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any]
            let swimmer = try #require(object?["swimmer"] as? [String: Any])
            #expect(Set(swimmer.keys) == ["name", "similarity", "margin"] && swimmer["name"] as? String == name)
        }
        let other = try Network(try self.model(seed: 2))
        #expect(identifier(path, model)?.identify(other) == nil)
    }

    private func identifier(_ path: String, _ model: Model) -> Identifier? {
        try? Identifier(galleryPath: path, model: model)
    }
}
