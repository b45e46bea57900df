import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { splitWords, trim } from '../../src/corpus/whitespace.ts';
import { corpusBleu } from '../../src/evaluation/bleu.ts';
import { chooseTokenizer } from '../../src/evaluation/choose-tokenizer.ts';
import { sentenceLengths } from '../../src/evaluation/length-buckets.ts';
import { cutWords } from '../../src/evaluation/mecab.ts';
import { MecabDictionary } from '../../src/evaluation/mecab-dictionary.ts';
import { openTokenizer } from '../../src/evaluation/open-tokenizer.ts';
import { builtInTokenizer } from '../../src/evaluation/tokenizers.ts';
import { unspacedLanguage } from '../../src/evaluation/writing.ts';
import { InputError } from '../../src/support/errors.ts';

interface SmallDictionary {
  readonly size: number;
  readonly files: Readonly<Record<string, string>>;
  readonly words: readonly (readonly string[])[];
}

/** The output of test/fixtures/make-tokenizers.py. */
const fixture: {
  readonly sentences: readonly string[];
  readonly mecab: SmallDictionary;
  readonly mecabKo: SmallDictionary;
  readonly spm: { readonly model: string; readonly sentences: readonly string[]; readonly words: readonly string[][] };
} = JSON.parse(readFileSync(new URL('../fixtures/tokenizers.json', import.meta.url), 'utf8'));

const scratch = mkdtempSync(join(tmpdir(), 'attn-tokenizers-'));
after(() => rmSync(scratch, { recursive: true }));
const unpack = (text: string) => inflateSync(Buffer.from(text, 'base64'));

