import PoolScene
import Testing

@Suite struct BoxTests {
    @Test func aCropIsASquareOfOneAndAQuarterLongerSides() {
        let crop = Box(x0: 0.4, y0: 0.45, x1: 0.6, y1: 0.55).squareCrop(frameWidth: 640, height: 480)
        let width = (crop.x1 - crop.x0) * 640, height = (crop.y1 - crop.y0) * 480
        #expect(abs(width - 1.25 * 128) < 0.01)
        #expect(abs(height - width) < 0.01)
        #expect(abs((crop.x0 + crop.x1) / 2 - 0.5) < 1e-5)
        #expect(abs((crop.y0 + crop.y1) / 2 - 0.5) < 1e-5)
    }

    @Test(arguments: [(Float(0), Float(0)), (0.9, 0.85), (0, 0.85), (0.9, 0.2)])
    func aCropAtTheBorderIsShiftedInside(_ x: Float, _ y: Float) {
        let crop = Box(x0: x, y0: y, x1: x + 0.1, y1: y + 0.15).squareCrop(frameWidth: 640, height: 480)
        #expect(crop.x0 >= 0 && crop.y0 >= 0 && crop.x1 <= 1.00001 && crop.y1 <= 1.00001)
        #expect(abs((crop.x1 - crop.x0) * 640 - (crop.y1 - crop.y0) * 480) < 0.01)
        #expect(crop.x0 <= x && crop.x1 >= x + 0.1 - 1e-5 && crop.y0 <= y && crop.y1 >= y + 0.15 - 1e-5)
    }

    @Test func aCropLargerThanTheFrameIsCentredOnIt() {
        let crop = Box(x0: 0.1, y0: 0, x1: 0.3, y1: 1).squareCrop(frameWidth: 640, height: 480)
        #expect(abs(crop.y0 + crop.y1 - 1) < 1e-5)
        #expect(abs((crop.y1 - crop.y0) - 1.25) < 1e-5)
        #expect(crop.x0 == 0)
    }
}
