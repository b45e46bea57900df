import { join } from 'node:path';
import { writeTogether } from '../support/replace-together.ts';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import type { Report } from './types.ts';
import type { SentenceAttention } from './viewer-data.ts';

/**
 * Writes `report.json`, `report.md` and `report.html` into a folder, all or none.
 * @param attention what the page's viewer shows: a few sentences, for each model that has attention
 * @returns the paths written
 */
export function writeReport(directory: string, report: Report, attention: readonly SentenceAttention[] = []): string[] {
  const files = [
    { path: join(directory, 'report.md'), data: reportMarkdown(report) },
    { path: join(directory, 'report.html'), data: reportHtml(report, attention) },
    { path: join(directory, 'report.json'), data: `${JSON.stringify(report, null, 2)}\n` },
  ];
  writeTogether(files);
  return files.map(({ path }) => path);
}
