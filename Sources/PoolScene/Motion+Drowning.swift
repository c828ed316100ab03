extension Motion {
    /// The instinctive drowning response (Pia 1974): upright, no supporting kick, the mouth sinking and rising about
    /// the surface, arms pressing down on the water from the sides; or, before it, waving and climbing.
    func drowning(_ cycles: Double) -> Posture {
        let phase = fraction(cycles)
        let slow = fraction(cycles * 0.37), slower = fraction(cycles * 0.23)
        var posture = Posture()
        posture.pitch = 0.235 + 0.03 * sine(turns: slow) + 0.015 * sine(turns: phase)
        posture.roll = 0.03 * sine(turns: slower + 0.3)
        posture.yaw = facing + 0.06 * sine(turns: slower)
        // Sinks quickly, comes up by a push of the arms.
        posture.height = -0.76 + 0.09 * sine(turns: slow) + 0.05 * sine(turns: phase + 0.25)
        posture.sway = 0.06 * sine(turns: slow + 0.4)
        posture.surge = 0.06 * sine(turns: slower + 0.1)
        posture.nod = 0.08 + 0.05 * sine(turns: slow + 0.2)
        posture.turn = 0.05 * sine(turns: slower + 0.7)

        switch style % 4 {
        case 0, 1: press(&posture, phase)
        case 2: wave(&posture, phase)
        default: climb(&posture, phase, cycles)
        }
        let dangle = 0.06 * sine(turns: slow)
        posture.rightFoot = Vector3(0.08, -0.94, -0.08 + dangle)
        posture.leftFoot = Vector3(0.08, -0.93, -0.05 - dangle)
        return posture
    }

    private func press(_ posture: inout Posture, _ phase: Float) {
        let lift = 0.5 + 0.5 * sine(turns: phase)
        let lag = 0.5 + 0.5 * sine(turns: phase - 0.08)
        posture.rightHand = Vector3(0.84, -0.15 + 0.68 * lift, -0.16)
        posture.leftHand = Vector3(0.84, -0.15 + 0.68 * lag, -0.16)
        posture.elbows = Vector3(0.3, -0.6, 0.5)
    }

    private func wave(_ posture: inout Posture, _ phase: Float) {
        let swing = sine(turns: phase)
        let other = sine(turns: phase + 0.42)
        posture.rightHand = Vector3(0.36 + 0.32 * swing, 0.84 - 0.12 * swing, -0.18)
        posture.leftHand = vigour > 0.5
            ? Vector3(0.36 + 0.32 * other, 0.84 - 0.12 * other, -0.18)
            : Vector3(0.72, 0.12 + 0.32 * other, -0.3)
        posture.elbows = Vector3(0.8, -0.3, 0.1)
    }

    private func climb(_ posture: inout Posture, _ phase: Float, _ cycles: Double) {
        func rung(_ phase: Float) -> Vector3 {
            keyframes(phase, [
                (0.0, Vector3(0.12, 0.86, -0.42)),
                (0.3, Vector3(0.18, 0.20, -0.88)),
                (0.55, Vector3(0.20, -0.25, -0.60)),
                (0.8, Vector3(0.24, 0.45, -0.48)),
            ])
        }
        posture.rightHand = rung(phase)
        posture.leftHand = rung(fraction(cycles + 0.5))
        posture.elbows = Vector3(0.7, -0.4, 0)
    }
}
