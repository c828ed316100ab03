extension Motion {
    /// Calm, the face well clear of the water: treading, standing, floating on the back, or walking a little.
    func safe(_ cycles: Double) -> Posture {
        let phase = fraction(cycles)
        let slow = fraction(cycles * 0.31)
        var posture = Posture()
        posture.yaw = facing + 0.02 * sine(turns: slow)
        posture.sway = 0.03 * sine(turns: slow)
        switch style % 4 {
        case 0, 1: tread(&posture, phase, slow, cycles)
        case 2: stand(&posture, phase, slow)
        default: float(&posture, phase, slow)
        }
        return posture
    }

    /// Sculling hands under the surface, an egg-beater kick.
    private func tread(_ posture: inout Posture, _ phase: Float, _ slow: Float, _ cycles: Double) {
        posture.pitch = 0.225 + 0.01 * sine(turns: slow)
        posture.height = -0.52 + 0.025 * sine(turns: phase)
        posture.turn = 0.06 * sine(turns: slow)
        posture.nod = 0.015
        let scull = sine(turns: phase)
        posture.rightHand = Vector3(0.55 + 0.2 * scull, -0.24 + 0.05 * sine(turns: phase * 2), -0.50 + 0.1 * scull)
        posture.leftHand = Vector3(0.55 + 0.2 * scull, -0.24 + 0.05 * sine(turns: phase * 2), -0.50 + 0.1 * scull)
        posture.elbows = Vector3(0.5, -0.7, 0.5)
        let beat = fraction(cycles * 1.6)
        posture.rightFoot = Vector3(0.3 + 0.12 * cosine(turns: beat), -0.74, 0.08 + 0.12 * sine(turns: beat))
        posture.leftFoot = Vector3(0.3 - 0.12 * cosine(turns: beat), -0.74, 0.08 - 0.12 * sine(turns: beat))
        posture.knees = Vector3(0.6, 0, -0.8)
    }

    /// On the floor, the water at the chest or the waist, arms resting on it or at the sides.
    private func stand(_ posture: inout Posture, _ phase: Float, _ slow: Float) {
        posture.pitch = 0.245 + 0.006 * sine(turns: slow)
        posture.height = -0.36 + 0.2 * vigour
        posture.turn = 0.1 * sine(turns: slow)
        let drift = 0.05 * sine(turns: phase)
        let resting = vigour < 0.6
        posture.rightHand = resting
            ? Vector3(0.62, -0.45 + drift, -0.5) : Vector3(0.18, -0.9, -0.16 + drift)
        posture.leftHand = resting
            ? Vector3(0.62, -0.45 - drift, -0.5) : Vector3(0.18, -0.9, -0.16 - drift)
        posture.elbows = Vector3(0.4, -0.5, 0.7)
        posture.rightFoot = Vector3(0.08, -0.98, -0.06 + drift)
        posture.leftFoot = Vector3(0.08, -0.98, -0.06 - drift)
    }

    /// On the back, arms spread.
    private func float(_ posture: inout Posture, _ phase: Float, _ slow: Float) {
        posture.roll = 0.5 + 0.012 * sine(turns: slow)
        posture.pitch = 0.03 + 0.006 * sine(turns: phase)
        posture.height = -0.07 + 0.012 * sine(turns: phase)
        posture.nod = -0.02
        let scull = 0.06 * sine(turns: phase)
        let spread = 0.55 + 0.4 * vigour
        posture.rightHand = Vector3(spread, -0.3 + 0.5 * vigour + scull, -0.02)
        posture.leftHand = Vector3(spread, -0.3 + 0.5 * vigour - scull, -0.02)
        posture.elbows = Vector3(0.2, -0.9, 0.2)
        posture.rightFoot = Vector3(0.16, -0.96, 0.1 + scull * 0.5)
        posture.leftFoot = Vector3(0.16, -0.96, 0.1 - scull * 0.5)
        posture.knees = Vector3(0.2, 0, -1)
    }
}
