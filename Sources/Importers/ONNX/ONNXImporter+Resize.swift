import FloatGraph

extension ONNXImporter {
    /// Resize and Upsample of height and width.
    mutating func resize(_ node: ONNXNode) throws(ImportFailure) {
        let view = try activation(node, 0)
        let shape = view.shape(graph)
        let (target, exact) = try resizedShape(node, shape)
        if target == shape { return define(node, view) }
        if node.string("mode") == "cubic" {
            try require(
                view.rank == 4 && Array(target[..<2]) == Array(shape[..<2]) && exact,
                "resizes \(shape) to \(target) by cubic, supported are height and width of [N, C, H, W]")
            let cubic = CubicWeights(
                coordinates: try coordinates(node), a: Double(node.float("cubic_coeff_a", default: -0.75)),
                excludesOutside: node.integer("exclude_outside", default: 0) != 0)
            return try resizeCubic(node, shape, target, cubic)
        }
        let function = try resizeFunction(node)
        let isChannelLast = view.rank == 4 && target[0] == shape[0] && target[3] == shape[3] && target[1] != shape[1]
        let channel = isChannelLast ? 3 : 1
        try require(
            (3...4).contains(view.rank) && target[0] == shape[0] && target[channel] == shape[channel],
            "resizes \(shape) to \(target), supported are height and width")
        try require(exact, "scales \(shape) by factors that give no whole extents; export with sizes")
        let spatial = isChannelLast ? view.permuted([0, 3, 1, 2]) : view
        let extents = view.rank == 3 ? [1, target[2]] : isChannelLast ? [target[1], target[2]] : [target[2], target[3]]
        let id = try emit(.resize(function, height: extents[0], width: extents[1]), [try picture(spatial)], node)
        isChannelLast ? define(node, id, order: [0, 1, 2, 3]) : definePicture(node, id, rank: view.rank)
    }

    /// - Returns: also whether the extents' ratios are the scales that the file gives.
    private mutating func resizedShape(
        _ node: ONNXNode, _ shape: [Int]
    ) throws(ImportFailure) -> (shape: [Int], exact: Bool) {
        let policy = node.string("keep_aspect_ratio_policy") ?? "stretch"
        try require(policy == "stretch", "keeps the aspect ratio (\(policy)), supported is stretch")
        let resized = try axes(node, input: .max, rank: shape.count) ?? Array(shape.indices)
        // Upsample and Resize before operator set 11 have (x, scales); later ones (x, roi, scales, sizes).
        let isOld = node.op == "Upsample" || opset < 11
        if !isOld, let sizes = try integers(node, 3), !sizes.isEmpty {
            guard sizes.count == resized.count, sizes.allSatisfy((1...Graph.extentLimit).contains) else {
                throw .invalid("has sizes \(sizes)")
            }
            var target = shape
            for (axis, size) in zip(resized, sizes) { target[axis] = size }
            return (target, true)
        }
        let given = try constant(node, isOld ? 1 : 2)
        let scales = node.floats("scales") ?? given?.floats ?? []
        guard scales.count == resized.count, scales.allSatisfy({ $0 > 0 && $0 < 65_536 }) else {
            throw .invalid("has scales \(scales) for \(resized.count) axes")
        }
        var target = shape, exact = true
        for (axis, scale) in zip(resized, scales) {
            let extent = Double(shape[axis]) * Double(scale)
            target[axis] = max(1, Int((extent + 1e-4).rounded(.down)))
            if abs(extent - Double(target[axis])) > 1e-3 { exact = false }
        }
        return (target, exact)
    }

    private func resizeFunction(_ node: ONNXNode) throws(ImportFailure) -> ResizeFunction {
        let mode = node.string("mode") ?? "nearest"
        try require(node.integer("antialias", default: 0) == 0, "filters against aliasing; supported is without")
        let isOld = node.op == "Upsample" || opset < 11
        let coordinates = try coordinates(node)
        let isTensorFlow = node.string("coordinate_transformation_mode") == "tf_half_pixel_for_nn"
        switch mode {
        case "linear", "bilinear": return .linear(coordinates)
        case "nearest":
            let roundings: [String: ResizeRounding] = [
                "round_prefer_floor": .halfDown, "round_prefer_ceil": .halfUp, "floor": .floor, "ceil": .ceiling,
            ]
            let name = node.string("nearest_mode") ?? (isOld ? "floor" : "round_prefer_floor")
            guard let given = roundings[name] else { throw .invalid("rounds by \(name)") }
            return .nearest(isTensorFlow ? .halfUp : given, coordinates)
        default: throw .unsupported("interpolates by \(mode), supported are nearest, linear and cubic")
        }
    }

    private func coordinates(_ node: ONNXNode) throws(ImportFailure) -> ResizeCoordinates {
        let isOld = node.op == "Upsample" || opset < 11
        let convention = isOld ? "asymmetric" : node.string("coordinate_transformation_mode") ?? "half_pixel"
        switch convention {
        case "half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "tf_half_pixel_for_nn": return .halfPixel
        case "asymmetric": return .asymmetric
        case "align_corners": return .alignCorners
        default: throw .unsupported("maps coordinates by \(convention)")
        }
    }
}
