/**
 * The abstract syntax that both languages share: a tree says who does what to whom, when and where; `italian/` and
 * `english/` each turn the same tree into words. This is how Grammatical Framework writes parallel grammars (Ranta 2004,
 * "Grammatical Framework: a type-theoretical grammar formalism").
 */

/** The same words in both languages. */
export interface Pair {
  readonly italian: string;
  readonly english: string;
}

export type GrammaticalNumber = 'singular' | 'plural';
export type Gender = 'masculine' | 'feminine';

/** What verbs, adjectives and pronouns agree with. */
export interface Agreement {
  readonly person: 1 | 2 | 3;
  readonly number: GrammaticalNumber;
  readonly gender: Gender;
  /** English says he or she, not it. */
  readonly human: boolean;
}

export interface Noun {
  readonly kind: string;
  readonly gender: Gender;
  /** Differs from `gender` for the few like *uovo, uova*. */
  readonly pluralGender: Gender;
  readonly italian: { readonly singular: string; readonly plural: string };
  readonly english: { readonly singular: string; readonly plural: string };
  /** Not counted: *il pane*, bread. */
  readonly mass: boolean;
  /** Only plural: *i pantaloni*, trousers. */
  readonly pluralOnly: boolean;
}

export interface Adjective {
  /** Masculine singular. */
  readonly italian: string;
  readonly english: string;
  /** Stands before the noun in Italian: *un vecchio amico*. */
  readonly prenominal: boolean;
  /** Tells one thing from another, and so goes with a definite article: *la macchina rossa*. */
  readonly telling: boolean;
}

/**
 * How a noun is introduced. `generic` is *il* with a bare English noun (*i gatti*, cats); `bare` has nothing in either
 * language; `role` is bare in Italian and *a* in English (*è medico*, is a doctor); `some` is the partitive.
 */
export type Determiner =
  | 'definite'
  | 'indefinite'
  | 'generic'
  | 'bare'
  | 'role'
  | 'some'
  | 'this'
  | 'that'
  | 'many'
  | 'every'
  | 'which'
  | 'howMany'
  | { readonly owner: Agreement }
  | { readonly friendOf: Agreement }
  /** *Mi tolgo la giacca*, I take off my jacket: the article in Italian, the wearer's possessive in English. */
  | { readonly wornBy: Agreement }
  | { readonly count: number };

export type NounPhrase =
  | { readonly type: 'pronoun'; readonly agreement: Agreement; readonly dropped: boolean }
  | { readonly type: 'name'; readonly name: string; readonly gender: Gender }
  | { readonly type: 'words'; readonly words: Pair; readonly agreement: Agreement }
  | { readonly type: 'and'; readonly items: readonly [NounPhrase, NounPhrase] }
  | CommonNounPhrase;

export interface CommonNounPhrase {
  readonly type: 'noun';
  readonly noun: Noun;
  readonly number: GrammaticalNumber;
  readonly determiner: Determiner;
  readonly before?: Adjective;
  readonly after?: Adjective;
  /** *il libro di Marco*, Marco's book. Takes a definite determiner. */
  readonly possessor?: NounPhrase;
  /** A relative clause or a complement, already in words. */
  readonly rest?: Pair;
}

/** Where something is or goes: a phrase with its prepositions built in; `there` is *ci*. */
export interface Place {
  readonly type: 'place';
  readonly words: Pair | 'there';
}

/** *molto alto*, very tall; *più alto di Marco*, taller than Marco. */
export interface Predicate {
  readonly type: 'predicate';
  readonly adjective: Adjective;
  readonly degree?: Pair;
  readonly than?: NounPhrase;
  readonly as?: NounPhrase;
}

export type Filler = NounPhrase | Place | Predicate;

/** A gap in a verb's frame: which nouns fit it, and how they may be introduced. */
export interface Slot {
  readonly kind: string;
  readonly policy: 'free' | 'the' | 'generic' | 'all' | 'bare' | 'own' | 'worn' | 'this' | 'that' | 'a';
  readonly role: 'noun' | 'at' | 'to' | 'from' | 'adjective';
}

