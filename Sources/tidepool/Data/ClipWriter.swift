import CJPEG
import Camera
import Foundation
import PoolScene
import Recognition

/// Clips of the pool scene, cropped and resized as the board does it.
struct ClipWriter {
    struct Clip {
        /// RGB, `[size][size][3]` each.
        var frames: [[UInt8]]
        /// How much of cap, suit and skin each pixel shows, `[size / 2][size / 2][3]` each; empty unless asked for.
        var parts: [[UInt8]] = []
        var action: Action
        var identity: Int
        var seed: UInt64
        var population: UInt64?

        func truth(number: Int) -> String {
            var line = JSONText()
            line.object { line in
                line.key("clip")
                line.number(number)
                line.key("action")
                line.string(action.label)
                line.key("identity")
                line.string(SwimmerTruth.label(identity: identity))
                line.key("seed")
                line.string("\(seed)")
                line.key("appearance")
                line.array { line in
                    for number in Appearance.numbers(identity: identity, population: population) {
                        line.number(Double(number), places: 3)
                    }
                }
            }
            return line.text
        }
    }

    let seed: UInt64
    let domain: SceneDomain
    var cast = ClipSampler.Cast.known
    let size: Int
    var drawsParts = false

    /// Draws `count` clips in order; several groups are drawn at a time.
    func write(_ count: Int, _ body: (Clip) throws -> Void) throws {
        let sampler = ClipSampler(seed: seed, domain: domain, cast: cast)
        let groups = (count + ClipSampler.clipsPerGroup - 1) / ClipSampler.clipsPerGroup
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var left = count
        for begin in stride(from: 0, to: groups, by: cores) {
            let batch = begin..<min(begin + cores, groups)
            let drawn = Collector<Swift.Result<[Clip], Error>>(count: batch.count)
            DispatchQueue.concurrentPerform(iterations: batch.count) { offset in
                drawn.set(offset, Swift.Result {
                    try sampler.group(batch.lowerBound + offset).flatMap(clips)
                })
            }
            for clips in drawn.values {
                for clip in try clips!.get().prefix(left) { try body(clip) }
                left -= min(left, ClipSampler.clipsPerGroup)
            }
        }
    }

    private func clips(_ shot: ClipSampler.Shot) throws -> [Clip] {
        let scene = PoolScene(shot.options)
        var image = RGBImage(width: shot.options.width, height: shot.options.height)
        let preprocessor = Preprocessor(width: size, height: size)
        let painter = drawsParts ? PartsPainter(shot.options, size: size / 2) : nil
        let decoder = try PictureDecoder()
        var clips = shot.actions.indices.map {
            Clip(frames: [], action: shot.actions[$0], identity: shot.identities[$0], seed: shot.options.seed,
                population: shot.options.population)
        }
        for index in shot.frames {
            let truth = scene.render(frame: index, into: &image)
            try painter?.render(frame: index)
            let coded = try shot.options.jpegQuality.map { try encode(image.pixels, image.width, image.height, $0) }
            try withFrame(image, coded) { frame in
                let picture = try decoder.decode(frame)
                for swimmer in truth {
                    let crop = swimmer.box.squareCrop(frameWidth: image.width, height: image.height)
                    var out = [Int8](repeating: 0, count: size * size * 3)
                    try out.withUnsafeMutableBufferPointer { try preprocessor.prepare(picture, crop: crop, into: $0) }
                    clips[swimmer.track].frames.append(out.map { UInt8(Int($0) + 128) })
                    if let painter { clips[swimmer.track].parts.append(try painter.parts(of: swimmer, crop: crop)) }
                }
            }
        }
        return clips.filter { $0.frames.count == ClipSampler.length }
    }

    /// The image as a frame: as JPEG, where the scene's camera sends it.
    private func withFrame(_ image: RGBImage, _ coded: Data?, _ body: (Frame) throws -> Void) throws {
        if let coded {
            try coded.withUnsafeBytes {
                try body(
                    Frame(
                        width: 0, height: 0, format: .mjpeg, stride: 0, bytes: $0, sequence: 0, capturedNanoseconds: 0))
            }
        } else {
            try image.pixels.withUnsafeBytes {
                try body(
                    Frame(
                        width: image.width, height: image.height, format: .rgb24, stride: image.width * 3, bytes: $0,
                        sequence: 0, capturedNanoseconds: 0))
            }
        }
    }
}
