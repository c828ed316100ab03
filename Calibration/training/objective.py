"""What the face network is trained to say: label distributions for age, gender and race."""
import torch
from torch.nn import functional as F

from networks.face import AGES, GENDERS, RACES

YEARS = torch.arange(AGES, dtype=torch.float32)


def smoothed(classes, count, smoothing):
    return F.one_hot(classes, count) * (1 - smoothing) + smoothing / count


def targets(labels):
    """Labels N x 3 -> distributions: ages N x 117, a bell around the year (the older, the wider); genders N x 2 and
    races N x 5, smoothed."""
    age = labels[:, :1].float()
    bell = (-(YEARS - age) ** 2 / (2 * (1.0 + 0.05 * age) ** 2)).exp()
    return (bell / bell.sum(1, keepdim=True), smoothed(labels[:, 1], len(GENDERS), 0.05),
            smoothed(labels[:, 2], len(RACES), 0.06))


def losses(outputs, labels, soft=None, share=0.0):
    """Cross-entropy to the labels' distributions, with a `share` of a teacher's `soft` ones, and for the age the
    absolute error of the mean. Returns the sum and its parts."""
    wanted = targets(labels)
    if soft is not None:
        wanted = [(1 - share) * a + share * b for a, b in zip(wanted, soft)]
    logs = [logits.log_softmax(1) for logits in outputs]
    bell, gender, race = (-(p * log).sum(1).mean() for p, log in zip(wanted, logs))
    years = (logs[0].exp() @ YEARS - labels[:, 0]).abs().mean()
    return 0.5 * bell + 0.15 * years + gender + 2 * race, {"years": years, "gender": gender, "race": race}
