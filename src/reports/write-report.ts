import { join } from 'node:path';
import { writeFileAtomic } from '../support/files.ts';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import type { Report } from './types.ts';
import type { SentenceAttention } from './viewer-data.ts';

/**
 * Writes `report.json`, `report.md` and `report.html` into a folder, each whole or not at all.
 * @param attention what the page's viewer shows: a few sentences, for each model that has attention
 * @returns the paths written
 */
export function writeReport(directory: string, report: Report, attention: readonly SentenceAttention[] = []): string[] {
  const files: [string, string][] = [
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['report.md', reportMarkdown(report)],
    ['report.html', reportHtml(report, attention)],
  ];
  return files.map(([name, content]) => {
    const path = join(directory, name);
    writeFileAtomic(path, content);
    return path;
  });
}
