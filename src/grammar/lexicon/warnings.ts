import { readVerbs } from './read-verbs.ts';

/** What one is told not to do. */
export const warnings = readVerbs(`
  perdere <own belonging> | lose <belonging>
  dimenticare <own papers> | forget <papers>
  perdere <the transport> | miss <transport>
  rompere <the tableware> | break <tableware>
  aprire <the opening> | open <opening>
  toccare <the appliance> | touch <appliance>
  disturbare <someone> | disturb <someone>
  svegliare <someone> | wake up <someone>
  mangiare <the dish> | eat <dish>
  bere <the drink> | drink <drink>
  vendere <own vehicle> | sell <vehicle>
  arrivare in ritardo | arrive late
  gridare in biblioteca | shout in the library
  fumare in casa | smoke in the house
  correre in corridoio | run in the corridor
  parlare con la bocca piena | talk with OWN mouth full
  dire bugie a <person> | tell lies to <person>
  prendere in giro <companion> | make fun of <companion>
  litigare con <companion> | argue with <companion>
  aspettare <person> | wait for <person>
  dimenticare di chiudere <the opening> | forget to close <opening>
  dare da mangiare a <the pet> | feed <pet>
  usare <the appliance> | use <appliance>
  leggere <the letter> | read <letter>
  preoccuparsi | worry
  arrabbiarsi con <person> | get angry with <person>
  alzarsi tardi | get up late
`);
