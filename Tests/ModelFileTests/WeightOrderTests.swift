import ModelSamples
import Testing

@testable import ModelFile

@Suite struct WeightOrderTests {
    /// Of lengths on both sides of what is summed at a time.
    @Test(arguments: [1, 7, 8, 9, 63, 1_023, 1_024, 1_025, 1_031, 2_600])
    func sumsOfMagnitudes(products: Int) {
        var random = SampleGenerator(seed: UInt64(products))
        let channels = 3
        for lowest in [nil, 0, products / 2, products - 1] {
            for channelsInnermost in [false, true] {
                let order = WeightOrder(channels: channels, products: products, channelsInnermost: channelsInnermost)
                func place(_ product: Int, _ channel: Int) -> Int {
                    channelsInnermost ? product * channels + channel : channel * products + product
                }
                var weights = random.bytes(channels * products).map { $0 == -128 ? -127 : $0 }
                // The largest sum there is, then whatever.
                for product in 0..<products { weights[place(product, 0)] = product % 2 == 0 ? -127 : 127 }
                if let lowest { weights[place(lowest, 1)] = -128 }
                for channel in 0..<channels {
                    let own = (0..<products).map { weights[place($0, channel)] }
                    let found = order.absoluteSum(of: weights, channel: channel)
                    #expect(found.sum == own.reduce(0) { $0 + Int($1.magnitude) })
                    #expect(found.hasLowest == own.contains(-128))
                }
            }
        }
    }
}
