import Budget

/// The scenarios that the policy is tested and compared on.
extension Scenario {
    /// Two swimmers on a machine that does everything in about two thirds of its time.
    public static func standard(_ trace: CostTrace, _ name: String, _ summary: String, duration: Double) -> Scenario {
        pool(regions: 2, trace, name, summary, duration: duration)
    }

    public static func pool(
        regions: Int, _ trace: CostTrace, _ name: String, _ summary: String, duration: Double, hasLighter: Bool = true,
        p99: Int64 = 120
    ) -> Scenario {
        let promise = Promise(
            name: "swimmers", p99: p99 * 1_000_000, ageLimit: 3 * p99 * 1_000_000, rate: 10, priority: 2, clipStride: 2,
            hasLighter: hasLighter)
        return Scenario(
            name, summary, duration: duration,
            tasks: [SimulatedTask(promise, regions: regions, frame: 16, clip: 2.5)], trace: trace)
    }

    public static let nominal = standard(CostTrace(), "nominal", "the machine at rest", duration: 60)

    public static let overload = standard(
        CostTrace(steps: [(10, 6), (50, 1)]), "overload", "four times the work that the machine can do, 10…50 s",
        duration: 125)

    public static let throttled = standard(
        CostTrace(steps: [(20, 2), (40, 3), (60, 1)]), "throttled",
        "costs double at 20 s, triple at 40 s, cool at 60 s", duration: 135)

    public static let coreTaken = standard(
        CostTrace(steps: [(15, 1.8), (45, 1)]), "core", "another program takes a core, 15…45 s", duration: 120)

    public static let bursts: Scenario = {
        var trace = CostTrace()
        trace.secondsBetweenStalls = 4
        return standard(trace, "bursts", "the machine stands still for 200 ms, every 4 s on average", duration: 90)
    }()

    public static let heavyTailed: Scenario = {
        var trace = CostTrace()
        trace.scatter = .heavyTailed
        return standard(
            trace, "tails", "one cost in fifty is double the mean, one in 256 triple, one in 4,096 sixfold",
            duration: 90)
    }()

    public static func many(_ regions: Int) -> Scenario {
        pool(regions: regions, CostTrace(), "regions-\(regions)", "\(regions) swimmers at once", duration: 60)
    }

    public static let twoTasks: Scenario = {
        var scenario = standard(
            CostTrace(steps: [(20, 2), (50, 1)]), "tasks", "swimmers and faces, the machine at half speed 20…50 s",
            duration: 100)
        let faces = Promise(
            name: "faces", p99: 250_000_000, ageLimit: 700_000_000, rate: 4, priority: 1, hasLighter: false)
        scenario.tasks.append(SimulatedTask(faces, regions: 2, frame: 30, clip: 0))
        return scenario
    }()

    public static let trouble: Scenario = {
        var scenario = pool(
            regions: 6, CostTrace(), "trouble", "six swimmers, too many for the machine; one in trouble 20…50 s",
            duration: 90)
        scenario.troubles = [SimulatedTrouble(RegionID(task: 0, region: 3), from: 20, to: 50)]
        return scenario
    }()

    /// Nothing but turns helps: many regions, a slow machine, no lighter program.
    public static let crowd: Scenario = {
        var scenario = pool(
            regions: 12, CostTrace(steps: [(10, 3), (50, 1)]), "crowd",
            "twelve swimmers, a third of the speed 10…50 s, no lighter program; one in trouble 25…40 s", duration: 110,
            hasLighter: false)
        scenario.troubles = [SimulatedTrouble(RegionID(task: 0, region: 7), from: 25, to: 40)]
        return scenario
    }()

    /// A time in which no decision could be as young as the age limit, and one in which none could be in time.
    public static let hopeless = standard(
        CostTrace(steps: [(10, 40), (25, 15), (40, 1)]), "hopeless",
        "not one look fits: forty times the cost 10…25 s, fifteen times 25…40 s", duration: 120)

    /// Those in which a promise can be kept, in the order in which they are reported.
    public static let all: [Scenario] =
        [nominal, overload, throttled, coreTaken, bursts, heavyTailed, many(12), twoTasks, trouble, crowd]
}
