// The model card of checkpoints/it-en, on standard output: release.sh calls it.
//   card.ts RUN EXPORTED 'NAME=report.json'...
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openTrainedRun } from '../../src/checkpoints/trained-run.ts';
import { fixed } from '../../src/reports/format.ts';
import { markdownTable } from '../../src/reports/markdown.ts';
import type { LengthReport, ModelReport, Report } from '../../src/reports/types.ts';
import { countParameters } from '../../src/tensor/parameters.ts';
import { trainingReport } from '../../src/workflows/training-report.ts';

const [run = '', exported = '', ...named] = process.argv.slice(2);
const model = await openTrainedRun({ name: 'it-en', path: exported });
const { checkpoint, vocabularies } = model;
const { layers, hidden, heads } = checkpoint.run;
const training = trainingReport(join(run, 'metrics.jsonl'));
const tests = named.map((word) => {
  const at = word.lastIndexOf('=');
  const report = JSON.parse(readFileSync(word.slice(at + 1), 'utf8')) as Report;
  return { name: word.slice(0, at), sentences: report.test.sentences, model: report.models[0] as ModelReport };
});
const [first] = tests;
if (training === undefined || first === undefined)
  throw new Error(`${basename(run)} has no metrics, or nothing was scored`);

const left = (heading: string) => ({ heading });
const right = (heading: string) => ({ heading, align: 'right' as const });
const scores = markdownTable({
  columns: [left('test set'), ...['sentences', 'BLEU', '95 % interval', 'chrF'].map(right)],
  rows: tests.map(({ name, sentences, model: { bleu, chrf } }) => [
    name,
    sentences.toLocaleString('en'),
    fixed(bleu.score, 1),
    `${fixed(bleu.ci95.low, 1)}–${fixed(bleu.ci95.high, 1)}`,
    fixed(chrf.score, 1),
  ]),
});
const range = ({ from, to }: LengthReport) => (to === null ? `${from} and more` : `${from}–${to}`);
const lengths = markdownTable({
  columns: ['words', 'sentences', 'BLEU'].map(right),
  rows: first.model.byLength.map((bin) => [range(bin), String(bin.sentences), fixed(bin.bleu, 1)]),
});
const megabytes = (statSync(join(exported, 'model.safetensors')).size / 1e6).toFixed(1);
const minutes = Math.round(training.seconds / 60);

process.stdout.write(`# it-en: Italian to English

The model that comes with attn. Right after set-up, with nothing trained, \`attn translate "Ho fame."\`, \`attn serve\` and
\`attn export --web\` use it; models that you train take its place.

| | |
| --- | --- |
| model | transformer, ${layers} + ${layers} layers of ${hidden} units, ${heads} heads, ${(countParameters(checkpoint.parameters) / 1e6).toFixed(2)} million parameters |
| file | bfloat16, ${megabytes} MB; it computes in float32 |
| vocabularies | BPE, ${vocabularies.source.size.toLocaleString('en')} and ${vocabularies.target.size.toLocaleString('en')} pieces |
| trained on | 347,704 sentence pairs of Tatoeba's 352,040, edition of 2021 |
| training | ${training.steps.toLocaleString('en')} updates, ${minutes} minutes on two CPU cores, the mean of late parameters (EMA ${checkpoint.run.ema}) |

## Licence and credit

The sentences were written by the contributors of [Tatoeba](https://tatoeba.org) and are under
[CC BY 2.0 FR](https://creativecommons.org/licenses/by/2.0/fr/). The model was made from them and is passed on under the same licence:
whoever passes it on credits tatoeba.org. attn's own code is MIT.

## Scores

${scores}

Beam 5, by \`attn eval\` on this file. BLEU: \`${first.model.bleu.signature}\`. No sentence of Tatoeba's test set, on either side, is in the
training data, not even with other capitals or punctuation. But test and training sentences are of one kind: most are short, and many differ from a
training sentence in a word. Expect less for text of any other kind.

The first test set by the length of the source:

${lengths}

## What it cannot do

- **Anything but everyday sentences.** Half of its training sentences have seven words or fewer, one in twenty more than eleven. Longer ones lose clauses or
  repeat them. Of technical, legal or literary text, and of rare words and names, it makes something fluent that can be wrong.
- **Context.** It sees one sentence at a time. Where Italian leaves out *he*, *she* or *it*, or *you* could be one person or several, it guesses.
- **Other directions and languages.** It does not notice text that is not Italian, and translates it anyway.
- **Say how sure it is.** The scores beside its translations rank them; they are not the chance that one is right.
- Tatoeba is written by volunteers: a quarter of its Italian sentences are about Tom, and whatever it says too often or wrongly, the model
  says too. It was not checked for bias. Nothing that matters should depend on it unread.

## Make it again

\`\`\`sh
attn data fetch tatoeba --out corpora/tatoeba
scripts/ship/ship.sh corpora/tatoeba/ita.txt
\`\`\`

\`config.yaml\` has every option. Tatoeba grows, so today's edition gives another split and another model of the same kind.
`);
