"""Re-identification by a gallery of enrolled people: a clip is whose mean embedding is nearest by cosine, or unknown.

The board does the same: the mean of a person's normalised embeddings, cosine similarity, a threshold.
"""
import numpy as np


def normalised(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


class Trials:
    """Similarities of many draws of who is enrolled, from which clips; every other clip is a probe.

    `own`: the similarity of each clip of an enrolled person to the nearest entry; `right`: whether that is the person;
    `other`: the similarity of each clip of anyone else to the nearest entry.
    """

    def __init__(self, embeddings, people, enrolled=20, shots=3, draws=50, seed=0):
        random = np.random.default_rng(seed)
        embeddings, people = normalised(np.asarray(embeddings, np.float64)), np.asarray(people)
        everyone = np.unique(people)
        if len(everyone) < 2:
            raise ValueError(f"clips of {len(everyone)} people: re-identification is judged on two at least")
        enrolled = min(enrolled, len(everyone) - 1)   # somebody stays a stranger
        own, right, other = [], [], []
        for _ in range(draws):
            known = random.permutation(everyone)[:enrolled]
            taken = np.zeros(len(people), bool)
            entries = []
            for person in known:
                clips = random.permutation(np.flatnonzero(people == person))[:shots]
                taken[clips] = True
                entries.append(normalised(embeddings[clips].mean(0)))
            cosine = embeddings @ np.array(entries).T
            nearest, best = known[cosine.argmax(1)], cosine.max(1)
            genuine = np.isin(people, known)
            own.append(best[genuine & ~taken])
            right.append((nearest == people)[genuine & ~taken])
            other.append(best[~genuine])
        self.own, self.right, self.other = (np.concatenate(parts) for parts in (own, right, other))

    @property
    def rank_one(self):
        """How often the nearest entry is the person's own."""
        return self.right.mean()

    def rates(self, threshold):
        """False accepts (others taken for anyone enrolled), false rejects (enrolled people called unknown) and
        mistakes (enrolled people accepted as someone else), as shares."""
        accepted = self.own >= threshold
        return (self.other >= threshold).mean(), (~accepted).mean(), (accepted & ~self.right).mean()

    def threshold(self):
        """Where false accepts and false rejects are equally many."""
        candidates = np.sort(np.concatenate([self.own, self.other]))
        accepts = 1 - np.searchsorted(np.sort(self.other), candidates) / len(self.other)
        rejects = np.searchsorted(np.sort(self.own), candidates) / len(self.own)
        return float(candidates[np.abs(accepts - rejects).argmin()])

    def strict(self, accepts):
        """The threshold that takes this share of the others for anyone enrolled."""
        return float(np.quantile(self.other, 1 - accepts))
