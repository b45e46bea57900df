import cliProgress from 'cli-progress';
import pc from 'picocolors';
import { decimals } from '../support/decimals.ts';
import { asCalled } from '../support/program.ts';
import { shellWord } from '../support/shell.ts';
import { columnsOf, fitted, printable, type Terminal } from '../support/terminal.ts';
import { coverageWarning, describeCoverage } from '../vocabulary/word-vectors.ts';
import { saysNothing } from './early-stopping.ts';
import {
  type FinishInfo,
  hasDiverged,
  type StepInfo,
  type StopReason,
  type TrainingListener,
  type TrainRecord,
  type ValidationInfo,
} from './events.ts';

/**
 * Shows training progress: a moving bar in a terminal, a line every so many updates elsewhere, and at each validation a
 * table row with one translated sentence.
 */
export function progressListener(stream: Terminal): TrainingListener {
  const colours = pc.createColors(stream.isTTY === true && pc.isColorSupported);
  const bar = stream.isTTY === true ? movingBar(stream) : undefined;
  let headed = false;
  let validations = 0;
  /** Writes whole lines, and the bar below them. */
  const say = (...lines: readonly string[]) => {
    bar?.hide();
    stream.write(lines.map((line) => `${line}\n`).join(''));
    bar?.show();
  };
  return {
    started({ name, out, parameters, data, sentences, device, step, vectors = [], notes = [] }) {
      const from = step > 0 ? `, resumed after step ${step}` : '';
      const size = `${count(parameters)} parameters, ${count(sentences)} sentence pairs of ${data}`;
      say(printable(`${name}: ${size}, on ${device}, to ${out}${from}`));
      if (notes.length > 0) say(...notes.map(printable));
      for (const coverage of vectors) {
        const warning = coverageWarning(coverage);
        say(
          printable(describeCoverage(coverage)),
          ...(warning === undefined ? [] : [colours.yellow(printable(warning))]),
        );
      }
    },
    stepped: (info) => bar?.update(info),
    recorded(record) {
      if (bar === undefined) say(logLine(record));
    },
    validated(info) {
      if (!headed) say(colours.bold(tableHead));
      headed = true;
      say(tableRow(info), ...sampleLines(info, columnsOf(stream)).map(colours.dim));
      if (info.undecided && validations++ === 1) say(colours.yellow(undecidedNote));
    },
    finished(info) {
      bar?.hide();
      stream.write(printable(asCalled(closingLines(info))));
    },
    closed: () => bar?.hide(),
  };
}

/** `12,345,678`. */
function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `950`, `12.3k`. */
function short(value: number): string {
  return value < 1000 ? value.toFixed(0) : `${(value / 1000).toFixed(1)}k`;
}

/** Seconds as `0:42`, `12:05`, `1:02:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

function logLine({ step, epoch, seconds, loss, targetTokensPerSecond, learningRate }: TrainRecord): string {
  const speed = `${short(targetTokensPerSecond)} tokens/s`;
  const rate = `learning rate ${learningRate.toExponential(1)}`;
  return `${clock(seconds)}  step ${step}  epoch ${epoch.toFixed(2)}  loss ${decimals(loss, 3)}  ${speed}  ${rate}`;
}

const columns = ['time', 'step', 'epoch', 'loss', 'perplexity', 'BLEU', 'chrF'] as const;
const widths = [8, 8, 7, 7, 10, 6, 6] as const;
const tableHead = row(columns);

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('  ');
}

function tableRow({ record, epoch, improved, guessLoss }: ValidationInfo): string {
  const { step, seconds, loss, perplexity, bleu, chrf } = record;
  const scores = [decimals(loss, 3), decimals(perplexity, 2), bleu.toFixed(2), chrf.toFixed(2)];
  const words = [
    ...(improved ? ['best so far'] : []),
    ...(hasDiverged(loss, guessLoss) ? [`diverged: guessing has a loss of ${guessLoss.toFixed(2)}`] : []),
  ];
  return [row([clock(seconds), String(step), epoch.toFixed(2), ...scores]), ...words].join('  ');
}

/**
 * The sample under its row: one line if it fits in the terminal, otherwise one line each for source, translation and
 * reference, cut to its width.
 */
