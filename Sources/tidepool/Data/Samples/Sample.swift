import FloatGraph
import Quantizer

/// What a network wants to see.
struct InputShape: Equatable, Sendable {
    var frames: Int
    var height: Int
    var width: Int
    var swapRedBlue: Bool
    /// A clip takes every so manieth frame of a camera or a video.
    var stride = 1

    init(_ recipe: Recipe) {
        frames = recipe.clip?.frames ?? 1
        height = recipe.height
        width = recipe.width
        swapRedBlue = recipe.colour == .bgr
        stride = recipe.clip?.stride ?? 1
    }

    init(frames: Int, height: Int, width: Int, swapRedBlue: Bool) {
        self.frames = frames
        self.height = height
        self.width = width
        self.swapRedBlue = swapRedBlue
    }

    var frameCount: Int { height * width * 3 }
    var count: Int { frames * frameCount }
}

/// One picture or clip as the board's preprocessing makes it: `[frames][height][width][3]`, pixel − 128.
struct Sample: Sendable {
    var name: String
    var pixels: [Int8]

    /// The same for the float network: colours 0…255.
    func tensor(_ shape: InputShape) -> FloatTensor {
        FloatTensor(
            shape: [shape.frames, shape.height, shape.width, 3], values: pixels.map { Float($0) + 128 })
    }
}
