// Prepares a checkout (or an installed package): npm packages, TensorFlow, dist/. It needs only Node, does only what is
// missing (with --gpu or ATTN_GPU=1 also TensorFlow for NVIDIA's GPUs, with --mpi MPICH), continues where it was stopped, and is silent
// if there is nothing to do: it runs before every demo and test.
import { fileURLToPath } from 'node:url';
import { buildSources } from './setup/build.mjs';
import { installGpu } from './setup/gpu.mjs';
import { installKernels } from './setup/kernels.mjs';
import { installMpi } from './setup/mpi.mjs';
import { installPackages } from './setup/packages.mjs';
import { Problem, say } from './setup/problem.mjs';
import { installTensorFlow } from './setup/tensorflow.mjs';

try {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Problem(`Node ${process.version} is too old`, 'install Node 20 or newer');
  }
  const root = fileURLToPath(new URL('..', import.meta.url));
  installPackages(root);
  await installTensorFlow(root);
  await installKernels(root);
  await buildSources(root);
  await installMpi(root, process.argv.includes('--mpi'));
  await installGpu(root, process.argv.includes('--gpu') || process.env.ATTN_GPU === '1');
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say(`${error.message}\n  ${error.remedy}`);
  process.exitCode = 2;
}
