import { readVerbs } from './read-verbs.ts';

/** What is true of a kind: *i gatti dormono molto*. */
export const generics = readVerbs(`
  dormire molto | sleep a lot | by pet
  mangiare molto | eat a lot | by animal
  mangiare l'erba | eat grass | by grazing
  vivere nel bosco | live in the wood | by forester
  correre veloce | run fast | by runner
  avere paura di <generic feared> | be afraid of <feared> | by fearful
  amare <generic sweetFood> | love <sweetFood> | by child
  lavorare molto | work a lot | by profession
  guadagnare bene | earn a good living | by wellPaid
  alzarsi presto | get up early | by early
  parlare molto | talk a lot | by talker
  viaggiare molto | travel a lot | by traveller
  leggere molto | read a lot | by reader
  costare molto | cost a lot | by costly
  crescere lentamente | grow slowly | by plant
  fare bene alla salute | be good for you | by produce
`);
