// Resumes training from a file of its variables and prints the losses: a separate process for compile.test.ts.
import { loadTensors } from '../../src/checkpoints/safetensors.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { tinyTraining } from './copy-task.ts';

const [file, from, to] = process.argv.slice(2);
const runtime = await openRuntime({ threads: 2 });
const model = { embedding: 16, hidden: 24, sourceVocabulary: 20, targetVocabulary: 20 };
const training = await tinyTraining(runtime, model, { dropout: 0.2, from: loadTensors(file as string).tensors });
const losses: number[] = [];
for (let k = Number(from); k < Number(to); k++) losses.push(await training.update(k));
console.log(JSON.stringify(losses));
runtime.close();
