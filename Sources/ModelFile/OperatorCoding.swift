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
        case .table, .softmax, .reshape: []
        }
    }

    /// `nil` for an unknown code or a wrong number of attributes.
    init?(code: UInt32, attributes words: [Int32]) {
        switch (code, words.count) {
        case (1, 8): self = .convolution(Window(words), Clamp(words[6], words[7]))
        case (2, 8): self = .depthwise(Window(words), Clamp(words[6], words[7]))
        case (3, 2): self = .dense(Clamp(words[0], words[1]))
        case (4, 6):
            self = .add(
                mx: words[0], my: words[1], multiplier: words[2], shift: words[3], Clamp(words[4], words[5]))
        case (5, 5): self = .multiply(Rescale(words, 0), Clamp(words[3], words[4]))
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

    fileprivate init(_ low: Int32, _ high: Int32) { self.init(low: low, high: high) }
}

extension Window {
    fileprivate var words: [Int32] { [strideY, strideX, padTop, padLeft, padBottom, padRight] }

    fileprivate init(_ words: [Int32]) {
        self.init(
            strideY: words[0], strideX: words[1], padTop: words[2], padLeft: words[3], padBottom: words[4],
            padRight: words[5])
    }
}
