import { existsSync, renameSync } from 'node:fs';
import { writing } from './file-failures.ts';
import { AtomicFile, removeQuietly } from './files.ts';
import { temporaryPath } from './temporary-names.ts';

/** Commits files that belong together: all are on disk before the first takes its name. Then as `replaceTogether`. */
export function commitTogether(files: readonly AtomicFile[]): void {
  try {
    for (const file of files) file.sync();
    replaceTogether(files.map((file) => ({ path: file.path, put: () => file.commit() })));
  } catch (error) {
    for (const file of files) file.abort();
    throw error;
  }
}

/**
 * Puts files or folders that belong together in their places, and restores the old ones if one cannot be placed. The
 * old ones are moved away from last to first, then the new ones are placed from first to last. If the process is killed
 * in between, the last one is missing, and old and new are never mixed.
 */
export function replaceTogether(items: readonly { readonly path: string; readonly put: () => void }[]): void {
  const moved: { readonly path: string; readonly away: string }[] = [];
  const put: string[] = [];
  try {
    for (const { path } of [...items].reverse()) {
      if (!existsSync(path)) continue;
      const away = temporaryPath(path);
      writing(path, () => renameSync(path, away));
      moved.push({ path, away });
    }
    for (const item of items) {
      put.push(item.path);
      writing(item.path, item.put);
    }
  } catch (error) {
    for (const path of put) removeQuietly(path);
    for (const { path, away } of moved.reverse()) {
      try {
        renameSync(away, path);
      } catch {
        // the others may still be restored
      }
    }
    throw error;
  }
  for (const { away } of moved) removeQuietly(away);
}

/** Writes files that belong together (see `commitTogether`). @throws like `writeFileAtomic` */
export function writeTogether(
  contents: readonly { readonly path: string; readonly data: string | Uint8Array }[],
): void {
  const files: AtomicFile[] = [];
  try {
    for (const { path, data } of contents) {
      const file = new AtomicFile(path);
      files.push(file);
      file.write(data);
    }
  } catch (error) {
    for (const file of files) file.abort();
    throw error;
  }
  commitTogether(files);
}