function sampleLines({ sample }: ValidationInfo, columns = Number.POSITIVE_INFINITY): string[] {
  const source = oneLine(sample.source);
  const translation = `→ ${oneLine(sample.hypothesis)}`;
  const reference = `(${oneLine(sample.reference)})`;
  const whole = `${' '.repeat(10)}${source} ${translation} ${reference}`;
  if (fitted(whole, columns) === whole) return [whole];
  return [`  ${source}`, translation, `  ${reference}`].map((line) =>
    fitted(`${columns < 40 ? '' : '        '}${line}`, columns),
  );
}

/** A sentence for one line of a terminal: its content comes from a corpus or a model, so it cannot be trusted. */
function oneLine(sentence: string): string {
  return printable(sentence.replace(/[\s\u2028\u2029]+/gu, ' '));
}

const reasons: Readonly<Record<StopReason, string>> = {
  maxSteps: 'all steps done',
  epochs: 'all epochs done',
  maxMinutes: 'time is up',
  patience: 'no improvement for a while',
  interrupted: 'interrupted',
};

/** Shown at the second validation: at the first, any training run may have nothing to show. */
const undecidedNote =
  '          the metric is 0 at every validation, so the loss decides which model is best (also for --patience). Try --metric chrf or loss, or another --tokenize';

function closingLines({ reason, step, seconds, metric, best, out }: FinishInfo): string {
  const ended = `${reasons[reason]}: step ${step} after ${clock(seconds)}`;
  const kept =
    best.value === null
      ? 'no validation yet, so no model is kept'
      : saysNothing(metric, best)
        ? `${metric} was 0 at every validation, so the loss decided: best at step ${best.step}, kept in ${out}`
        : `best ${metric} ${decimals(best.value, metric === 'loss' ? 3 : 2)} at step ${best.step}, kept in ${out}`;
  const next =
    reason === 'interrupted' ? `\n  to continue: attn train ${shellWord(`${out}/config.yaml`)} --resume` : '';
  return `${ended}; ${kept}${next}\n`;
}

/** A bar on the terminal's last line, which can be removed and restored. */
interface MovingBar {
  show(): void;
  hide(): void;
  update(info: StepInfo): void;
}

function movingBar(stream: Terminal): MovingBar {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {percentage}%  {status}',
    barsize: 16,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    // the command handles Ctrl-C
    gracefulExit: false,
  });
  const shown = { is: false, share: 0, status: 'starting' };
  const mean = { loss: Number.NaN, tokens: 0, seconds: 0 };
  return {
    show() {
      if (!shown.is) bar.start(1, shown.share, { status: shown.status });
      shown.is = true;
    },
    hide() {
      if (shown.is) bar.stop();
      shown.is = false;
    },
    update(info) {
      // Running means over roughly the last fifty updates.
      mean.loss = Number.isNaN(mean.loss) ? info.loss : mean.loss + (info.loss - mean.loss) / 50;
      mean.tokens = mean.tokens * 0.98 + info.targetTokens;
      mean.seconds = mean.seconds * 0.98 + info.stepSeconds;
      shown.share = info.share;
      shown.status = statusOf(info, mean.loss, mean.tokens / mean.seconds);
      bar.update(info.share, { status: shown.status });
    },
  };
}

function statusOf({ step, share, seconds, learningRate }: StepInfo, loss: number, tokensPerSecond: number): string {
  // The least important comes last, where a narrow terminal cuts it off.
  const left = share > 0 ? `${clock((seconds * (1 - share)) / share)} left  ` : '';
  const rate = learningRate.toExponential(1);
  return `${left}step ${step}  loss ${decimals(loss, 3)}  ${short(tokensPerSecond)} tokens/s  lr ${rate}`;
}
