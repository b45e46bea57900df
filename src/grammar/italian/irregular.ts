/** What a verb has that no rule gives. The six forms of the present are io, tu, lui, noi, voi, loro. */
export interface IrregularVerb {
  readonly present?: readonly [string, string, string, string, string, string];
  /** Subjunctive: the singular (all three), and the third plural when it is not the singular + *no*. */
  readonly subjunctive?: string;
  /** Future and conditional stem: *andr-*. */
  readonly future?: string;
  /** Stem of imperfect, gerund and imperfect subjunctive, with its theme vowel: *face-*, *dice-*. */
  readonly stem?: string;
  readonly participle?: string;
  /** The tu form of the imperative. */
  readonly imperative?: string;
  /** Imperfect subjunctive stem when it is not `stem` + *ss*: *fo-* of *fossi*. */
  readonly hypothesis?: string;
}

const forms = (text: string) => text.split(' ') as unknown as [string, string, string, string, string, string];

/** Irregular verbs; compounds are written out. */
export const irregularVerbs: Readonly<Record<string, IrregularVerb>> = {
  accendere: { participle: 'acceso' },
  andare: { present: forms('vado vai va andiamo andate vanno'), future: 'andr', imperative: "va'" },
  appendere: { participle: 'appeso' },
  aprire: { participle: 'aperto' },
  avere: {
    present: forms('ho hai ha abbiamo avete hanno'),
    subjunctive: 'abbia',
    future: 'avr',
    imperative: 'abbi',
  },
  bere: { present: forms('bevo bevi beve beviamo bevete bevono'), stem: 'beve', future: 'berr', participle: 'bevuto' },
  cadere: { future: 'cadr' },
  chiedere: { participle: 'chiesto' },
  chiudere: { participle: 'chiuso' },
  correggere: { participle: 'corretto' },
  correre: { participle: 'corso' },
  crescere: { participle: 'cresciuto' },
  conoscere: { participle: 'conosciuto' },
  coprire: { participle: 'coperto' },
  dare: {
    present: forms('do dai dà diamo date danno'),
    subjunctive: 'dia',
    future: 'dar',
    imperative: "da'",
    hypothesis: 'de',
  },
  decidere: { participle: 'deciso' },
  deludere: { participle: 'deluso' },
  dipingere: { participle: 'dipinto' },
  dire: {
    present: forms('dico dici dice diciamo dite dicono'),
    stem: 'dice',
    future: 'dir',
    participle: 'detto',
    imperative: "di'",
  },
  discutere: { participle: 'discusso' },
  dividere: { participle: 'diviso' },
  dovere: { present: forms('devo devi deve dobbiamo dovete devono'), subjunctive: 'debba', future: 'dovr' },
  essere: {
    present: forms('sono sei è siamo siete sono'),
    subjunctive: 'sia',
    future: 'sar',
    participle: 'stato',
    imperative: 'sii',
    hypothesis: 'fo',
  },
  fare: {
    present: forms('faccio fai fa facciamo fate fanno'),
    stem: 'face',
    future: 'far',
    participle: 'fatto',
    imperative: "fa'",
  },
  leggere: { participle: 'letto' },
  mettere: { participle: 'messo' },
  mordere: { participle: 'morso' },
  nascere: { participle: 'nato' },
  nascondere: { participle: 'nascosto' },
  offrire: { participle: 'offerto' },
  perdere: { participle: 'perso' },
  piacere: { present: forms('piaccio piaci piace piacciamo piacete piacciono'), participle: 'piaciuto' },
  piangere: { participle: 'pianto' },
  potere: { present: forms('posso puoi può possiamo potete possono'), future: 'potr' },
  prendere: { participle: 'preso' },
  promettere: { participle: 'promesso' },
  proteggere: { participle: 'protetto' },
  pungere: { participle: 'punto' },
  raccogliere: {
    present: forms('raccolgo raccogli raccoglie raccogliamo raccogliete raccolgono'),
    participle: 'raccolto',
  },
  riconoscere: { participle: 'riconosciuto' },
  ridere: { participle: 'riso' },
  rimanere: {
    present: forms('rimango rimani rimane rimaniamo rimanete rimangono'),
    future: 'rimarr',
    participle: 'rimasto',
  },
  risolvere: { participle: 'risolto' },
  rispondere: { participle: 'risposto' },
  riuscire: { present: forms('riesco riesci riesce riusciamo riuscite riescono') },
  rompere: { participle: 'rotto' },
  salire: { present: forms('salgo sali sale saliamo salite salgono') },
  sapere: { present: forms('so sai sa sappiamo sapete sanno'), subjunctive: 'sappia', future: 'sapr' },
  scegliere: { present: forms('scelgo scegli sceglie scegliamo scegliete scelgono'), participle: 'scelto' },
  scendere: { participle: 'sceso' },
  scoprire: { participle: 'scoperto' },
  scrivere: { participle: 'scritto' },
  smettere: { participle: 'smesso' },
  sorridere: { participle: 'sorriso' },
  spegnere: { present: forms('spengo spegni spegne spegniamo spegnete spengono'), participle: 'spento' },
  stare: {
    present: forms('sto stai sta stiamo state stanno'),
    subjunctive: 'stia',
    future: 'star',
    imperative: "sta'",
    hypothesis: 'ste',
  },
  tenere: { present: forms('tengo tieni tiene teniamo tenete tengono'), future: 'terr' },
  togliere: { present: forms('tolgo togli toglie togliamo togliete tolgono'), participle: 'tolto' },
  tradurre: {
    present: forms('traduco traduci traduce traduciamo traducete traducono'),
    stem: 'traduce',
    future: 'tradurr',
    participle: 'tradotto',
  },
  uscire: { present: forms('esco esci esce usciamo uscite escono') },
  vedere: { future: 'vedr', participle: 'visto' },
  venire: { present: forms('vengo vieni viene veniamo venite vengono'), future: 'verr', participle: 'venuto' },
  vincere: { participle: 'vinto' },
  vivere: { future: 'vivr', participle: 'vissuto' },
  volere: { present: forms('voglio vuoi vuole vogliamo volete vogliono'), future: 'vorr' },
};

/** Verbs in *-ire* with *-isc-*: *finisco*. */
export const iscVerbs = new Set(
  'capire finire preferire trasferire pulire spedire costruire restituire guarire tossire ferire unire punire fiorire tradire colpire stupire ubbidire suggerire'.split(
    ' ',
  ),
);

/** Verbs in *-iare* that keep their i before another: *invii, scii*. */
export const stressedIare = new Set(['inviare', 'sciare', 'spiare', 'rinviare']);

/** Verbs whose past takes *essere*; reflexive verbs do by rule. */
export const essereVerbs = new Set(
  `essere stare andare venire arrivare partire tornare uscire entrare restare rimanere nascere morire crescere cadere
  diventare sembrare piacere mancare servire interessare riuscire succedere costare salire scendere scappare bastare
  dimagrire ingrassare invecchiare guarire sparire apparire arrossire fiorire`.split(/\s+/),
);

/** Verbs that take *essere* unless they have an object: *il film è finito*, but *ho finito il libro*. */
export const essereWithoutObject = new Set(['cominciare', 'finire', 'cambiare', 'migliorare', 'bruciare', 'aumentare']);
