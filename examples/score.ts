// Scores two systems against one reference and tells whether they differ:
// node --import tsx examples/score.ts BASELINE.txt SYSTEM.txt REFERENCE.txt
import { readFileSync } from 'node:fs';
import { compareSystems, scoreSystem } from 'attn/scores';

const [baseline = [], system = [], reference = []] = process.argv
  .slice(2)
  .map((path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n'));

const scored = [baseline, system].map((sentences) => scoreSystem(sentences, [reference]));
for (const { scores } of scored) {
  const { bleu, chrf, ter } = scores;
  console.log(`BLEU ${bleu.score.toFixed(1)}  chrF ${chrf.score.toFixed(1)}  TER ${ter.score.toFixed(1)}`);
}
const [before, after] = scored;
if (before && after) {
  const { bleu } = compareSystems(before, after);
  console.log(`BLEU differs by ${bleu.delta.toFixed(1)}, p = ${bleu.p.toFixed(3)}`);
  console.log(after.scores.bleu.signature);
}
