"""Aligns the words of two TSV files of pairs, source<TAB>target, with eflomal (pip install eflomal), both files together.

  python align.py train.tsv test.tsv train.align test.gold

train.align: the two directions joined by grow-diag-final-and (Koehn, Och, Marcu 2003), for attn prepare --guided-alignment.
test.gold: links of both directions as sure ones (1-2), the other joined ones as possible (1?2), for attn eval --gold.
"""

import sys
import tempfile

from eflomal import Aligner


def words(sentence):
    """One token for each word between spaces, without case and punctuation at its ends, which scatter the counts."""
    return " ".join(word.lower().strip(".,;:!?\"'()") or word for word in sentence.split())


def links(path):
    return [{tuple(map(int, link.split("-"))) for link in line.split()} for line in open(path)]


NEIGHBOURS = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]


def grow_diag_final_and(forward, reverse):
    found, union = forward & reverse, forward | reverse
    free = lambda link: (link[0] not in {s for s, _ in found}, link[1] not in {t for _, t in found})
    grown = True
    while grown:
        grown = False
        for s, t in sorted(found):
            for ds, dt in NEIGHBOURS:
                link = (s + ds, t + dt)
                if link in union and link not in found and any(free(link)):
                    found.add(link)
                    grown = True
    for direction in (forward, reverse):
        for link in sorted(direction):
            if all(free(link)):
                found.add(link)
    return found


train, test, train_out, test_out = sys.argv[1:]
pairs, sizes = [], []
for path in (train, test):
    lines = [line.rstrip("\n").split("\t")[:2] for line in open(path, encoding="utf-8")]
    pairs += lines
    sizes.append(len(lines))
with tempfile.TemporaryDirectory() as folder:
    forward, reverse = f"{folder}/forward", f"{folder}/reverse"
    source, target = ([words(pair[side]) for pair in pairs] for side in (0, 1))
    Aligner().align(source, target, links_filename_fwd=forward, links_filename_rev=reverse)
    both = list(zip(links(forward), links(reverse)))
with open(train_out, "w") as out:
    for one, other in both[: sizes[0]]:
        print(*(f"{s}-{t}" for s, t in sorted(grow_diag_final_and(one, other))), file=out)
with open(test_out, "w") as out:
    for one, other in both[sizes[0] :]:
        sure = one & other
        joined = sorted(grow_diag_final_and(one, other))
        print(*(f"{s}{'-' if (s, t) in sure else '?'}{t}" for s, t in joined), file=out)