/** A word that begins with `~` agrees with the subject: *~stanco*, *~stanca*. */
export type ItalianPart = string | { readonly slot: number; readonly preposition: string };
/** `{ own: true }` is the possessive that agrees with the subject: brush *your* teeth. */
export type EnglishPart = string | { readonly slot: number } | { readonly own: true };

/** A verb with its frame in both languages. */
export interface Verb {
  /** Its English words without its slots: names it among combinations held out of training. */
  readonly name: string;
  /** What kind of noun its subject is. */
  readonly subject: string;
  readonly italian: {
    readonly infinitive: string;
    readonly reflexive: boolean;
    readonly parts: readonly ItalianPart[];
  };
  readonly english: { readonly base: string; readonly parts: readonly EnglishPart[] };
  readonly slots: readonly Slot[];
  /**
   * How it unfolds (Vendler 1957, "Verbs and times", a little simplified). A `state` has no progressive and its past is
   * the Italian imperfect; a `deed` comes to an end (*read the letter*), an `activity` need not (*swim*); a `mishap` is
   * not willed, so nobody wants, plans or is busy doing it.
   */
  readonly course: 'state' | 'deed' | 'activity' | 'mishap';
  /** Over in a moment or not said to be going on: no progressive. */
  readonly sudden: boolean;
  /** Done by the calendar: *every Monday*. */
  readonly regular: boolean;
  /** Not said to be habitual; `rare` ones happen once in years. */
  readonly once: boolean;
  readonly rare: boolean;
  /** Has its own time of day, so goes with days and not with *this morning*. */
  readonly daily: boolean;
  /** Not for children. */
  readonly adult: boolean;
  /** An activity that can be over and done: *have you already had breakfast?* */
  readonly finished: boolean;
  /** *mi piace*: the one who feels is the English subject and the Italian dative. */
  readonly experiencer: boolean;
  /** Kinds of place where it happens, and whether one may do it with somebody. */
  readonly places: readonly string[];
  readonly company: boolean;
}

/** A verb with its slots filled. */
export interface VerbPhrase {
  readonly verb: Verb;
  readonly fillers: readonly Filler[];
}

/** Each tense is a correspondence: `habit` is *leggo* / I read, `usedTo` is *leggevo* / I used to read. */
export type Tense =
  | 'present'
  | 'progressive'
  | 'now'
  | 'past'
  | 'perfect'
  | 'state past'
  | 'usedTo'
  | 'was doing'
  | 'past progressive'
  | 'future'
  | 'future in time clause'
  | 'conditional'
  | 'subjunctive'
  | 'perfect subjunctive'
  | 'hypothesis'
  | 'since'
  | 'pluperfect'
  | 'imperative';

/** A verb over another verb: *posso leggere*, can read; *smetto di leggere*, stop reading. */
export interface Governor {
  readonly italian: string;
  readonly preposition: string;
  /** An English modal verb or a verb with `to`, `ing` or the bare form after it. */
  readonly english: string;
  readonly form: 'base' | 'to' | 'ing';
}

/** An adverb inside the verb group: *non … mai* is never, *non … ancora* is not … yet. */
export interface MidAdverb {
  readonly italian: string;
  readonly english: string;
  readonly italianNegative: boolean;
  readonly englishNegative: boolean;
  /** Stands at the end of the English clause (yet). */
  readonly englishLast: boolean;
}

export interface Clause extends VerbPhrase {
  readonly subject: NounPhrase;
  readonly tense: Tense;
  readonly negated?: boolean;
  readonly governor?: Governor;
  readonly adverb?: MidAdverb;
  /** Time and circumstance, in words. */
  readonly front?: Pair;
  readonly end?: readonly Pair[];
  readonly mood?: 'statement' | 'question';
  /** A slot left empty because its filler stands in front (questions, relative clauses), or `subject`. */
  readonly gap?: number | 'subject';
  /** Italian puts the subject after the verb: *È arrivato il treno*. */
  readonly inverted?: boolean;
}
