import FloatGraph

extension Graph {
    /// The network for colour pictures: one that takes grey ones gets the brightness of what the camera sees
    /// (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B). Others stay as they are.
    public func takingColour(_ colour: Recipe.Colour) throws(GraphError) -> Graph {
        let grey = shape(input)
        guard grey.count == 4, grey[3] == 1 else { return self }
        var graph = self
        let name = values[input].name
        let rgb: [Float] = [0.299, 0.587, 0.114]
        let weights = graph.addConstant(
            name + ".brightness", FloatTensor(shape: [1, 1, 1, 3], values: colour == .rgb ? rgb : rgb.reversed()))
        graph.input = graph.addValue(name, shape: grey.dropLast() + [3])
        graph.values[input].name = name + ":grey"
        graph.nodes.insert(
            Node(
                name: name + ":grey", kind: .convolution(ConvolutionWindow()), inputs: [graph.input, weights],
                output: input),
            at: 0)
        try graph.validated()
        return graph
    }
}
