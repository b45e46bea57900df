import { describeAncestor } from '../checkpoints/ancestry.ts';
import type { TrainedRun } from '../checkpoints/trained-run.ts';
import type { Run } from '../config/run.ts';
import { toCommand } from '../config/run-file.ts';
import { modelCard } from '../reports/model-card.ts';
import type { ModelReport, TestSetSummary } from '../reports/types.ts';
import { writeOwnText } from '../support/own-text.ts';
import { shellWord } from '../support/shell.ts';
import { countParameters } from '../tensor/parameters.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { corpusFacts } from './corpus-facts.ts';
import { trainingReport } from './training-report.ts';

/**
 * Writes the README.md of a run: its model card, with the scores of an evaluation if there was one.
 * @returns false for a README.md that is not attn's, or that was edited: it stays
 */
export function writeCard(
  { name, path, folder, checkpoint, vocabularies, remark }: TrainedRun,
  evaluation?: { readonly test: TestSetSummary; readonly model: ModelReport },
): boolean {
  const { run, scores, averaged, vectors, ancestry } = checkpoint;
  const corpus = corpusFacts(run.data ?? '');
  const training = trainingReport(folder.metrics);
  const card = modelCard({
    name,
    checkpoint: path,
    command: [
      toCommand(run),
      ...(averaged ? [`attn average ${[...averaged, '--out', path].map(shellWord).join(' ')}`] : []),
    ].join('\n'),
    architecture: architecture(run),
    parameters: countParameters(checkpoint.parameters),
    source: { language: corpus.languages.source, vocabulary: describe(vocabularies.source) },
    target: { language: corpus.languages.target, vocabulary: describe(vocabularies.target) },
    data: corpus,
    training: {
      steps: training?.steps ?? checkpoint.step,
      ...(training && { seconds: training.seconds }),
      seed: run.seed,
      precision: run.precision,
      ...(ancestry && { startedFrom: ancestry.map(describeAncestor) }),
      ...(run.freeze && run.freeze.length > 0 && { frozen: run.freeze }),
      ...(vectors && { vectors }),
      ...(remark && { remark }),
      validation: scores,
    },
    ...(evaluation && { evaluation }),
  });
  return writeOwnText(folder.card, card);
}

/** `GRU encoder-decoder, both ways, concat attention (local-p), 2 layers, 256 units`. */
function architecture(run: Run): string {
  const { arch, cell, bidirectional, score, window, inputFeeding, layers, hidden, heads } = run;
  const size = [`${layers} ${layers === 1 ? 'layer' : 'layers'}`, `${hidden} units`];
  if (arch === 'transformer') return ['transformer', ...size, `${heads} heads`].join(', ');
  const attention =
    score === 'none' ? 'no attention' : `${score} attention${window === 'global' ? '' : ` (${window})`}`;
  return [
    `${cell.toUpperCase()} encoder-decoder`,
    ...(bidirectional ? ['bidirectional encoder'] : []),
    attention,
    ...(inputFeeding ? ['input feeding'] : []),
    ...size,
  ].join(', ');
}

function describe({ type, size }: Vocabulary): string {
  if (type === 'words' || type === 'char') return `${size} ${type === 'char' ? 'characters' : type}`;
  return `${type === 'bpe' ? 'BPE' : type}, ${size} pieces`;
}
