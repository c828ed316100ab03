"""Processes that train one network together: each has batches of its own, gradients are averaged.

Alone without the environment variables WORLD_SIZE, RANK, MASTER_ADDR and MASTER_PORT (those of torch.distributed).
"""
import os

import torch
from torch import distributed


class Team:
    def __init__(self):
        self.size, self.rank = (int(os.environ.get(name, default)) for name, default in
                                (("WORLD_SIZE", 1), ("RANK", 0)))
        if self.size > 1 and not distributed.is_initialized():
            distributed.init_process_group("gloo")

    @property
    def leads(self):
        """Whether this process logs, saves and scores."""
        return self.rank == 0

    @torch.no_grad()
    def agree(self, tensors):
        """Everyone takes the leader's values."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    @torch.no_grad()
    def average(self, tensors):
        """Everyone takes the mean of everyone's values."""
        if self.size > 1 and tensors:
            flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
            distributed.all_reduce(flat)
            for tensor, mean in zip(tensors, (flat / self.size).split([tensor.numel() for tensor in tensors])):
                tensor.copy_(mean.view_as(tensor))
