import type { Pair } from '../syntax.ts';
import { readPairs } from './times.ts';

/** Where things lie and stand: *sul tavolo*, on the table. */
export const surfaces = readPairs(`
  sul tavolo = on the table
  sulla sedia = on the chair
  sulla scrivania = on the desk
  sul divano = on the sofa
  sul letto = on the bed
  sotto il letto = under the bed
  sotto la sedia = under the chair
  nella borsa = in the bag
  nello zaino = in the backpack
  nel cassetto = in the drawer
  nell'armadio = in the wardrobe
  nella scatola = in the box
  in macchina = in the car
  davanti alla porta = in front of the door
  dietro la porta = behind the door
  vicino alla finestra = near the window
  accanto alla lampada = next to the lamp
  tra i libri = among the books`);

/** Where animals are found. */
export const haunts = readPairs(`
  in giardino = in the garden
  sotto l'albero = under the tree
  nel prato = in the meadow
  davanti alla casa = in front of the house
  dietro la casa = behind the house
  vicino al fiume = near the river
  sulla strada = on the road
  nel cortile = in the courtyard
  accanto alla fontana = next to the fountain`);

/** Where buildings and people are found. */
export const districts = readPairs(`
  in centro = in the city centre
  in questa strada = in this street
  vicino alla stazione = near the station
  dietro la chiesa = behind the church
  davanti al parco = in front of the park
  accanto alla scuola = next to the school
  in fondo alla strada = at the end of the street
  di fronte all'ospedale = opposite the hospital
  in piazza = in the square
  nel mio quartiere = in my neighbourhood`);

/** Where food is kept. */
export const stores = readPairs(`
  in frigorifero = in the fridge
  sul tavolo = on the table
  in cucina = in the kitchen
  nella dispensa = in the pantry`);

/** Groups of which somebody is the tallest. */
export const groups: readonly (readonly [Pair, kinds: readonly string[]])[] = [
  [{ italian: 'della classe', english: 'in the class' }, ['pupil']],
  [{ italian: 'della scuola', english: 'in the school' }, ['pupil', 'teacher']],
  [{ italian: 'della città', english: 'in the city' }, ['profession']],
  [{ italian: 'del paese', english: 'in the village' }, ['profession']],
  [{ italian: 'del mondo', english: 'in the world' }, ['grownup']],
];

/** Where something is the finest of its kind. */
export const areas = readPairs(`
  della città = in the city
  della regione = in the region
  del paese = in the village
  del quartiere = in the neighbourhood
  d'Italia = in Italy
  di Roma = in Rome`);

/** How much of a quality. */
export const degrees = readPairs(`
  molto = very
  abbastanza = quite
  davvero = really`);

/** Containers and measures, with what they hold: *un bicchiere d'acqua*, a glass of water. */
export const measures = readPairs(`
  un bicchiere d'acqua = a glass of water
  un bicchiere di vino = a glass of wine
  un bicchiere di latte = a glass of milk
  una tazza di tè = a cup of tea
  una tazza di caffè = a cup of coffee
  una fetta di torta = a slice of cake
  una fetta di pane = a slice of bread
  una fetta di prosciutto = a slice of ham
  un pezzo di formaggio = a piece of cheese
  un pezzo di cioccolato = a piece of chocolate
  un piatto di pasta = a plate of pasta
  una bottiglia d'olio = a bottle of oil
  una bottiglia di vino = a bottle of wine
  un chilo di mele = a kilo of apples
  un chilo di patate = a kilo of potatoes
  due chili di pomodori = two kilos of tomatoes
  mezzo chilo di ciliegie = half a kilo of cherries
  un litro di latte = a litre of milk
  un vasetto di miele = a jar of honey
  un vasetto di marmellata = a jar of jam
  un cestino di fragole = a basket of strawberries
  un pacco di riso = a packet of rice
  una scatola di biscotti = a box of biscuits`);

/** The weather, in the tenses it is told in: present, past with a time, future. */
export const weather = readPairs(`
  piove = it is raining
  nevica = it is snowing
  fa freddo = it is cold
  fa caldo = it is hot
  tira vento = it is windy
  c'è il sole = it is sunny
  c'è la nebbia = it is foggy
  il cielo è nuvoloso = the sky is cloudy`);

export const pastWeather = readPairs(`
  pioveva = it was raining
  nevicava = it was snowing
  faceva freddo = it was cold
  faceva caldo = it was hot
  tirava vento = it was windy
  c'era il sole = it was sunny
  c'era la nebbia = it was foggy
  il cielo era nuvoloso = the sky was cloudy`);

export const futureWeather = readPairs(`
  pioverà = it will rain
  nevicherà = it will snow
  farà freddo = it will be cold
  farà caldo = it will be hot
  tirerà vento = it will be windy
  ci sarà il sole = it will be sunny
  ci sarà la nebbia = it will be foggy
  il cielo sarà nuvoloso = the sky will be cloudy`);

export const badWeatherAhead = readPairs(`
  pioverà = it rains
  nevicherà = it snows
  farà freddo = it is cold
  tirerà vento = it is windy
  farà brutto tempo = the weather is bad`);

export const goodWeatherAhead = readPairs(`
  farà bel tempo = the weather is nice
  ci sarà il sole = it is sunny
  non pioverà = it doesn't rain
  farà caldo = it is hot`);
