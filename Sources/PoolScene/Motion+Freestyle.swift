extension Motion {
    /// Alternating arms with a high elbow over the water, a body that rolls with them, a flutter kick,
    /// a breath to one side in every cycle or every second.
    func freestyle(_ cycles: Double) -> Posture {
        let phase = fraction(cycles)
        var posture = Posture()
        posture.roll = 0.085 * sine(turns: phase + 0.12) * (0.8 + 0.4 * vigour)
        posture.pitch = 0.012
        posture.height = -0.03 + 0.012 * sine(turns: phase * 2)
        posture.sway = 0.015 * sine(turns: phase)

        let breathes = style & 1 == 0 || fraction(cycles * 0.5) < 0.5
        let side: Float = style & 2 == 0 ? 1 : -1
        let breath = breathes ? smoothstep(0.48, 0.6, fraction(cycles + (side > 0 ? 0 : 0.5)))
            * (1 - smoothstep(0.72, 0.85, fraction(cycles + (side > 0 ? 0 : 0.5)))) : 0
        posture.turn = side * 0.2 * breath
        posture.nod = 0.07

        posture.rightHand = Motion.freestyleHand(phase)
        posture.leftHand = Motion.freestyleHand(fraction(cycles + 0.5))
        posture.elbows = Vector3(0.75, 0.1, 0.75)

        // Six beats a cycle, or two long ones.
        let beats = style % 3 == 2 ? 2.0 : 3.0
        let kick = sine(turns: fraction(cycles * beats)) * (beats == 2 ? 0.16 : 0.13)
        posture.rightFoot = Vector3(0.04, -0.97, kick - 0.02)
        posture.leftFoot = Vector3(0.04, -0.97, -kick - 0.02)
        posture.knees = Vector3(0.1, 0, -1)
        return posture
    }

    /// Entry, catch, pull under the body, exit at the hip, recovery through the air.
    private static func freestyleHand(_ phase: Float) -> Vector3 {
        keyframes(phase, [
            (0.00, Vector3(0.02, 0.97, -0.04)),
            (0.14, Vector3(0.05, 0.93, -0.20)),
            (0.28, Vector3(0.10, 0.45, -0.62)),
            (0.40, Vector3(-0.05, -0.15, -0.72)),
            (0.52, Vector3(0.12, -0.78, -0.25)),
            (0.60, Vector3(0.22, -0.72, 0.22)),
            (0.74, Vector3(0.45, -0.05, 0.42)),
            (0.88, Vector3(0.25, 0.62, 0.30)),
        ])
    }
}
