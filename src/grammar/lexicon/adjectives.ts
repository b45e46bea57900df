import type { Adjective } from '../syntax.ts';
import { lines } from './read-nouns.ts';

/**
 * Which adjectives go with which kinds of noun. A group's head lists the kinds; an adjective is a line, `rosso = red`;
 * a `+` marks those that stand before the noun in Italian, a `*` those that tell one thing from
 * another and so go with a definite article (*la macchina rossa*; not *la penna costosa*).
 */
const groups: Readonly<Record<string, string>> = {
  'human profession acquaintance': `
    alto * = tall
    simpatico = nice
    gentile = kind
    intelligente = intelligent
    ricco = rich
    famoso * = famous
    pigro = lazy
    timido = shy
    onesto = honest
    generoso = generous
    educato = polite
    elegante = elegant
    coraggioso = brave
    paziente = patient
    curioso = curious
    forte = strong
    magro = thin
    severo = strict
    ambizioso = ambitious
    distratto = absent-minded
    egoista = selfish
    divertente = funny
    tranquillo = quiet
    bravo + = good`,
  'acquaintance profession': `
    vecchio * + = old`,
  'human profession': `
    giovane * + = young
    italiano * = Italian
    francese * = French
    tedesco * = German
    inglese * = English
    spagnolo * = Spanish
    americano * = American
    svizzero * = Swiss
    greco * = Greek
    giapponese * = Japanese`,
  'clothing accessory vehicle seat cabinet belonging tableware flower': `
    rosso * = red
    giallo * = yellow
    bianco * = white
    rosa * = pink
    viola * = purple`,
  'clothing accessory vehicle seat cabinet belonging tableware luggage linen': `
    verde * = green
    blu * = blue
    nero * = black
    grigio * = grey
    azzurro * = light blue
    marrone * = brown
    arancione * = orange`,
  'clothing accessory vehicle seat cabinet belonging tableware cutlery device room building sight': `
    bello + = beautiful
    vecchio * + = old`,
  settlement: `
    bello + = beautiful`,
  'clothing accessory vehicle seat cabinet belonging device tableware cutlery luggage tool linen': `
    nuovo * + = new
    costoso = expensive
    economico = cheap`,
  'seat cabinet belonging tableware cutlery luggage tool': `
    pesante = heavy
    leggero = light`,
  'clothing accessory seat cabinet tableware cutlery vehicle': `
    pulito = clean`,
  'clothing accessory seat vehicle': `
    comodo = comfortable`,
  'clothing accessory seat cabinet vehicle': `
    elegante = elegant`,
  'belonging tableware seat cabinet vehicle room building plant flower settlement tame farmAnimal wildAnimal smallAnimal': `
    piccolo * + = small`,
  'seat cabinet vehicle room building plant settlement tableware farmAnimal wildAnimal': `
    grande * + = big`,
  clothing: `
    lungo * = long
    corto * = short
    pesante = warm
    stretto = tight
    largo = loose`,
  present: `
    bello + = beautiful
    prezioso = precious
    originale = original
    costoso = expensive`,
  'volume film event': `
    noioso = boring`,
  'volume film event occasion writing': `
    interessante = interesting
    lungo = long
    breve = short
    divertente = funny
    triste = sad
    bello + = lovely`,
  'volume film writing': `
    famoso * = famous
    romantico = romantic
    commovente = moving
    recente = recent
    straordinario = extraordinary
    originale = original`,
  'volume press': `
    difficile = difficult
    vecchio * + = old`,
  press: `
    interessante = interesting
    noioso = boring
    recente = recent
    nuovo * + = new
    divertente = funny`,
  correspondence: `
    lungo = long
    breve = short
    urgente = urgent
    importante = important`,
  'event occasion': `
    importante = important
    speciale = special
    faticoso = tiring
    indimenticabile = unforgettable`,
  'song picture tale': `
    famoso * = famous
    triste = sad`,
  'song tale': `
    bello + = beautiful
    vecchio * + = old
    divertente = funny
    commovente = moving
    breve = short`,
  picture: `
    moderno = modern
    prezioso = precious
    bello + = beautiful
    strano = strange`,
  'lesson puzzle': `
    difficile = difficult
    facile = easy
    importante = important
    semplice = simple
    complicato = complicated`,
  'fruit vegetable': `
    maturo = ripe
    fresco = fresh
    grosso = big
    delizioso = delicious`,
  'snack dish': `
    delizioso = delicious
    enorme = enormous
    caldo = warm
    buono + = good`,
  'meal drink': `
    fresco = fresh
    caldo = hot
    freddo = cold
    delizioso = delicious
    buono = good`,
  'building settlement shop sight': `
    affollato = crowded`,
  'settlement sight': `
    famoso * = famous`,
  'room building settlement shop sight lodging': `
    tranquillo = quiet
    moderno * = modern
    pulito = clean`,
  'room building settlement shop lodging': `
    accogliente = welcoming`,
  'room building lodging': `
    luminoso = bright
    spazioso = spacious`,
  'room lodging': `
    buio = dark
    freddo = cold`,
  'building settlement sight': `
    antico * = ancient
    magnifico = magnificent`,
  flower: `
    bello + = beautiful
    profumato = fragrant`,
  nature: `
    lungo * = long
    tranquillo = quiet
    pericoloso = dangerous
    meraviglioso = wonderful
    solitario = lonely
    bello + = beautiful`,
  'tame cub farmAnimal wildAnimal smallAnimal': `
    bianco * = white
    nero * = black
    marrone * = brown
    grigio * = grey
    veloce = fast
    lento = slow
    affamato = hungry`,
  'tame farmAnimal': `
    giovane * + = young
    vecchio * + = old
    docile = tame`,
  wildAnimal: `
    pericoloso = dangerous
    feroce = fierce
    enorme = enormous
    intelligente = intelligent`,
};

/** Passing states, only said with *essere*, *sembrare* and the like. */
export const states: readonly Adjective[] = read(`
    stanco = tired
    felice = happy
    triste = sad
    malato = ill
    arrabbiato = angry
    preoccupato = worried
    occupato = busy
    sorpreso = surprised
    nervoso = nervous
    pronto = ready
    deluso = disappointed
    tranquillo = calm
    emozionato = excited
    confuso = confused
    annoiato = bored
    contento = pleased
    sveglio = awake`);

export const adjectivesByKind: Readonly<Record<string, readonly Adjective[]>> = byKind();

function byKind(): Record<string, Adjective[]> {
  const table: Record<string, Adjective[]> = {};
  for (const [kinds, text] of Object.entries(groups)) {
    const adjectives = read(text);
    for (const kind of kinds.split(' ')) {
      table[kind] ??= [];
      table[kind].push(...adjectives);
    }
  }
  return table;
}

function read(table: string): Adjective[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    const [word, ...marks] = italian.split(' ') as [string, ...string[]];
    return { italian: word, english, prenominal: marks.includes('+'), telling: marks.includes('*') };
  });
}

/** An adjective of a kind by its Italian word. */
export function adjective(kind: string, italian: string): Adjective {
  const found = [...(adjectivesByKind[kind] ?? []), ...states].find((a) => a.italian === italian);
  if (!found) throw new Error(`no adjective ${italian} for ${kind}`);
  return found;
}
