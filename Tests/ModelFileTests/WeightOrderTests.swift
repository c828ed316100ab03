import ModelSamples
import Testing

@testable import ModelFile

@Suite struct WeightOrderTests {
    @Test(arguments: [1, 7, 63, 1_025])
    func sumsOfMagnitudes(products: Int) {
        var random = SampleGenerator(seed: UInt64(products))
        let channels = 3
        for channelsInnermost in [false, true] {
            let order = WeightOrder(channels: channels, products: products, channelsInnermost: channelsInnermost)
            var weights = random.bytes(channels * products).map { $0 == -128 ? -127 : $0 }
            for channel in 0..<channels {
                let own = (0..<products).map { $0 + channel * products }.map {
                    channelsInnermost ? $0 % products * channels + channel : $0
                }
                // The largest sum there is, then whatever.
                if channel == 0 { for place in own { weights[place] = place % 2 == 0 ? -127 : 127 } }
                let sum = own.reduce(0) { $0 + Int(weights[$1].magnitude) }
                #expect(order.absoluteSum(of: weights, channel: channel) == sum)
            }
        }
    }
}
