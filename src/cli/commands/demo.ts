import { join } from 'node:path';
import pc from 'picocolors';
import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { labelledMatrix } from '../../reports/attention-matrix.ts';
import { heatmapText } from '../../reports/heatmap-text.ts';
import { formatScores } from '../../reports/score-table.ts';
import { shellWord } from '../../support/shell.ts';
import { columnsOf } from '../../support/terminal.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { progressListener } from '../../training/progress.ts';
import { type DemoTranslation, demo } from '../../workflows/demo.ts';
import { type Context, defineCommand } from '../command.ts';
import { refuseFailures } from './compare.ts';

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'the whole experiment in a few minutes: none, dot, general and concat on the embedded corpus',
  options: z.object({
    out: z.string().default('checkpoints/demo').describe('output folder for the report, with the models in runs/'),
    overwrite: z.boolean().default(false).describe('retrain what an earlier demo trained'),
    device: deviceOption,
  }),
  json: true,
  handlesInterrupt: true,
  async run({ out, overwrite, device }, _, context) {
    const { say, print, draw, signal, stderr, quiet } = context;
    chooseDevice(device);
    const listeners = quiet ? [] : [progressListener(stderr)];
    const result = await demo({ out, overwrite, signal, say, listeners });
    if (result === undefined) {
      say('interrupted; run attn demo again to continue');
      return;
    }
    const { report, model, translations } = result;
    if (context.json) print(JSON.stringify(report));
    else {
      print(`\n${formatScores(report)}\n\n${translationText(model, translations)}`);
      draw(`\n${attentionText(translations, context)}`);
    }
    say(`
report: ${join(out, 'report.html')}
Next:
  attn translate --checkpoint ${shellWord(report.models.find(({ name }) => name === model)?.checkpoint ?? out)} "..."
  attn train --score concat                 the same corpus, a larger model
  attn compare --seeds 1,2,3                several trainings of each
  attn data split --corpus FILE --out DIR   a corpus of your own`);
    refuseFailures(result);
  },
});

/** The translations in the format of `attn translate`. */
function translationText(model: string, translations: readonly DemoTranslation[]): string {
  const lines = translations.map(
    ({ source, text, reference }) =>
      `  ${source}\n  ${text}${text === reference ? '' : `\n  (reference: ${reference})`}`,
  );
  return [`Translated by ${model}:`, ...lines].join('\n\n');
}

/** Where the model looked in the middle sentence. */
function attentionText(translations: readonly DemoTranslation[], { stdout }: Context): string {
  const shown = translations[1] ?? translations[0];
  if (shown === undefined) return '';
  const colour = stdout.isTTY === true && pc.isColorSupported;
  const columns = columnsOf(stdout) ?? 80;
  return `Where it looked:\n\n${heatmapText(labelledMatrix(shown.attention, 'words'), { colour, columns })}`;
}
