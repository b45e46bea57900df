import { readVerbs } from './read-verbs.ts';

/** What one does not do with a thing that is too dear, too long, too salty: see faults.ts. */
export const rejections = readVerbs(`
  comprare <garment> | buy <garment>
  comprare <furniture> | buy <furniture> | adult
  comprare <vehicle> | buy <vehicle> | adult
  comprare <belonging> | buy <belonging>
  comprare <tableware> | buy <tableware>
  comprare <produce> | buy <produce>
  comprare <present> | buy <present>
  comprare <picture> | buy <picture> | adult
  mettersi <garment> | put on <garment>
  finire <text> | finish <text>
  leggere <reading> | read <reading>
  mangiare <produce> | eat <produce>
  mangiare <snack> | eat <snack>
  mangiare <dish> | eat <dish>
  mangiare <meal> | eat <meal>
  bere <drink> | drink <drink>
  vedere <film> | see <film>
  cantare <song> | sing <song>
  risolvere <puzzle> | solve <puzzle>
  capire <lesson> | understand <lesson>
  visitare <sight> | visit <sight>
`);
