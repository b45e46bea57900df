/**
 * The word edit distance that TER is built on, with Tercom's limits as in sacreBLEU 2.6.0: only cells around the
 * diagonal of the matrix are filled.
 */

/** How a hypothesis word or a reference word was used on the cheapest path. */
export const KEEP = 0;
export const SUBSTITUTE = 1;
/** The hypothesis word has no counterpart. */
export const DROP = 2;
/** The reference word has no counterpart. */
export const INSERT = 3;

/** Half the width of the band around the diagonal, in cells. */
const BAND = 25;
const UNREACHED = 1 << 29;

/** All rows for one hypothesis: row i holds the costs of its first i words against 0..R reference words. */
export interface EditMatrix {
  readonly rows: readonly Int32Array[];
  readonly operations: readonly Uint8Array[];
}

/** Fills the matrix of a hypothesis of H words: H + 1 rows of R + 1 cells. */
export function editMatrix(hypothesis: readonly number[], reference: readonly number[]): EditMatrix {
  const cells = reference.length + 1;
  const rows = [Int32Array.from({ length: cells }, (_, j) => j)];
  const operations = [new Uint8Array(cells).fill(INSERT)];
  for (let i = 1; i <= hypothesis.length; i++) {
    const row = new Int32Array(cells);
    const operation = new Uint8Array(cells);
    fillRow(i, hypothesis, reference, rows[i - 1]!, row, operation);
    rows.push(row);
    operations.push(operation);
  }
  return { rows, operations };
}

/**
 * The distance of another hypothesis of the same length that shares its first `same` words with `known`: only the rows
 * after them are filled.
 */
export function editDistance(
  hypothesis: readonly number[],
  reference: readonly number[],
  known: EditMatrix,
  same: number,
): number {
  let row = known.rows[same]!;
  for (let i = same + 1; i <= hypothesis.length; i++) {
    const next = i % 2 === 0 ? scratch(0, row.length) : scratch(1, row.length);
    fillRow(i, hypothesis, reference, row, next);
    row = next;
  }
  return row[reference.length]!;
}

/** The operations of the cheapest path, from the first word onwards. */
export function editPath({ operations }: EditMatrix): number[] {
  const path: number[] = [];
  let i = operations.length - 1;
  let j = operations[0]!.length - 1;
  while (i > 0 || j > 0) {
    const operation = operations[i]![j]!;
    path.push(operation);
    if (operation !== INSERT) i--;
    if (operation !== DROP) j--;
  }
  return path.reverse();
}

function fillRow(
  i: number,
  hypothesis: readonly number[],
  reference: readonly number[],
  above: Int32Array,
  row: Int32Array,
  operations?: Uint8Array,
): void {
  const word = hypothesis[i - 1];
  const [first, end] = band(i, hypothesis.length, reference.length);
  // Cells outside the band are never filled; those that this row and the next one read must not look cheap.
  row.fill(UNREACHED, Math.max(0, first - 1), band(i + 1, hypothesis.length, reference.length)[1]);
  for (let j = first; j < end; j++) {
    // Of equal costs the first wins: keep or substitute, then drop, then insert.
    let cost = UNREACHED;
    let operation = KEEP;
    if (j > 0) {
      const same = word === reference[j - 1];
      operation = same ? KEEP : SUBSTITUTE;
      cost = above[j - 1]! + (same ? 0 : 1);
    }
    if (above[j]! + 1 < cost) {
      cost = above[j]! + 1;
      operation = DROP;
    }
    if (j > 0 && row[j - 1]! + 1 < cost) {
      cost = row[j - 1]! + 1;
      operation = INSERT;
    }
    row[j] = cost;
    if (operations) operations[j] = operation;
  }
}

/**
 * The cells of row i that are filled: from the first number to before the second; the last row is filled to its end.
 */
function band(i: number, hypothesisLength: number, referenceLength: number): [number, number] {
  const cells = referenceLength + 1;
  const slope = referenceLength / hypothesisLength;
  const half = BAND < slope / 2 ? Math.ceil(slope / 2 + BAND) : BAND;
  const diagonal = Math.floor(i * slope);
  return [Math.max(0, diagonal - half), i >= hypothesisLength ? cells : Math.min(cells, diagonal + half)];
}

const buffers: [Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0)];

function scratch(which: 0 | 1, cells: number): Int32Array {
  if (buffers[which].length < cells) buffers[which] = new Int32Array(2 * cells);
  return buffers[which].subarray(0, cells);
}
