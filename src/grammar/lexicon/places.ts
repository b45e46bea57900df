import type { Pair, Place } from '../syntax.ts';
import { lines } from './read-nouns.ts';

/** A place as one is in it, goes to it and comes from it; Italian says *in cucina* for both being and going. */
export interface PlacePhrases {
  readonly at: Pair;
  readonly to: Pair;
  readonly from: Pair;
}

/**
 * A line a place: `in cucina, dalla cucina = in the kitchen`. *to* and *from* replace the first English word, unless all
 * three are given.
 */
function readPlaces(table: string): PlacePhrases[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    const [here, hence] = italian.split(', ') as [string, string];
    const [at, to, from] = english.split(', ') as [string, string?, string?];
    const name = at.slice(at.indexOf(' ') + 1);
    return {
      at: { italian: here, english: at },
      to: { italian: here, english: to ?? `to ${name}` },
      from: { italian: hence, english: from ?? `from ${name}` },
    };
  });
}

/** Kinds of place by what people do there. */
export const placesByKind = {
  home: readPlaces(`
    in cucina, dalla cucina = in the kitchen
    in salotto, dal salotto = in the living room
    in camera, dalla camera = in the bedroom
    in giardino, dal giardino = in the garden
    sul balcone, dal balcone = on the balcony
    in terrazza, dalla terrazza = on the terrace
    in garage, dal garage = in the garage
    a casa, da casa = at home, home, from home`),
  leisure: readPlaces(`
    al parco, dal parco = in the park
    al mare, dal mare = at the seaside
    in montagna, dalla montagna = in the mountains
    in campagna, dalla campagna = in the countryside
    in spiaggia, dalla spiaggia = on the beach
    in piscina, dalla piscina = at the swimming pool
    al lago, dal lago = at the lake
    nel bosco, dal bosco = in the wood`),
  town: readPlaces(`
    in centro, dal centro = in the city centre
    al bar, dal bar = at the café
    al ristorante, dal ristorante = at the restaurant
    in biblioteca, dalla biblioteca = at the library
    al cinema, dal cinema = at the cinema
    a teatro, da teatro = at the theatre
    allo stadio, dallo stadio = at the stadium
    in chiesa, dalla chiesa = at church
    alla stazione, dalla stazione = at the station
    in piazza, dalla piazza = in the square
    al museo, dal museo = at the museum
    alla festa, dalla festa = at the party`),
  // where one goes when it rains
  indoors: readPlaces(`
    al cinema, dal cinema = at the cinema
    al museo, dal museo = at the museum
    in biblioteca, dalla biblioteca = at the library
    a teatro, da teatro = at the theatre`),
  errand: readPlaces(`
    dal medico, dal medico = at the doctor's
    dal dentista, dal dentista = at the dentist's
    dal parrucchiere, dal parrucchiere = at the hairdresser's
    in banca, dalla banca = at the bank
    alla posta, dalla posta = at the post office
    in farmacia, dalla farmacia = at the chemist's
    in ospedale, dall'ospedale = at the hospital
    all'aeroporto, dall'aeroporto = at the airport`),
  shop: readPlaces(`
    al mercato, dal mercato = at the market
    al supermercato, dal supermercato = at the supermarket
    in un negozio, da un negozio = in a shop
    al centro commerciale, dal centro commerciale = at the shopping centre`),
  work: readPlaces(`
    in ufficio, dall'ufficio = at the office
    a scuola, da scuola = at school
    in ospedale, dall'ospedale = at the hospital
    in fabbrica, dalla fabbrica = at the factory
    all'università, dall'università = at the university
    in banca, dalla banca = at the bank
    in biblioteca, dalla biblioteca = at the library`),
  study: readPlaces(`
    a scuola, da scuola = at school
    in biblioteca, dalla biblioteca = at the library
    all'università, dall'università = at the university
    a casa, da casa = at home, home, from home
    in camera, dalla camera = in the bedroom`),
  meals: readPlaces(`
    in cucina, dalla cucina = in the kitchen
    al ristorante, dal ristorante = at the restaurant
    in pizzeria, dalla pizzeria = at the pizzeria
    in mensa, dalla mensa = at the canteen
    al bar, dal bar = at the café
    in giardino, dal giardino = in the garden
    a casa, da casa = at home, home, from home`),
  city: readPlaces(`
    a Roma, da Roma = in Rome
    a Milano, da Milano = in Milan
    a Firenze, da Firenze = in Florence
    a Venezia, da Venezia = in Venice
    a Napoli, da Napoli = in Naples
    a Torino, da Torino = in Turin
    a Genova, da Genova = in Genoa
    a Bologna, da Bologna = in Bologna
    a Palermo, da Palermo = in Palermo
    a Verona, da Verona = in Verona
    a Parigi, da Parigi = in Paris
    a Londra, da Londra = in London
    a Berlino, da Berlino = in Berlin
    a Vienna, da Vienna = in Vienna
    a Madrid, da Madrid = in Madrid
    ad Atene, da Atene = in Athens
    a Lisbona, da Lisbona = in Lisbon
    a Dublino, da Dublino = in Dublin
    a Praga, da Praga = in Prague`),
  country: readPlaces(`
    in Italia, dall'Italia = in Italy
    in Francia, dalla Francia = in France
    in Spagna, dalla Spagna = in Spain
    in Germania, dalla Germania = in Germany
    in Inghilterra, dall'Inghilterra = in England
    in Grecia, dalla Grecia = in Greece
    in Svizzera, dalla Svizzera = in Switzerland
    in Portogallo, dal Portogallo = in Portugal
    in Giappone, dal Giappone = in Japan
    in Svezia, dalla Svezia = in Sweden
    in Irlanda, dall'Irlanda = in Ireland
    in Sicilia, dalla Sicilia = in Sicily
    in Toscana, dalla Toscana = in Tuscany
    in Australia, dall'Australia = in Australia
    negli Stati Uniti, dagli Stati Uniti = in the United States`),
} as const satisfies Readonly<Record<string, readonly PlacePhrases[]>>;

/** What a slot or a verb may name: a kind, or several. */
const unions: Readonly<Record<string, readonly (keyof typeof placesByKind)[]>> = {
  anywhere: ['leisure', 'town', 'errand', 'city', 'country'],
  region: ['city', 'country'],
  outing: ['leisure', 'town'],
  destination: ['leisure', 'town', 'errand', 'shop', 'city', 'country', 'study'],
};

/** The places of a kind or a union of kinds. */
export function placesOf(kind: string): readonly PlacePhrases[] {
  const own = (placesByKind as Readonly<Record<string, readonly PlacePhrases[]>>)[kind];
  const places = own ?? unions[kind]?.flatMap((part): readonly PlacePhrases[] => placesByKind[part]);
  if (!places) throw new Error(`no places of kind ${kind}`);
  return places;
}

/** A place as a filler. */
export function placeFiller(place: PlacePhrases, role: 'at' | 'to' | 'from'): Place {
  return { type: 'place', words: place[role] };
}
