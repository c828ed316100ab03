/// A pool with people in it, seen from above at an angle: a deterministic renderer of pictures and of their truth.
///
/// Any frame can be rendered at any time, in any order; the same options and frame give the same bytes everywhere.
/// After `init`, rendering allocates no memory that grows with the picture.
public final class PoolScene {
    /// The options in use: those given, every number moved into its range.
    public let options: SceneOptions

    private let view: Viewpoint
    private let look: SceneLook
    private let table: WaveTable
    private let backdrop: PoolBackdrop
    private let water: WaterSurface
    private let ropes: LaneRopes
    private let layer: SwimmerLayer
    private let rasteriser: Rasteriser
    private let shadow: Shadow
    private let sensor: Sensor
    private let swimmers: [Swimmer]
    /// The picture that the water's surface is laid over.
    private let under: Plane<Pixel>
    private var splashes = Splashes()
    private var areas: [PixelArea]

    public init(_ given: SceneOptions) {
        let options = given.clamped
        self.options = options
        look = SceneLook(options: options)
        view = Viewpoint(
            elevation: look.elevation, yaw: look.yaw, span: look.span, fieldOfView: look.fieldOfView,
            width: options.width, height: options.height)
        var random = Random(seed: options.seed, 2, options.domain.rawValue)
        let plan = PoolPlan(view, look: look, &random)
        table = WaveTable(&random)
        backdrop = PoolBackdrop(view: view, look: look, plan: plan)
        water = WaterSurface(table: table, backdrop: backdrop, view: view, look: look, &random)
        ropes = LaneRopes(view: view, look: look, plan: plan)
        layer = SwimmerLayer(width: options.width, height: options.height)
        rasteriser = Rasteriser(layer: layer, view: view, look: look)
        shadow = Shadow(view: view, look: look)
        sensor = Sensor(options: options)
        under = Plane(count: backdrop.pixels.count, repeating: 0)
        swimmers = PoolScene.cast(options, Course.assign(options.swimmers, in: view, plan))
        areas = [PixelArea](repeating: .empty, count: options.swimmers)
    }

    private static func cast(_ options: SceneOptions, _ courses: [Course]) -> [Swimmer] {
        var random = Random(seed: options.seed, 8)
        let order = random.permutation(Person.knownCount)
        let actions = random.permutation(Action.allCases.count)
        let pairs = (0..<options.swimmers).map { track in
            var identity = track < Person.knownCount ? order[track] : -1
            if options.population != nil { identity = Person.knownCount + track }
            if let pinned = options.identities, track < pinned.count { identity = pinned[track] }
            var action = Action.allCases[actions[track % actions.count]]
            if let pinned = options.actions, track < pinned.count { action = pinned[track] }
            let person = Person.cast(identity, population: options.population, &random)
            return (track: track, person: options.dye.map(person.dyed) ?? person, action: action)
        }
        // The longest courses for those who travel.
        let casting = pairs.filter { $0.action.travels } + pairs.filter { !$0.action.travels }
        let ways = courses.sorted { $0.length > $1.length }
        return zip(casting, ways)
            .map { Swimmer(track: $0.track, person: $0.person, action: $0.action, course: $1, options: options) }
            .sorted { $0.track < $1.track }
    }

    /// Renders a frame, at `frame / framesPerSecond` seconds, into `image`, which is replaced when its size is another.
    /// - Returns: the truth about every swimmer of whom anything can be seen, in track order
    public func render(frame: Int, into image: inout RGBImage) -> [SwimmerTruth] {
        if image.width != options.width || image.height != options.height {
            image = RGBImage(width: options.width, height: options.height)
        }
        // About a thousand years at 30 Hz, either way.
        let frame = min(max(frame, -(1 << 40)), 1 << 40)
        let time = Double(frame) / Double(options.framesPerSecond)
        var truth: [SwimmerTruth] = []
        truth.reserveCapacity(swimmers.count)
        image.pixels.withUnsafeMutableBufferPointer { pixels in
            guard let out = pixels.baseAddress else { return }
            draw(out, frame, time)
            for swimmer in swimmers {
                guard let box = visibleBox(swimmer) else { continue }
                truth.append(SwimmerTruth(
                    track: swimmer.track, box: box, action: swimmer.action(at: time),
                    identity: swimmer.person.identity))
            }
            for area in areas { layer.clear(area) }
        }
        return truth
    }

