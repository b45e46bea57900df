import { basename, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { type ExportPrecision, exportModel, exportPrecisions } from '../../workflows/export-model.ts';
import { exportOnnx } from '../../workflows/export-onnx.ts';
import { exportWeb } from '../../workflows/export-web.ts';
import { type Context, defineCommand } from '../command.ts';
import { meantModel, meantRun } from '../meant-run.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'export a model to ship: a folder with only what translating needs',
  arguments: [
    {
      name: '[models...]',
      description:
        'run folder or model file; for a page, several of them, or folders that contain them, and the page starts with the first; default: the newest in checkpoints/ on the data last prepared, or for a page without any the model that comes with attn',
    },
  ],
  options: z.object({
    precision: z
      .enum(exportPrecisions)
      .optional()
      .describe('number format of the file; 16-bit formats halve its size; default: float32, for a page bfloat16'),
    out: z.string().optional().describe('output folder; default: exported/ and the name of the run'),
    web: z
      .string()
      .optional()
      .describe('folder for a page that translates in the browser: static files that need no server of their own'),
    onnx: z
      .string()
      .optional()
      .describe('folder for ONNX models that other programs run: an encoder and one step of the decoder, float32'),
  }),
  json: true,
  examples: [
    'attn export checkpoints/concat --precision float16 --out it-en',
    'attn translate --checkpoint it-en "Ho fame."',
    'attn export checkpoints/concat checkpoints/none --web page',
    'attn export checkpoints/concat --onnx onnx',
  ],
  async run({ precision, out, web, onnx }, models, context) {
    if (onnx !== undefined) return writeOnnx(onnx, models, { precision, out, web }, context);
    if (web !== undefined) return writePage(web, models, precision ?? 'bfloat16', out, context);
    const [path = meantRun(context), another] = models;
    if (another !== undefined) {
      throw new InputError('is one model too many', {
        where: another,
        remedy: 'export one at a time; --web DIR puts several in a page',
      });
    }
    const result = await exportModel(
      path,
      out ?? join('exported', basename(path, '.safetensors')),
      precision ?? 'float32',
    );
    if (context.json) context.print(JSON.stringify(result));
    context.say(
      `${result.out}: ${(result.bytes / 1e6).toFixed(1)} MB of ${result.precision}, vocabularies, options, model card`,
    );
    context.say(`Next: attn translate --checkpoint ${shellWord(result.out)} "..."`);
  },
});

async function writeOnnx(
  folder: string,
  models: readonly string[],
  others: Readonly<Record<'precision' | 'out' | 'web', string | undefined>>,
  context: Context,
): Promise<void> {
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    const remedy = 'leave it out: --onnx names the folder, and its models are float32';
    throw new InputError('cannot be combined with --onnx', { where: `--${name}`, remedy });
  }
  const [path = meantRun(context), another] = models;
  if (another !== undefined) {
    throw new InputError('is one model too many', { where: another, remedy: 'export one at a time' });
  }
  const result = await exportOnnx(path, folder);
  if (context.json) context.print(JSON.stringify(result));
  context.say(
    `${folder}: encoder_model.onnx and decoder_model.onnx, ${(result.bytes / 1e6).toFixed(1)} MB, vocabularies`,
  );
  context.say('Next: docs/other-programs.md shows how a program in Python translates with them');
}

async function writePage(
  folder: string,
  models: readonly string[],
  precision: ExportPrecision,
  out: string | undefined,
  context: Context,
): Promise<void> {
  if (out !== undefined) {
    throw new InputError('cannot be combined with --web, which names the folder', {
      where: '--out',
      remedy: 'leave it out',
    });
  }
  const result = await exportWeb(models.length > 0 ? models : [meantModel(context)], folder, precision);
  if (context.json) context.print(JSON.stringify(result));
  context.say(`${folder}: a page with ${result.models.join(', ')}, ${(result.bytes / 1e6).toFixed(1)} MB in all`);
  context.say(
    `Next: put the folder on any web server; to see it here: python3 -m http.server -d ${shellWord(folder)}, then http://localhost:8000`,
  );
}
