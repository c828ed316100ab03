import ArgumentParser
import Recognition

/// How samples are taken from a camera or a video.
struct CaptureArguments: ParsableArguments {
    @Option(help: "The part of a camera's or video's pictures to look at, x0,y0,x1,y1 in 0…1; may be repeated.")
    var region: [String] = []
    @Option(help: "Seconds between single pictures from a camera.") var every: Double = 0.5

    func validate() throws {
        if !(every >= 0 && every <= 3600) { throw ValidationError("--every must be 0 to 3600 seconds") }
        do throws(RegionError) { _ = try RegionSource(parsing: region) } catch {
            throw ValidationError(error.description)
        }
    }

    /// - Parameter limit: how many samples are taken.
    func options(limit: Int) throws -> CaptureOptions {
        CaptureOptions(limit: limit, interval: every, regions: try RegionSource(parsing: region))
    }
}
