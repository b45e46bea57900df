import { fileURLToPath } from 'node:url';

/** The folder of the corpus that ships with attn: 30,000 Italian-English pairs in `train.tsv`, `dev.tsv` and `test.tsv`. */
export const embeddedCorpus: string = fileURLToPath(new URL('../../data', import.meta.url));
