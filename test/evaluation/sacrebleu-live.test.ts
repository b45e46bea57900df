import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runPython } from '../../bench/peer.ts';
import { openTokenizer } from '../../src/evaluation/open-tokenizer.ts';
import { compareSystems, scoreSystem } from '../../src/evaluation/system.ts';
import { Random } from '../../src/support/random.ts';
import { largestDifferences, ourScores, type PeerScores, perturb } from './peer-scores.ts';
import { realSentences } from './real-sentences.ts';

// A Python with sacrebleu 2.6.0 and nltk: ATTN_PYTHON=PATH node scripts/test.mjs sacrebleu-live
const python = process.env.ATTN_PYTHON ?? '';
const script = fileURLToPath(new URL('../fixtures/make-scores.py', import.meta.url));
const noPython = python === '' && 'ATTN_PYTHON names no Python with sacrebleu and nltk';

const peerScores = (input: object) => runPython<PeerScores>(python, ['-W', 'ignore', script, '-'], input);

const real = noPython === false ? realSentences() : [];
test('every score of 2,339 real sentences equals sacreBLEU 2.6.0 within 1e-9, and p-values within sampling error', {
  skip: noPython || (real === undefined && '../shared/corpora is absent'),
}, async () => {
  const references = [real ?? []];
  const hypotheses = perturb(real ?? [], 0.3, 1);
  const baseline = perturb(real ?? [], 0.303, 2);
  const peer = await peerScores({ hypotheses, references, baseline });
  for (const [score, difference] of largestDifferences(ourScores(hypotheses, references), peer)) {
    assert.ok(difference <= 1e-9, `${score} differs by ${difference}`);
  }
  const systems = [scoreSystem(baseline, references), scoreSystem(hypotheses, references)] as const;
  for (const test of ['bootstrap', 'randomization'] as const) {
    for (const [metric, { p, trials }] of Object.entries(compareSystems(...systems, { test }))) {
      const theirs = peer.comparisons![test][metric as 'bleu'].p;
      // two estimates of one probability, each from `trials` draws: five standard errors of their difference
      const error = 5 * Math.sqrt((2 * theirs * (1 - theirs)) / trials) + 2 / trials;
      assert.ok(Math.abs(p - theirs) <= error, `${test} ${metric}: p ${p}, sacreBLEU ${theirs}, allowed ${error}`);
    }
  }
});

test('ja-mecab and ko-mecab split 4,000 sentences of real and random text like sacreBLEU 2.6.0', {
  skip: noPython,
}, async () => {
  const base = [
    '昨日、友達と一緒に映画を見に行きました。２０２４年１月１日（月）は祝日でした。',
    'コンピューターがインターネットに接続されていません。ググってもわからなかったｗｗｗ',
    'すもももももももものうち 外国人参政権 https://example.jp/a?b=c をご覧ください。',
    '서울에 사는 김 선생님은 매일 아침 여섯 시에 일어나서 커피를 마시면서 신문을 읽습니다.',
    '아버지가방에들어가신다. ㅋㅋㅋㅋ 진짜 웃기다 ㅠㅠ 가격은 1,980원(세금 포함)입니다.',
  ];
  const random = new Random('mecab sentences');
  const characters = [
    ...base.join(''),
    ...'   \t\u3000ーっｱｲﾞabcXYZ09０９.,!?-()「」・…¥🍕𠮷é\u0301çبไЯαア\u200b\ufeff\u0085\u2028\0',
  ];
  const words = base.flatMap((sentence) => sentence.split(' '));
  const noise = Array.from({ length: 4000 }, (_, i) =>
    i % 2 === 0
      ? Array.from({ length: 1 + random.integer(60) }, () => random.choice(characters)).join('')
      : Array.from({ length: 1 + random.integer(8) }, () => random.choice(words)).join(random.choice(['', ' ', '  '])),
  );
  const sentences = [
    ...base,
    ...[24, 25, 26, 300].flatMap((n) => ['ア', 'a', 'あ', '가'].map((c) => c.repeat(n))),
    ...noise,
    '',
  ];
  const script = fileURLToPath(new URL('../fixtures/make-tokenizers.py', import.meta.url));
  type Cut = { readonly dictionary: string; readonly signature: string; readonly words: readonly string[][] };
  const peer = await runPython<Record<'ja-mecab' | 'ko-mecab', Cut>>(python, ['-W', 'ignore', script, '-'], {
    sentences,
  });
  for (const name of ['ja-mecab', 'ko-mecab'] as const) {
    const tokenizer = await openTokenizer(name, peer[name].dictionary);
    assert.equal(tokenizer.signature, peer[name].signature);
    for (const [i, sentence] of sentences.entries()) {
      assert.deepEqual(tokenizer.words(sentence), peer[name].words[i], JSON.stringify(sentence));
    }
  }
});

test('every score of 3,000 sentences of random odd characters equals sacreBLEU 2.6.0 within 1e-9', {
  skip: noPython,
}, async () => {
  const odd: { readonly odd: { readonly hypotheses: readonly string[] } } = JSON.parse(
    readFileSync(new URL('../fixtures/scores.json', import.meta.url), 'utf8'),
  );
  const characters = [...odd.odd.hypotheses.join(''), ...'aaab.,,--  11&;<>\'"\t\u0301\u200d\ufeff\u0085\u001c'];
  const entities = ['&quot;', '&amp;', '&lt;', '&gt;', '<skipped>', '-\n', '\n', "'s ", ' ', ' '];
  const random = new Random('odd sentences');
  const sentence = () =>
    Array.from({ length: random.integer(25) }, () =>
      random.choice(random.uniform() < 0.1 ? entities : characters),
    ).join('');
  const first = Array.from({ length: 3000 }, sentence);
  const second = Array.from({ length: 3000 }, sentence);
  const hypotheses = first.map(
    (text, i) =>
      [...text].map((character) => (random.uniform() < 0.1 ? random.choice(characters) : character)).join('') +
      (random.uniform() < 0.2 ? second[i] : ''),
  );
  const references = [first, second];
  const peer = await peerScores({ hypotheses, references });
  for (const [score, difference] of largestDifferences(ourScores(hypotheses, references), peer)) {
    assert.ok(difference <= 1e-9, `${score} differs by ${difference}`);
  }
});

test('long sentences with moved blocks, and of very different lengths, need as many edits as in sacreBLEU 2.6.0', {
  skip: noPython,
}, async () => {
  const random = new Random('long sentences');
  const words = (count: number, types: number) =>
    Array.from({ length: 1 + random.integer(count) }, () => `w${random.integer(types)}`);
  const pairs = Array.from({ length: 80 }, (_, i) => {
    const types = 2 + random.integer(40);
    const reference = words(i % 4 === 0 ? 150 : 60, types);
    if (i % 3 === 0) return { reference, hypothesis: words(random.choice([3, 40, 150]), types) };
    const hypothesis = reference.filter(() => random.uniform() > 0.15);
    const block = hypothesis.splice(random.integer(hypothesis.length + 1), 1 + random.integer(12));
    hypothesis.splice(random.integer(hypothesis.length + 1), 0, ...block);
    return { reference, hypothesis };
  });
  const hypotheses = pairs.map(({ hypothesis }) => hypothesis.join(' '));
  const references = [pairs.map(({ reference }) => reference.join(' '))];
  const peer = await peerScores({ hypotheses, references });
  assert.deepEqual(ourScores(hypotheses, references).ter, peer.ter);
});