function writeDictionary({ files }: SmallDictionary): string {
  const folder = mkdtempSync(join(scratch, 'dictionary-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), unpack(text));
  return folder;
}

for (const key of ['mecab', 'mecabKo'] as const) {
  test(`${key} splits sentences like the real one with the same dictionary`, () => {
    const dictionary = new MecabDictionary(writeDictionary(fixture[key]));
    assert.equal(dictionary.size, fixture[key].size);
    for (const [i, sentence] of fixture.sentences.entries()) {
      const words = splitWords(cutWords(dictionary, trim(sentence)).join(' '));
      assert.deepEqual(words, fixture[key].words[i], JSON.stringify(sentence));
    }
  });
}

test('13a keeps points and commas between digits together, as in sacreBLEU 2.6.0, whatever the digits', () => {
  const { words } = builtInTokenizer('13a');
  assert.equal(
    words('It cost 1,000.50 in 2010, not 10.0: 0.5-0.9, 90-9.').join(' '),
    'It cost 1,000.50 in 2010 , not 10.0 : 0.5 - 0.9 , 90 - 9 .',
  );
  assert.equal(words('a.0b ,0 0, x.').join(' '), 'a . 0b , 0 0 , x .');
});

test('the two differ for a word after a space that should not be there', () => {
  const differing = fixture.mecab.words.filter((words, i) => words.join('|') !== fixture.mecabKo.words[i]!.join('|'));
  assert.ok(differing.length >= 2, `${differing.length} sentences`);
});

test('a SentencePiece model splits sentences like sacreBLEU with it', async () => {
  const path = join(scratch, 'some.model');
  writeFileSync(path, unpack(fixture.spm.model));
  const { words, signature } = await openTokenizer('flores200', path);
  for (const [i, sentence] of fixture.spm.sentences.entries()) {
    assert.deepEqual(words(sentence), fixture.spm.words[i], JSON.stringify(sentence));
  }
  assert.equal(signature, 'flores200');
  const own = await openTokenizer('spm', path);
  assert.match(own.signature, /^spm-[0-9a-f]{8}$/, 'which model it was');
  assert.match(corpusBleu(['猫'], [['猫']], { tokenize: own }).signature, /\|tok:spm-[0-9a-f]{8}\|/);
});

test('files that do not belong to a tokenizer are rejected by name', async () => {
  const folder = writeDictionary(fixture.mecab);
  await assert.rejects(openTokenizer('ja-mecab', folder), /is not the IPA dictionary: it has \d+ words, not 392126/);
  await assert.rejects(openTokenizer('ko-mecab', folder), /is not mecab-ko-dic/);
  for (const name of ['sys.dic', 'unk.dic', 'matrix.bin', 'char.bin']) {
    const whole = unpack(fixture.mecab.files[name]!);
    for (const bytes of [whole.subarray(0, whole.length - 1), whole.subarray(0, 3), Buffer.alloc(0)]) {
      writeFileSync(join(folder, name), bytes);
      assert.throws(
        () => new MecabDictionary(folder),
        (error) => error instanceof InputError && error.describe().startsWith(`${join(folder, name)}: `),
        `${name} of ${bytes.length} bytes`,
      );
    }
    writeFileSync(join(folder, name), whole);
  }
  const other = Buffer.from(unpack(fixture.mecab.files['sys.dic']!));
  other.write('EUC-JP\0', 40);
  writeFileSync(join(folder, 'sys.dic'), other);
  assert.throws(() => new MecabDictionary(folder), /is a dictionary in EUC-JP/);
  await assert.rejects(
    openTokenizer('spm', join(scratch, 'none')),
    (error) => error instanceof InputError && error.describe().startsWith(`${join(scratch, 'none')}: no such file`),
  );
  await assert.rejects(
    openTokenizer('spm', join(folder, 'char.bin')),
    (error) => error instanceof InputError && error.describe().startsWith(`${join(folder, 'char.bin')}: `),
  );
  assert.throws(() => corpusBleu(['a'], [['a']], { tokenize: 'ja-mecab' }), /needs a file of its own/);
});

const samples: readonly (readonly [string, string | undefined, string])[] = [
  ['她现在想要茶，不要 GDP 和 Python。', 'Chinese', 'zh'],
  ['我喺香港食飯', 'Chinese', 'zh'],
  ['私は東京都に行きます。', 'Japanese', 'char'],
  ['コンピューター', 'Japanese', 'char'],
  ['나는 물을 마신다.', 'Korean', 'char'],
  ['ฉันดื่มน้ำทุกวัน', 'Thai, Lao, Khmer, Burmese or Tibetan', 'char'],
  ['ខ្ញុំផឹកទឹក', 'Thai, Lao, Khmer, Burmese or Tibetan', 'char'],
  ['I drink water in 東京 every day', undefined, '13a'],
  ['Io bevo acqua.', undefined, '13a'],
  ['Я пью воду', undefined, '13a'],
  ['أشرب الماء', undefined, '13a'],
  ['मैं पानी पीता हूँ', undefined, '13a'],
  ['12 + 3 = 15', undefined, '13a'],
  ['', undefined, '13a'],
];

test('the references decide the tokenizer if none is named, with a notice unless it is the usual one', async () => {
  for (const [sentence, language, name] of samples) {
    assert.equal(unspacedLanguage([sentence]), language, sentence);
    const { scoring, notes } = await chooseTokenizer([sentence], {});
    assert.equal(scoring.tokenize.name, name, sentence);
    assert.equal(scoring.asianTer, language === 'Chinese' || language === 'Japanese', sentence);
    assert.equal(notes.length > 0, language !== undefined, notes.join());
    if (language !== undefined) assert.ok(notes[0]!.includes(name) && notes[0]!.includes(language), notes[0]);
  }
  const japanese = await chooseTokenizer(['私は東京都に行きます。'], {});
  assert.match(japanese.notes.join('\n'), /--tokenize ja-mecab --tokenizer-model FOLDER/);
});

test('a named tokenizer is used; for one that finds no words in the references there is a warning', async () => {
  const chinese = ['她现在想要茶。'];
  const { scoring, notes } = await chooseTokenizer(chinese, { tokenize: '13a' });
  assert.equal(scoring.tokenize.name, '13a');
  assert.match(notes[0]!, /looks for spaces.*--tokenize zh/);
  assert.deepEqual((await chooseTokenizer(['I drink water.'], { tokenize: 'char' })).notes, []);
  const named = await chooseTokenizer(chinese, { tokenize: 'char' });
  assert.doesNotMatch(named.notes.join(), /looks for spaces/);
});

test('lengths are counted in words, or in characters if a language has no spaces', () => {
  assert.deepEqual(sentenceLengths(['Io bevo  acqua .']), { unit: 'words', lengths: [4] });
  assert.deepEqual(sentenceLengths(['她现在 想要茶。', '茶𠮷']), { unit: 'characters', lengths: [7, 2] });
  assert.deepEqual(sentenceLengths(['나는 물을 마신다.']), { unit: 'words', lengths: [3] });
});
