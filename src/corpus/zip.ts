import { isUtf8 } from 'node:buffer';
import { basename, join } from 'node:path';
import { crc32 } from '../support/crc32.ts';
import { AttnError, InputError, systemCode } from '../support/errors.ts';
import { AtomicFile } from '../support/files.ts';
import { commitTogether } from '../support/replace-together.ts';

/** More files than any corpus has. */
const MOST_FILES = 10_000;

/**
 * An archive that unpacks to more than this, and to many times its own size, is not text: text compresses to a third.
 */
const LARGEST_UNSUSPECTED = 1e9;
const LARGEST_RATIO = 200;

/** A file in an archive that is worth unpacking. */
interface Wanted {
  readonly entry: import('yauzl').Entry;
  /** Its name in the archive. */
  readonly path: string;
  /** Its name when unpacked. */
  readonly name: string;
}

/**
 * Unpacks the files of a zip archive into `folder`, without the archive's own folders; hidden files and those macOS
 * adds are left out. All appear together or, if the archive is damaged, none. Sizes and CRC-32 are checked; one file is
 * open at a time.
 * @param title what messages call the archive
 * @returns the names of the files
 * @throws InputError for an archive that is damaged or encrypted, contains two files of one name or more than 10,000
 *   files, or looks like a zip bomb
 */
export async function unzip(path: string, folder: string, title: string = path): Promise<string[]> {
  // loaded here: no other command needs it
  const { openPromise, getFileNameLowLevel } = await import('yauzl');
  const files: AtomicFile[] = [];
  const archive = await openPromise(path, { autoClose: false, decodeStrings: false }).catch((error) => {
    throw asDamage(title, error);
  });
  try {
    const wanted: Wanted[] = [];
    for await (const entry of archive.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      // macOS writes UTF-8 without declaring it
      const inside = isUtf8(fileNameRaw)
        ? fileNameRaw.toString('utf8')
        : getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      if (isWanted(inside)) wanted.push({ entry, path: inside, name: plainName(inside) });
      if (wanted.length > MOST_FILES) throw refused(title, `has more than ${MOST_FILES} files`);
    }
    checkSizes(title, archive.fileSize, wanted);
    checkNames(title, wanted);
    for (const { entry, path: inside, name } of wanted) {
      const where = `${title}: ${inside}`;
      if (entry.isEncrypted()) throw refused(where, 'is encrypted');
      if (!entry.canDecodeFileData()) throw refused(where, `is compressed by method ${entry.compressionMethod}`);
      const file = new AtomicFile(join(folder, name));
      files.push(file);
      let crc = 0;
      for await (const chunk of await archive.openReadStreamPromise(entry)) {
        crc = crc32(chunk, crc);
        file.write(chunk);
      }
      if (crc !== entry.crc32) throw refused(where, 'is damaged');
      file.sync();
    }
    commitTogether(files);
    return wanted.map(({ name }) => name);
  } catch (error) {
    throw asDamage(title, error);
  } finally {
    for (const file of files) file.abort();
    archive.close();
  }
}

function isWanted(path: string): boolean {
  return !path.endsWith('/') && !path.startsWith('__MACOSX/') && !plainName(path).startsWith('.');
}

/** The last part of a name: an archive never writes outside its destination folder. */
function plainName(path: string): string {
  return basename(path.replaceAll('\\', '/'));
}

/** The declared size of a file is an upper bound: yauzl stops one that grows beyond it. */
function checkSizes(title: string, packed: number, wanted: readonly Wanted[]): void {
  const total = wanted.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (total <= LARGEST_UNSUSPECTED || total <= LARGEST_RATIO * packed) return;
  throw refused(
    title,
    `would unpack to ${(total / 1e9).toFixed(1)} GB, ${Math.round(total / packed)} times its own size`,
  );
}

function checkNames(title: string, wanted: readonly Wanted[]): void {
  const names = new Set<string>();
  for (const { name } of wanted) {
    if (name === '' || name === '..' || /[\p{Cc}]/u.test(name)) {
      throw refused(title, `has a file with an unusable name, ${JSON.stringify(name)}`);
    }
    if (names.has(name)) throw refused(title, `has two files called ${name}`);
    names.add(name);
  }
}

function refused(where: string, message: string): InputError {
  return new InputError(message, { where, remedy: 'download it again, or unpack it with another program' });
}

/** Errors of yauzl and zlib as an error of the archive; system errors and our own stay unchanged. */
function asDamage(title: string, error: unknown): unknown {
  if (error instanceof AttnError || /^E[A-Z]+$/.test(systemCode(error) ?? '')) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return refused(title, `is not a zip archive, or is damaged (${reason})`);
}
