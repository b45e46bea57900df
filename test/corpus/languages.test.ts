import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOfExtension } from '../../src/corpus/columns.ts';
import { identifyLanguage, languageCode, scriptLetters } from '../../src/corpus/languages.ts';

const samples: Record<string, string[]> = {
  de: ['Ich weiß nicht, was das ist.', 'Wir haben auch ein Haus in der Stadt.', 'Er ist mit dem Zug gekommen.'],
  en: ['I do not know what that is.', 'We have a house in the city too.', 'He was on the train with his mother.'],
  es: ['No sé qué es eso.', 'Ella tiene una casa en la ciudad.', 'Me lo ha dicho él, pero no lo creo.'],
  fr: ["Je ne sais pas ce que c'est.", 'Elle a une maison dans la ville.', 'Il est venu avec le train.'],
  it: ['Non so che cosa sia.', 'Anche lei ha una casa in città.', 'Sono venuto con il treno, ma non mi piace.'],
  nl: ['Ik weet niet wat dat is.', 'We hebben ook een huis in de stad.', 'Hij is met de trein naar het werk.'],
  pt: ['Não sei o que é isso.', 'Ela também tem uma casa na cidade.', 'Eu não gosto do que ele disse, mas está bem.'],
};

test('every known language is recognised from a few sentences', () => {
  assert.equal(Object.keys(samples).length, 7);
  for (const [language, sentences] of Object.entries(samples)) assert.equal(identifyLanguage(sentences), language);
});

test('no language is guessed for none, or for two at once', () => {
  assert.equal(identifyLanguage([]), undefined);
  assert.equal(identifyLanguage(['17', '42']), undefined);
  assert.equal(identifyLanguage(['Tom Mary Roma Parigi Berlino']), undefined);
  assert.equal(identifyLanguage([...samples.it!, ...samples.en!]), undefined);
});

test('codes of two and three letters and with a region are the same language', () => {
  assert.deepEqual(['it', 'ita', 'it-IT', 'IT'].map(languageCode), ['it', 'it', 'it', 'it']);
  assert.equal(languageCode('left side'), 'left side');
});

test('a language names its script, a single or a combined one, and an unknown language names none', () => {
  const letters = (language: string, text: string) => text.match(scriptLetters(language)!)?.join('');
  assert.equal(letters('it', 'è, да 日'), 'è');
  assert.equal(letters('ru', 'è, да 日'), 'да');
  assert.equal(letters('ja', 'è, да 日は'), '日は');
  assert.equal(scriptLetters('xx'), undefined);
  assert.equal(scriptLetters('left side'), undefined);
});

test('the extension of a file name is a language only if it is a common code', () => {
  assert.equal(languageOfExtension('corpora/train.it'), 'it');
  assert.equal(languageOfExtension('train.ita.gz'), 'ita');
  for (const name of ['train.txt', 'train.tsv', 'train.tok', 'train.gz', 'it']) {
    assert.equal(languageOfExtension(name), undefined, name);
  }
});
