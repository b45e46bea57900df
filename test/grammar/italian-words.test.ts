import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { person } from '../../src/grammar/agreement.ts';
import { agree, agreeBefore } from '../../src/grammar/italian/adjectives.ts';
import {
  definiteArticle,
  indefiniteArticle,
  that,
  thisOne,
  withPreposition,
} from '../../src/grammar/italian/articles.ts';
import { enclitic, proclitic } from '../../src/grammar/italian/clitics.ts';
import { italianPlural } from '../../src/grammar/italian/nouns.ts';
import { italianNumber } from '../../src/grammar/italian/numbers.ts';
import { and, to } from '../../src/grammar/italian/sounds.ts';
import { allNouns } from '../../src/grammar/lexicon/nouns.ts';

/** `libro: il un i quel`, one masculine noun per line, with the plural after a slash. */
const masculine = `
  libro/libri: il un i quel quei questo
  gatto/gatti: il un i quel quei questo
  amico/amici: l' un gli quell' quegli quest'
  hotel/hotel: l' un gli quell' quegli quest'
  studente/studenti: lo uno gli quello quegli questo
  specchio/specchi: lo uno gli quello quegli questo
  zaino/zaini: lo uno gli quello quegli questo
  zio/zii: lo uno gli quello quegli questo
  gnomo/gnomi: lo uno gli quello quegli questo
  psicologo/psicologi: lo uno gli quello quegli questo
  pneumatico/pneumatici: lo uno gli quello quegli questo
  xilofono/xilofoni: lo uno gli quello quegli questo
  yogurt/yogurt: lo uno gli quello quegli questo
  sasso/sassi: il un i quel quei questo
  paese/paesi: il un i quel quei questo
  uomo/uomini: l' un gli quell' quegli quest'`;

test('masculine articles and demonstratives follow the first sound: s and a consonant, z, gn, ps, pn, x, y take lo, gli, uno', () => {
  for (const line of masculine.trim().split('\n')) {
    const [nouns, forms] = line.trim().split(': ') as [string, string];
    const [one, many] = nouns.split('/') as [string, string];
    assert.equal(
      [
        definiteArticle('masculine', 'singular', one),
        indefiniteArticle('masculine', one),
        definiteArticle('masculine', 'plural', many),
        that('masculine', 'singular', one),
        that('masculine', 'plural', many),
        thisOne('masculine', 'singular', one),
      ].join(' '),
      forms,
      one,
    );
  }
});

test('feminine articles elide before vowels alone', () => {
  const forms = (one: string, many: string) =>
    [
      definiteArticle('feminine', 'singular', one) + one,
      indefiniteArticle('feminine', one) + one,
      `${definiteArticle('feminine', 'plural', many)} ${many}`,
      that('feminine', 'singular', one) + one,
      `${that('feminine', 'plural', many)} ${many}`,
    ].join(', ');
  assert.equal(forms('arancia', 'arance'), "l'arancia, un'arancia, le arance, quell'arancia, quelle arance");
  assert.equal(forms('scuola', 'scuole').replaceAll('scuola', ''), 'la, una, le scuole, quella, quelle scuole');
  assert.equal(forms('zia', 'zie').replaceAll('zia', ''), 'la, una, le zie, quella, quelle zie');
});

test("prepositions fuse with articles: di + il is del, su + l' is sull', con and per stay apart", () => {
  const table = `di il libro = del libro; di lo zaino = dello zaino; di la casa = della casa; di l'amico = dell'amico
    di i libri = dei libri; di gli amici = degli amici; di le case = delle case; a il mare = al mare; a le tre = alle tre
    a l'una = all'una; da il medico = dal medico; da i nonni = dai nonni; in la borsa = nella borsa
    in l'armadio = nell'armadio; su il tavolo = sul tavolo; su gli alberi = sugli alberi; con il cane = con il cane
    per lo zio = per lo zio; a Anna = ad Anna; a Marco = a Marco; di Marco = di Marco; a aprire = ad aprire
    da lavare = da lavare; di il = del`;
  for (const entry of table.split(/;|\n/)) {
    const [given, wanted] = entry.trim().split(' = ') as [string, string];
    const space = given.indexOf(' ');
    assert.equal(withPreposition(given.slice(0, space), given.slice(space + 1)), wanted);
  }
});

test('e becomes ed before e, a becomes ad before a', () => {
  assert.deepEqual(['Elena', 'Anna', 'è'].map(and), ['ed', 'e', 'ed']);
  assert.deepEqual(['Anna', 'Elena', 'Atene'].map(to), ['ad', 'a', 'ad']);
});

