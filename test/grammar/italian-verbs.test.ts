import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { irregularVerbs } from '../../src/grammar/italian/irregular.ts';
import { conjugate, gerund, imperative, participle, type SimpleTense } from '../../src/grammar/italian/verbs.ts';

const people = [
  [1, 'singular'],
  [2, 'singular'],
  [3, 'singular'],
  [1, 'plural'],
  [2, 'plural'],
  [3, 'plural'],
] as const;

function forms(infinitive: string, tense: SimpleTense): string {
  return people.map(([who, number]) => conjugate(infinitive, tense, who, number)).join(' ');
}

test('regular verbs take the endings of their conjugation', () => {
  assert.equal(forms('parlare', 'present'), 'parlo parli parla parliamo parlate parlano');
  assert.equal(forms('prendere', 'present'), 'prendo prendi prende prendiamo prendete prendono');
  assert.equal(forms('dormire', 'present'), 'dormo dormi dorme dormiamo dormite dormono');
  assert.equal(forms('finire', 'present'), 'finisco finisci finisce finiamo finite finiscono');
  assert.equal(forms('parlare', 'imperfect'), 'parlavo parlavi parlava parlavamo parlavate parlavano');
  assert.equal(forms('finire', 'imperfect'), 'finivo finivi finiva finivamo finivate finivano');
  assert.equal(forms('parlare', 'future'), 'parlerò parlerai parlerà parleremo parlerete parleranno');
  assert.equal(forms('dormire', 'future'), 'dormirò dormirai dormirà dormiremo dormirete dormiranno');
  assert.equal(
    forms('prendere', 'conditional'),
    'prenderei prenderesti prenderebbe prenderemmo prendereste prenderebbero',
  );
  assert.equal(forms('parlare', 'subjunctive'), 'parli parli parli parliamo parliate parlino');
  assert.equal(forms('prendere', 'subjunctive'), 'prenda prenda prenda prendiamo prendiate prendano');
  assert.equal(forms('finire', 'subjunctive'), 'finisca finisca finisca finiamo finiate finiscano');
  assert.equal(forms('parlare', 'hypothesis'), 'parlassi parlassi parlasse parlassimo parlaste parlassero');
  assert.equal(forms('finire', 'hypothesis'), 'finissi finissi finisse finissimo finiste finissero');
});

test('c, g and i before the ending are spelt as they sound', () => {
  assert.equal(forms('cercare', 'present'), 'cerco cerchi cerca cerchiamo cercate cercano');
  assert.equal(forms('pagare', 'future'), 'pagherò pagherai pagherà pagheremo pagherete pagheranno');
  assert.equal(forms('cercare', 'subjunctive'), 'cerchi cerchi cerchi cerchiamo cerchiate cerchino');
  assert.equal(forms('mangiare', 'present'), 'mangio mangi mangia mangiamo mangiate mangiano');
  assert.equal(forms('cominciare', 'future'), 'comincerò comincerai comincerà cominceremo comincerete cominceranno');
  assert.equal(forms('studiare', 'present'), 'studio studi studia studiamo studiate studiano');
  assert.equal(forms('studiare', 'future'), 'studierò studierai studierà studieremo studierete studieranno');
  assert.equal(forms('sciare', 'present'), 'scio scii scia sciamo sciate sciano');
  assert.equal(forms('sciare', 'future'), 'scierò scierai scierà scieremo scierete scieranno');
  assert.equal(
    forms('trasferire', 'present'),
    'trasferisco trasferisci trasferisce trasferiamo trasferite trasferiscono',
  );
  assert.equal(forms('leggere', 'present'), 'leggo leggi legge leggiamo leggete leggono');
  assert.equal(forms('sognare', 'present'), 'sogno sogni sogna sogniamo sognate sognano');
});

