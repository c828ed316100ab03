"""A training run inside a time box: cosine schedule by steps or minutes, moving average of the weights, resumable."""
import ctypes
import math
import os
import time

import torch
from torch import nn

from .team import Team


def prepare_process(threads, seed):
    """Threads, seed, and an allocator that keeps its memory: glibc otherwise returns every large tensor to the kernel,
    and the page faults of the next one cost more than the arithmetic on it."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    mmap_max, trim_threshold, arena_max = -4, -1, -8
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(mmap_max, 0), mallopt(trim_threshold, 2 ** 31 - 1), mallopt(arena_max, 1)


def parameter_groups(net, rate, backbone_rate, decay, backbone="backbone."):
    """AdamW groups: the backbone, known by its name, slower than the rest; biases, slopes and norms without weight
    decay."""
    groups = []
    for inside in (True, False):
        for matrices in (True, False):
            chosen = [p for name, p in net.named_parameters() if p.requires_grad
                      and name.startswith(backbone) == inside and (p.ndim > 1) == matrices]
            groups.append({"params": chosen, "base": backbone_rate if inside else rate,
                           "weight_decay": decay if matrices else 0.0})
    return [group for group in groups if group["params"]]


def freeze(backbone, frozen, fixed_norm):
    """Keeps the ImageNet weights of the stem and the first `frozen` blocks (none if 0), as training time on a CPU is
    short; returns the modules whose batch norm statistics stay fixed (stem and first `fixed_norm` blocks)."""
    if frozen > 0:
        for module in backbone.early_modules(frozen):
            module.requires_grad_(False)
    return backbone.early_modules(fixed_norm) if fixed_norm > 0 else []


def slow_kernels(backbone):
    """The 5x5 depthwise kernels that learn: on a CPU their gradient costs an order of magnitude more than their forward
    pass (a 3x3 kernel's costs the same), so it pays to learn them on one step in a few."""
    kernels = [block.depthwise.weight for block in backbone.blocks]
    return [k for k in kernels if k.shape[-1] == 5 and k.requires_grad]


class Run:
    """`while not run.done: run.step(loss())`. State lives in FOLDER/NAME.pt, progress as text in FOLDER/log.txt.

    Processes of a team take each step together, by the leader's clock; the leader alone writes.
    The schedule follows whichever ends first, `steps` or `minutes`, so that the cosine always reaches its end. Minutes
    are processor time by the number of threads: what else the machine does makes a run longer, not its training shorter.
    """

    SLOW_EVERY = 4

    def __init__(self, folder, name, net, groups, steps, minutes, warm=0.04, average=0.998, fixed_norm=()):
        os.makedirs(folder, exist_ok=True)
        self.path, self.log_path = os.path.join(folder, name + ".pt"), os.path.join(folder, "log.txt")
        self.net, self.name, self.steps, self.minutes = net, name, max(1, steps), minutes
        self.warm, self.average_rate, self.fixed_norm = warm, average, fixed_norm
        self.optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99))
        self.slow = slow_kernels(net.backbone) if hasattr(net, "backbone") else []
        self.average = {k: v.clone() for k, v in net.state_dict().items() if v.is_floating_point()}
        self.index, self.spent, self.finished = 0, 0.0, False
        self.sums, self.count, self.team = {}, 0, Team()
        if os.path.exists(self.path):
            self.restore()
        self.team.agree([*net.state_dict().values(), *self.average.values()])
        self.restart_clock()
        self.agreed = 0.0
        self.synchronise()

    # Progress

    def seconds(self):
        return self.spent + (time.process_time() - self.resumed) / torch.get_num_threads()

    def progress(self):
        return self.agreed if self.team.size > 1 else self.own_progress()

    def own_progress(self):
        return min(1.0, max(self.index / self.steps, self.seconds() / 60 / max(self.minutes, 1e-6)))

    def synchronise(self):
        """A team goes by the leader's progress."""
        progress = torch.tensor([self.own_progress()])
        self.team.agree([progress])
        self.agreed = float(progress)

    @property
    def done(self):
        return self.finished or self.progress() >= 1

    def rate(self):
        p = self.progress()
        if p < self.warm:
            return max(p, 0.001) / self.warm
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (p - self.warm) / (1 - self.warm)))

    def restart_clock(self):
        """Preparations so far do not count."""
        self.resumed = time.process_time()

    # Steps

    def prepare(self):
        """Training mode for the next step; call it before the forward pass."""
        self.net.train()
        for module in self.fixed_norm:
            module.eval()
        for kernel in self.slow:
            kernel.requires_grad_(self.index % self.SLOW_EVERY == 0)

    def step(self, loss, figures=None, report_every=50):
        """One step down `loss`; `figures` are averaged and logged every `report_every` steps."""
        for group in self.optimizer.param_groups:
            # a team's batch is larger: AdamW's steps may grow with its square root
            group["lr"] = group["base"] * self.rate() * math.sqrt(self.team.size)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.team.average([p.grad for p in self.net.parameters() if p.grad is not None])
        if torch.isfinite(nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)):
            self.optimizer.step()
        self.index += 1
        decay = min(self.average_rate, (1 + self.index) / (20 + self.index))
        with torch.no_grad():
            state = self.net.state_dict()
            torch._foreach_lerp_(list(self.average.values()), [state[k] for k in self.average], 1 - decay)
        for key, value in {"loss": loss, **(figures or {})}.items():
            self.sums[key] = self.sums.get(key, 0.0) + float(value.detach())
        self.count += 1
        self.synchronise()
        if self.index % report_every == 0:
            means = "  ".join(f"{key} {total / self.count:.3f}" for key, total in self.sums.items())
            self.say(f"{self.name} step {self.index}  {self.progress():.0%}  {means}")
            self.sums, self.count = {}, 0
            self.save()

    def averaged(self):
        """The averaged weights as a state dict."""
        return {**self.net.state_dict(), **self.average}

    def finish(self):
        """Puts the averaged weights into the network and marks the run as finished."""
        if not self.finished:
            self.net.load_state_dict(self.averaged())
            self.finished = True
            self.save()

    # State

    def say(self, text):
        if not self.team.leads:
            return
        line = f"[{self.seconds() / 60:5.1f} min] {text}"
        print(line, flush=True)
        with open(self.log_path, "a") as log:
            log.write(line + "\n")

    def save(self):
        if not self.team.leads:
            return
        state = {"net": self.net.state_dict(), "optimizer": self.optimizer.state_dict(), "average": self.average,
                 "index": self.index, "spent": self.seconds(), "finished": self.finished}
        torch.save(state, self.path + ".part")
        os.replace(self.path + ".part", self.path)

    def restore(self):
        state = torch.load(self.path, map_location="cpu")
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.index, self.spent = state["average"], state["index"], state["spent"]
        self.finished = state["finished"]
        torch.manual_seed(self.index * self.team.size + self.team.rank)
