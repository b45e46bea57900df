/** The start of a remedy, "did you mean 'score'? ", or nothing if no choice is within two edits of the word. */
export function didYouMean(word: string, choices: readonly string[]): string {
  const allowed = Math.min(2, Math.floor(word.length / 3));
  const near = choices
    .map((choice) => ({ choice, slips: slips(word.toLowerCase(), choice.toLowerCase()) }))
    .filter((candidate) => candidate.slips <= allowed)
    .sort((a, b) => a.slips - b.slips);
  return near[0] ? `did you mean '${near[0].choice}'? ` : '';
}

/** The edit distance with swaps of neighbours (Damerau's, optimal string alignment). */
function slips(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row.push(
        Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1)),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j] ?? 0, (rows[i - 2]?.[j - 2] ?? 0) + 1);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
