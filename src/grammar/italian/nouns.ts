import type { Gender } from '../syntax.ts';

/**
 * The plural by rule. What no rule says (*amico, amici*; *uomo, uomini*; *uovo, uova*) stands in the lexicon.
 * Of *-co* and *-go* the rule makes *-chi, -ghi*; of *-cia* and *-gia* after a consonant *-ce, -ge*.
 */
export function italianPlural(singular: string, gender: Gender): string {
  if (/[àèéìòù]$/.test(singular) || /[^aeiou]$/.test(singular)) return singular;
  const stem = singular.slice(0, -1);
  if (singular.endsWith('a')) {
    if (gender === 'masculine') return /[cg]$/.test(stem) ? `${stem}hi` : `${stem}i`;
    if (/[cg]$/.test(stem)) return `${stem}he`;
    if (/[^aeiou][cg]i$/.test(stem)) return `${stem.slice(0, -1)}e`;
    return `${stem}e`;
  }
  if (singular.endsWith('o')) {
    if (/[cg]$/.test(stem)) return `${stem}hi`;
    if (stem.endsWith('i')) return stem;
    return `${stem}i`;
  }
  if (singular.endsWith('ie')) return stem;
  if (singular.endsWith('e')) return `${stem}i`;
  return singular;
}
