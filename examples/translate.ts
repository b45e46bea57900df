// Translates the lines of standard input: node --import tsx examples/translate.ts MODEL [MODEL...] < letters.it
import { text } from 'node:stream/consumers';
import { InputError, loadTranslator } from 'attn';

try {
  await using translator = await loadTranslator(process.argv.slice(2));
  const lines = (await text(process.stdin)).replace(/\n$/, '').split('\n');
  // all lines in one call: much faster than one call per line
  for (const { hypotheses } of await translator.translate(lines, { beam: 5, attention: 'none' })) {
    console.log(hypotheses[0]?.text);
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`${error.where ?? 'input'}: ${error.problem}. ${error.remedy ?? ''}`);
  process.exitCode = 2;
}
