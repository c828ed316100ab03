import Budget
import CPlatform
import Camera
import PoolScene

/// Runs every program a few times before the first frame comes, on a picture of the pool scene: the costs that a policy
/// begins with, and no slow first decision.
///
/// - Parameters:
///   - isCoded: Whether the source sends JPEG.
///   - width: Of its pictures, in pixels.
public func warmUp(
    _ recognisers: [Recogniser], isCoded: Bool, width: Int, height: Int, clock: Clock = tp_monotonic_nanoseconds
) throws(RecognitionError) -> CostModel {
    var costs = CostModel(tasks: recognisers.count)
    let options = SceneOptions(width: width, height: height, swimmers: 1, jpegQuality: isCoded ? 85 : nil)
    let scene = PoolSource(options, live: false)
    defer { withExtendedLifetime(scene) {} }
    let decoder: PictureDecoder, picture: Frame
    do throws(CameraError) {
        decoder = try PictureDecoder()
        guard case .frame(let frame) = try scene.next() else { return costs }
        for run in 0...measuredRuns {
            for scale in [1, 2] {
                let begin = clock()
                _ = try decoder.decode(frame, scale: scale)
                if run > 0 { costs.note(scale: scale, decode: clock() - begin) }
            }
        }
        picture = try decoder.decode(frame)
    } catch { throw .camera(error) }
    for (task, recogniser) in recognisers.enumerated() { try recogniser.measure(on: picture, task, &costs) }
    return costs
}

/// Of each program; one run before them is not measured.
private let measuredRuns = 3

extension Recogniser {
    fileprivate func measure(
        on picture: Frame, _ task: Int, _ costs: inout CostModel
    ) throws(RecognitionError) {
        let region = if case .truth = regions { picture.truth.first?.track ?? 0 } else { 0 }
        for isLighter in lighter == nil ? [false] : [false, true] {
            var decisions = -1
            while decisions < measuredRuns {
                let look = try look(at: picture, region: region, lighter: isLighter)
                guard look.isDecided else { continue }
                if decisions >= 0 {
                    costs.note(
                        task: task, lighter: isLighter, frame: look.prepare + look.frameNetwork, clip: look.clipNetwork)
                }
                decisions += 1
            }
        }
        forget()
    }
}
