import type { AnyCommand } from '../command.ts';

/** A command as the overview lists it; its code is loaded when it is called, so that each starts as fast as it can. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

/** Every command, in the order of the work. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'the whole experiment in some minutes: none, dot, general and concat on the corpus that ships inside',
    load: () => import('./demo.ts').then((m) => m.demoCommand),
  },
  {
    name: 'setup',
    summary: 'fetch and build what is missing, then say what there is',
    load: () => import('./setup.ts').then((m) => m.setup),
  },
  {
    name: 'doctor',
    summary: 'say what is installed, what works and how fast',
    load: () => import('./doctor.ts').then((m) => m.doctor),
  },
  {
    name: 'data split',
    summary: 'divide a corpus into train, dev and test without leaks',
    load: () => import('./data-split.ts').then((m) => m.dataSplit),
  },
  {
    name: 'data stats',
    summary: 'count a corpus: sizes, lengths, types, coverage, shared sentences',
    load: () => import('./data-stats.ts').then((m) => m.dataStats),
  },
  {
    name: 'data clean',
    summary: 'mend and filter a corpus, and say what each filter did',
    load: () => import('./data-clean.ts').then((m) => m.dataClean),
  },
  {
    name: 'data generate',
    summary: 'write Italian sentences with their English translations, by a grammar of our own',
    load: () => import('./data-generate.ts').then((m) => m.dataGenerate),
  },
  {
    name: 'data fetch',
    summary: 'download a corpus, with its licence and checksum',
    load: () => import('./data-fetch.ts').then((m) => m.dataFetch),
  },
  {
    name: 'vocab',
    summary: 'build the vocabularies of a corpus, as SentencePiece model files',
    load: () => import('./vocab.ts').then((m) => m.vocab),
  },
  {
    name: 'vocab encode',
    summary: 'sentences from standard input to ids, a sentence a line',
    load: () => import('./vocab-code.ts').then((m) => m.vocabEncode),
  },
  {
    name: 'vocab decode',
    summary: 'ids from standard input to sentences, a sentence a line',
    load: () => import('./vocab-code.ts').then((m) => m.vocabDecode),
  },
  {
    name: 'prepare',
    summary: 'encode a split corpus with its vocabularies into the form that training reads',
    load: () => import('./prepare.ts').then((m) => m.prepare),
  },
  {
    name: 'train',
    summary: 'train one model: attn train --score concat',
    load: () => import('./train.ts').then((m) => m.train),
  },
  {
    name: 'eval',
    summary: 'score trained models on one test set; write reports and attention matrices',
    load: () => import('./eval.ts').then((m) => m.evalCommand),
  },
  {
    name: 'translate',
    summary: 'translate arguments, a file or standard input with a trained model',
    load: () => import('./translate.ts').then((m) => m.translate),
  },
  {
    name: 'compare',
    summary: 'the whole experiment: scores x seeds on the same batches, one report with significance',
    load: () => import('./compare.ts').then((m) => m.compareCommand),
  },
  {
    name: 'sweep',
    summary: 'any grid or list of trainings, on this machine or a Slurm cluster: one table',
    load: () => import('./sweep.ts').then((m) => m.sweepCommand),
  },
  {
    name: 'sweep status',
    summary: 'where each run of a sweep stands: waiting, running, finished or failed, and why',
    load: () => import('./sweep-status.ts').then((m) => m.sweepStatus),
  },
  {
    name: 'sweep evaluate',
    summary: 'score the runs of a sweep that have finished, without waiting for the others',
    load: () => import('./sweep-status.ts').then((m) => m.sweepEvaluate),
  },
  {
    name: 'score',
    summary: 'BLEU, chrF and TER of any translations, as sacreBLEU counts them',
    load: () => import('./score.ts').then((m) => m.score),
  },
  {
    name: 'self-attention',
    summary: 'self-attention step by step, every number shown: simplified, trainable, causal, multi-head',
    load: () => import('./self-attention.ts').then((m) => m.selfAttention),
  },
  {
    name: 'export',
    summary: 'write a folder with just what translating needs, to ship a model',
    load: () => import('./export.ts').then((m) => m.exportCommand),
  },
  {
    name: 'average',
    summary: 'average the models that a run has kept into one, and validate it',
    load: () => import('./average.ts').then((m) => m.average),
  },
  {
    name: 'gradcheck',
    summary: "compare a model's gradients with differences of its loss",
    load: () => import('./gradcheck.ts').then((m) => m.gradcheck),
  },
  {
    name: 'bench',
    summary: 'measure how fast this machine trains and translates, in about half a minute',
    load: () => import('./bench.ts').then((m) => m.bench),
  },
];
