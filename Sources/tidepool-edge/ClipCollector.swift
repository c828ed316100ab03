import Camera
import CPlatform
import ModelFile
import PoolScene
import Recognition
import Runtime

/// Turns the frames of a source into embeddings of clips that share no frame; for a network of single pictures, of its
/// pictures.
struct ClipCollector {
    let network: Network
    let embedding: EmbeddingOutput
    let regions: RegionSource
    /// The swimmer of the pool scene to follow, where the regions are the scene's.
    let track: Int?
    /// The pictures are every `stride`-th already, as those of a clip in a folder are.
    let isStrided: Bool
    /// At most so many clips of a source,
    let limit: Int
    /// and from at most so long a time.
    let nanoseconds: Int64?

    struct Harvest {
        var embeddings: [Embedding] = []
        var frames = 0
        /// Pictures that could not be read.
        var damaged = 0
    }

    /// Reads a source until there are enough clips or no more frames.
    ///
    /// - Throws: `usage` when it cannot be opened, `failure` when it breaks off.
    func collect(_ source: String) throws(ProgramError) -> Harvest {
        let frames: any FrameSource
        do throws(CameraError) { frames = try openSource(source, live: false) } catch {
            throw .usage(error.description)
        }
        do throws(RecognitionError) { return try collect(frames) } catch { throw .failure(error.description) }
    }

    private func collect(_ source: any FrameSource) throws(RecognitionError) -> Harvest {
        let recogniser = try Recogniser(network: network, regions: regions)
        let clip = network.model.description.clip
        let span = (clip?.frames ?? 1) * (clip?.stride ?? 1)
        let begin = tp_monotonic_nanoseconds()
        var harvest = Harvest()
        var decisions = 0
        // A swimmer who never comes must not keep this waiting in a scene that never ends.
        while harvest.embeddings.count < limit, harvest.frames < 10 * limit * span, tp_stop_requested() == 0 {
            if let nanoseconds, tp_monotonic_nanoseconds() - begin >= nanoseconds { break }
            do throws(RecognitionError) {
                guard let frame = try next(source, stride: clip?.stride ?? 1) else { break }
                harvest.frames += 1
                guard try !recogniser.process(frame).isEmpty else { continue }
                decisions += 1
                // With every further frame comes a decision, but only each clip's length brings a new clip.
                guard (decisions - 1) % (clip?.frames ?? 1) == 0 else { continue }
                if let seen = network.output(named: embedding.name).flatMap({ Embedding($0) }) {
                    harvest.embeddings.append(seen)
                }
            } catch {
                guard case .camera(.damaged(let name, let why)) = error else { throw error }
                harvest.frames += 1
                harvest.damaged += 1
                Console.error(CameraError.damaged(name, why).description)
            }
        }
        return harvest
    }

    /// The next frame, with no other swimmer than the one to follow.
    private func next(_ source: any FrameSource, stride: Int) throws(RecognitionError) -> Frame? {
        do throws(CameraError) {
            while true {
                switch try source.next() {
                case .frame(var frame):
                    if isStrided { frame.sequence *= stride }
                    if let track { frame.truth = frame.truth.filter { $0.track == track } }
                    return frame
                case .event: continue
                case .end: return nil
                }
            }
        } catch { throw .camera(error) }
    }
}
