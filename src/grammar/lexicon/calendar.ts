import type { Verb } from '../syntax.ts';
import { readVerb } from './read-verbs.ts';
import { readPairs } from './times.ts';

/** What stands in a diary. */
export const appointments = readPairs(`
  la riunione = the meeting
  il mio compleanno = my birthday
  il compleanno di Anna = Anna's birthday
  il compleanno di mio padre = my father's birthday
  l'esame di matematica = the maths exam
  l'esame di storia = the history exam
  la festa di Marco = Marco's party
  il matrimonio di mia sorella = my sister's wedding
  la partita = the match
  il concerto = the concert
  la lezione di inglese = the English lesson
  la lezione di pianoforte = the piano lesson
  l'appuntamento con il medico = the appointment with the doctor
  la prossima lezione = the next lesson
  la gita al lago = the trip to the lake
  la cena con i miei genitori = the dinner with my parents`);

/** What opens and closes, begins and ends by the clock. */
export const opened = readPairs(`
  il museo = the museum
  la banca = the bank
  la posta = the post office
  il mercato = the market
  la biblioteca = the library
  il supermercato = the supermarket
  la piscina = the swimming pool
  la farmacia = the chemist's
  il bar = the café
  la panetteria = the bakery
  lo zoo = the zoo
  il castello = the castle`);

/** What leaves for somewhere by the clock. */
export const departures = readPairs(`
  il treno = the train
  l'autobus = the bus
  l'aereo = the plane
  il pullman = the coach`);

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** What takes its time, and how it is counted: *ci vogliono due ore per arrivare a Roma*. */
export const undertakings: readonly (readonly [Verb, readonly Unit[]])[] = (
  [
    ['arrivare <to city> | get <city>', 'hour'],
    ['andare da Milano <to city> | go from Milan <city>', 'hour'],
    ['pulire <the room> | clean <room>', 'minute hour'],
    ['preparare <a dish> | make <dish>', 'minute hour'],
    ['leggere <this reading> | read <reading>', 'hour day'],
    ['riparare <the device> | repair <device>', 'hour day'],
    ['visitare <the sight> | visit <sight>', 'hour'],
    ['imparare <this song> | learn <song>', 'hour day'],
    ['dipingere <a picture> | paint <picture>', 'day week'],
    ['risolvere <this puzzle> | solve <puzzle>', 'minute hour'],
    ['costruire <a built> | build <built>', 'month year'],
    ['imparare <generic language> | learn <language>', 'month year'],
    ['tradurre <this text> | translate <text>', 'week month'],
    ['attraversare <the settlement> a piedi | cross <settlement> on foot', 'minute hour'],
  ] as const
).map(([line, units]) => [readVerb(line), units.split(' ') as Unit[]]);

/** Countries and what is spoken there. */
export const spoken = readPairs(`
  in Francia si parla francese = French is spoken in France
  in Germania si parla tedesco = German is spoken in Germany
  in Spagna si parla spagnolo = Spanish is spoken in Spain
  in Portogallo si parla portoghese = Portuguese is spoken in Portugal
  in Russia si parla russo = Russian is spoken in Russia
  in Australia si parla inglese = English is spoken in Australia
  in Giappone si parla giapponese = Japanese is spoken in Japan
  in Egitto si parla arabo = Arabic is spoken in Egypt
  in Grecia si parla greco = Greek is spoken in Greece
  in Austria si parla tedesco = German is spoken in Austria
  in Messico si parla spagnolo = Spanish is spoken in Mexico
  in Brasile si parla portoghese = Portuguese is spoken in Brazil
  in Cina si parla cinese = Chinese is spoken in China`);