    private func draw(_ out: UnsafeMutablePointer<UInt8>, _ frame: Int, _ time: Double) {
        under.base.update(from: backdrop.pixels.base, count: under.count)
        splashes.clear()
        for (index, swimmer) in swimmers.enumerated() {
            let pose = swimmer.pose(at: time)
            areas[index] = rasteriser.draw(Body(person: swimmer.person), pose, owner: Int8(swimmer.track))
            shadow.cast(pose, on: backdrop, under.base)
            splashes.collect(swimmer, at: time, seed: options.seed, strength: look.splash)
        }
        for index in swimmers.indices { sink(areas[index], owner: Int8(swimmers[index].track)) }
        water.render(under.base, into: out, time: time)
        let canvas = Canvas(out, view)
        let painter = SplashPainter(canvas: canvas, view: view, table: table, look: look)
        for ring in splashes.rings { painter.paint(ring) }
        ropes.draw(into: out, water: water, time: time)
        for patch in splashes.foam { painter.paint(patch) }
        for index in swimmers.indices { surface(areas[index], owner: Int8(swimmers[index].track), canvas) }
        for drop in splashes.drops { painter.paint(drop) }
        sensor.expose(out, frame: frame, time: time)
    }

    /// Puts a swimmer into the picture below the surface; all of it, so that the waves find no holes at the waterline.
    private func sink(_ area: PixelArea, owner: Int8) {
        for y in area.y0..<max(area.y1, area.y0) {
            let line = under.base + (y + PoolBackdrop.margin) * backdrop.stride + PoolBackdrop.margin
            for x in area.x0..<max(area.x1, area.x0) {
                let index = y * layer.width + x
                if layer.owner.base[index] != owner { continue }
                let depth = max(-layer.height.base[index], 0)
                let pixel = layer.colour.base[index]
                // The nearer to the surface, the less the ripples displace it.
                let reach = UInt32(min(40 + Int(depth * 130), 255))
                line[x] = line[x].mixed(with: pixel, pixel.alpha &+ 1, alpha: reach)
            }
        }
    }

    /// Puts what of a swimmer is above the water into the finished frame.
    private func surface(_ area: PixelArea, owner: Int8, _ canvas: Canvas) {
        for y in area.y0..<max(area.y1, area.y0) {
            for x in area.x0..<max(area.x1, area.x0) {
                let index = y * layer.width + x
                if layer.owner.base[index] != owner || layer.height.base[index] < 0 { continue }
                let pixel = layer.colour.base[index]
                canvas.blend(x, y, pixel.red, pixel.green, pixel.blue, pixel.alpha &+ 1)
            }
        }
    }

    private func visibleBox(_ swimmer: Swimmer) -> Box? {
        let area = areas[swimmer.track], owner = Int8(swimmer.track), lowest = -rasteriser.visibleDepth
        var seen = PixelArea.empty
        for y in area.y0..<max(area.y1, area.y0) {
            for x in area.x0..<max(area.x1, area.x0) {
                let index = y * layer.width + x
                if layer.owner.base[index] != owner || layer.height.base[index] < lowest { continue }
                if layer.colour.base[index].alpha < 128 { continue }
                seen = PixelArea(
                    x0: min(seen.x0, x), y0: min(seen.y0, y), x1: max(seen.x1, x + 1), y1: max(seen.y1, y + 1))
            }
        }
        if seen.isEmpty { return nil }
        let width = Float(options.width), height = Float(options.height)
        return Box(
            x0: Float(seen.x0) / width, y0: Float(seen.y0) / height,
            x1: Float(seen.x1) / width, y1: Float(seen.y1) / height)
    }
}
