import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { main } from '../../src/cli/main.ts';
import { corpusBleu } from '../../src/evaluation/bleu.ts';
import { corpusTer } from '../../src/evaluation/ter.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-score-'));
after(() => rmSync(folder, { recursive: true }));

const hypotheses = ['The cat sleeps on the red chair.', 'We will go home tomorrow.', '', 'She reads a long book.'];
const references = [
  'The cat is asleep on the red chair.',
  'Tomorrow we will go home.',
  'Stop!',
  'She reads a long book.',
];
const others = ['The dog eats.', 'We go home.', 'Stop!', 'A book.'];

function file(name: string, content: string | Uint8Array | readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, Array.isArray(content) ? `${content.join('\n')}\n` : (content as string | Uint8Array));
  return path;
}
const hypothesisFile = file('hypotheses.txt', hypotheses);
const referenceFile = file('references.txt', references);
const otherFile = file('others.txt', others);

async function attn(words: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const texts = ['', ''];
  const sink = (which: 0 | 1) =>
    new Writable({
      write(chunk, _, done) {
        texts[which] += String(chunk);
        done();
      },
    });
  const stdin = input === '' ? new PassThrough().end() : Readable.from([Buffer.from(input)]);
  const code = await main(words, { stdin, stdout: sink(0), stderr: sink(1) });
  return { code, out: texts[0]!, err: texts[1]! };
}

test('attn score prints each metric with its score and signature', async () => {
  const { code, out } = await attn(['score', hypothesisFile, referenceFile]);
  assert.equal(code, 0);
  const bleu = corpusBleu(hypotheses, [references]);
  const line = out.split('\n').find((text) => text.startsWith('BLEU'));
  assert.deepEqual(line?.split(/\s+/), ['BLEU', bleu.score.toFixed(2), bleu.signature]);
  for (const metric of ['chrF2 ', 'chrF2++ ', 'TER ', 'NLTK BLEU-1 ', 'NLTK BLEU-4 '])
    assert.ok(out.includes(`\n${metric}`));
});

test('attn score --json prints one document with the scores of the library, several references and the tokenizer named', async () => {
  const words = ['score', hypothesisFile, referenceFile, otherFile, '--tokenize', 'char', '--json'];
  const { code, out } = await attn(words);
  assert.equal(code, 0);
  const document = JSON.parse(out);
  assert.deepEqual(document.bleu, corpusBleu(hypotheses, [references, others], { tokenize: 'char' }));
  assert.deepEqual(document.ter, corpusTer(hypotheses, [references, others]));
  assert.match(document.bleu.signature, /^nrefs:2\|case:mixed\|eff:no\|tok:char\|/);
});

test('attn score --baseline, --source, --confidence and --by-sentence add what they name', async () => {
  const words = ['score', hypothesisFile, referenceFile, '--json', '--confidence', '--by-sentence'];
  const { out } = await attn([...words, '--baseline', otherFile, '--source', referenceFile, '--trials', '50']);
  const document = JSON.parse(out);
  assert.ok(document.bleu.ci95.low <= document.bleu.score && document.bleu.score <= document.bleu.ci95.high);
  assert.equal(document.comparison.bleu.baseline, corpusBleu(others, [references]).score);
  assert.equal(document.comparison.bleu.trials, 50);
  assert.equal(document.bySentence.length, 4);
  assert.deepEqual(
    document.byLength.map((row: { sentences: number }) => row.sentences),
    [1, 2, 1],
  );
});

test('the tables of a comparison and of lengths are printed after the scores', async () => {
  const { out } = await attn(['score', hypothesisFile, referenceFile, '--baseline', otherFile, '--source', otherFile]);
  assert.match(out, /metric +baseline +system +difference +p\n/);
  assert.match(out, /source words +sentences +BLEU/);
  assert.match(out, /0 to 3 +4 /);
});

test('standard input, gzip, CRLF and a byte order mark score like the plain file', async () => {
  const plain = (await attn(['score', hypothesisFile, referenceFile])).out;
  const crlf = file('crlf.txt', `\ufeff${hypotheses.join('\r\n')}\r\n`);
  const zipped = file('references.gz', gzipSync(`${references.join('\n')}\n`));
  assert.equal((await attn(['score', '-', zipped], `${hypotheses.join('\n')}\n`)).out, plain);
  assert.equal((await attn(['score', crlf, referenceFile])).out, plain);
});

test('options whose result --by-sentence would not print are rejected', async () => {
  for (const words of [['--baseline', otherFile], ['--source', otherFile], ['--confidence']]) {
    const { code, out, err } = await attn(['score', hypothesisFile, referenceFile, '--by-sentence', ...words]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, new RegExp(`${words[0]}: applies to the corpus.*\\n {2}leave one of them out, or .*--json`));
  }
});

test('--by-sentence prints a line of TSV for each sentence', async () => {
  const { out } = await attn(['score', hypothesisFile, referenceFile, '--by-sentence']);
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.deepEqual(lines[4]?.split('\t'), ['4', '100.00', '100.00', '100.00', '0.00']);
});

