import FloatGraph

extension KerasImporter {
    /// To a shape without the batch axis; −1 is what is left.
    mutating func reshape(_ x: KerasTensor, target: [Int]?) throws(ImportFailure) -> KerasTensor {
        guard let target, target.allSatisfy({ $0 == -1 || (1...Graph.extentLimit).contains($0) }) else {
            throw .invalid("has no usable target shape")
        }
        return try reshape(x, to: [x.shape[0]] + target)
    }

    /// To a whole shape.
    mutating func reshape(_ x: KerasTensor, to shape: [Int]) throws(ImportFailure) -> KerasTensor {
        let total = x.shape.reduce(1, *)
        var shape = shape
        let open = shape.indices.filter { shape[$0] == -1 }
        let known: Int
        do { known = try Graph.elementCount(shape.filter { $0 != -1 }) } catch { throw .invalid(error.description) }
        if open.count == 1, total % known == 0 { shape[open[0]] = total / known }
        guard open.count <= 1, shape.reduce(1, *) == total else { throw .invalid("\(x.shape) cannot be seen as \(shape)") }
        return tensor(x.value, shape)
    }

    mutating func permute(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let dims = layer.config["dims"].integers else { throw .invalid("has no dims") }
        return try transpose(x, [0] + dims)
    }

    /// `[1, C]` → `[1, n, C]`
    mutating func repeatVector(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let count = layer.config["n"].integer, (1...4096).contains(count), x.rank == 2 else {
            throw .invalid("repeats a value of shape \(x.shape)")
        }
        let one = tensor(x.value, [x.shape[0], 1, x.shape[1]])
        return count == 1 ? one : try concatenate(Array(repeating: one, count: count), axis: 1)
    }

    /// Two numbers, before and after, for each of the axes; one or two numbers stand for all.
    private func margins(_ json: JSONValue, axes: Int) throws(ImportFailure) -> [[Int]] {
        var margins: [[Int]] = []
        if let all = json.integer {
            margins = Array(repeating: [all, all], count: axes)
        } else if let list = json.integers, axes == 1, list.count == 2 {
            margins = [list]
        } else if let list = json.integers, list.count == axes {
            margins = list.map { [$0, $0] }
        } else if let list = json.array {
            margins = list.compactMap(\.integers)
        }
        guard margins.count == axes, margins.allSatisfy({ $0.count == 2 && $0.allSatisfy((0...1 << 16).contains) })
        else { throw .invalid("has no usable margins") }
        return margins
    }

    mutating func zeroPadding(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        var margins = try margins(layer.config["padding"], axes: picture.is1D ? 1 : 2)
        if picture.is1D { margins.append([0, 0]) }
        let output = try emit(
            .pad(before: [0] + margins.map { $0[0] } + [0], after: [0] + margins.map { $0[1] } + [0], .constant(0)),
            [value(x, as: picture.shape)])
        return tensor(output, picture.keras(graph.shape(output)))
    }

    mutating func cropping(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        var margins = try margins(layer.config["cropping"], axes: picture.is1D ? 1 : 2)
        if picture.is1D { margins.append([0, 0]) }
        return try crop(
            x, picture, top: margins[0][0], left: margins[1][0],
            height: picture.shape[1] - margins[0].reduce(0, +), width: picture.shape[2] - margins[1].reduce(0, +))
    }

    private mutating func crop(
        _ x: KerasTensor, _ picture: Picture, top: Int, left: Int, height: Int, width: Int
    ) throws(ImportFailure) -> KerasTensor {
        guard height > 0, width > 0 else { throw .invalid("crops everything away") }
        let output = try emit(
            .slice(
                starts: [0, top, left, 0], extents: [picture.shape[0], height, width, picture.channels],
                steps: [1, 1, 1, 1]), [value(x, as: picture.shape)])
        return tensor(output, picture.keras(graph.shape(output)))
    }

    mutating func centerCrop(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: false)
        guard let height = layer.config["height"].integer, let width = layer.config["width"].integer else {
            throw .invalid("has no height or width")
        }
        let (top, left) = (picture.shape[1] - height, picture.shape[2] - width)
        try require(top >= 0 && left >= 0, "enlarges the picture; supported is cropping")
        return try crop(x, picture, top: top / 2, left: left / 2, height: height, width: width)
    }

    mutating func upSampling(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        let picture = try Picture(x, is1D: layer.type.hasSuffix("1D"))
        let size = try pair(layer.config["size"], "size", is1D: picture.is1D)
        return try resize(
            x, picture, layer.config["interpolation"].string ?? "nearest", height: picture.shape[1] * size[0],
            width: picture.shape[2] * size[1])
    }

    mutating func resizing(_ layer: KerasLayer, _ x: KerasTensor) throws(ImportFailure) -> KerasTensor {
        guard let height = layer.config["height"].integer, let width = layer.config["width"].integer else {
            throw .invalid("has no height or width")
        }
        let crops = layer.config["crop_to_aspect_ratio"].bool ?? false
        let pads = layer.config["pad_to_aspect_ratio"].bool ?? false
        try require(!crops && !pads, "keeps the aspect ratio; supported is plain resizing")
        return try resize(
            x, Picture(x, is1D: false), layer.config["interpolation"].string ?? "bilinear", height: height,
            width: width)
    }

    /// TensorFlow's rule: the centres of pixels are halfway between whole coordinates.
    private mutating func resize(
        _ x: KerasTensor, _ picture: Picture, _ interpolation: String, height: Int, width: Int
    ) throws(ImportFailure) -> KerasTensor {
        let function: ResizeFunction
        switch interpolation {
        case "nearest": function = .nearest(.halfUp, .halfPixel)
        case "bilinear": function = .linear(.halfPixel)
        default: throw .unsupported("interpolates \(interpolation); supported are nearest and bilinear")
        }
        let output = try emit(
            .resize(function, height: height, width: width), [value(x, as: picture.shape)])
        return tensor(output, picture.keras(graph.shape(output)))
    }
}
