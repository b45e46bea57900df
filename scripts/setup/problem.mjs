/** The reason why a part of set-up cannot work, in one line, and the command (or setting) that fixes it. */
export class Problem extends Error {
  constructor(what, remedy) {
    super(what);
    this.remedy = remedy;
  }
}

/** A line for people: stderr, because stdout belongs to the commands. */
export function say(text) {
  process.stderr.write(`attn setup: ${text}\n`);
}

/**
 * Runs `action`; a failed write becomes a Problem that names the folder and what the user can do about it.
 * @param needed the room needed there, in words
 */
export async function writing(folder, remedy, action, needed = 'about 1.2 GB') {
  try {
    return await action();
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes(error?.code)) {
      throw new Problem(`the disk of ${folder} is full`, `free ${needed} there, then run the same command again`);
    }
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST'].includes(error?.code)) throw error;
    throw new Problem(`${folder} cannot be written (${error.code})`, remedy);
  }
}
