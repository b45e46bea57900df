import type { GrammaticalNumber } from '../syntax.ts';
import { irregularVerbs, iscVerbs, stressedIare } from './irregular.ts';

export type SimpleTense = 'present' | 'imperfect' | 'future' | 'conditional' | 'subjunctive' | 'hypothesis';
export type Person = 1 | 2 | 3;

/** io, tu, lui, noi, voi, loro as 0 to 5. */
function personIndex(person: Person, number: GrammaticalNumber): number {
  return person - 1 + (number === 'plural' ? 3 : 0);
}

const presentEndings: Readonly<Record<string, readonly string[]>> = {
  are: ['o', 'i', 'a', 'iamo', 'ate', 'ano'],
  ere: ['o', 'i', 'e', 'iamo', 'ete', 'ono'],
  ire: ['o', 'i', 'e', 'iamo', 'ite', 'ono'],
  isc: ['isco', 'isci', 'isce', 'iamo', 'ite', 'iscono'],
};
const imperfectEndings = ['vo', 'vi', 'va', 'vamo', 'vate', 'vano'];
const futureEndings = ['ò', 'ai', 'à', 'emo', 'ete', 'anno'];
const conditionalEndings = ['ei', 'esti', 'ebbe', 'emmo', 'este', 'ebbero'];
const hypothesisEndings = ['ssi', 'ssi', 'sse', 'ssimo', 'ste', 'ssero'];
const irregularImperfect = ['ero', 'eri', 'era', 'eravamo', 'eravate', 'erano'];

/** One form of a verb in a simple tense; `hypothesis` is the imperfect subjunctive (*se fossi*). */
export function conjugate(infinitive: string, tense: SimpleTense, person: Person, number: GrammaticalNumber): string {
  const index = personIndex(person, number);
  if (tense === 'present') return present(infinitive, index);
  if (tense === 'subjunctive') return subjunctive(infinitive, index);
  if (tense === 'future') return futureStem(infinitive) + (futureEndings[index] as string);
  if (tense === 'conditional') return futureStem(infinitive) + (conditionalEndings[index] as string);
  if (tense === 'hypothesis') {
    return (irregularVerbs[infinitive]?.hypothesis ?? themeStem(infinitive)) + (hypothesisEndings[index] as string);
  }
  if (infinitive === 'essere') return irregularImperfect[index] as string;
  return themeStem(infinitive) + (imperfectEndings[index] as string);
}

function present(infinitive: string, index: number): string {
  const irregular = irregularVerbs[infinitive]?.present;
  if (irregular) return irregular[index] as string;
  const stem = infinitive.slice(0, -3);
  const conjugation = iscVerbs.has(infinitive) ? 'isc' : infinitive.slice(-3);
  return joinStem(infinitive, stem, (presentEndings[conjugation] as readonly string[])[index] as string);
}

/** Keeps the sound of c and g before i (*cerchi*) and writes one i for two (*mangi, studiamo*). */
function joinStem(infinitive: string, stem: string, ending: string): string {
  if (!ending.startsWith('i') || !infinitive.endsWith('are')) return stem + ending;
  if (/[cg]$/.test(stem)) return `${stem}h${ending}`;
  if (stem.endsWith('i')) {
    if (ending === 'i' && stressedIare.has(infinitive)) return stem + ending;
    return stem.slice(0, -1) + ending;
  }
  return stem + ending;
}

function subjunctive(infinitive: string, index: number): string {
  if (index === 3) return present(infinitive, 3);
  const noi = present(infinitive, 3);
  if (index === 4) return `${noi.slice(0, -2)}te`;
  const singular = irregularVerbs[infinitive]?.subjunctive ?? regularSubjunctive(infinitive);
  return index === 5 ? `${singular}no` : singular;
}

function regularSubjunctive(infinitive: string): string {
  if (infinitive === 'andare') return 'vada';
  if (infinitive === 'fare') return 'faccia';
  if (infinitive.endsWith('are')) return joinStem(infinitive, infinitive.slice(0, -3), 'i');
  return `${present(infinitive, 0).slice(0, -1)}a`;
}

function futureStem(infinitive: string): string {
  const irregular = irregularVerbs[infinitive]?.future;
  if (irregular) return irregular;
  if (!infinitive.endsWith('are')) return infinitive.slice(0, -1);
  const stem = infinitive.slice(0, -3);
  if (/[cg]$/.test(stem)) return `${stem}her`;
  return /[cg]i$/.test(stem) && !stressedIare.has(infinitive) ? `${stem.slice(0, -1)}er` : `${stem}er`;
}

/** The stem with its theme vowel: *parla-, legge-, fini-, face-*. */
function themeStem(infinitive: string): string {
  return irregularVerbs[infinitive]?.stem ?? infinitive.slice(0, -2);
}

/** Past participle, masculine singular. */
export function participle(infinitive: string): string {
  const irregular = irregularVerbs[infinitive]?.participle;
  if (irregular) return irregular;
  const stem = infinitive.slice(0, -3);
  if (infinitive.endsWith('are')) return `${stem}ato`;
  return infinitive.endsWith('ire') ? `${stem}ito` : `${stem}uto`;
}

/** *parlando, leggendo, finendo, facendo*. */
export function gerund(infinitive: string): string {
  const stem = themeStem(infinitive);
  return stem.endsWith('a') ? `${stem}ndo` : `${stem.slice(0, -1)}endo`;
}

/** Imperative of tu, noi or voi; the negative tu form is the infinitive. */
export function imperative(infinitive: string, person: 1 | 2, number: GrammaticalNumber): string {
  if (person === 1) return present(infinitive, 3);
  if (number === 'plural') {
    if (infinitive === 'essere') return 'siate';
    return infinitive === 'avere' ? 'abbiate' : present(infinitive, 4);
  }
  const irregular = irregularVerbs[infinitive]?.imperative;
  if (irregular) return irregular;
  return infinitive.endsWith('are') ? present(infinitive, 2) : present(infinitive, 1);
}
