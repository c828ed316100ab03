/// Operators as a code and a list of attribute words: see FORMAT.md.
extension Operator {
    var code: UInt32 {
        switch self {
        case .convolution: 1
        case .depthwise: 2
        case .dense: 3
        case .add: 4
        case .multiply: 5
        case .concatenate: 6
        case .mean: 7
        case .maximum: 8
        case .rescale: 9
        case .table: 10
        case .prelu: 11
        case .softmax: 12
        case .lstm: 13
        case .attention: 14
        case .reshape: 15
        case .gather: 16
        case .maximumPool: 17
        case .interpolate: 18
        case .matmul: 19
        case .normalize: 20
        case .gru: 21
        }
    }

    var attributes: [Int32] {
        switch self {
        case .convolution(let window, let clamp), .depthwise(let window, let clamp): window.words + clamp.words
        case .dense(let clamp): clamp.words
        case .add(let mx, let my, let multiplier, let shift, let clamp): [mx, my, multiplier, shift] + clamp.words
        case .multiply(let rescale, let clamp): rescale.words + clamp.words
        case .concatenate(let rescales):
            rescales.reduce(into: []) { words, rescale in
                words += [rescale == nil ? 0 : 1] + (rescale?.words ?? [0, 0, 0])
            }
        case .mean(let outer, let count, let inner, let rescale): [outer, count, inner] + rescale.words
        case .maximum(let outer, let count, let inner): [outer, count, inner]
        case .rescale(let rescale), .prelu(let rescale): rescale.words
        case .lstm(let cellBits): [cellBits]
        case .attention(let scoreMultiplier, let scoreShift, let outputMultiplier, let outputShift):
            [scoreMultiplier, scoreShift, outputMultiplier, outputShift]
        case .gather(let fill): [fill]
        case .maximumPool(let window, let kernelY, let kernelX): window.words + [kernelY, kernelX]
        case .interpolate(let outer, let count, let inner, let multiplier, let shift):
            [outer, count, inner, multiplier, shift]
        case .matmul(let transposed, let multiplier, let shift, let clamp):
            [transposed ? 1 : 0, multiplier, shift] + clamp.words
        case .normalize(let centres, let epsilon, let multiplier, let shift):
            [
                centres ? 1 : 0, Int32(truncatingIfNeeded: epsilon), Int32(truncatingIfNeeded: epsilon >> 32),
                multiplier, shift,
            ]
        case .gru(let resetAfter): [resetAfter ? 1 : 0]
        case .table, .softmax, .reshape: []
        }
    }

    /// `nil` for an unknown code or a wrong number of attributes.
    init?(code: UInt32, attributes words: [Int32]) {
        switch (code, words.count) {
        case (1, 8), (1, 10): self = .convolution(Window(words, words.count - 2), Clamp(words.suffix(2)))
        case (2, 8), (2, 10): self = .depthwise(Window(words, words.count - 2), Clamp(words.suffix(2)))
        case (3, 2): self = .dense(Clamp(words[...]))
        case (4, 6):
            self = .add(
                mx: words[0], my: words[1], multiplier: words[2], shift: words[3], Clamp(words[4...]))
        case (5, 5): self = .multiply(Rescale(words, 0), Clamp(words[3...]))
        case (6, _):
            guard words.count % 4 == 0 else { return nil }
            var rescales: [Rescale?] = []
            for first in stride(from: 0, to: words.count, by: 4) {
                guard words[first] == 0 || words[first] == 1 else { return nil }
                rescales.append(words[first] == 0 ? nil : Rescale(words, first + 1))
            }
            self = .concatenate(rescales)
        case (7, 6): self = .mean(outer: words[0], count: words[1], inner: words[2], Rescale(words, 3))
        case (8, 3): self = .maximum(outer: words[0], count: words[1], inner: words[2])
        case (9, 3): self = .rescale(Rescale(words, 0))
        case (10, 0): self = .table
        case (11, 3): self = .prelu(Rescale(words, 0))
        case (12, 0): self = .softmax
        case (13, 1): self = .lstm(cellBits: words[0])
        case (14, 4):
            self = .attention(
                scoreMultiplier: words[0], scoreShift: words[1], outputMultiplier: words[2], outputShift: words[3])
        case (15, 0): self = .reshape
        case (16, 1): self = .gather(fill: words[0])
        case (17, 8), (17, 10):
            let kernel = words.suffix(2)
            self = .maximumPool(Window(words, words.count - 2), kernelY: kernel.first!, kernelX: kernel.last!)
        case (18, 5):
            self = .interpolate(
                outer: words[0], count: words[1], inner: words[2], multiplier: words[3], shift: words[4])
        case (19, 5):
            guard let transposed = Bool(word: words[0]) else { return nil }
            self = .matmul(transposed: transposed, multiplier: words[1], shift: words[2], Clamp(words[3...]))
        case (20, 5):
            guard let centres = Bool(word: words[0]) else { return nil }
            let epsilon = Int64(words[2]) << 32 | Int64(UInt32(bitPattern: words[1]))
            self = .normalize(centres: centres, epsilon: epsilon, multiplier: words[3], shift: words[4])
        case (21, 1):
            guard let resetAfter = Bool(word: words[0]) else { return nil }
            self = .gru(resetAfter: resetAfter)
        default: return nil
        }
    }
}

extension Rescale {
    fileprivate var words: [Int32] { [left, multiplier, shift] }

    fileprivate init(_ words: [Int32], _ first: Int) {
        self.init(left: words[first], multiplier: words[first + 1], shift: words[first + 2])
    }
}

extension Clamp {
    fileprivate var words: [Int32] { [low, high] }

    fileprivate init(_ words: ArraySlice<Int32>) { self.init(low: words.first!, high: words.last!) }
}

extension Window {
    /// Six words, or eight when there is a dilation.
    fileprivate var words: [Int32] {
        [strideY, strideX, padTop, padLeft, padBottom, padRight]
            + (dilationY == 1 && dilationX == 1 ? [] : [dilationY, dilationX])
    }

    /// The first `count` words, six or eight.
    fileprivate init(_ words: [Int32], _ count: Int) {
        self.init(
            strideY: words[0], strideX: words[1], padTop: words[2], padLeft: words[3], padBottom: words[4],
            padRight: words[5], dilationY: count == 8 ? words[6] : 1, dilationX: count == 8 ? words[7] : 1)
    }
}

extension Bool {
    /// 0 or 1.
    fileprivate init?(word: Int32) {
        guard word == 0 || word == 1 else { return nil }
        self = word == 1
    }
}