/** infinitive: present | future (io) | imperfect (io) | subjunctive (io) | participle | gerund */
const irregular = `
  accendere: accendo accendi accende accendiamo accendete accendono | accenderò | accendevo | accenda | acceso | accendendo
  andare: vado vai va andiamo andate vanno | andrò | andavo | vada | andato | andando
  appendere: appendo appendi appende appendiamo appendete appendono | appenderò | appendevo | appenda | appeso | appendendo
  aprire: apro apri apre apriamo aprite aprono | aprirò | aprivo | apra | aperto | aprendo
  avere: ho hai ha abbiamo avete hanno | avrò | avevo | abbia | avuto | avendo
  bere: bevo bevi beve beviamo bevete bevono | berrò | bevevo | beva | bevuto | bevendo
  cadere: cado cadi cade cadiamo cadete cadono | cadrò | cadevo | cada | caduto | cadendo
  chiedere: chiedo chiedi chiede chiediamo chiedete chiedono | chiederò | chiedevo | chieda | chiesto | chiedendo
  chiudere: chiudo chiudi chiude chiudiamo chiudete chiudono | chiuderò | chiudevo | chiuda | chiuso | chiudendo
  conoscere: conosco conosci conosce conosciamo conoscete conoscono | conoscerò | conoscevo | conosca | conosciuto | conoscendo
  coprire: copro copri copre copriamo coprite coprono | coprirò | coprivo | copra | coperto | coprendo
  correggere: correggo correggi corregge correggiamo correggete correggono | correggerò | correggevo | corregga | corretto | correggendo
  correre: corro corri corre corriamo correte corrono | correrò | correvo | corra | corso | correndo
  crescere: cresco cresci cresce cresciamo crescete crescono | crescerò | crescevo | cresca | cresciuto | crescendo
  dare: do dai dà diamo date danno | darò | davo | dia | dato | dando
  decidere: decido decidi decide decidiamo decidete decidono | deciderò | decidevo | decida | deciso | decidendo
  deludere: deludo deludi delude deludiamo deludete deludono | deluderò | deludevo | deluda | deluso | deludendo
  dipingere: dipingo dipingi dipinge dipingiamo dipingete dipingono | dipingerò | dipingevo | dipinga | dipinto | dipingendo
  dire: dico dici dice diciamo dite dicono | dirò | dicevo | dica | detto | dicendo
  discutere: discuto discuti discute discutiamo discutete discutono | discuterò | discutevo | discuta | discusso | discutendo
  dividere: divido dividi divide dividiamo dividete dividono | dividerò | dividevo | divida | diviso | dividendo
  dovere: devo devi deve dobbiamo dovete devono | dovrò | dovevo | debba | dovuto | dovendo
  essere: sono sei è siamo siete sono | sarò | ero | sia | stato | essendo
  fare: faccio fai fa facciamo fate fanno | farò | facevo | faccia | fatto | facendo
  leggere: leggo leggi legge leggiamo leggete leggono | leggerò | leggevo | legga | letto | leggendo
  mettere: metto metti mette mettiamo mettete mettono | metterò | mettevo | metta | messo | mettendo
  mordere: mordo mordi morde mordiamo mordete mordono | morderò | mordevo | morda | morso | mordendo
  nascere: nasco nasci nasce nasciamo nascete nascono | nascerò | nascevo | nasca | nato | nascendo
  nascondere: nascondo nascondi nasconde nascondiamo nascondete nascondono | nasconderò | nascondevo | nasconda | nascosto | nascondendo
  offrire: offro offri offre offriamo offrite offrono | offrirò | offrivo | offra | offerto | offrendo
  perdere: perdo perdi perde perdiamo perdete perdono | perderò | perdevo | perda | perso | perdendo
  piacere: piaccio piaci piace piacciamo piacete piacciono | piacerò | piacevo | piaccia | piaciuto | piacendo
  piangere: piango piangi piange piangiamo piangete piangono | piangerò | piangevo | pianga | pianto | piangendo
  potere: posso puoi può possiamo potete possono | potrò | potevo | possa | potuto | potendo
  prendere: prendo prendi prende prendiamo prendete prendono | prenderò | prendevo | prenda | preso | prendendo
  promettere: prometto prometti promette promettiamo promettete promettono | prometterò | promettevo | prometta | promesso | promettendo
  proteggere: proteggo proteggi protegge proteggiamo proteggete proteggono | proteggerò | proteggevo | protegga | protetto | proteggendo
  pungere: pungo pungi punge pungiamo pungete pungono | pungerò | pungevo | punga | punto | pungendo
  raccogliere: raccolgo raccogli raccoglie raccogliamo raccogliete raccolgono | raccoglierò | raccoglievo | raccolga | raccolto | raccogliendo
  ridere: rido ridi ride ridiamo ridete ridono | riderò | ridevo | rida | riso | ridendo
  riconoscere: riconosco riconosci riconosce riconosciamo riconoscete riconoscono | riconoscerò | riconoscevo | riconosca | riconosciuto | riconoscendo
  rimanere: rimango rimani rimane rimaniamo rimanete rimangono | rimarrò | rimanevo | rimanga | rimasto | rimanendo
  risolvere: risolvo risolvi risolve risolviamo risolvete risolvono | risolverò | risolvevo | risolva | risolto | risolvendo
  rispondere: rispondo rispondi risponde rispondiamo rispondete rispondono | risponderò | rispondevo | risponda | risposto | rispondendo
  riuscire: riesco riesci riesce riusciamo riuscite riescono | riuscirò | riuscivo | riesca | riuscito | riuscendo
  rompere: rompo rompi rompe rompiamo rompete rompono | romperò | rompevo | rompa | rotto | rompendo
  salire: salgo sali sale saliamo salite salgono | salirò | salivo | salga | salito | salendo
  sapere: so sai sa sappiamo sapete sanno | saprò | sapevo | sappia | saputo | sapendo
  scegliere: scelgo scegli sceglie scegliamo scegliete scelgono | sceglierò | sceglievo | scelga | scelto | scegliendo
  scendere: scendo scendi scende scendiamo scendete scendono | scenderò | scendevo | scenda | sceso | scendendo
  scoprire: scopro scopri scopre scopriamo scoprite scoprono | scoprirò | scoprivo | scopra | scoperto | scoprendo
  scrivere: scrivo scrivi scrive scriviamo scrivete scrivono | scriverò | scrivevo | scriva | scritto | scrivendo
  smettere: smetto smetti smette smettiamo smettete smettono | smetterò | smettevo | smetta | smesso | smettendo
  sorridere: sorrido sorridi sorride sorridiamo sorridete sorridono | sorriderò | sorridevo | sorrida | sorriso | sorridendo
  spegnere: spengo spegni spegne spegniamo spegnete spengono | spegnerò | spegnevo | spenga | spento | spegnendo
  stare: sto stai sta stiamo state stanno | starò | stavo | stia | stato | stando
  tenere: tengo tieni tiene teniamo tenete tengono | terrò | tenevo | tenga | tenuto | tenendo
  togliere: tolgo togli toglie togliamo togliete tolgono | toglierò | toglievo | tolga | tolto | togliendo
  tradurre: traduco traduci traduce traduciamo traducete traducono | tradurrò | traducevo | traduca | tradotto | traducendo
  uscire: esco esci esce usciamo uscite escono | uscirò | uscivo | esca | uscito | uscendo
  vedere: vedo vedi vede vediamo vedete vedono | vedrò | vedevo | veda | visto | vedendo
  venire: vengo vieni viene veniamo venite vengono | verrò | venivo | venga | venuto | venendo
  vincere: vinco vinci vince vinciamo vincete vincono | vincerò | vincevo | vinca | vinto | vincendo
  vivere: vivo vivi vive viviamo vivete vivono | vivrò | vivevo | viva | vissuto | vivendo
  volere: voglio vuoi vuole vogliamo volete vogliono | vorrò | volevo | voglia | voluto | volendo`;

