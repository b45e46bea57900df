import { readVerbs } from './read-verbs.ts';
import { readPairs } from './times.ts';

/** What somebody is doing or does, by which one tells them from others: *la ragazza che suona il violino*. */
export const identifying = readVerbs(`
  suonare <the instrument> | play <instrument>
  parlare con <companion> | talk to <companion>
  ballare con <companion> | dance with <companion>
  leggere <a reading> | read <reading>
  mangiare <a snack> | eat <snack>
  bere <drink> | drink <drink>
  aspettare <the transport> | wait for <transport>
  guardare <the view> | look at <view>
  dormire sul divano | sleep on the sofa
  correre nel parco | run in the park
  vendere <flower> | sell <flower>
  giocare a <bare game> | play <game>
  cantare <a song> | sing <song>
  accarezzare <the pet> | stroke <pet>
`);

/** What one knows somebody by, in the simple present: *una ragazza che parla cinese*. */
export const habitual = readVerbs(`
  suonare <the instrument> | play <instrument>
  parlare <bare language> | speak <language>
  abitare <at region> | live <region>
  lavorare <at work> | work <work>
  amare <generic topic> | love <topic>
  amare <generic animal> | love <animal>
  insegnare <bare subject> | teach <subject>
  studiare <bare subject> | study <subject>
  collezionare <bare collected> | collect <collected>
  avere paura di <generic feared> | be afraid of <feared>
  giocare a <bare outdoorGame> | play <outdoorGame>
  vendere <bare produce> | sell <produce>
  avere <a pet> | have <pet>
`);

/** What one has done with a thing, and it is good or bad: *il libro che ho letto è interessante*. */
export const evaluated = readVerbs(`
  comprare <garment> | buy <garment>
  comprare <furniture> | buy <furniture>
  comprare <vehicle> | buy <vehicle>
  comprare <produce> | buy <produce>
  comprare <belonging> | buy <belonging>
  comprare <present> | buy <present>
  leggere <reading> | read <reading>
  scrivere <writing> | write <writing>
  vedere <film> | see <film>
  mangiare <dish> | eat <dish>
  preparare <dish> | make <dish>
  visitare <sight> | visit <sight>
  dipingere <picture> | paint <picture>
  cantare <song> | sing <song>
  raccontare <tale> | tell <tale>
  ricevere <letter> | receive <letter>
  organizzare <occasion> | organise <occasion>
  affittare <lodging> | rent <lodging>
`);

/** How one knows people: *la donna con cui lavoro*, *il ragazzo a cui ho telefonato*. */
export const acquainted = readVerbs(`
  lavorare con <person> | work with <person>
  abitare con <person> | live with <person> | state
  studiare con <person> | study with <person>
  andare a scuola con <person> | go to school with <person>
  giocare a tennis con <person> | play tennis with <person>
  fidarsi di <person> | trust <person> | state
`);

/** And by what happened once. */
export const encountered = readVerbs(`
  incontrare <person> | meet <person> | @town
  vedere <person> | see <person> | @town
  salutare <person> | greet <person> | @town
  invitare <person> a cena | invite <person> to dinner
  parlare con <person> | talk to <person> | @town
  telefonare a <person> | call <person>
  ballare con <person> | dance with <person> | @town
  parlare di <person> | talk about <person>
  viaggiare con <person> | travel with <person>
  fotografare <person> | photograph <person> | @town
  aiutare <person> | help <person> | @town
`);

/** With what one does what: *il coltello con cui ho tagliato il pane*. */
export const tools = readVerbs(`
  tagliare il pane con <blade> | cut the bread with <blade>
  scrivere la lettera con <writer> | write the letter with <writer>
  riparare la sedia con <fixer> | repair the chair with <fixer>
  lavorare con <machine> | work with <machine>
`);

/** What happened or happens in a place: *la città in cui abito*. */
export const located = readPairs(`
  in cui abito = where I live
  in cui abitiamo = where we live
  in cui lavoro = where I work
  in cui lavorano = where they work
  in cui sono nato = where I was born
  in cui è nata mia madre = where my mother was born
  in cui abitavamo = where we used to live
  dove abita Marco = where Marco lives
  dove lavora mio padre = where my father works
  dove abitano i miei nonni = where my grandparents live
  dove abbiamo passato le vacanze = where we spent our holidays
  dove ci siamo conosciuti = where we met`);

/** What somebody turns out to have done: *è stato Marco a rompere il bicchiere*. */
export const culprits = readVerbs(`
  rompere <the tableware> | break <tableware>
  mangiare <the dish> | eat <dish>
  chiudere <the opening> | close <opening>
  aprire <the opening> | open <opening>
  spegnere <the device> | turn off <device>
  nascondere <the belonging> | hide <belonging>
  trovare <the belonging> | find <belonging>
  invitare <someone> a cena | invite <someone> to dinner
  scrivere <the letter> | write <letter>
  riparare <the device> | repair <device>
  svegliare <someone> | wake up <someone>
  raccontare <the tale> ai bambini | tell the children <tale>
`);
