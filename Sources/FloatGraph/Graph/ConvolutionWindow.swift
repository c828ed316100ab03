/// Strides, zero-padding and dilation of a convolution or pool.
public struct ConvolutionWindow: Equatable, Sendable {
    public var strideY = 1, strideX = 1
    public var padTop = 0, padLeft = 0, padBottom = 0, padRight = 0
    /// The distance between neighbouring taps of the kernel.
    public var dilationY = 1, dilationX = 1

    public init(
        strideY: Int = 1, strideX: Int = 1, padTop: Int = 0, padLeft: Int = 0, padBottom: Int = 0, padRight: Int = 0,
        dilationY: Int = 1, dilationX: Int = 1
    ) {
        self.strideY = strideY
        self.strideX = strideX
        self.padTop = padTop
        self.padLeft = padLeft
        self.padBottom = padBottom
        self.padRight = padRight
        self.dilationY = dilationY
        self.dilationX = dilationX
    }

    public var isPadded: Bool { padTop + padLeft + padBottom + padRight > 0 }
    public var isDilated: Bool { dilationY > 1 || dilationX > 1 }
}

extension ConvolutionWindow {
    /// ⌊(extent + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 for height and width.
    func outputExtents(_ h: Int, _ w: Int, _ kh: Int, _ kw: Int) throws(GraphError) -> [Int] {
        try validate(kh, kw)
        let y = h + padTop + padBottom - dilationY * (kh - 1) - 1
        let x = w + padLeft + padRight - dilationX * (kw - 1) - 1
        guard y >= 0, x >= 0 else {
            throw .shapes(reason: "the kernel [\(kh), \(kw)] is larger than the padded input [\(h), \(w)]")
        }
        return [y / strideY + 1, x / strideX + 1]
    }

    /// (extent − 1)·stride + dilation·(kernel − 1) + 1 − padding + outputPad: the inverse of `outputExtents`.
    func transposedExtents(
        _ h: Int, _ w: Int, _ kh: Int, _ kw: Int, _ outputPad: (y: Int, x: Int)
    ) throws(GraphError) -> [Int] {
        try validate(kh, kw)
        guard (0...Graph.extentLimit).contains(outputPad.y), (0...Graph.extentLimit).contains(outputPad.x) else {
            throw .shapes(reason: "the output padding [\(outputPad.y), \(outputPad.x)] is not 0…\(Graph.extentLimit)")
        }
        return [
            (h - 1) * strideY + dilationY * (kh - 1) + 1 - padTop - padBottom + outputPad.y,
            (w - 1) * strideX + dilationX * (kw - 1) + 1 - padLeft - padRight + outputPad.x,
        ]
    }

    private func validate(_ kh: Int, _ kw: Int) throws(GraphError) {
        let limit = Graph.extentLimit
        guard [padTop, padLeft, padBottom, padRight].allSatisfy((0...limit).contains),
            [strideY, strideX, dilationY, dilationX, kh, kw].allSatisfy((1...limit).contains)
        else {
            throw .shapes(
                reason: "a window needs kernel, strides and dilation ≥ 1 and padding ≥ 0, has [\(kh), \(kw)], \(self)")
        }
    }
}
