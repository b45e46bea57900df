// Beam search over a test set, for scripts/gpu-check.sh: seconds and BLEU, as a line of JSON.
// The sentences are those of the data that the model was trained on.
//   node --import tsx bench/gpu/search.ts DEVICE PRECISION CHECKPOINT [SENTENCES]
import type { DeviceName } from '../../src/config/device.ts';
import type { Precision } from '../../src/config/precision.ts';
import { openDataset } from '../../src/dataset/dataset.ts';
import { loadTranslator } from '../../src/decoding/translator.ts';
import { corpusBleu } from '../../src/evaluation/bleu.ts';

const [device, precision, checkpoint, most] = process.argv.slice(2) as [DeviceName, Precision, string, string?];
const translator = await loadTranslator(checkpoint, { device, precision, backend: 'tensorflow' });
const test = openDataset(translator.runs[0].checkpoint.run.data ?? '').split('test');
const texts = Array.from({ length: Math.min(test.size, Number(most ?? test.size)) }, (_, i) => {
  return test.text(i) ?? { source: '', target: '' };
});
const sources = texts.map(({ source }) => source);
const seconds: number[] = [];
let bleu = 0;
// one sentence starts the engine; the first pass records the steps
for (const part of [sources.slice(0, 1), sources, sources]) {
  const begun = performance.now();
  const translations = await translator.translate(part, { beam: 5 });
  seconds.push((performance.now() - begun) / 1000);
  const hypotheses = translations.map(({ hypotheses }) => hypotheses[0]?.text ?? '');
  bleu = corpusBleu(hypotheses, [texts.slice(0, part.length).map(({ target }) => target)]).score;
}
await translator.close();
const [start, first, second] = seconds;
console.log(JSON.stringify({ sentences: sources.length, start, first, second, bleu }));
