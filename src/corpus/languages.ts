/**
 * Recognises the language of a text sample by its most frequent function words; enough to tell the columns of a corpus
 * apart. An unlisted language gives no answer, and the user is asked.
 */
const littleWords: Readonly<Record<string, string>> = {
  de: 'der die das und ist nicht ich du er sie es wir ihr ein eine einen zu den dem mit auf für von hat haben sind was wie auch war sich im bei mir',
  en: 'the of and to is in you that it he she was for on are with as his they at be this have from or had by not but what we can your there do did',
  es: 'el la los las de que y en es un una no se por con para su lo está como más pero yo mi me muy él qué del al tiene eso este todo hay',
  fr: 'le la les de des et est un une il elle je tu nous vous pas que qui dans en pour ce ne sur au avec se plus mais ai mon du cette à était sont',
  it: 'il lo la gli le di che e è un una non in per con sono mi ho ha del della si da questo come ma io al nel più dei anche suo alla ti lui lei',
  nl: 'de het een en van is ik je dat niet in zijn op te hij ze met voor er maar om aan was heb heeft wat ook naar dit bij wij mijn we deze',
  pt: 'o a os as de que e em é um uma não se por com para do da no na eu ele ela você mais mas como meu está ao muito isso foi tem são',
};

const words = Object.entries(littleWords).map(([language, list]) => ({ language, words: new Set(list.split(' ')) }));

/** The minimum share of all words for a language's function words, and the minimum lead over the next language. */
const LEAST_SHARE = 0.15;
const LEAST_LEAD = 1.2;

/** How often each language's function words occur in some sentences, most frequent first. */
export function languageHits(sentences: readonly string[]): { readonly language: string; readonly hits: number }[] {
  return countWords(sentences).ranked;
}

/** The two-letter code of the language of some sentences; undefined if the answer is not clear. */
export function identifyLanguage(sentences: readonly string[]): string | undefined {
  const { total, ranked } = countWords(sentences);
  const [best, next] = ranked;
  if (best === undefined || best.hits < LEAST_SHARE * total || best.hits < LEAST_LEAD * (next?.hits ?? 0))
    return undefined;
  return best.hits === 0 ? undefined : best.language;
}

function countWords(sentences: readonly string[]) {
  const hits = words.map(() => 0);
  let total = 0;
  for (const sentence of sentences) {
    for (const word of sentence.toLowerCase().match(/\p{L}+/gu) ?? []) {
      total++;
      for (let i = 0; i < words.length; i++) if (words[i]?.words.has(word)) hits[i] = (hits[i] ?? 0) + 1;
    }
  }
  const ranked = words.map(({ language }, i) => ({ language, hits: hits[i] ?? 0 })).sort((a, b) => b.hits - a.hits);
  return { total, ranked };
}

/** `ita`, `it-IT` and `IT` become `it`; a name that is not a language code is returned unchanged. */
export function languageCode(name: string): string {
  try {
    return new Intl.Locale(name).language;
  } catch {
    return name;
  }
}

/** Writing systems that combine several Unicode scripts, by the code that ICU gives their languages. */
const compositeScripts: Readonly<Record<string, string>> = {
  Hans: '\\p{Script=Han}',
  Hant: '\\p{Script=Han}',
  Jpan: '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}',
  Kore: '\\p{Script=Hangul}\\p{Script=Han}',
};

/** A pattern for every letter of a language's script; undefined for an unknown language. */
export function scriptLetters(language: string): RegExp | undefined {
  let script: string | undefined;
  try {
    script = new Intl.Locale(language).maximize().script;
  } catch {
    return undefined;
  }
  if (script === undefined) return undefined;
  try {
    return new RegExp(`[${compositeScripts[script] ?? `\\p{Script=${script}}`}]`, 'gu');
  } catch {
    return undefined;
  }
}
