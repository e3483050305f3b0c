"""The text encoder: words to rows that the UNet attends to, row 0 being the whole prompt.

It is a bag of words with learned weights and three rules that the graph derives from the ids alone:

1. Tokens after the first end token do not count (the pad token is the end token).
2. Pieces of a word that is in no list do not count: only a token that starts a word and ends it is a word.
3. Each comma lowers the weight of all that follows, by a learned amount, so that the name in the first clause is what
   is drawn and a definition after it is not.

Small trainings leave little time to find out which words matter; this one knows after some hundred steps.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

IGNORED = -1e4  # added to a weight's logarithm; finite, so that a prompt without words is still defined
PIECE = -12.0


class TextEncoder(nn.Module):
    """input_ids int64 [b, s] to last_hidden_state [b, s, width] and pooler_output [b, width]."""

    def __init__(self, tokens, width=192, length=32):
        super().__init__()
        size = len(tokens)
        self.comma, self.end = tokens[",</w>"], tokens["<|endoftext|>"]
        self.word = nn.Embedding(size, width)
        self.weight = nn.Embedding(size, 1)
        self.place = nn.Parameter(torch.randn(length, width) * 0.02)
        self.clause = nn.Parameter(torch.tensor(2.0))
        self.pooled_norm, self.row_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.zeros_(self.weight.weight)
        nn.init.zeros_(self.narrow.weight)
        ends = torch.zeros(size)
        ends[[index for token, index in tokens.items() if token.endswith("</w>") or token.startswith("<|")]] = 1.0
        self.register_buffer("ends_word", ends)

    def shares(self, ids):
        """The share of each token in the pooled row, [b, s], summing to 1."""
        is_end = (ids == self.end).float()
        padding = torch.cumsum(is_end, 1) - is_end  # 0 up to and with the first end token
        commas = torch.cumsum((ids == self.comma).float(), 1)
        ends = self.ends_word[ids]
        starts = torch.cat([torch.ones_like(ends[:, :1]), ends[:, :-1]], 1)
        weight = self.weight(ids)[..., 0] + PIECE * (1 - starts * ends) - F.softplus(self.clause) * commas
        return torch.softmax(weight + IGNORED * torch.clamp(padding, max=1.0), 1)

    def pooled(self, ids, shares):
        pooled = self.pooled_norm((shares[..., None] * self.word(ids)).sum(1))
        return pooled + self.narrow(F.silu(self.widen(pooled)))

    def forward(self, ids):
        shares = self.shares(ids)
        pooled = self.pooled(ids, shares)
        rows = shares[..., None] * self.row_norm(self.word(ids) + self.place[:ids.shape[1]])
        return torch.cat([pooled[:, None], rows[:, 1:]], 1), pooled
