import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../support/errors.ts';
import { reading } from '../../support/file-failures.ts';
import { writeFileAtomic } from '../../support/files.ts';
import { refuseForeign } from '../../support/foreign-files.ts';
import { extendModel } from '../../vocabulary/extend.ts';
import { isOwnModelFile, readModelFile } from '../../vocabulary/model-file.ts';
import { defineCommand } from '../command.ts';

export const vocabExtend = defineCommand({
  name: 'vocab extend',
  summary: 'add symbols to a model file; the ids of its pieces stay',
  options: z.object({
    model: z.string().describe('a .model file of attn or of another SentencePiece trainer'),
    userSymbols: z.array(z.string()).describe('strings that become one piece each, separated by commas'),
    out: z.string().describe('the .model file to write'),
  }),
  json: true,
  examples: ['attn vocab extend --model vocabulary/source.model --user-symbols "<formal>,<informal>" --out more.model'],
  async run({ model, userSymbols, out }, _, context) {
    if (userSymbols.length === 0) throw new InputError('names no symbol', { where: '--user-symbols' });
    if (existsSync(out) && !isOwnModelFile(readFileSync(out))) refuseForeign(dirname(out), [basename(out)]);
    const bytes = reading(model, () => readFileSync(model));
    const extended = extendModel(bytes, userSymbols, model);
    writeFileAtomic(out, extended);
    const { pieces } = readModelFile(extended, out);
    const first = pieces.length - userSymbols.length;
    if (context.json) {
      context.print(JSON.stringify({ path: out, size: pieces.length, added: userSymbols.map((_, i) => first + i) }));
    }
    context.say(`${out}: ${pieces.length} pieces; ids ${first} to ${pieces.length - 1} are new`);
  },
});
