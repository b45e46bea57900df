import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { saveModel } from '../checkpoints/checkpoint.ts';
import { openTrainedRun, type TrainedRun } from '../checkpoints/trained-run.ts';
import { modelOptionNames } from '../models/seq2seq.ts';
import { RunError } from '../support/errors.ts';
import { makeFolder } from '../support/files.ts';
import { version } from '../support/version.ts';
import { checkExportFolder, writeExportFolder } from './export-folder.ts';
import { checkFormat, type ExportPrecision, floatTypes } from './export-model.ts';
import { modelFacts } from './model-facts.ts';
import { namedModels } from './named-runs.ts';
import { pageFolder } from './page-folder.ts';
import type { Site, SiteModel } from './site.ts';

/** What was written. */
export interface WebExportResult {
  readonly out: string;
  readonly precision: ExportPrecision;
  readonly models: readonly string[];
  /** Of all files. */
  readonly bytes: number;
}

/**
 * Writes a folder of static files: the page, which translates in the browser, with models and their vocabularies.
 * @param folders run folders, folders of runs, or model files; the page starts with the first
 * @param out a folder that does not exist or is empty
 * @throws InputError for a model that is missing or damaged, and a folder that is not empty
 */
export async function exportWeb(
  folders: readonly string[],
  out: string,
  precision: ExportPrecision,
): Promise<WebExportResult> {
  checkExportFolder(out);
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new RunError('the page has not been built', { where: pageFolder, remedy: 'npm run setup' });
  }
  const runs = namedModels(folders);
  return writeExportFolder(out, async (made) => {
    makeFolder(join(made, 'models'));
    cpSync(pageFolder, made, { recursive: true });
    const models: SiteModel[] = [];
    for (const named of runs) {
      const run = await openTrainedRun(named);
      checkFormat(run, precision);
      models.push(writeModel(made, run, precision, models.length === 0));
    }
    const site: Site = { version, models };
    writeFileSync(join(made, 'models.json'), JSON.stringify(site));
    writeServiceWorker(made, site);
    const bytes = filesOf(made).reduce((sum, file) => sum + statSync(join(made, file)).size, 0);
    return { out, precision, models: models.map(({ name }) => name), bytes };
  });
}

/**
 * The names of the model's files contain a hash of their content, so that no cache confuses an old one with a new one.
 */
function writeModel(folder: string, run: TrainedRun, precision: ExportPrecision, meant: boolean): SiteModel {
  const { checkpoint, model, vocabularies, name } = run;
  const written = join(folder, 'models', 'model.tmp');
  saveModel(written, checkpoint, floatTypes[precision]);
  // in an address, # and ? would end the path
  const file = `models/${name.replace(/[^\w.-]+/g, '-')}-${shortHash(readFileSync(written))}.safetensors`;
  renameSync(written, join(folder, file));
  const vocabulary = (side: 'source' | 'target'): string => {
    const path = `models/${vocabularies[side].sha256.slice(0, HASH_DIGITS)}.model`;
    copyFileSync(run.folder[`${side}Vocabulary`], join(folder, path));
    return path;
  };
  const options = Object.fromEntries(modelOptionNames.map((key) => [key, model.options[key]])) as SiteModel['options'];
  return {
    name,
    ...modelFacts(checkpoint),
    default: meant,
    bytes: statSync(join(folder, file)).size,
    files: { model: file, source: vocabulary('source'), target: vocabulary('target') },
    options,
  };
}

/**
 * The service worker, which keeps the page for offline use: the list of files to keep is prepended to its code.
 * Everything is kept at once, except models other than the page's first one, which are kept when they are first used.
 */
function writeServiceWorker(folder: string, { models }: Site): void {
  const path = join(folder, 'service-worker.js');
  const later = new Set(models.filter((model) => !model.default).map(({ files }) => files.model));
  const files = filesOf(folder).filter((file) => file !== 'service-worker.js' && !later.has(file));
  const content = createHash('sha256');
  for (const file of files) content.update(file).update(readFileSync(join(folder, file)));
  const kept = { name: content.digest('hex').slice(0, HASH_DIGITS), files: ['./', ...files] };
  writeFileSync(path, `self.kept = ${JSON.stringify(kept)};\n${readFileSync(path, 'utf8')}`);
}

const HASH_DIGITS = 12;

function shortHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, HASH_DIGITS);
}

/** Every file of a folder, by its relative path. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.split(sep).join('/'))
    .sort();
}
