import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openTrainedRun } from '../checkpoints/trained-run.ts';
import { learnedPlaces, longestSource } from '../models/places.ts';
import { onnxModels } from '../onnx/export.ts';
import { writeFileAtomic } from '../support/files.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { BOS, EOS, PAD, UNKNOWN } from '../vocabulary/vocabulary.ts';
import { languagesOf } from './corpus-facts.ts';
import { checkExportFolder, writeExportFolder } from './export-folder.ts';

/** What was written. */
export interface OnnxExportResult {
  readonly out: string;
  /** Of both models. */
  readonly bytes: number;
}

/**
 * Writes a model for other programs: `encoder_model.onnx`, `decoder_model.onnx` (one step), `config.json` with the
 * information a search needs, and both vocabularies as SentencePiece models.
 * @param path a run folder, or one of its model files
 * @param out a folder that does not exist, or is empty
 * @throws InputError for a model that is missing or damaged, and a folder that is not empty
 */
export function exportOnnx(path: string, out: string): Promise<OnnxExportResult> {
  return whileOwning(out, 'an export', async () => {
    checkExportFolder(out);
    const { model, checkpoint, folder, name } = await openTrainedRun({ name: basename(path, '.safetensors'), path });
    const { encoder, decoder } = onnxModels(model.options, checkpoint.parameters);
    const { options } = model;
    const languages = languagesOf({ ...checkpoint, data: checkpoint.run.data });
    const config = {
      model_type: 'attn',
      name,
      architecture: options.arch === 'transformer' ? 'transformer' : options.cell,
      score: options.score,
      ...(languages && { source_language: languages.source, target_language: languages.target }),
      source_vocab_size: options.sourceVocabulary,
      vocab_size: options.targetVocabulary,
      hidden_size: options.hidden,
      pad_token_id: PAD,
      unk_token_id: UNKNOWN,
      decoder_start_token_id: BOS,
      eos_token_id: EOS,
      // the sentence end counts
      max_source_positions: longestSource(options) + 1,
      max_target_positions: learnedPlaces(options).target ?? null,
    };
    await writeExportFolder(out, async (made) => {
      writeFileAtomic(join(made, 'source.model'), readFileSync(folder.sourceVocabulary));
      writeFileAtomic(join(made, 'target.model'), readFileSync(folder.targetVocabulary));
      writeFileAtomic(join(made, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
      writeFileAtomic(join(made, 'encoder_model.onnx'), encoder);
      writeFileAtomic(join(made, 'decoder_model.onnx'), decoder);
    });
    return { out, bytes: encoder.length + decoder.length };
  });
}