test('plurals follow the rules of spelling', () => {
  const table = `libro m libri; casa f case; padre m padri; chiave f chiavi; amica f amiche; tedesco m tedeschi
    albergo m alberghi; specchio m specchi; arancia f arance; spiaggia f spiagge; farmacia f farmacie; problema m problemi
    collega m colleghi; collega f colleghe; città f città; caffè m caffè; film m film; moglie f mogli; computer m computer
    pioggia f piogge; faccia f facce; lago m laghi; gioco m giochi; barca f barche; riga f righe; zio m zi`;
  for (const entry of table.split(/;|\n/)) {
    const [one, gender, many] = entry.trim().split(' ') as [string, string, string];
    assert.equal(italianPlural(one, gender === 'f' ? 'feminine' : 'masculine'), many, one);
  }
});

test('plurals that no rule gives are in the lexicon', () => {
  const plurals = new Map(allNouns.map(({ italian }) => [italian.singular, italian.plural]));
  const wanted = {
    uomo: 'uomini',
    uovo: 'uova',
    amico: 'amici',
    medico: 'medici',
    psicologo: 'psicologi',
    camicia: 'camicie',
    valigia: 'valigie',
    zio: 'zii',
    lenzuolo: 'lenzuola',
    autobus: 'autobus',
    radio: 'radio',
    moto: 'moto',
    'macchina fotografica': 'macchine fotografiche',
  };
  for (const [one, many] of Object.entries(wanted)) assert.equal(plurals.get(one), many);
  const egg = allNouns.find(({ italian }) => italian.singular === 'uovo');
  assert.deepEqual([egg?.gender, egg?.pluralGender], ['masculine', 'feminine']);
});

test('adjectives agree in gender and number', () => {
  const table = `rosso rosso rossa rossi rosse; felice felice felice felici felici; blu blu blu blu blu
    bianco bianco bianca bianchi bianche; lungo lungo lunga lunghi lunghe; simpatico simpatico simpatica simpatici simpatiche
    vecchio vecchio vecchia vecchi vecchie; stanco stanco stanca stanchi stanche; grigio grigio grigia grigi grigie
    magnifico magnifico magnifica magnifici magnifiche; egoista egoista egoista egoisti egoiste; rosa rosa rosa rosa rosa
    tedesco tedesco tedesca tedeschi tedesche; marcio marcio marcia marci marce; antico antico antica antichi antiche
    greco greco greca greci greche`;
  for (const entry of table.split(/;|\n/)) {
    const [adjective, ...forms] = entry.trim().split(' ') as [string, ...string[]];
    const made = (['singular', 'plural'] as const).flatMap((number) =>
      (['masculine', 'feminine'] as const).map((gender) => agree(adjective, gender, number)),
    );
    assert.deepEqual(made, forms, adjective);
  }
});

test('bello and buono change before a noun', () => {
  const forms = [
    agreeBefore('bello', 'masculine', 'singular', 'libro'),
    agreeBefore('bello', 'masculine', 'singular', 'specchio'),
    agreeBefore('bello', 'masculine', 'singular', 'albero'),
    agreeBefore('bello', 'masculine', 'plural', 'libri'),
    agreeBefore('bello', 'masculine', 'plural', 'occhi'),
    agreeBefore('bello', 'feminine', 'singular', 'casa'),
    agreeBefore('bello', 'feminine', 'singular', 'isola'),
    agreeBefore('bello', 'feminine', 'plural', 'isole'),
    agreeBefore('buono', 'masculine', 'singular', 'amico'),
    agreeBefore('buono', 'masculine', 'singular', 'studente'),
    agreeBefore('buono', 'feminine', 'singular', 'idea'),
    agreeBefore('buono', 'feminine', 'singular', 'torta'),
    agreeBefore('buono', 'masculine', 'plural', 'amici'),
  ];
  assert.equal(forms.join(' '), "bel bello bell' bei begli bella bell' belle buon buono buon' buona buoni");
});

const [me, you, him, her, them] = [
  person(1),
  person(2),
  person(3),
  person(3, 'singular', 'feminine'),
  person(3, 'plural', 'feminine'),
];

