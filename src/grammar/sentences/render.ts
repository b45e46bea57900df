import { englishClause } from '../english/clause.ts';
import { italianClause } from '../italian/clause.ts';
import type { Clause, Pair } from '../syntax.ts';

/** A clause in both languages, without capital and full stop. */
export function render(clause: Clause): Pair {
  return { italian: italianClause(clause), english: englishClause(clause) };
}

/** Fills `{0}`, `{1}`… of an Italian and an English frame: `frame('{0} perché {1}', '{0} because {1}', main, reason)`. */
export function frame(italian: string, english: string, ...parts: readonly Pair[]): Pair {
  return {
    italian: italian.replace(/\{(\d)\}/g, (_, n: string) => (parts[Number(n)] as Pair).italian),
    english: english.replace(/\{(\d)\}/g, (_, n: string) => (parts[Number(n)] as Pair).english),
  };
}

/** A capital at the beginning and the mark at the end; *e* before another e becomes *ed*. */
export function finish({ italian, english }: Pair, mark: '.' | '?' | '!'): Pair {
  return { italian: capital(italian).replace(/ e (?=[eè])/gi, ' ed ') + mark, english: capital(english) + mark };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function statement(clause: Clause): Pair {
  return finish(render(clause), '.');
}

export function question(clause: Clause): Pair {
  return finish(render({ ...clause, mood: 'question' }), '?');
}