const lines = irregular
  .trim()
  .split('\n')
  .map((line) => line.trim());

for (const line of lines) {
  const [infinitive, row] = line.split(': ') as [string, string];
  test(`${infinitive} has its irregular forms`, () => {
    const [present, future, imperfect, subjunctive, done, going] = row.split(' | ');
    assert.equal(forms(infinitive, 'present'), present);
    assert.equal(conjugate(infinitive, 'future', 1, 'singular'), future);
    assert.equal(conjugate(infinitive, 'imperfect', 1, 'singular'), imperfect);
    assert.equal(conjugate(infinitive, 'subjunctive', 1, 'singular'), subjunctive);
    assert.equal(participle(infinitive), done);
    assert.equal(gerund(infinitive), going);
  });
}

test('every irregular verb of the table has its forms checked above', () => {
  const checked = lines.map((line) => line.split(':')[0]);
  assert.deepEqual(
    Object.keys(irregularVerbs).filter((infinitive) => !checked.includes(infinitive)),
    [],
  );
});

test('essere, dare, stare, fare, dire and bere have their imperfect subjunctive', () => {
  assert.equal(forms('essere', 'hypothesis'), 'fossi fossi fosse fossimo foste fossero');
  assert.equal(forms('dare', 'hypothesis'), 'dessi dessi desse dessimo deste dessero');
  assert.equal(forms('stare', 'hypothesis'), 'stessi stessi stesse stessimo steste stessero');
  assert.equal(forms('fare', 'hypothesis'), 'facessi facessi facesse facessimo faceste facessero');
  assert.equal(conjugate('dire', 'hypothesis', 3, 'singular'), 'dicesse');
  assert.equal(conjugate('bere', 'hypothesis', 3, 'plural'), 'bevessero');
  assert.equal(forms('essere', 'imperfect'), 'ero eri era eravamo eravate erano');
  assert.equal(forms('essere', 'subjunctive'), 'sia sia sia siamo siate siano');
  assert.equal(forms('dovere', 'subjunctive'), 'debba debba debba dobbiamo dobbiate debbano');
});

test('imperatives of tu and voi', () => {
  const said = (infinitive: string) =>
    `${imperative(infinitive, 2, 'singular')} ${imperative(infinitive, 2, 'plural')}`;
  assert.equal(said('parlare'), 'parla parlate');
  assert.equal(said('leggere'), 'leggi leggete');
  assert.equal(said('pulire'), 'pulisci pulite');
  assert.equal(said('dire'), "di' dite");
  assert.equal(said('essere'), 'sii siate');
  assert.equal(said('avere'), 'abbi abbiate');
  assert.equal(imperative('andare', 1, 'plural'), 'andiamo');
});

test('a regular verb keeps its stem in every tense and person', () => {
  const stem = fc.string({ unit: fc.constantFrom(...'bdflmnprstv'), minLength: 1, maxLength: 3 });
  const tenses: SimpleTense[] = ['present', 'imperfect', 'future', 'conditional', 'subjunctive', 'hypothesis'];
  fc.assert(
    fc.property(stem, fc.constantFrom('are', 'ere', 'ire'), fc.constantFrom(...tenses), (root, ending, tense) => {
      const infinitive = `pa${root}${ending}`;
      const made = forms(infinitive, tense).split(' ');
      assert.equal(new Set(made).size, tense === 'subjunctive' ? 4 : tense === 'hypothesis' ? 5 : 6, made.join(' '));
      for (const form of made) assert.ok(form.startsWith(`pa${root}`), form);
    }),
  );
});
