import type { Report } from './types.ts';

/** What was cut in the models' translations, in sentences for the report and for people. */
export function cutNotes({ models, test }: Pick<Report, 'models' | 'test'>): string[] {
  return models.flatMap(({ name, cutSources, endlessTranslations: endless }) => [
    ...(cutSources === undefined
      ? []
      : [
          `${name} reads ${cutSources.longest} pieces at most: ${cutSources.sentences} of ${test.sentences} sources are longer, and were cut. Its scores, and every comparison with it, count its translations of the cut sentences.`,
        ]),
    ...(endless === undefined
      ? []
      : [`${name} did not end ${endless} of ${test.sentences} translations: they were cut off at the maximum length.`]),
  ]);
}
