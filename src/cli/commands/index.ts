import type { CommandEntry } from '../command.ts';

/** Every command, in the order of a typical workflow. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'the whole experiment in a few minutes: none, dot, general and concat on the embedded corpus',
    load: () => import('./demo.ts').then((m) => m.demoCommand),
  },
  {
    name: 'setup',
    summary: 'download and build what is missing, then report what is installed',
    load: () => import('./setup.ts').then((m) => m.setup),
  },
  {
    name: 'doctor',
    summary: 'report what is installed, what works and how fast it is',
    load: () => import('./doctor.ts').then((m) => m.doctor),
  },
  {
    name: 'data split',
    summary: 'split a corpus into train, dev and test without leaks',
    load: () => import('./data-split.ts').then((m) => m.dataSplit),
  },
  {
    name: 'data stats',
    summary: 'corpus statistics: sizes, lengths, types, coverage, shared sentences',
    load: () => import('./data-stats.ts').then((m) => m.dataStats),
  },
  {
    name: 'data clean',
    summary: 'clean and filter a corpus, and report what each filter did',
    load: () => import('./data-clean.ts').then((m) => m.dataClean),
  },
  {
    name: 'data generate',
    summary: 'generate Italian sentences with English translations from the built-in grammar',
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
    summary: 'convert sentences on standard input to ids, one sentence per line',
    load: () => import('./vocab-code.ts').then((m) => m.vocabEncode),
  },
  {
    name: 'vocab decode',
    summary: 'convert ids on standard input to sentences, one sentence per line',
    load: () => import('./vocab-code.ts').then((m) => m.vocabDecode),
  },
  {
    name: 'vocab extend',
    summary: 'add symbols to a model file; the ids of its pieces stay',
    load: () => import('./vocab-extend.ts').then((m) => m.vocabExtend),
  },
  {
    name: 'prepare',
    summary: 'encode a split corpus with its vocabularies for training',
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
    name: 'serve',
    summary: "serve models over HTTP: LibreTranslate's API and attn's own",
    load: () => import('./serve.ts').then((m) => m.serveCommand),
  },
  {
    name: 'compare',
    summary: 'compare attention scores over seeds: same batches, one report with significance tests',
    load: () => import('./compare.ts').then((m) => m.compareCommand),
  },
  {
    name: 'sweep',
    summary: 'run a grid or list of trainings, here or on a Slurm cluster, and rank them',
    load: () => import('./sweep.ts').then((m) => m.sweepCommand),
  },
  {
    name: 'sweep status',
    summary: 'show the state of each run of a sweep: waiting, running, finished or failed, and why',
    load: () => import('./sweep-status.ts').then((m) => m.sweepStatus),
  },
  {
    name: 'sweep evaluate',
    summary: 'score the runs of a sweep that have finished, without waiting for the others',
    load: () => import('./sweep-status.ts').then((m) => m.sweepEvaluate),
  },
  {
    name: 'score',
    summary: 'score any translations with BLEU, chrF and TER, as sacreBLEU does',
    load: () => import('./score.ts').then((m) => m.score),
  },
  {
    name: 'score-pairs',
    summary: 'score given translations with a trained model: log probability of pairs or of n-best lists',
    load: () => import('./score-pairs.ts').then((m) => m.scorePairsCommand),
  },
  {
    name: 'self-attention',
    summary: 'show self-attention step by step, with every number: simplified, trainable, causal, multi-head',
    load: () => import('./self-attention.ts').then((m) => m.selfAttention),
  },
  {
    name: 'export',
    summary: 'export a model to ship: a folder with only what translating needs',
    load: () => import('./export.ts').then((m) => m.exportCommand),
  },
  {
    name: 'average',
    summary: 'average the best models of a run into one, and validate it',
    load: () => import('./average.ts').then((m) => m.average),
  },
  {
    name: 'gradcheck',
    summary: "check a model's gradients against finite differences of its loss",
    load: () => import('./gradcheck.ts').then((m) => m.gradcheck),
  },
  {
    name: 'bench',
    summary: 'measure how fast this machine trains and translates, in about half a minute',
    load: () => import('./bench.ts').then((m) => m.bench),
  },
  {
    name: 'completion',
    summary: 'print a script that makes bash, zsh or fish complete commands, options and their values',
    load: () => import('./completion.ts').then((m) => m.completionOf(commands)),
  },
];
