import Camera
import ModelFile
import PoolScene
import Runtime

/// One of a task's networks with the crop, colour and resize that it wants before it.
final class LoadedProgram {
    let network: Network
    /// 0: the full one; 1: the lighter one.
    private let number: Int
    private let preprocessor: Preprocessor

    init(_ network: Network, number: Int) {
        self.network = network
        self.number = number
        let input = network.model.description.preprocessing
        preprocessor = Preprocessor(
            width: input.width, height: input.height, swapRedBlue: input.colour == .bgr, isa: network.isaName)
    }

    /// Looks at the part of a picture under `crop`. After a decision the network's outputs tell of it.
    func look(
        at picture: Frame, _ crop: Box, _ track: Track, decides: Bool, _ now: Clock
    ) throws(RecognitionError) -> Look {
        var look = Look()
        let start = now()
        do throws(CameraError) { try preprocessor.prepare(picture, crop: crop, into: network.frameInput) } catch {
            throw .camera(error)
        }
        let prepared = now()
        look.prepare = prepared - start
        track.lastSequence = picture.sequence
        guard !track.rings.isEmpty else {
            network.runFrame()
            look.frameNetwork = now() - prepared
            look.isDecided = true
            return look
        }
        let ring = track.rings[number]
        if track.program != number { ring.reset() }
        track.program = number
        network.runFrame(into: ring)
        let pushed = now()
        look.frameNetwork = pushed - prepared
        guard ring.isFull, decides else { return look }
        network.runClip(ring)
        look.clipNetwork = now() - pushed
        look.isDecided = true
        return look
    }
}
