"""A threshold on a probability: how much of what matters it finds, how often it cries wolf."""
import numpy as np


def rates(probability, positive, threshold):
    """Recall and false alarms at a threshold, as shares of the positives and of the negatives."""
    alarm = probability >= threshold
    return float(alarm[positive].mean()), float(alarm[~positive].mean())


def choose(probability, positive, softness=0.5):
    """The threshold with the most recall less false alarms, each softened over `softness` in log odds: what a few
    pictures happen to score must not decide it."""
    odds = np.log(np.clip(probability, 1e-6, 1 - 1e-6) / np.clip(1 - probability, 1e-6, 1 - 1e-6))
    candidates = np.linspace(-6, 6, 241)

    def passed(scores):
        return (1 / (1 + np.exp((candidates[:, None] - scores[None]) / softness))).mean(1)

    best = candidates[(passed(odds[positive]) - passed(odds[~positive])).argmax()]
    return float(1 / (1 + np.exp(-best)))