test('pronouns stand before a finite verb, joined where two meet', () => {
  const acc = (agreement: typeof me) => ({ case: 'accusative', agreement }) as const;
  const dat = (agreement: typeof me) => ({ case: 'dative', agreement }) as const;
  const refl = (agreement: typeof me) => ({ case: 'reflexive', agreement }) as const;
  assert.equal(proclitic([acc(him)], 'vedo'), 'lo vedo');
  assert.equal(proclitic([acc(her)], 'ho'), "l'ho");
  assert.equal(proclitic([acc(her)], 'inviterò'), 'la inviterò');
  assert.equal(proclitic([acc(them)], 'ho'), 'le ho');
  assert.equal(proclitic([acc(me)], 'aiuta'), 'mi aiuta');
  assert.equal(proclitic([acc(him), dat(me)], 'dai'), 'me lo dai');
  assert.equal(proclitic([acc(him), dat(me)], 'ha'), "me l'ha");
  assert.equal(proclitic([acc(her), dat(you)], 'presto'), 'te la presto');
  assert.equal(proclitic([acc(her), dat(him)], 'do'), 'gliela do');
  assert.equal(proclitic([acc(her), dat(her)], 'ho'), "gliel'ho");
  assert.equal(proclitic([dat(her)], 'parlo'), 'le parlo');
  assert.equal(proclitic([dat(him)], 'parlo'), 'gli parlo');
  assert.equal(proclitic([refl(me), acc(her)], 'metto'), 'me la metto');
  assert.equal(proclitic([{ case: 'place', agreement: me }], 'vado'), 'ci vado');
  assert.equal(proclitic([{ case: 'partitive', agreement: me }, dat(you)], 'do'), 'te ne do');
});

test('pronouns stand after infinitives and imperatives, in one word', () => {
  const acc = (agreement: typeof me) => ({ case: 'accusative', agreement }) as const;
  const dat = (agreement: typeof me) => ({ case: 'dative', agreement }) as const;
  assert.equal(enclitic('vedere', [acc(him)]), 'vederlo');
  assert.equal(enclitic('finire', [acc(them)]), 'finirle');
  assert.equal(enclitic('tradurre', [acc(him)]), 'tradurlo');
  assert.equal(enclitic('dare', [acc(him), dat(me)]), 'darmelo');
  assert.equal(enclitic('alzare', [{ case: 'reflexive', agreement: you }]), 'alzarti');
  assert.equal(enclitic('leggi', [acc(him)]), 'leggilo');
  assert.equal(enclitic("da'", [acc(her), dat(me)]), 'dammela');
  assert.equal(enclitic("di'", [acc(him)]), 'dillo');
  assert.equal(enclitic("da'", [acc(him), dat(him)]), 'daglielo');
  assert.equal(enclitic("va'", [{ case: 'place', agreement: me }]), 'vacci');
  assert.equal(enclitic('aspettate', [acc(me)]), 'aspettatemi');
});

test('numbers elide venti and trenta before uno and otto, and end in tré', () => {
  const shown = [1, 3, 16, 17, 21, 23, 28, 40, 88, 99, 100, 115, 180, 200, 350, 1000].map(italianNumber).join(' ');
  assert.equal(
    shown,
    'uno tre sedici diciassette ventuno ventitré ventotto quaranta ottantotto novantanove cento centoquindici centoottanta duecento trecentocinquanta mille',
  );
});

test('an article and an adjective agree with whatever noun they are put to', () => {
  fc.assert(
    fc.property(fc.constantFrom(...allNouns), fc.constantFrom('rosso', 'bianco', 'vecchio'), (noun, adjective) => {
      const one = definiteArticle(noun.gender, 'singular', noun.italian.singular);
      const many = definiteArticle(noun.pluralGender, 'plural', noun.italian.plural);
      const [oneRed, manyRed] = [
        agree(adjective, noun.gender, 'singular'),
        agree(adjective, noun.pluralGender, 'plural'),
      ];
      if (noun.gender === 'feminine') assert.ok(/^(la|l')$/.test(one) && oneRed.endsWith('a'));
      else assert.ok(/^(il|lo|l')$/.test(one) && oneRed.endsWith('o'));
      if (noun.pluralGender === 'feminine') assert.ok(many === 'le' && manyRed.endsWith('e'));
      else assert.ok(/^(i|gli)$/.test(many) && manyRed.endsWith('i'));
      assert.equal(one === "l'", /^[aeiouhè]/i.test(noun.italian.singular));
      const fused = withPreposition('di', `${one}${one === "l'" ? '' : ' '}${noun.italian.singular}`);
      assert.match(fused, /^(del|dello|della|dell')/);
    }),
  );
});
