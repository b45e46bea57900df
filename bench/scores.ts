// How fast attn's metrics are compared with sacreBLEU's, and the largest difference between the scores, on the Tatoeba
// test split.
import { fileURLToPath } from 'node:url';
import { bootstrapScores } from '../src/evaluation/bootstrap.ts';
import { corpusScore } from '../src/evaluation/corpus-score.ts';
import type { SignificanceTest } from '../src/evaluation/significance.ts';
import { compareSystems, metricKeys, scoreSystem } from '../src/evaluation/system.ts';
import { largestDifferences, ourScores, type PeerScores, perturb } from '../test/evaluation/peer-scores.ts';
import { realSentences } from '../test/evaluation/real-sentences.ts';
import { runPython } from './peer.ts';
import type { BenchOptions, BenchRow } from './row.ts';

const PEER = 'sacreBLEU 2.6.0';
const script = fileURLToPath(new URL('../test/fixtures/make-scores.py', import.meta.url));

/** Times the same work in sacreBLEU: the fastest of three, with its caches of tokenized lines emptied before each. */
const timing = `
import json, sys, time
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest, _bootstrap_resample
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_re import TokenizerRegexp
from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer
given = json.load(sys.stdin)
hypotheses, references = given['hypotheses'], given['references']
metrics = lambda: {'BLEU': BLEU(force=True), 'chrF2': CHRF(), 'chrF2++': CHRF(word_order=2), 'TER': TER()}
def fastest(work, times=3):
    seconds = []
    for _ in range(times):
        for tokenizer in [Tokenizer13a, TokenizerRegexp, TercomTokenizer]:
            tokenizer.__call__.cache_clear()
        start = time.perf_counter(); work(); seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds)
result = {name: fastest(lambda: metric.corpus_score(hypotheses, references)) for name, metric in metrics().items()}
bleu = BLEU(force=True)
statistics = bleu._extract_corpus_statistics(hypotheses, references)
result['resamples'] = fastest(lambda: _bootstrap_resample(statistics, bleu, 1000))
systems = [('baseline', given['baseline']), ('system', hypotheses)]
for test in ['bs', 'ar']:
    result[test] = fastest(lambda: PairedTest(systems, metrics(), references, test_type=test)(), 1)
print(json.dumps(result))
`;

type PeerTimes = Readonly<Record<'BLEU' | 'chrF2' | 'chrF2++' | 'TER' | 'resamples' | 'bs' | 'ar', number>>;

export async function run({ python }: BenchOptions): Promise<BenchRow[]> {
  const sentences = realSentences();
  if (sentences === undefined) throw new Error('needs ../shared/corpora/tatoeba-ita-eng');
  const references = [sentences];
  const hypotheses = perturb(sentences, 0.3, 1);
  const baseline = perturb(sentences, 0.303, 2);
  const input = { hypotheses, references, baseline };
  const peer = python && (await runPython<PeerTimes>(python, ['-W', 'ignore', '-c', timing], input));
  const row = (what: string, peerKey: keyof PeerTimes, value: number): BenchRow => ({
    ...{ what, value, unit: 'ms' },
    ...(peer && { peer: PEER, peerValue: peer[peerKey], ratio: peer[peerKey] / value }),
  });

  const { metrics, statistics } = scoreSystem(hypotheses, references);
  const rows = metricKeys.map((key) => {
    const metric = metrics[key];
    const work = () => corpusScore<{ readonly score: number }>(metric, hypotheses, references);
    return row(`${metric.name} of ${sentences.length} sentences`, metric.name as keyof PeerTimes, fastest(work));
  });
  rows.push(
    row(
      '1,000 resamples of BLEU',
      'resamples',
      fastest(() => bootstrapScores(metrics.bleu, statistics.bleu, 1000, 1)),
    ),
  );
  const compare = (test: SignificanceTest) => () =>
    compareSystems(scoreSystem(baseline, references), scoreSystem(hypotheses, references), { test });
  rows.push(
    row('paired bootstrap, 4 metrics, 1,000 resamples', 'bs', fastest(compare('bootstrap'), 1)),
    row('paired randomization, 4 metrics, 10,000 trials', 'ar', fastest(compare('randomization'), 1)),
  );
  if (python) {
    const theirs = await runPython<PeerScores>(python, ['-W', 'ignore', script, '-'], { hypotheses, references });
    for (const [score, difference] of largestDifferences(ourScores(hypotheses, references), theirs)) {
      rows.push({ what: `largest difference, ${score}`, value: difference, unit: score === 'nltk' ? '' : 'points' });
    }
  }
  return rows;
}

/** The milliseconds of the fastest of several runs. */
function fastest(work: () => unknown, times = 3): number {
  const runs = Array.from({ length: times }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...runs);
}