const mistakes: readonly { readonly what: string; readonly words: () => string[]; readonly says: RegExp }[] = [
  {
    what: 'files of different length',
    words: () => [hypothesisFile, referenceFile, file('short.txt', ['one'])],
    says: /hypotheses\.txt has 4, .*references\.txt has 4, .*short\.txt has 1 lines/,
  },
  {
    what: 'a missing file',
    words: () => [hypothesisFile, join(folder, 'absent.txt')],
    says: /absent\.txt: no such file/,
  },
  { what: 'an empty file', words: () => [file('empty.txt', ''), referenceFile], says: /empty\.txt: is empty/ },
  {
    what: 'a file that is not UTF-8',
    words: () => [hypothesisFile, file('latin1.txt', Buffer.from('uno\ncitt\xe0\n', 'latin1'))],
    says: /latin1\.txt:2: not valid UTF-8/,
  },
  { what: 'no translations', words: () => [referenceFile], says: /standard input: is empty/ },
  {
    what: 'an unknown tokenizer',
    words: () => [hypothesisFile, referenceFile, '--tokenize', 'words'],
    says: /13a, intl, char, zh, none, ja-mecab/,
  },
];
for (const { what, words, says } of mistakes) {
  test(`${what} ends attn score with code 2 and a message`, async () => {
    const { code, out, err } = await attn(['score', ...words()]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, says);
    assert.doesNotMatch(err, /internal error|\n +at /);
  });
}

test('translations that look tokenized cause a warning', async () => {
  const many = Array.from({ length: 100 }, () => 'A house .');
  const path = file('tokenized.txt', many);
  assert.match((await attn(['score', path, path])).err, /look tokenized/);
  assert.doesNotMatch((await attn(['score', hypothesisFile, referenceFile])).err, /look tokenized/);
});

test('translations may come through a pipe without a dash, as in sacreBLEU', async () => {
  const plain = (await attn(['score', hypothesisFile, referenceFile])).out;
  const { code, out, err } = await attn(['score', referenceFile], `${hypotheses.join('\n')}\n`);
  assert.deepEqual([code, out], [0, plain]);
  assert.match(err, /^the translations are read from standard input, the references from /);
  for (const words of [[], ['-']]) {
    const nothing = await attn(['score', ...words]);
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /attn score HYPOTHESES REFERENCES/);
  }
});

test('a file with columns is rejected, as hypotheses and as references, and the error names a command that accepts it', async () => {
  const columns = file(
    'pairs.tsv',
    hypotheses.map((text) => `${text}\tx`),
  );
  for (const words of [
    [columns, referenceFile],
    [hypothesisFile, columns],
  ]) {
    const { code, out, err } = await attn(['score', ...words]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /pairs\.tsv: has a tab in every line.*\n {2}use one of its columns: cut -f2 /);
  }
  // an occasional tab is white space
  assert.equal((await attn(['score', file('tab.txt', ['a\tb', 'c']), file('two.txt', ['a b', 'c'])])).code, 0);
});

test("sacreBLEU's own options are answered with what to use here", async () => {
  for (const [words, says] of [
    [['-i', hypothesisFile], /the translations come first/],
    [['-m', 'bleu', 'chrf'], /always printed: leave it out/],
    [['-tok', '13a'], /did you mean --tokenize\?/],
    [['-lc'], /did you mean --lowercase\?/],
    [['--paired-bs'], /--baseline FILE --test bootstrap/],
    [['-b'], /--json/],
  ] as const) {
    const { code, err } = await attn(['score', hypothesisFile, referenceFile, ...words]);
    assert.equal(code, 2);
    assert.match(err, says);
  }
});

test('a NUL byte in a line is a character of it, as in sacreBLEU 2.6.0', async () => {
  const hyp = file('nul-hyp.txt', 'a b c d e\nx y\0z w q\n');
  const ref = file('nul-ref.txt', 'a b c d e\nx y z w q\n');
  const { code, out } = await attn(['score', hyp, ref]);
  assert.equal(code, 0);
  assert.match(out, /^BLEU +63\.52 /m);
});

test('for a file in Windows-1252 the error names the line, and its advice gives the right score', async () => {
  const right = 'Anna’s friend has arrived.\nWhere’s the station — please?\n';
  const bytes = Buffer.from(right.replaceAll('’', '\u0092').replaceAll('—', '\u0097'), 'latin1');
  const older = file('cp1252.txt', bytes);
  const { code, err } = await attn(['score', file('utf8.txt', right), older]);
  assert.equal(code, 2);
  const advice = /cp1252\.txt:1: not valid UTF-8\n {2}convert the file: iconv -f (\w+) -t UTF-8 .* > NEW/.exec(
    err,
  )?.[1];
  assert.equal(advice, 'CP1252');
  const converted = spawnSync('iconv', ['-f', 'CP1252', '-t', 'UTF-8', older], { encoding: 'utf8' });
  if (converted.error === undefined) assert.equal(converted.stdout, right);
});
