"""Maps our ids to JoeyNMT's: it requires `<unk>` before `<pad>`; all others are the same."""
from types import SimpleNamespace

from joeynmt.vocabulary import Vocabulary

UNK, PAD, BOS, EOS = 0, 1, 2, 3


def joey_id(ours):
    return 1 - ours if ours < 2 else ours


def vocabulary(size):
    """A vocabulary of this many ids; the pieces are not needed."""
    special = {
        **{'unk_token': '<unk>', 'pad_token': '<pad>', 'bos_token': '<s>', 'eos_token': '</s>', 'sep_token': None},
        **{'unk_id': UNK, 'pad_id': PAD, 'bos_id': BOS, 'eos_id': EOS, 'sep_id': None, 'lang_tags': []},
    }
    return Vocabulary([str(id) for id in range(EOS + 1, size)], SimpleNamespace(**special))
